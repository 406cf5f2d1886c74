//! Changes that the tenant refused in a call of their own, so that they are not sent to it again every hour.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use super::{Change, UserKey};

/// 128 bits that stand for what a change would do to its user, and to what of him.
pub type ChangePrint = [u8; 16];

/// The last proven offence of each user.
pub type Quarantine = HashMap<UserKey, Offence>;

/// A change that was refused in a call of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offence {
    /// Which change.
    pub print: ChangePrint,
    /// What the tenant said.
    pub said: String,
    /// When it was first refused.
    pub since: Timestamp,
    /// When it was last refused.
    pub tried_at: Timestamp,
}

impl Offence {
    /// It is sent again once that much time has passed since the last trial.
    pub const TIME: SignedDuration = SignedDuration::from_hours(24);
}

impl Change {
    /// Stands for the verb and each field with its value before and after: what the row, the mapping and the user
    /// come to. Where the row stands is not in it.
    pub fn print(&self) -> ChangePrint {
        let said = serde_json::to_vec(&(self.action, &self.fields));
        let hash = blake3::hash(&said.expect("text keys, so it serializes"));
        std::array::from_fn(|index| hash.as_bytes()[index])
    }
}
