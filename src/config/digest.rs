//! The settings that a plan follows from, as one short name for all of them.

use serde_json::{Value as Json, json};

use super::{
    ConfirmAbsent, CreateSettings, DeliverySettings, DeprovisionSettings, MatchSettings,
    ProtectSettings, ScopeSettings, Settings, SourceKind, SourceSettings, TenantSettings,
};
use crate::input::{Arrival, ControlTotal, DatedBy, Format, ReadOptions};
use crate::mapping::{FieldSpec, MappingSpec};
use crate::model::Field;

impl Settings {
    /// A digest of what decides the content of a plan: equal settings give equal digests, from whatever file,
    /// profile, variable or option they come, and in whatever order they are written.
    ///
    /// How the tenant is reached and how patient we are with it is not in it: that changes no plan. The
    /// tenant itself is not either: a plan names it by itself.
    pub fn digest(&self) -> String {
        digest_of(&self.decisive())
    }

    /// A digest of the settings that decide what may be sent: how the export is to be read and how hard the tenant
    /// is talked to aside, which options say anew with each command, and the mapping aside.
    pub fn rules_digest(&self) -> String {
        let mut settings = self.decisive();
        if let Json::Object(settings) = &mut settings {
            settings.retain(|key, _| !OTHER_MATTERS.contains(&key.as_str()));
        }
        digest_of(&settings)
    }

    /// A digest of mapping and scope: of what decides which users an export lists.
    pub fn mapping_digest(&self) -> String {
        let settings = self.decisive();
        digest_of(&json!([settings["map"], settings["questions"]]))
    }

    fn decisive(&self) -> Json {
        // Named one by one, so that a new setting cannot be forgotten here.
        let Settings {
            source,
            map,
            create:
                CreateSettings {
                    confirm_absent,
                    rules,
                    max_mails: _, // among the guards
                },
            deprovision:
                DeprovisionSettings {
                    absence,
                    on_terminated,
                },
            scope:
                ScopeSettings {
                    questions,
                    console_users,
                },
            matching: MatchSettings { by: known_by },
            effective,
            fields,
            protect: ProtectSettings { users: protected },
            guards,
            delivery,
            file: _,
            state_dir: _,
            tenant: TenantSettings { canary_user, .. },
            credentials: _,
            plan: _,
            report: _,
        } = self;
        let DeliverySettings {
            chunk_users_max,
            chunk_bytes_max,
            limits,
            in_flight_max: _,
            retry: _,
            retry_after_max: _,
            deadline: _,
            verify: _,
        } = delivery;
        let mut settings = json!({
            "map": map.as_ref().map(in_order),
            "confirm_absent": *confirm_absent == ConfirmAbsent::Get,
            "chunk_users_max": chunk_users_max,
            "chunk_bytes_max": chunk_bytes_max,
            "limits": limits.to_string(),
            "absence": format!("{absence:?}"),
            "on_terminated": format!("{on_terminated:?}"),
            "console_users": console_users,
            "questions": format!("{questions:?}"),
            "known_by": known_by.as_ref().map(|by| by.iter().map(Field::to_string).collect::<Vec<_>>()),
            "effective": format!("{effective:?}"),
            "create": format!("{rules:?}"),
            "fields": fields.iter().map(|(field, policy)| format!("{field} {policy:?}")).collect::<Vec<_>>(),
            "protected": protected,
            "canary_user": canary_user,
            "guards": format!("{guards:?}"),
        });
        for part in [decisive_source(source), reading(&source.read)] {
            if let (Json::Object(settings), Json::Object(part)) = (&mut settings, part) {
                settings.extend(part);
            }
        }
        settings
    }
}

fn decisive_source(source: &SourceSettings) -> Json {
    let SourceSettings {
        id,
        kind,
        precedence,
        read: _, // has a part of its own
        arrival,
        max_age,
    } = source;
    json!({
        "source": id,
        "kind": match kind {
            SourceKind::Full => "full",
            SourceKind::Delta => "delta",
        },
        "precedence": precedence,
        "max_age_s": max_age.map(|age| age.as_secs()),
        "arrival": decisive_arrival(arrival),
    })
}

