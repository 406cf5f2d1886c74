//! What a refresh found → text: who is not as he was known, field by field, and the figures.

use serde_json::Value as Json;

use crate::model::{Drift, DriftKind, FieldDrift, Origin, Refreshed};

use super::View;
use super::escape::escape;
use super::page::{Page, Tone};
use super::words::{count, counted};

/// So many users of a kind are shown, unless everything is.
const SHOWN_MAX: usize = 50;

/// Who drifted, and the figures.
pub fn refresh_text(refreshed: &Refreshed, view: &View) -> String {
    let mut page = Page::new(view);
    for (kind, heading) in [
        (DriftKind::Changed, "Changed since they were last known"),
        (DriftKind::Gone, "No longer in the tenant"),
        (DriftKind::Back, "In the tenant again"),
        (DriftKind::New, "New in the tenant"),
    ] {
        let of_kind: Vec<&Drift> = refreshed
            .drift
            .iter()
            .filter(|drift| drift.kind == kind)
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        page.heading(heading);
        let shown = view.shown(of_kind.len(), SHOWN_MAX);
        for drift in &of_kind[..shown] {
            put_drift(&mut page, drift);
        }
        page.more(2, of_kind.len() - shown, "--verbose shows all of them");
    }
    page.gap();
    page.paragraph(0, 2, &figures(refreshed));
    page.finish()
}

fn put_drift(page: &mut Page, drift: &Drift) {
    let (sign, tone) = match drift.kind {
        DriftKind::Changed => ("~", Tone::Changed),
        DriftKind::Gone => ("-", Tone::Bad),
        DriftKind::Back | DriftKind::New => ("+", Tone::Good),
    };
    let known = match (drift.known_as, drift.known_since) {
        (Some(origin), Some(since)) => {
            let how = match origin {
                Origin::Live => "seen",
                Origin::Written => "written by us",
                Origin::Snapshot => "taken from a file",
            };
            format!(" ({how} {since:.0})")
        }
        _ => String::new(),
    };
    let sign = page.view.paint(tone, sign);
    let user_id = escape(&drift.user_id);
    page.paragraph(2, 4, &format!("{sign} {user_id}{known}"));
    let fields: Vec<String> = drift.fields.iter().map(field).collect();
    page.list(6, &fields);
}

fn field(drift: &FieldDrift) -> String {
    let value = |json: &Json| match json {
        Json::Null => "blank".to_owned(),
        json => escape(&json.to_string()).into_owned(),
    };
    let (from, to) = (value(&drift.from), value(&drift.to));
    format!("{}: {from} → {to}", escape(&drift.field))
}

fn figures(refreshed: &Refreshed) -> String {
    let summary = &refreshed.summary;
    let users = counted(summary.users, "user", "users");
    if refreshed.first {
        return format!("Refreshed: {users} of the tenant are known now; this was the first list.");
    }
    let parts = [
        (summary.changed, "changed"),
        (summary.new, "new"),
        (summary.back, "back"),
        (summary.gone, "gone"),
        (summary.unchanged, "unchanged"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, word)| format!("{} {word}", count(*number)))
        .collect();
    let since = match refreshed.known_since {
        Some(since) => format!(" since {since:.0}"),
        None => String::new(),
    };
    let unlisted = match summary.unlisted {
        0 => String::new(),
        _ => format!(
            " {} not in the list, but there when asked for.",
            counted(summary.unlisted, "user is", "users are")
        ),
    };
    format!("Refreshed: {users}; {}{since}.{unlisted}", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::model::RefreshSummary;

    #[test]
    fn a_first_list_tells_how_many_there_are() {
        let text = refresh_text(&refreshed(true, vec![]), &View::plain(100));
        assert_eq!(
            text,
            "Refreshed: 3 users of the tenant are known now; this was the first list.\n"
        );
    }

    #[test]
    fn drift_is_told_field_by_field_and_hides_nothing_unsaid() {
        let drift = |kind, id: &str, fields| Drift {
            kind,
            user_id: id.into(),
            known_as: Some(Origin::Written),
            known_since: Some(Timestamp::UNIX_EPOCH),
            fields,
        };
        let field = FieldDrift {
            field: "Email".to_owned(),
            from: json!("a\u{1b}"),
            to: Json::Null,
        };
        let all = vec![
            drift(DriftKind::Gone, "g", vec![]),
            drift(DriftKind::Changed, "c", vec![field]),
        ];
        let text = refresh_text(&refreshed(false, all), &View::plain(100));
        insta::assert_snapshot!(text, @r#"
        Changed since they were last known
          ~ c (written by us 1970-01-01T00:00:00Z)
              Email: "a\\u001b" → blank

        No longer in the tenant
          - g (written by us 1970-01-01T00:00:00Z)

        Refreshed: 3 users; 1 changed, 1 gone, 1 unchanged since 1970-01-01T00:00:00Z. 1 user is not in the
          list, but there when asked for.
        "#);
    }

    fn refreshed(first: bool, drift: Vec<Drift>) -> Refreshed {
        Refreshed {
            first,
            known_since: (!first).then_some(Timestamp::UNIX_EPOCH),
            refreshed_at: Timestamp::UNIX_EPOCH,
            summary: RefreshSummary {
                users: 3,
                unchanged: 1,
                changed: 1,
                gone: 1,
                unlisted: 1,
                ..RefreshSummary::default()
            },
            drift,
        }
    }
}
