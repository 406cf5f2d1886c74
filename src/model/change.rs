//! What would be done to one user, and what it means for his access.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{Field, Hold, Place, Property, Seen, Value};

/// What is done to the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// The tenant has no such user.
    Create,
    /// Fields change, activation does not.
    Update,
    /// `Activated` goes from true to false.
    Deactivate,
    /// `Activated` goes from false to true.
    Reactivate,
    /// The tenant has him as `Deleted: true`; he comes back.
    Restore,
    /// `Deleted: true` is sent.
    Delete,
}

impl Action {
    /// The word used in JSON, reports and options.
    pub fn name(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Deactivate => "deactivate",
            Action::Reactivate => "reactivate",
            Action::Restore => "restore",
            Action::Delete => "delete",
        }
    }
}

/// What a change means for the user's access, whatever verb causes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Can do more than before: created active, activated, unlocked, given the mobile app.
    GainsAccess,
    /// Can do less: deleted, `Activated` or `IsMobileWorker` true→false, `Locked` false→true.
    LosesAccess,
    /// Neither.
    None,
}

impl Effect {
    /// The effect of one field going from one value to another; blank is `None`.
    ///
    /// A blank `Activated` counts as true (the tenant creates users active), the other blanks as false.
    pub fn of(field: &Field, from: Option<&Value>, to: Option<&Value>) -> Effect {
        let Field::Property(property) = field else {
            return Effect::None;
        };
        let (blank, gain) = match property {
            Property::Activated => (true, true),
            Property::IsMobileWorker => (false, true),
            Property::Locked | Property::Deleted => (false, false),
            _ => return Effect::None,
        };
        let flag = |value: Option<&Value>| match value {
            Some(Value::Bool(flag)) => *flag,
            _ => blank,
        };
        match (flag(from), flag(to)) {
            (was, is) if was == is => Effect::None,
            (_, is) if is == gain => Effect::GainsAccess,
            _ => Effect::LosesAccess,
        }
    }

    /// Both effects on one user: losing weighs more than gaining.
    pub fn and(self, other: Effect) -> Effect {
        match (self, other) {
            (Effect::LosesAccess, _) | (_, Effect::LosesAccess) => Effect::LosesAccess,
            (Effect::GainsAccess, _) | (_, Effect::GainsAccess) => Effect::GainsAccess,
            _ => Effect::None,
        }
    }
}

/// One field going from one value to another; blank is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which field.
    pub field: Field,
    /// As the tenant has it.
    pub from: Option<Value>,
    /// As the export wants it.
    pub to: Option<Value>,
}

/// What a new user is mailed, so that he can log on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mail {
    /// A password that the tenant makes up, with the call that creates him.
    Password,
    /// A link, with a call of its own once he is there.
    Link,
}

/// Everything that would be done to one user.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "ChangeInJson")]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// What it means for access.
    pub effect: Effect,
    /// The UserID that is written: the tenant's spelling where the user exists.
    pub user_id: Box<str>,
    /// The row of the export that wants it; `None` for a user absent from the export.
    pub place: Option<Place>,
    /// The fields that differ, sorted, each once; never `UserID`.
    pub fields: Vec<FieldChange>,
    /// Set if the change must not be sent.
    pub held: Option<Hold>,
    /// What else the user was like; `None` where he was not read by himself.
    pub seen: Option<Seen>,
    /// What he is mailed, if anything.
    pub mail: Option<Mail>,
}

/// A change as JSON has it: line and record stand beside the rest, both null for a user absent from the export.
#[derive(Deserialize)]
struct ChangeInJson {
    action: Action,
    effect: Effect,
    user_id: Box<str>,
    line: Option<u64>,
    record: Option<u64>,
    fields: Vec<FieldChange>,
    held: Option<Hold>,
    #[serde(default)]
    seen: Option<Seen>,
    #[serde(default)]
    mail: Option<Mail>,
}

impl From<ChangeInJson> for Change {
    fn from(json: ChangeInJson) -> Change {
        Change {
            action: json.action,
            effect: json.effect,
            user_id: json.user_id,
            place: json
                .line
                .zip(json.record)
                .map(|(line, record)| Place { line, record }),
            fields: json.fields,
            held: json.held,
            seen: json.seen,
            mail: json.mail,
        }
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Change", 9)?;
        json.serialize_field("action", &self.action)?;
        json.serialize_field("effect", &self.effect)?;
        json.serialize_field("user_id", &self.user_id)?;
        json.serialize_field("line", &self.line())?;
        json.serialize_field("record", &self.place.map(|place| place.record))?;
        json.serialize_field("fields", &self.fields)?;
        json.serialize_field("held", &self.held)?;
        match &self.seen {
            Some(seen) => json.serialize_field("seen", seen)?,
            None => json.skip_field("seen")?,
        }
        match &self.mail {
            Some(mail) => json.serialize_field("mail", mail)?,
            None => json.skip_field("mail")?,
        }
        json.end()
    }
}

impl Change {
    /// The physical line of its row.
    pub fn line(&self) -> Option<u64> {
        self.place.map(|place| place.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_comes_back_from_json_as_it_was() {
        let mut change = Change {
            action: Action::Deactivate,
            effect: Effect::LosesAccess,
            user_id: "a".into(),
            place: Some(Place { line: 9, record: 3 }),
            fields: vec![FieldChange {
                field: Field::Property(Property::Activated),
                from: Some(Value::Bool(true)),
                to: Some(Value::Bool(false)),
            }],
            held: Some(Hold::Drift),
            seen: serde_json::from_str("\"5ee7\"").unwrap(),
            mail: Some(Mail::Link),
        };
        let json = serde_json::to_string(&change).unwrap();
        assert!(json.contains(r#""line":9,"record":3,"#), "{json}");
        assert_eq!(serde_json::from_str::<Change>(&json).unwrap(), change);
        change.place = None;
        let json = serde_json::to_string(&change).unwrap();
        assert!(json.contains(r#""line":null,"record":null,"#), "{json}");
        assert_eq!(serde_json::from_str::<Change>(&json).unwrap(), change);
    }

    #[test]
    fn effects_follow_the_field_not_the_verb() {
        let effect = |name: &str, from: Option<bool>, to: Option<bool>| {
            let value = |flag: Option<bool>| flag.map(Value::Bool);
            let field = Field::named(name).unwrap();
            Effect::of(&field, value(from).as_ref(), value(to).as_ref())
        };
        use Effect::*;
        for (name, from, to, want) in [
            ("Activated", Some(true), Some(false), LosesAccess),
            ("Activated", Option::None, Some(false), LosesAccess),
            ("Activated", Option::None, Some(true), None),
            ("Activated", Some(false), Some(true), GainsAccess),
            ("IsMobileWorker", Some(true), Some(false), LosesAccess),
            ("IsMobileWorker", Option::None, Some(false), None),
            ("Locked", Some(false), Some(true), LosesAccess),
            ("Locked", Some(true), Some(false), GainsAccess),
            ("Deleted", Option::None, Some(true), LosesAccess),
            ("ResetPassword", Some(false), Some(true), None),
        ] {
            assert_eq!(effect(name, from, to), want, "{name} {from:?} {to:?}");
        }
    }
}