fn decisive_arrival(arrival: &Arrival) -> Json {
    let Arrival {
        newest_by,
        control_total,
        ready_file: _,
    } = arrival;
    let newest_by = newest_by.as_ref().map(|dated_by| match dated_by {
        DatedBy::Modified => json!("mtime"),
        DatedBy::Name(pattern) => json!({ "name": pattern.text() }),
        DatedBy::Column { name, format } => json!({ "column": name, "format": format }),
    });
    let control_total = control_total.as_ref().map(|total| match total {
        ControlTotal::Footer => json!("footer"),
        ControlTotal::File(control) => json!(control.path),
        ControlTotal::Key(path) => json!(path.as_ref()),
    });
    json!([newest_by, control_total])
}

/// How the export is to be read.
fn reading(read: &ReadOptions) -> Json {
    let mark = |mark: Option<u8>| mark.map_or("none".to_owned(), |byte| char::from(byte).into());
    json!({
        "format": read.format.map(|format| match format {
            Format::Csv => "csv",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Xlsx => "xlsx",
        }),
        "sheet": read.sheet,
        "delimiter": read.delimiter,
        "encoding": read.encoding.map(|encoding| encoding.name()),
        "quote": read.quote.map(mark),
        "escape": read.escape.map(mark),
        "single_line": read.single_line,
        "rows": [read.skip_rows, read.header_rows, Some(read.skip_footer)],
        "columns": read.columns.as_deref(),
        "path": read.path.as_deref(),
    })
}

/// The fields of a mapping in an order that does not depend on how they are written.
fn in_order(map: &MappingSpec) -> Vec<(Field, FieldSpec)> {
    let mut fields = map.fields.clone();
    fields.sort_by(|(left, _), (right, _)| left.cmp(right));
    for values in fields.iter_mut().flat_map(|(_, spec)| &mut spec.values) {
        values.sort_by(|(left, _), (right, _)| left.cmp(right));
    }
    fields
}

/// Keys of the decisive settings that say nothing about what may be sent, or have a digest of their own.
const OTHER_MATTERS: [&str; 15] = [
    "format",
    "sheet",
    "delimiter",
    "encoding",
    "quote",
    "single_line",
    "rows",
    "columns",
    "path",
    "max_age_s",
    "arrival",
    "map",
    "chunk_users_max",
    "chunk_bytes_max",
    "limits",
];

