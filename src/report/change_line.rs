//! One planned change as text: a line that says what, to whom and from which line of the export, then its fields.

use crate::model::{Action, Change, Effect, Field, FieldChange, Mail, Property, Value};

use super::escape::{escape, quote_from};
use super::page::{Page, Tone, text_width};
use super::words::counted;

/// Characters of a value that are shown unless everything is.
const VALUE_CHARS_MAX: usize = 120;
/// Characters shown before the first difference of two long values.
const BEFORE_DIFFERENCE: usize = 20;
/// Widest field name that the values of a change are aligned after.
const NAME_WIDTH_MAX: usize = 26;

/// Puts a change with its fields on the page.
pub(super) fn put_change(page: &mut Page, change: &Change) {
    let head = head(page, change);
    page.paragraph(2, 6, &head);
    let chars_max = if page.view.verbose {
        usize::MAX
    } else {
        VALUE_CHARS_MAX
    };
    if change.action == Action::Create {
        let fields: Vec<String> = change
            .fields
            .iter()
            .map(|field| wanted(field, chars_max))
            .collect();
        page.list(6, &fields);
    } else {
        put_differences(page, &change.fields, chars_max);
    }
}

/// Puts a user to create on one line, with what tells people who he is: name and mail address.
pub(super) fn put_create_in_short(page: &mut Page, change: &Change) {
    let text = |property| {
        let wanted = |field: &&FieldChange| field.field == Field::Property(property);
        match change.fields.iter().find(wanted)?.to.as_ref()? {
            Value::Text(text) => Some(&**text),
            Value::Bool(_) => None,
        }
    };
    let names = [text(Property::FirstName), text(Property::LastName)];
    let name: Vec<&str> = names.into_iter().flatten().collect();
    let name = (!name.is_empty()).then(|| name.join(" "));
    let mail = text(Property::Email).map(str::to_owned);
    let mut parts: Vec<String> = [name, mail]
        .into_iter()
        .flatten()
        .map(|text| quote_from(&text, 0, VALUE_CHARS_MAX))
        .collect();
    if parts.is_empty() {
        parts.push(counted(change.fields.len() as u64, "field", "fields"));
    }
    let head = head(page, change);
    page.paragraph(2, 6, &format!("{head}: {}", parts.join(", ")));
}

/// `+ create T-1002 (line 2), without access`, its sign in colour.
fn head(page: &Page, change: &Change) -> String {
    let (sign, tone) = match change.held {
        Some(_) => ("!", Tone::Attention),
        None => sign(change.action),
    };
    let sign = page.view.paint(tone, sign);
    let (action, user_id) = (change.action.name(), escape(&change.user_id));
    let place = place(change.line());
    let note = effect_note(change.action, change.effect);
    let mail = match change.mail {
        None => "",
        Some(Mail::Password) => ", mails a password",
        Some(Mail::Link) => ", mails a link",
    };
    format!("{sign} {action} {user_id} ({place}){note}{mail}")
}

/// The sign before an action, and its colour.
pub(super) fn sign(action: Action) -> (&'static str, Tone) {
    match action {
        Action::Create | Action::Reactivate | Action::Restore => ("+", Tone::Good),
        Action::Update => ("~", Tone::Changed),
        Action::Deactivate | Action::Delete => ("-", Tone::Bad),
    }
}

/// Where the row stands, for brackets.
pub(super) fn place(line: Option<u64>) -> String {
    match line {
        // Undo takes back also what was done to users who were absent.
        Some(0) => "absent from the export".to_owned(),
        Some(line) => format!("line {line}"),
        None => "absent from the export".to_owned(),
    }
}

/// What the verb alone does not tell about access.
pub(super) fn effect_note(action: Action, effect: Effect) -> &'static str {
    match (action, effect) {
        (Action::Create, Effect::None) => ", without access",
        (Action::Create | Action::Reactivate | Action::Restore, Effect::GainsAccess) => "",
        (Action::Deactivate | Action::Delete, Effect::LosesAccess) => "",
        (_, Effect::GainsAccess) => ", gains access",
        (_, Effect::LosesAccess) => ", loses access",
        (_, Effect::None) => "",
    }
}

fn wanted(field: &FieldChange, chars_max: usize) -> String {
    format!(
        "{}: {}",
        escape(&field.field.to_string()),
        show(field.to.as_ref(), 0, chars_max)
    )
}

/// A line for each field, its values aligned; two lines where they do not fit one.
fn put_differences(page: &mut Page, fields: &[FieldChange], chars_max: usize) {
    let names: Vec<String> = fields
        .iter()
        .map(|field| format!("{}:", escape(&field.field.to_string())))
        .collect();
    let widest = names
        .iter()
        .map(|name| text_width(name))
        .max()
        .unwrap_or(0)
        .min(NAME_WIDTH_MAX);
    for (field, name) in fields.iter().zip(names) {
        let start = match (&field.from, &field.to) {
            (Some(Value::Text(from)), Some(Value::Text(to))) => first_shown(from, to, chars_max),
            _ => 0,
        };
        let from = show(field.from.as_ref(), start, chars_max);
        let to = show(field.to.as_ref(), start, chars_max);
        let blanks = " ".repeat(widest.saturating_sub(text_width(&name)));
        let line = format!("{name}{blanks} {from} → {to}");
        if page.fits(6, &line) {
            page.lines(6, &line);
        } else {
            page.paragraph(6, 8, &name);
            page.paragraph(8, 10, &from);
            page.paragraph(6, 10, &format!("→ {to}"));
        }
    }
}

