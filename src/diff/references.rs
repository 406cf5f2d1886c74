//! Teams, groups, languages and storage locations that the export names and no user of the tenant has: mostly a slip of
//! the pen, and the tenant would take it for a new one or refuse the row.

use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::HashSet;

use crate::model::{Change, Field, Listed, Problem, Property, Value, ValueRef};

/// Properties whose values name something else of the tenant.
const REFERENCES: [Property; 4] = [
    Property::DGroupID,
    Property::LanguageCode,
    Property::ServiceTeamID,
    Property::StorageLocationID,
];

/// Fewer users than that have not shown much of a tenant yet.
const USERS_MIN: u64 = 10;
/// More different values than that are not remembered: they are no names of a few things.
const VALUES_MAX: usize = 50_000;
/// Values that are looked for among the known ones.
const EXAMINED_MAX: usize = 200;
/// Values that are told one by one.
const TOLD_MAX: usize = 20;

/// What the tenant's users have in those properties.
#[derive(Clone, Debug, Default)]
pub struct KnownReferences {
    users: u64,
    /// In the order of [`REFERENCES`].
    values: [HashSet<Box<str>>; REFERENCES.len()],
    /// Hashes of values that were met lately.
    met: Vec<u64>,
}

const MET_LATELY: usize = 1024;

impl KnownReferences {
    /// Takes one listed user whom the tenant has.
    pub(super) fn visit(&mut self, user: &impl Listed) {
        self.users += 1;
        self.met.resize(MET_LATELY, 0);
        for (property, known) in REFERENCES.into_iter().zip(&mut self.values) {
            if known.len() >= VALUES_MAX {
                continue;
            }
            if let Some(ValueRef::Text(text)) = user.value(&Field::Property(property)) {
                // Most have what somebody shortly before has.
                let hash = known.hasher().hash_one(&*text);
                let met = &mut self.met[hash as usize % MET_LATELY];
                if *met != hash && !known.contains(&*text) {
                    known.insert(text.into());
                }
                *met = hash;
            }
        }
    }

    /// The values of that property; `None` if they tell nothing.
    fn of(&self, property: Property) -> Option<&HashSet<Box<str>>> {
        let at = REFERENCES.iter().position(|other| *other == property)?;
        let known = &self.values[at];
        (self.users >= USERS_MIN && known.len() < VALUES_MAX).then_some(known)
    }
}

/// A warning for each value that changes would write and no user of the tenant has, with how many want it and what is
/// spelled almost like it. `nearest` finds that among the known ones.
///
/// A storage location belongs to one technician, and theirs are numbered: a new one is nothing to talk about unless it is
/// a known one with other letters or dashes.
pub fn unknown_references(
    changes: &[Change],
    known: &KnownReferences,
    nearest: impl Fn(&str, &HashSet<Box<str>>) -> Option<String>,
    file: &Arc<str>,
) -> Vec<Problem> {
    let mut unknown: BTreeMap<(&'static str, &str), (u64, Property, &Change)> = BTreeMap::new();
    for change in changes {
        for set in &change.fields {
            let (Field::Property(property), Some(Value::Text(text))) = (&set.field, &set.to) else {
                continue;
            };
            let Some(values) = REFERENCES
                .contains(property)
                .then(|| known.of(*property))
                .flatten()
            else {
                continue;
            };
            if !values.contains(text) {
                let first = unknown.entry((property.name(), &**text));
                first.or_insert((0, *property, change)).0 += 1;
            }
        }
    }
    let told = unknown.into_iter().take(EXAMINED_MAX).filter_map(
        |((name, text), (users, property, first))| {
            let values = known.of(property)?;
            let near = match property {
                Property::StorageLocationID => Some(spelled_otherwise(text, values)?),
                _ => nearest(text, values),
            };
            let users = match users {
                1 => "1 user would get it".to_owned(),
                users => format!("{users} users would get it"),
            };
            let message = format!("no user of the tenant has {name} {text:?} yet; {users}");
            let mut problem = Problem::warning("unknown_reference", message)
                .file(file)
                .column(name)
                .value(text)
                .hint(match near {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => "make sure that the tenant has it before the plan is sent".to_owned(),
                });
            problem.line = first.line();
            Some(problem)
        },
    );
    told.take(TOLD_MAX).collect()
}

/// The known value that is the same with case and punctuation aside.
fn spelled_otherwise(text: &str, known: &HashSet<Box<str>>) -> Option<String> {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(text);
    let found = known.iter().find(|known| plain(known) == wanted);
    found.map(|known| known.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Action, Effect, FieldChange, Place, User};

    #[test]
    fn what_somebody_has_is_known() {
        assert_eq!(
            told(20, &[("ServiceTeamID", "EAST"), ("Email", "new@x.example")]),
            [""; 0]
        );
    }

    #[test]
    fn what_nobody_has_is_told_once_with_what_is_spelled_almost_like_it() {
        let wanted = [
            ("ServiceTeamID", "EASt"),
            ("ServiceTeamID", "EASt"),
            ("DGroupID", "North"),
        ];
        let told = told(20, &wanted);
        assert_eq!(
            told,
            [
                "no user of the tenant has DGroupID \"North\" yet; 1 user would get it: make sure that the tenant has it before the plan is sent",
                "no user of the tenant has ServiceTeamID \"EASt\" yet; 2 users would get it: did you mean \"EAST\"?",
            ]
        );
    }

    #[test]
    fn a_small_tenant_and_a_new_van_tell_nothing() {
        assert_eq!(told(9, &[("ServiceTeamID", "WEST")]), [""; 0]);
        assert_eq!(told(20, &[("StorageLocationID", "VAN-77")]), [""; 0]);
        assert_eq!(told(20, &[("StorageLocationID", "van-1")]).len(), 1);
    }

    fn told(users: u64, wanted: &[(&str, &str)]) -> Vec<String> {
        let mut known = KnownReferences::default();
        for number in 0..users {
            let user = json!({"UserID": format!("u{number}"), "ServiceTeamID": "EAST", "DGroupID": "D", "StorageLocationID": "VAN-1"});
            known.visit(&User::new(user.as_object().unwrap().clone()).unwrap());
        }
        let change = |(field, to): &(&str, &str)| Change {
            action: Action::Update,
            effect: Effect::None,
            user_id: "a".into(),
            place: Some(Place { line: 2, record: 1 }),
            fields: vec![FieldChange {
                field: Field::named(field).unwrap(),
                from: None,
                to: Value::text(to),
            }],
            held: None,
            seen: None,
            mail: None,
        };
        let changes: Vec<Change> = wanted.iter().map(change).collect();
        let nearest = |text: &str, known: &HashSet<Box<str>>| {
            let alike = known.iter().find(|known| known.eq_ignore_ascii_case(text));
            alike.map(|known| known.to_string())
        };
        let problems = unknown_references(&changes, &known, nearest, &"f".into());
        let told = problems.into_iter();
        told.map(|told| format!("{}: {}", told.message, told.hint.unwrap()))
            .collect()
    }
}