fn digest_of(settings: &Json) -> String {
    blake3::hash(settings.to_string().as_bytes())
        .to_hex()
        .to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{FILE_NAME, Overrides, Settings, load};

    const PLAIN: &str = "
        [map]
        UserID = 'id'
        Activated = { column = 'state', values = { in = true, out = false } }
        [delivery]
        chunk_users_max = 100
    ";

    #[test]
    fn the_same_settings_have_the_same_digest_however_they_are_given() {
        let other_order = "
            [delivery]
            chunk_users_max = 7
            [map.Activated]
            values = { out = false, in = true }
            column = 'state'
            [map]
            UserID = { column = 'id', transform = ['trim'] }
            [profile.p.delivery]
            chunk_users_max = 100
        ";
        assert_eq!(digest(PLAIN, None), digest(other_order, Some("p")));
        let patient = format!("{PLAIN}\nattempts_max = 9\n[report]\ndir = 'x'");
        assert_eq!(digest(PLAIN, None), digest(&patient, None));
    }

    #[test]
    fn whatever_decides_the_content_of_a_plan_changes_the_digest() {
        let texts = [
            PLAIN.to_owned(),
            PLAIN.replace("'id'", "'ID'"),
            PLAIN.replace("in = true", "in = false"),
            PLAIN.replace("column = 'state'", "column = 'state', blank = 'error'"),
            format!("{PLAIN}\n[map.LanguageCode]\nconstant = 'EN'"),
            PLAIN.replace("'id'", "{ column = 'id', transform = ['trim', 'lower'] }"),
            PLAIN.replace("100", "99"),
            format!("{PLAIN}\nchunk_bytes_max = 1000"),
            format!("{PLAIN}\nlimits = 'bulk=1/1s'"),
            format!("{PLAIN}\n[create]\nconfirm_absent = 'trust'"),
            format!("{PLAIN}\n[source]\nid = 'x'"),
            format!("{PLAIN}\n[source]\nprecedence = ['x']"),
            format!("{PLAIN}\n[deprovision]\non_absent = 'delete'"),
            format!("{PLAIN}\n[deprovision]\nafter_runs = 3"),
            format!("{PLAIN}\n[deprovision]\nafter_days = 3"),
            format!("{PLAIN}\n[deprovision]\non_terminated = 'delete'"),
            format!("{PLAIN}\n[scope]\nconsole_users = true"),
            format!("{PLAIN}\n[protect]\nusers = ['a*']"),
            format!("{PLAIN}\n[tenant]\ncanary_user = 'a'"),
            format!("{PLAIN}\n[guards]\nmax_deprovisions = 9"),
            format!("{PLAIN}\n[guards]\nmax_row_drop = '20%'"),
            format!("{PLAIN}\n[source]\nkind = 'delta'"),
            format!("{PLAIN}\n[source]\nformat = 'csv'"),
            format!("{PLAIN}\n[source]\nsheet = 'x'"),
            format!("{PLAIN}\n[source]\ndelimiter = ';'"),
            format!("{PLAIN}\n[source]\nencoding = 'windows-1252'"),
            format!("{PLAIN}\n[source]\nquote = 'none'"),
            format!("{PLAIN}\n[source]\nescape = 'none'"),
            format!("{PLAIN}\n[source]\nmultiline = 'never'"),
            format!("{PLAIN}\n[source]\nskip_rows = 1"),
            format!("{PLAIN}\n[source]\nheader_rows = 1"),
            format!("{PLAIN}\n[source]\nskip_footer = 1"),
            format!("{PLAIN}\n[source]\ncolumns = ['a']"),
            format!("{PLAIN}\n[source]\npath = '$.a'"),
            format!("{PLAIN}\n[source]\nmax_age = '2d'"),
            format!("{PLAIN}\n[source]\nnewest_by = 'mtime'"),
            format!("{PLAIN}\n[source]\nnewest_by = {{ name = 'x' }}"),
            format!("{PLAIN}\n[source]\nnewest_by = {{ column = 'x' }}"),
            format!("{PLAIN}\n[source]\ncontrol_total = 'x'"),
            String::new(),
        ];
        let digests: BTreeSet<String> = texts.iter().map(|text| digest(text, None)).collect();
        assert_eq!(digests.len(), texts.len());
    }

    #[test]
    fn how_to_read_and_how_to_send_are_no_rules_and_the_mapping_has_its_own_digest() {
        let of = |text: &str| {
            let settings = settings(text, None);
            (settings.rules_digest(), settings.mapping_digest())
        };
        let plain = of(PLAIN);
        let other_ways = format!("{}\n[source]\nformat = 'csv'", PLAIN.replace("100", "99"));
        assert_eq!(of(&other_ways), plain);
        let mapped = of(&PLAIN.replace("'id'", "'ID'"));
        assert!(mapped.0 == plain.0 && mapped.1 != plain.1);
        let ruled = of(&format!("{PLAIN}\n[create]\nconfirm_absent = 'trust'"));
        assert!(ruled.0 != plain.0 && ruled.1 == plain.1);
    }

    fn digest(text: &str, profile: Option<&str>) -> String {
        settings(text, profile).digest()
    }

    fn settings(text: &str, profile: Option<&str>) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, text).unwrap();
        let options = Overrides {
            config: Some(path),
            profile: profile.map(str::to_owned),
            ..Overrides::default()
        };
        load(&options, &|_| None).unwrap()
    }
}
