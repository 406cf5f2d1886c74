//! How a new user comes to be: what he is given, what he must state, and how he gets in.

use std::sync::Arc;

use crate::model::{
    Action, Change, Effect, Field, FieldChange, Hold, Mail, Problem, Property, UserRecord, Value,
    Wanted,
};

/// How a new user gets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NewCredentials {
    /// Somebody else sees to it.
    #[default]
    None,
    /// Through the company's own sign-on: he must state his AuthenticationID.
    Sso,
    /// He is mailed a link by which he chooses a password.
    MailLink,
    /// He is mailed a password that the tenant makes up.
    MailPassword,
}

/// What holds for every new user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateRules {
    /// Values of what his row does not state.
    pub defaults: Vec<(Field, Value)>,
    /// What he must state.
    pub require: Vec<Field>,
    /// How he gets in.
    pub credentials: NewCredentials,
}

impl CreateRules {
    /// The storage location that a new user is given whose row names none.
    pub fn location(&self) -> Option<&str> {
        let location = Field::Property(Property::StorageLocationID);
        let given = self.defaults.iter().find(|(field, _)| *field == location);
        given.and_then(|(_, value)| match value {
            Value::Text(text) => Some(&**text),
            Value::Bool(_) => None,
        })
    }

    /// Gives a record of a new user what it does not state.
    pub fn complete(&self, record: &mut UserRecord) {
        for (field, value) in &self.defaults {
            let wanted = Wanted::Set(value.clone());
            let place = record
                .values
                .binary_search_by(|(other, _)| other.cmp(field));
            match place {
                Ok(at) if record.values[at].1.value().is_none() => record.values[at].1 = wanted,
                Ok(_) => {}
                Err(at) => record.values.insert(at, (field.clone(), wanted)),
            }
        }
    }

    /// Holds the create of a user who does not state what he must; gives any other what he needs to get in, if he
    /// gets access at all.
    pub fn settle(&self, change: &mut Change, file: &Arc<str>) -> Option<Problem> {
        if change.action != Action::Create {
            return None;
        }
        let missing = self.missing(change);
        if !missing.is_empty() {
            change.held = Some(Hold::Incomplete);
            return Some(told(change, &missing, file));
        }
        change.mail = match self.credentials {
            _ if change.effect != Effect::GainsAccess => None,
            NewCredentials::None | NewCredentials::Sso => None,
            NewCredentials::MailLink => Some(Mail::Link),
            NewCredentials::MailPassword => Some(Mail::Password),
        };
        if change.mail == Some(Mail::Password) {
            change.fields.push(FieldChange {
                field: Field::Property(Property::ResetPassword),
                from: None,
                to: Some(Value::Bool(true)),
            });
            change.fields.sort_by(|one, two| one.field.cmp(&two.field));
        }
        None
    }

    fn missing(&self, change: &Change) -> Vec<String> {
        let to_get_in = match self.credentials {
            NewCredentials::None => None,
            NewCredentials::Sso => Some(Field::Property(Property::AuthenticationID)),
            NewCredentials::MailLink | NewCredentials::MailPassword => {
                Some(Field::Property(Property::Email))
            }
        };
        let to_get_in = to_get_in.filter(|field| !self.require.contains(field));
        let states = |field: &Field| {
            let mut set = change.fields.iter().filter(|set| set.to.is_some());
            set.any(|set| set.field == *field)
        };
        let all = self.require.iter().chain(&to_get_in);
        all.filter(|field| !states(field))
            .map(Field::to_string)
            .collect()
    }
}

