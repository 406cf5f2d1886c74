//! A create beside an absent user with the same mail or employee number: one person under a new id, as likely as not.
//!
//! Sent as they stand, such changes give a person a second account without his history and take the first one from
//! him. So both are held, until somebody says by which fields people are known.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::model::{Action, Change, Field, Hold, Problem, Property, User, Value};

/// Names of extensions that hold an employee number, letters and digits only, case aside.
const EMPLOYEE_NUMBERS: [&str; 9] = [
    "employeeid",
    "employeenumber",
    "employeeno",
    "personnelnumber",
    "personnelno",
    "personid",
    "personnumber",
    "workerid",
    "staffid",
];

/// What two users may have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Clue {
    Mail(Box<str>),
    EmployeeNumber(Box<str>),
    /// Alone it proves nothing.
    Name(Box<str>),
}

impl Clue {
    fn words(&self) -> &'static str {
        match self {
            Clue::Mail(_) => "mail address",
            Clue::EmployeeNumber(_) => "employee number",
            Clue::Name(_) => "full name",
        }
    }
}

/// Active users of the tenant whom the export does not mention, by what may tell who they are.
#[derive(Clone, Debug, Default)]
pub struct AbsentPersons {
    by_clue: HashMap<Clue, Who>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    One(Box<str>),
    /// What several people share tells nobody from another.
    Several,
}

impl AbsentPersons {
    /// Takes an active user whom the export does not mention.
    pub(super) fn note(&mut self, user: &User) {
        for clue in clues_of_user(user) {
            let who = self.by_clue.entry(clue);
            who.and_modify(|who| *who = Who::Several)
                .or_insert_with(|| Who::One(user.user_id().into()));
        }
    }

    fn is_empty(&self) -> bool {
        self.by_clue.is_empty()
    }
}

/// Holds each create that shares mail or employee number with one absent user, and what would take access from him;
/// a shared full name is told only. With `is_settled` nobody is held: the configuration says by which fields people
/// are known.
pub fn hold_renames(
    changes: &mut [Change],
    absent: &AbsentPersons,
    is_settled: bool,
    file: &Arc<str>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if absent.is_empty() {
        return problems;
    }
    let creates = |change: &&Change| change.action == Action::Create && change.held.is_none();
    let mut claims: HashMap<Clue, u64> = HashMap::new();
    for clue in changes.iter().filter(creates).flat_map(clues_of_create) {
        *claims.entry(clue).or_default() += 1;
    }
    let mut renamed: Vec<Box<str>> = Vec::new();
    for change in changes.iter_mut().filter(|change| creates(&&**change)) {
        let shared = clues_of_create(change).into_iter().find_map(|clue| {
            let Some(Who::One(user_id)) = absent.by_clue.get(&clue) else {
                return None;
            };
            (claims[&clue] == 1).then_some((clue, user_id))
        });
        let Some((clue, user_id)) = shared else {
            continue;
        };
        let holds = !is_settled && !matches!(clue, Clue::Name(_));
        if holds {
            change.held = Some(Hold::Rename);
            renamed.push(user_id.clone());
        }
        problems.push(told(change, &clue, user_id, holds, file));
    }
    let by_absence = changes.iter_mut().filter(|change| change.place.is_none());
    for change in by_absence.filter(|change| renamed.contains(&change.user_id)) {
        change.held.get_or_insert(Hold::Rename);
    }
    problems
}

fn told(change: &Change, clue: &Clue, user_id: &str, holds: bool, file: &Arc<str>) -> Problem {
    let (code, then) = match holds {
        true => (
            "suspected_rename",
            "so this may be the same person; both are held",
        ),
        false => ("same_person", "so this may be the same person"),
    };
    let message = format!(
        "the new user {} has the {} of {user_id}, whom the export does not mention, {then}",
        change.user_id,
        clue.words()
    );
    let mut problem = Problem::warning(code, message)
        .file(file)
        .user(&*change.user_id)
        .hint(Hold::Rename.hint());
    problem.line = change.line();
    problem
}

fn clues_of_create(change: &Change) -> Vec<Clue> {
    let set = |wanted: Property| {
        let found = change
            .fields
            .iter()
            .find(|field| field.field == Field::Property(wanted));
        text(found?.to.as_ref())
    };
    let extensions = change.fields.iter().filter_map(|field| match &field.field {
        Field::Extension(key) => Some((&**key, text(field.to.as_ref())?)),
        _ => None,
    });
    clues(set, extensions)
}

fn clues_of_user(user: &User) -> Vec<Clue> {
    let has = |wanted: Property| text(user.get(&Field::Property(wanted)).as_ref());
    let object = user.object();
    let extensions = object.get("Extensions").and_then(Json::as_object);
    let extensions = extensions.into_iter().flatten();
    // Deprecated, but older users have it.
    let old = object
        .get("EntityEmployeeNumber")
        .map(|number| ("EmployeeNumber", number));
    let all = extensions
        .map(|(key, value)| (key.as_str(), value))
        .chain(old)
        .filter_map(|(key, value)| match value {
            Json::String(text) => Some((key, text.clone())),
            Json::Number(number) => Some((key, number.to_string())),
            _ => None,
        });
    clues(has, all)
}

