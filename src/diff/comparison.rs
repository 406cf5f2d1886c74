//! All users of the tenant against what the export expects, as they are listed, one by one.

use std::collections::{BTreeSet, HashMap};

use crate::model::{EqualForms, Field, Property, User, UserKey, Value};
use crate::validate::Expected;

use super::{Holder, KnownIds};

/// How the tenant has a user whom the export expects.
#[derive(Clone, Debug, PartialEq)]
pub enum Match {
    /// As wanted, as far as the listing tells. Only the tenant's spelling of the id is kept.
    Unchanged(Box<str>),
    /// Otherwise; the whole object as it was listed.
    Differs(Box<User>),
    /// Two users of the tenant meet under this key, and neither is spelled as the export spells it.
    Twins,
}

/// Takes the listed users one by one and keeps objects only of those that differ.
pub struct Comparison<'e> {
    expected: &'e Expected,
    forms: &'e EqualForms,
    compared: Compared,
}

/// What a whole listing says about the export.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Each expected user that was listed. An expected user who is missing here was not listed.
    pub matches: HashMap<UserKey, Match>,
    /// Who holds which storage location.
    pub holders: HashMap<Box<str>, Holder>,
    /// Listed users whom the export does not mention (deleted ones aside).
    pub absent: u64,
    /// Listed users, deleted ones included.
    pub users: u64,
    /// Top-level properties that any listed object had.
    pub properties_listed: BTreeSet<String>,
    /// What the listed ids teach about those of the export.
    pub known_ids: KnownIds,
}

impl<'e> Comparison<'e> {
    /// A comparison with nothing listed yet; `forms` are the values that this tenant stores in its own way.
    pub fn new(expected: &'e Expected, forms: &'e EqualForms) -> Comparison<'e> {
        Comparison {
            expected,
            forms,
            compared: Compared::default(),
        }
    }

    /// Takes one listed user.
    pub fn visit(&mut self, user: User) {
        self.compared.users += 1;
        self.note_properties(&user);
        self.note_holder(&user);
        let key = user.key();
        let is_mentioned = self.expected.protects(&key);
        self.compared
            .known_ids
            .visit(&user, is_mentioned, self.expected);
        let Some(expectation) = self.expected.get(&key) else {
            let absent = !user.is_deleted() && !is_mentioned;
            self.compared.absent += u64::from(absent);
            return;
        };
        let exact = *expectation.user_id == *user.user_id();
        let found = if !user.is_deleted() && expectation.matches(&user, self.forms) {
            Match::Unchanged(user.user_id().into())
        } else {
            Match::Differs(Box::new(user))
        };
        match self.compared.matches.get_mut(&key) {
            None => {
                self.compared.matches.insert(key, found);
            }
            Some(_) if exact => {
                self.compared.matches.insert(key, found);
            }
            Some(before) if before.user_id() == Some(&expectation.user_id) => {}
            Some(before) => *before = Match::Twins,
        }
    }

    /// The result; call it when the listing is complete.
    pub fn finish(mut self) -> Compared {
        self.compared.known_ids.settle(&self.compared.matches);
        self.compared
    }

    fn note_properties(&mut self, user: &User) {
        for name in user.object().keys() {
            if !self.compared.properties_listed.contains(name) {
                self.compared.properties_listed.insert(name.clone());
            }
        }
    }

    fn note_holder(&mut self, user: &User) {
        if user.is_deleted() {
            return;
        }
        let location = user.get(&Field::Property(Property::StorageLocationID));
        if let Some(Value::Text(location)) = location {
            let holder = Holder {
                user_id: user.user_id().into(),
                name: user.display_name(),
            };
            self.compared.holders.insert(location, holder);
        }
    }
}

impl Match {
    fn user_id(&self) -> Option<&str> {
        match self {
            Match::Unchanged(user_id) => Some(user_id),
            Match::Differs(user) => Some(user.user_id()),
            Match::Twins => None,
        }
    }
}