/// Where to begin showing two values so that their difference is seen: their beginnings, unless a value is cut.
fn first_shown(from: &str, to: &str, chars_max: usize) -> usize {
    if from.chars().count() <= chars_max && to.chars().count() <= chars_max {
        return 0;
    }
    let equal = from
        .chars()
        .zip(to.chars())
        .take_while(|(one, two)| one == two)
        .count();
    equal.saturating_sub(BEFORE_DIFFERENCE)
}

fn show(value: Option<&Value>, start: usize, chars_max: usize) -> String {
    match value {
        None => "(blank)".to_owned(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(Value::Text(text)) => quote_from(text, start, chars_max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::View;
    use crate::report::samples::{change, field};

    #[test]
    fn a_change_is_a_line_and_its_fields() {
        insta::assert_snapshot!(both_widths(&[
            change(Action::Create, 2, vec![
                field("Activated", "", "true"),
                field("Email", "", "ada.lovelace@example.com"),
                field("FirstName", "", "Ada"),
                field("LastName", "", "Lovelace"),
                field("Phones.Mobile", "", "+44 20 7946 0001"),
            ]),
            change(Action::Update, 3, vec![
                field("Email", "old@example.com", "new@example.com"),
                field("Locked", "", "true"),
                field("Extensions.Note", "a rather long remark about shifts, vans and keys", "a shorter remark that is still long"),
            ]),
            change(Action::Deactivate, 4, vec![field("Activated", "true", "false")]),
        ]), @r#"
          + create T-1002 (line 2)
              Activated: true, Email: "ada.lovelace@example.com", FirstName: "Ada",
              LastName: "Lovelace", Phones.Mobile: "+44 20 7946 0001"
          ~ update T-1003 (line 3), loses access
              Email:           "old@example.com" → "new@example.com"
              Locked:          (blank) → true
              Extensions.Note:
                "a rather long remark about shifts, vans and keys"
              → "a shorter remark that is still long"
          - deactivate T-1004 (line 4)
              Activated: true → false
        ----
          + create T-1002 (line 2)
              Activated: true, Email: "ada.lovelace@example.com", FirstName: "Ada", LastName: "Lovelace", Phones.Mobile: "+44 20 7946 0001"
          ~ update T-1003 (line 3), loses access
              Email:           "old@example.com" → "new@example.com"
              Locked:          (blank) → true
              Extensions.Note: "a rather long remark about shifts, vans and keys" → "a shorter remark that is still long"
          - deactivate T-1004 (line 4)
              Activated: true → false
        "#);
    }

    #[test]
    fn long_values_are_cut_around_their_difference() {
        let from = format!("{} ends so {}", "x".repeat(200), "y".repeat(200));
        let to = format!("{} ends otherwise", "x".repeat(200));
        insta::assert_snapshot!(both_widths(&[
            change(Action::Update, 3, vec![field("Extensions.Note", &from, &to)]),
        ]), @r#"
          ~ update T-1003 (line 3)
              Extensions.Note:
                "…xxxxxxxxxxxxxx ends so
                  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
                  yyyyyyyyyyyyyyyyyyyyyyyyyyy…" (409 characters)
              → "…xxxxxxxxxxxxxx ends otherwise"
        ----
          ~ update T-1003 (line 3)
              Extensions.Note: "…xxxxxxxxxxxxxx ends so yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…" (409 characters) → "…xxxxxxxxxxxxxx ends otherwise"
        "#);
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let mut evil = change(
            Action::Update,
            3,
            vec![field("Email", "\x1b[2J", "\u{202e}moc\n")],
        );
        evil.user_id = "T\x1b[31m".into();
        insta::assert_snapshot!(both_widths(&[evil]), @r#"
          ~ update T\u{1b}[31m (line 3)
              Email: "\u{1b}[2J" → "\u{202e}moc\n"
        ----
          ~ update T\u{1b}[31m (line 3)
              Email: "\u{1b}[2J" → "\u{202e}moc\n"
        "#);
    }

    fn both_widths(changes: &[Change]) -> String {
        let at = |width| {
            let mut page = Page::new(&View::plain(width));
            changes
                .iter()
                .for_each(|change| put_change(&mut page, change));
            page.finish()
        };
        let (narrow, wide) = (at(80), at(200));
        assert!(
            narrow.lines().all(|line| text_width(line) <= 80),
            "{narrow}"
        );
        format!("{narrow}----\n{wide}")
    }
}