/// The strongest first, each once.
fn clues<'a>(
    property: impl Fn(Property) -> Option<String>,
    extensions: impl Iterator<Item = (&'a str, String)>,
) -> Vec<Clue> {
    let plain = |text: &str| -> Box<str> { text.trim().to_lowercase().into() };
    let is_number = |key: &str| {
        let letters = key.chars().filter(char::is_ascii_alphanumeric);
        let letters: String = letters.collect::<String>().to_ascii_lowercase();
        EMPLOYEE_NUMBERS.contains(&letters.as_str())
    };
    let mut clues: Vec<Clue> = extensions
        .filter(|(key, number)| is_number(key) && !number.trim().is_empty())
        .map(|(_, number)| Clue::EmployeeNumber(plain(&number)))
        .collect();
    clues.sort_by(|one, two| format!("{one:?}").cmp(&format!("{two:?}")));
    clues.dedup();
    clues.extend(property(Property::Email).map(|mail| Clue::Mail(plain(&mail))));
    let name = property(Property::FirstName).zip(property(Property::LastName));
    clues.extend(name.map(|(first, last)| Clue::Name(plain(&format!("{first} {last}")))));
    clues
}

fn text(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Effect, FieldChange, Place};

    #[test]
    fn a_create_beside_a_stranger_goes() {
        let other = json!({"UserID": "old", "Email": "other@x.example", "FirstName": "Al", "LastName": "Bo"});
        assert_eq!(held(&[&other], &[MAIL], false), (vec![None], vec![]));
        assert_eq!(held(&[], &[MAIL], false), (vec![None], vec![]));
    }

    #[test]
    fn what_two_share_is_a_rename_and_a_name_alone_is_told() {
        let rename = Some(Hold::Rename);
        for (old, new, hold, code) in [
            (
                json!({"UserID": "old", "Email": "Ann@X.example "}),
                MAIL,
                rename,
                "suspected_rename",
            ),
            (
                json!({"UserID": "old", "Extensions": {"employee_id": 17}}),
                NUMBER,
                rename,
                "suspected_rename",
            ),
            (
                json!({"UserID": "old", "EntityEmployeeNumber": "17"}),
                NUMBER,
                rename,
                "suspected_rename",
            ),
            (
                json!({"UserID": "old", "FirstName": "ANN", "LastName": "Bell"}),
                NAME,
                None,
                "same_person",
            ),
        ] {
            let found = held(&[&old], &[new], false);
            assert_eq!(found, (vec![hold], vec![code.to_owned()]), "{old}");
            let settled = held(&[&old], &[new], true);
            assert_eq!(
                settled,
                (vec![None], vec!["same_person".to_owned()]),
                "{old}"
            );
        }
    }

    #[test]
    fn what_several_share_tells_nobody_from_another() {
        let old = |id: &str| json!({"UserID": id, "Email": "ann@x.example"});
        let (one, two) = (old("one"), old("two"));
        assert_eq!(held(&[&one, &two], &[MAIL], false), (vec![None], vec![]));
        let both = held(&[&one], &[MAIL, MAIL], false);
        assert_eq!(both, (vec![None, None], vec![]));
    }

    #[test]
    fn what_would_take_access_from_the_old_user_is_held_too() {
        let mut absent = AbsentPersons::default();
        absent.note(&user(&json!({"UserID": "old", "Email": "ann@x.example"})));
        let mut changes = [create(MAIL), leave("old"), leave("other")];
        hold_renames(&mut changes, &absent, false, &"f".into());
        let holds = changes.map(|change| change.held);
        assert_eq!(holds, [Some(Hold::Rename), Some(Hold::Rename), None]);
    }

    const MAIL: &[(&str, &str)] = &[("Email", "ann@x.example")];
    const NUMBER: &[(&str, &str)] = &[("Extensions.EmployeeNo", "17")];
    const NAME: &[(&str, &str)] = &[("FirstName", "Ann"), ("LastName", "Bell")];

    /// The holds of the creates, and the codes of what is told.
    fn held(
        old: &[&Json],
        new: &[&[(&str, &str)]],
        is_settled: bool,
    ) -> (Vec<Option<Hold>>, Vec<String>) {
        let mut absent = AbsentPersons::default();
        old.iter().for_each(|old| absent.note(&user(old)));
        let mut changes: Vec<Change> = new.iter().map(|fields| create(fields)).collect();
        let problems = hold_renames(&mut changes, &absent, is_settled, &"f".into());
        let holds = changes.iter().map(|change| change.held).collect();
        (
            holds,
            problems
                .into_iter()
                .map(|problem| problem.code.to_string())
                .collect(),
        )
    }

    fn user(object: &Json) -> User {
        User::new(object.as_object().unwrap().clone()).unwrap()
    }

    fn create(fields: &[(&str, &str)]) -> Change {
        let fields = fields.iter().map(|(field, to)| FieldChange {
            field: Field::named(field).unwrap(),
            from: None,
            to: Value::text(to),
        });
        Change {
            action: Action::Create,
            effect: Effect::GainsAccess,
            user_id: "new".into(),
            place: Some(Place { line: 2, record: 1 }),
            fields: fields.collect(),
            held: None,
            seen: None,
            mail: None,
        }
    }

    fn leave(user_id: &str) -> Change {
        Change {
            action: Action::Deactivate,
            effect: Effect::LosesAccess,
            user_id: user_id.into(),
            place: None,
            fields: Vec::new(),
            held: None,
            seen: None,
            mail: None,
        }
    }
}