fn told(change: &Change, missing: &[String], file: &Arc<str>) -> Problem {
    let message = format!(
        "the new user {} does not state {}, which every new user must",
        change.user_id,
        missing.join(", ")
    );
    let mut problem = Problem::warning(Hold::Incomplete.name(), message)
        .file(file)
        .column(&*missing[0])
        .user(&*change.user_id)
        .hint(Hold::Incomplete.hint());
    problem.line = change.line();
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::diff;
    use crate::model::{EqualForms, Place};

    #[test]
    fn without_rules_a_new_user_is_as_his_row_says() {
        let (change, told) = created(&CreateRules::default(), &[("FirstName", "Ann")]);
        assert_eq!(
            (shown(&change), told, change.mail),
            ("FirstName".to_owned(), None, None)
        );
    }

    #[test]
    fn what_a_row_does_not_state_is_given() {
        let rules = CreateRules {
            defaults: vec![default("LanguageCode", "EN"), default("FirstName", "?")],
            ..CreateRules::default()
        };
        let (change, _) = created(&rules, &[("FirstName", "Ann")]);
        assert_eq!(shown(&change), "FirstName, LanguageCode");
        assert_eq!(change.fields[0].to, Value::text("Ann"));
    }

    #[test]
    fn who_does_not_state_what_he_must_is_held_with_all_that_is_missing() {
        let rules = |credentials| CreateRules {
            require: ["LastName", "DGroupID"].map(field).into(),
            credentials,
            ..CreateRules::default()
        };
        for (credentials, missing) in [
            (NewCredentials::None, "LastName, DGroupID"),
            (NewCredentials::Sso, "LastName, DGroupID, AuthenticationID"),
            (NewCredentials::MailLink, "LastName, DGroupID, Email"),
        ] {
            let (change, told) = created(&rules(credentials), &[("FirstName", "Ann")]);
            assert_eq!((change.held, change.mail), (Some(Hold::Incomplete), None));
            let told = told.unwrap().message;
            assert!(
                told.contains(&format!("does not state {missing}, which")),
                "{told}"
            );
        }
        let all = [
            ("LastName", "Bell"),
            ("DGroupID", "G"),
            ("AuthenticationID", "a"),
        ];
        assert_eq!(created(&rules(NewCredentials::Sso), &all).0.held, None);
    }

    #[test]
    fn who_gets_access_is_mailed_and_nobody_else() {
        let rules = |credentials| CreateRules {
            credentials,
            ..CreateRules::default()
        };
        for (credentials, activated, mail, fields) in [
            (
                NewCredentials::MailPassword,
                "true",
                Some(Mail::Password),
                "Activated, Email, ResetPassword",
            ),
            (
                NewCredentials::MailLink,
                "true",
                Some(Mail::Link),
                "Activated, Email",
            ),
            (NewCredentials::MailLink, "false", None, "Activated, Email"),
            (
                NewCredentials::MailPassword,
                "false",
                None,
                "Activated, Email",
            ),
            (NewCredentials::None, "true", None, "Activated, Email"),
        ] {
            let row = [("Activated", activated), ("Email", "a@x.example")];
            let (change, told) = created(&rules(credentials), &row);
            assert_eq!(
                (change.mail, shown(&change), told),
                (mail, fields.to_owned(), None)
            );
        }
    }

    fn created(rules: &CreateRules, row: &[(&str, &str)]) -> (Change, Option<Problem>) {
        let mut values: Vec<(Field, Wanted)> = row
            .iter()
            .map(|(name, text)| match *text {
                "true" | "false" => (field(name), Wanted::Set(Value::Bool(*text == "true"))),
                text => (field(name), Wanted::Set(Value::text(text).unwrap())),
            })
            .collect();
        values.sort_by(|one, two| one.0.cmp(&two.0));
        let mut record = UserRecord {
            user_id: "a".into(),
            place: Place { line: 2, record: 1 },
            values,
        };
        rules.complete(&mut record);
        let file = "f".into();
        let mut change = diff(&record, None, &EqualForms::default(), &file)
            .0
            .unwrap();
        let told = rules.settle(&mut change, &file);
        (change, told)
    }

    fn shown(change: &Change) -> String {
        let names: Vec<String> = change
            .fields
            .iter()
            .map(|set| set.field.to_string())
            .collect();
        names.join(", ")
    }

    fn default(name: &str, value: &str) -> (Field, Value) {
        (field(name), Value::text(value).unwrap())
    }

    fn field(name: &str) -> Field {
        Field::named(name).unwrap()
    }
}
