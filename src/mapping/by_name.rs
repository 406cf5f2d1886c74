//! Without `[map]`: a column spelled like a field, case aside, is that field.

use super::bind::{Binding, Bindings};
use super::collection::{Collection, CollectionKind};
use super::suggest;
use crate::model::{Field, Problem, Property};

/// Columns that are reported one by one; the rest is only counted, because a hostile JSON file can
/// have a new key in every row.
const UNKNOWN_SHOWN_MAX: u64 = 20;

/// Binds the columns from that index on.
/// Err: two columns are the same field. Ok: a warning for each column that is not sent.
pub(super) fn bind(
    bindings: &mut Bindings,
    names: &[Box<str>],
    from: usize,
) -> Result<Vec<Problem>, Vec<Problem>> {
    let mut warnings = Vec::new();
    for (index, name) in names.iter().enumerate().skip(from) {
        let meant = name.trim();
        if let Some(kind) = CollectionKind::named(meant) {
            let collection = Collection::new(kind, index, name);
            bindings.collections.push(collection);
            continue;
        }
        match Field::named(meant) {
            Some(Field::Property(property)) if property.is_guarded() => {
                warnings.push(guarded_column(property, name));
            }
            Some(field) => bindings.fields.push(Binding::by_name(field, index, name)),
            None => {
                bindings.unknown += 1;
                if bindings.unknown <= UNKNOWN_SHOWN_MAX {
                    warnings.push(unknown_column(name));
                }
            }
        }
    }
    bindings
        .fields
        .sort_by(|left, right| left.field.cmp(&right.field));
    let errors = twice(bindings);
    if errors.is_empty() {
        Ok(warnings)
    } else {
        Err(errors)
    }
}

/// Every field or collection that two columns are.
fn twice(bindings: &Bindings) -> Vec<Problem> {
    let fields = bindings.fields.windows(2);
    let mut errors: Vec<Problem> = fields
        .filter(|pair| pair[0].field == pair[1].field)
        .map(|pair| column_twice(&pair[0].field.to_string(), pair[0].label(), pair[1].label()))
        .collect();
    for (index, collection) in bindings.collections.iter().enumerate() {
        let mut before = bindings.collections[..index].iter();
        if let Some(other) = before.find(|other| other.kind == collection.kind) {
            let name = collection.kind.name();
            errors.push(column_twice(name, &other.label, &collection.label));
        }
    }
    errors
}

/// The unknown columns beyond those that were reported one by one.
pub(super) fn more_unknown(bindings: &Bindings) -> Option<Problem> {
    let more = bindings.unknown.saturating_sub(UNKNOWN_SHOWN_MAX);
    (more > 0).then(|| {
        Problem::warning(
            "unknown_column",
            format!("{more} more columns are no User properties, so they are not sent"),
        )
    })
}

/// No column is UserID: nobody can be told from anybody.
pub(super) fn no_user_id_column(names: &[Box<str>]) -> Problem {
    let problem = Problem::error(
        "no_user_id_column",
        "no column is called UserID, so no row can be told whose it is",
    );
    match names.iter().find(|name| suggest::may_be_user_id(name)) {
        Some(name) => problem.hint(format!(
            "did you mean \"{name}\"? call it UserID, or say so in the configuration: [map] UserID = \"{name}\""
        )),
        None => problem.hint(
            "say which column holds the key: [map] UserID = \"…\"; the columns are ".to_owned()
                + &listed(names),
        ),
    }
}

/// The first few names, for a message.
pub(super) fn listed(names: &[Box<str>]) -> String {
    const SHOWN_MAX: usize = 10;
    let shown: Vec<String> = names
        .iter()
        .take(SHOWN_MAX)
        .map(|name| format!("\"{name}\""))
        .collect();
    match names.len().saturating_sub(SHOWN_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn column_twice(field: &str, first: &str, second: &str) -> Problem {
    Problem::error(
        "column_twice",
        format!("the columns \"{first}\" and \"{second}\" are both {field}"),
    )
    .column(second)
    .hint("leave one of them in the export, or choose with [map]")
}

fn unknown_column(name: &str) -> Problem {
    let hint = match suggest::field_for(name) {
        Some(field) => format!(
            "did you mean {field}? to send it: [map] {} = \"{name}\"",
            toml_key(&field)
        ),
        None => {
            format!("to send it, name it in [map], for example \"Extensions.{name}\" = \"{name}\"")
        }
    };
    Problem::warning(
        "unknown_column",
        "this column is no User property, so it is not sent",
    )
    .column(name)
    .hint(hint)
}

fn guarded_column(property: Property, name: &str) -> Problem {
    let hint = match property {
        Property::Password | Property::ResetPassword => {
            "credentials of new users come with [create], never from an export".to_owned()
        }
        Property::Deleted => "map Activated: a leaver is deactivated".to_owned(),
        _ => format!(
            "to send it, name it in [map]: {} = \"{name}\"",
            property.name()
        ),
    };
    Problem::warning(
        "guarded_column",
        format!(
            "{} never maps by itself, so it is not sent",
            property.name()
        ),
    )
    .column(name)
    .hint(hint)
}

fn toml_key(field: &str) -> String {
    if field.contains('.') {
        format!("\"{field}\"")
    } else {
        field.to_owned()
    }
}
