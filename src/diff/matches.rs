//! How the tenant has each user whom the export expects: a bit for most of them.

use std::collections::HashMap;

use crate::model::{Kept, Listed, User};
use crate::validate::Expectation;

/// How the tenant has a user whom the export expects.
#[derive(Debug)]
pub enum Match {
    /// As wanted, as far as the listing tells. Only the tenant's spelling of the id is kept.
    Unchanged(Box<str>),
    /// Otherwise: he is kept as he was listed, with his id.
    Differs(Box<str>, Kept),
    /// Two users of the tenant meet under this key, and neither is spelled as the export spells it.
    Twins,
}

/// The matches of all expected users, by their numbers.
#[derive(Debug, Default)]
pub struct Matches {
    /// A bit for each user who is as wanted, and whose id is spelled as the export spells it.
    same: Vec<u64>,
    /// The others who were listed.
    told: HashMap<u32, Match>,
}

impl Matches {
    /// Nobody of so many is listed yet.
    pub(super) fn of(users: usize) -> Matches {
        Matches {
            same: vec![0; users.div_ceil(64)],
            told: HashMap::new(),
        }
    }

    fn is_same(&self, number: u32) -> bool {
        // Where nobody was listed, nothing was made ready for anybody.
        let bits = self.same.get(number as usize / 64);
        bits.is_some_and(|bits| bits & bit(number) != 0)
    }

    /// Whether the user was listed.
    pub fn is_listed(&self, number: u32) -> bool {
        self.is_same(number) || self.told.contains_key(&number)
    }

    /// Whether the user is as wanted.
    pub fn is_unchanged(&self, number: u32) -> bool {
        self.is_same(number) || matches!(self.told.get(&number), Some(Match::Unchanged(_)))
    }

    /// The user, if he is not as wanted or not listed: then it is `None` within.
    pub fn take_candidate(&mut self, number: u32) -> Option<Option<Match>> {
        match self.is_unchanged(number) {
            true => None,
            false => Some(self.told.remove(&number)),
        }
    }

    /// Takes it back that the user is as wanted: what was compared does not suffice.
    pub fn doubt(&mut self, wanted: &Expectation<'_>) {
        let user_id: Box<str> = match self.told.get(&wanted.number()) {
            Some(Match::Unchanged(user_id)) => user_id.clone(),
            _ => wanted.user_id().into(),
        };
        let object = serde_json::json!({ "UserID": user_id });
        if let serde_json::Value::Object(object) = object
            && let Ok(user) = User::new(object)
        {
            self.put_different(wanted, user.user_id().into(), user.keep());
        }
    }

    /// Whether a user who was listed under the expected key is to be put here. One who is spelled exactly as wanted
    /// stands whatever else is listed; of others there may be one only.
    pub(super) fn yields(&mut self, wanted: &Expectation<'_>, is_exact: bool) -> bool {
        let number = wanted.number();
        if is_exact || !self.is_listed(number) {
            return true;
        }
        let before = self.told.get(&number);
        if before.is_some_and(|before| before.user_id() != Some(wanted.user_id())) {
            self.put_twins(number);
        }
        false
    }

    /// He is as wanted, and the tenant spells his id so.
    pub(super) fn put_unchanged(&mut self, wanted: &Expectation<'_>, user_id: &str) {
        match wanted.user_id() == user_id {
            true => self.put_same(wanted.number()),
            false => self.tell(wanted.number(), Match::Unchanged(user_id.into())),
        }
    }

    /// He is as wanted, and the tenant spells his id as the export does.
    pub(super) fn put_same(&mut self, number: u32) {
        self.same[number as usize / 64] |= bit(number);
        if !self.told.is_empty() {
            self.told.remove(&number);
        }
    }

    /// He is not as wanted, but so.
    pub(super) fn put_different(
        &mut self,
        wanted: &Expectation<'_>,
        user_id: Box<str>,
        user: Kept,
    ) {
        self.tell(wanted.number(), Match::Differs(user_id, user));
    }

    /// Nobody knows who is meant.
    pub(super) fn put_twins(&mut self, number: u32) {
        self.tell(number, Match::Twins);
    }

    fn tell(&mut self, number: u32, told: Match) {
        self.same[number as usize / 64] &= !bit(number);
        self.told.insert(number, told);
    }
}

fn bit(number: u32) -> u64 {
    1 << (number % 64)
}

impl Match {
    fn user_id(&self) -> Option<&str> {
        match self {
            Match::Unchanged(user_id) => Some(user_id),
            Match::Differs(user_id, _) => Some(user_id),
            Match::Twins => None,
        }
    }
}
