//! `[create]`: how a user comes to be.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diff::{CreateRules, NewCredentials};
use crate::failure::Failure;
use crate::guard::Cap;
use crate::model::{Field, Kind, Property, Value, boolean};

/// `[create]`: how a user comes to be.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CreateSection {
    pub confirm_absent: ConfirmAbsent,
    defaults: BTreeMap<String, Given>,
    require: Vec<String>,
    credentials: Option<Credentials>,
    max_mails: u64,
}

/// A value as the file writes it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Given {
    Flag(bool),
    Number(i64),
    Text(String),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Credentials {
    None,
    Sso,
    MailLink,
    MailPassword,
}

/// What shows that the tenant lacks a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConfirmAbsent {
    /// A GET of that user; the list may be narrowed by what our account may see.
    #[default]
    Get,
    /// The list of users alone.
    Trust,
}

/// How users come to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateSettings {
    /// What shows that the tenant lacks a user.
    pub confirm_absent: ConfirmAbsent,
    /// What holds for every new user.
    pub rules: CreateRules,
    /// How many of them may be mailed in a run.
    pub max_mails: Cap,
}

pub(super) fn create_settings(section: CreateSection) -> Result<CreateSettings, Failure> {
    let defaults = section.defaults.into_iter();
    let defaults = defaults.map(|(name, given)| {
        let field = settable("defaults", &name)?;
        let value = value(&field, &given)?;
        Ok((field, value))
    });
    let require = section.require.iter();
    let require = require.map(|name| settable("require", name));
    Ok(CreateSettings {
        confirm_absent: section.confirm_absent,
        rules: CreateRules {
            defaults: defaults.collect::<Result<_, Failure>>()?,
            require: require.collect::<Result<_, Failure>>()?,
            credentials: match section.credentials {
                None | Some(Credentials::None) => NewCredentials::None,
                Some(Credentials::Sso) => NewCredentials::Sso,
                Some(Credentials::MailLink) => NewCredentials::MailLink,
                Some(Credentials::MailPassword) => NewCredentials::MailPassword,
            },
        },
        max_mails: Cap::Count(section.max_mails),
    })
}

/// A field that a new user may be given, or must state.
fn settable(key: &str, name: &str) -> Result<Field, Failure> {
    let wrong = |why: &str| Failure::usage(format!("[create] {key}: {name:?} {why}"));
    match Field::named(name) {
        None => Err(wrong("is no field of the User object")
            .hint("name a property, \"Phones.<type>\" or \"Extensions.<key>\"")),
        Some(Field::Property(Property::UserID)) => {
            Err(wrong("is stated by every row").hint("take it out"))
        }
        Some(Field::Property(
            Property::Password | Property::ResetPassword | Property::Deleted | Property::Status,
        )) => {
            Err(wrong("is not for a new user")
                .hint("[create] credentials says how a new user gets in"))
        }
        Some(field) => Ok(field),
    }
}

fn value(field: &Field, given: &Given) -> Result<Value, Failure> {
    let value = match (given, field.kind()) {
        (Given::Flag(flag), Kind::Bool) => Some(Value::Bool(*flag)),
        (Given::Text(text), Kind::Bool) => boolean(text).map(Value::Bool),
        (Given::Text(text), Kind::Text) => Value::text(text.trim()),
        (Given::Number(number), Kind::Text) => Value::text(&number.to_string()),
        (Given::Number(_), Kind::Bool) | (Given::Flag(_), Kind::Text) => None,
    };
    value.ok_or_else(|| {
        let wanted = match field.kind() {
            Kind::Bool => "true or false",
            Kind::Text => "a text that is not blank",
        };
        Failure::usage(format!("[create.defaults] {field} wants {wanted}"))
    })
}
