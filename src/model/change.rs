//! What would be done to one user, and what it means for his access.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::{Field, Place, Property, Seen, Value};

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

/// Why a change is not sent although it was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// A later change of `StorageLocationID` needs ChangeStorageLocation with explicit options.
    StorageLocation,
    /// Two users of the tenant differ from this UserID by case or Unicode form only.
    Twins,
    /// The user changed in the tenant since the plan was made.
    Drift,
    /// Three rows were proven bad for the same code, property and value; this one has it too.
    SameCause,
    /// The rows of its chunk were refused one by one, and none of them was taken.
    ChunkRefused,
    /// A property once seen on this user is missing from a fresh GET; a replace would lose it.
    LostProperty,
    /// The same change was reported applied on earlier nights, and here it is again.
    NotConverging,
    /// The id would be that of a known user with zeros in front, whom the export does not mention.
    LostZeros,
    /// The user never loses access through us.
    Protected,
    /// Another source answers for the user too, and nothing says which one comes first.
    TwoSources,
    /// A new user shares mail or employee number with one whom the export does not mention.
    Rename,
    /// He is managed and the tenant has him no more, or as deleted, and it was not we who removed him.
    Vanished,
    /// He is switched off, and it was not we who switched him off, or somebody has touched his access since.
    SuspendedByHand,
    /// A new user does not state what every new user must.
    Incomplete,
    /// More mails would go out than are allowed.
    MaxMails,
    /// More users would lose access than the guard allows.
    MaxDeprovisions,
    /// More users would lose the value of a field than the guard allows.
    MaxClears,
    /// More users would be created than the guard allows.
    MaxCreates,
    /// More users would be updated than the guard allows.
    MaxUpdates,
}

impl Hold {
    /// Whether a guard that counts over the whole plan holds it, so that the plan's approval releases it.
    pub fn is_guard(self) -> bool {
        matches!(
            self,
            Hold::MaxDeprovisions
                | Hold::MaxClears
                | Hold::MaxCreates
                | Hold::MaxUpdates
                | Hold::MaxMails
        )
    }

    /// Whether it may come up only while a plan is carried out.
    pub fn is_of_a_run(self) -> bool {
        matches!(
            self,
            Hold::Drift
                | Hold::SameCause
                | Hold::ChunkRefused
                | Hold::LostProperty
                | Hold::Protected
        )
    }

    /// The word used in JSON and reports.
    pub fn name(self) -> &'static str {
        match self {
            Hold::StorageLocation => "storage_location",
            Hold::Twins => "twins",
            Hold::Drift => "drift",
            Hold::SameCause => "same_cause",
            Hold::ChunkRefused => "chunk_refused",
            Hold::LostProperty => "lost_property",
            Hold::NotConverging => "not_converging",
            Hold::LostZeros => "lost_zeros",
            Hold::Protected => "protected",
            Hold::TwoSources => "two_sources",
            Hold::Incomplete => "incomplete",
            Hold::MaxMails => "max_mails",
            Hold::Rename => "rename",
            Hold::Vanished => "vanished",
            Hold::SuspendedByHand => "suspended_by_hand",
            Hold::MaxDeprovisions => "max_deprovisions",
            Hold::MaxClears => "max_clears",
            Hold::MaxCreates => "max_creates",
            Hold::MaxUpdates => "max_updates",
        }
    }

    /// What the person who reads the report should know and do.
    pub fn hint(self) -> &'static str {
        match self {
            Hold::StorageLocation => {
                "moving a technician's stock needs a decision: change the storage location in ServiceMobility"
            }
            Hold::Twins => {
                "two users of the tenant answer to this row: their ids differ only by case or Unicode form, or [match] by finds both; keep one of them"
            }
            Hold::Drift => "somebody changed the user in the meantime; plan again",
            Hold::ChunkRefused => {
                "the rows sent with it were refused one by one; mend what the tenant says of them, then run again"
            }
            Hold::SameCause => "mend the value that the rejected rows share, then run again",
            Hold::LostProperty => {
                "the tenant no longer returns a property that this user had; check the user, then run again"
            }
            Hold::NotConverging => {
                "the tenant takes this change and does not keep it, or somebody undoes it; look at the user in ServiceMobility"
            }
            Hold::LostZeros => {
                "a spreadsheet took the leading zeros: format the column of ids as text and export again"
            }
            Hold::Protected => {
                "the export takes access from a protected user; if that is right, do it in ServiceMobility or mend [protect]"
            }
            Hold::TwoSources => {
                "another source lists this user too: say under [source] precedence which one comes first, or disown him there"
            }
            Hold::Incomplete => {
                "state in the export what [create] asks of every new user, or give it a value under [create.defaults]"
            }
            Hold::MaxMails => {
                "look at who would be mailed; approve the plan if it is right, or change [create] max_mails"
            }
            Hold::Rename => {
                "if it is one person under a new id, rename him in ServiceMobility or let [match] by name the field that tells; if these are two people, say [match] by = [\"UserID\"]"
            }
            Hold::Vanished => {
                "somebody removed the user from the tenant; if he is to come back, disown him, and the next run treats him as new"
            }
            Hold::SuspendedByHand => {
                "it was not crewsync that switched the user off; if he is to come back, switch him on in ServiceMobility"
            }
            Hold::MaxDeprovisions => {
                "look at who would lose access; approve the plan if it is right, or change [guards] max_deprovisions"
            }
            Hold::MaxClears => {
                "look at the column; approve the plan if its blanks are right, or change [guards] max_clears"
            }
            Hold::MaxCreates => {
                "look at who would be created; approve the plan if it is right, or change [guards] max_creates"
            }
            Hold::MaxUpdates => {
                "look at what would change; approve the plan if it is right, or change [guards] max_updates"
            }
        }
    }
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
