//! A user as we last knew him, and how he differs from that when he is seen again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Property, User, UserKey};

/// How we know what a user looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The tenant showed him.
    Live,
    /// We wrote him, and the tenant acknowledged the call; nobody has looked since.
    Written,
    /// He was taken from a file.
    Snapshot,
}

/// 128 bits that stand for a user as the tenant's list showed him.
pub type ListPrint = [u8; 16];

/// The last known state of one user. His password is never part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownUser {
    /// The key under which other spellings meet.
    pub key: UserKey,
    /// As the tenant spells him.
    pub user_id: Box<str>,
    /// Stands for him as the list last showed him; `None` if something else was learnt about him since.
    pub listed_as: Option<ListPrint>,
    /// The whole object as JSON text: read only where it is needed.
    pub object: Box<str>,
    /// How we know.
    pub origin: Origin,
    /// When this was learnt. What has not changed since is not written again, so the time of the last complete
    /// listing counts as well.
    pub seen_at: Timestamp,
    /// Since when the tenant lacks him.
    pub gone_at: Option<Timestamp>,
}

impl KnownUser {
    /// A user as he is known now.
    pub fn new(user: &User, origin: Origin, seen_at: Timestamp) -> KnownUser {
        let mut object = user.object().clone();
        object.shift_remove(Property::Password.name());
        KnownUser {
            key: user.key(),
            user_id: user.user_id().into(),
            listed_as: None,
            object: Json::Object(object).to_string().into(),
            origin,
            seen_at,
            gone_at: None,
        }
    }

    /// The user; `None` if the text is no user, which we never write.
    pub fn user(&self) -> Option<User> {
        let object = serde_json::from_str(&self.object).ok()?;
        User::new(object).ok()
    }
}

/// What was found about one user when the tenant was looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DriftKind {
    /// Other values than we knew.
    Changed,
    /// We did not know him.
    New,
    /// The tenant no longer has him.
    Gone,
    /// The tenant has him again.
    Back,
}

/// One value that is no longer as it was known. Blank is null.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldDrift {
    /// A property, `Phones.<type>` or `Extensions.<key>`.
    pub field: String,
    /// As it was known.
    pub from: Json,
    /// As it is.
    pub to: Json,
}

/// A user who is not as he was known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// In what way.
    pub kind: DriftKind,
    /// As the tenant spells him.
    pub user_id: Box<str>,
    /// How the earlier state was known; `None` for a new user.
    pub known_as: Option<Origin>,
    /// Since when.
    pub known_since: Option<Timestamp>,
    /// What differs, for a user who changed or is back.
    pub fields: Vec<FieldDrift>,
}

/// The figures of a refresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RefreshSummary {
    /// Users that the tenant has.
    pub users: u64,
    /// As they were known.
    pub unchanged: u64,
    /// With other values.
    pub changed: u64,
    /// Not known before.
    pub new: u64,
    /// There again.
    pub back: u64,
    /// No longer there.
    pub gone: u64,
    /// Missing from the list, but there when asked for by themselves; counted in `users` as well.
    pub unlisted: u64,
}

/// What a refresh found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refreshed {
    /// Whether no complete list was known before: then everybody is new, and nobody drifted.
    pub first: bool,
    /// When the list before this one was complete.
    pub known_since: Option<Timestamp>,
    /// When this one was complete.
    pub refreshed_at: Timestamp,
    /// The figures.
    pub summary: RefreshSummary,
    /// Who is not as he was known, in the order in which it was found; new users of a first refresh are not
    /// listed.
    pub drift: Vec<Drift>,
}
