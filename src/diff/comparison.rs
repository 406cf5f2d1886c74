//! All users of the tenant against what the export expects, as they are listed, one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{
    Access, EqualForms, Field, ManagedUsers, Orphans, Property, SwitchedOff, User, UserKey, Value,
};
use crate::validate::{Expectation, Expected};

use super::{AbsentPersons, Holder, KnownIds, KnownReferences, is_active};

/// Orphans that are named.
const ORPHANS_NAMED: usize = 20;

/// What a comparison looks out for beside what the export expects.
#[derive(Clone, Copy, Debug)]
pub struct Watch<'e> {
    /// Who is managed.
    pub managed: &'e ManagedUsers,
    /// Whom we switched off.
    pub switched_off: &'e SwitchedOff,
    /// Whether a user whom the export does not mention may stand in it under a new id.
    pub suspects_renames: bool,
    /// Whether users whom the export calls terminated are to be deleted, so that being inactive is not enough.
    pub delete_terminated: bool,
}

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
    watch: Watch<'e>,
    orphans: BTreeSet<Box<str>>,
    /// Users of the tenant whom rows may mean under another id, by the key of the row.
    meant: BTreeMap<UserKey, Vec<User>>,
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
    /// Listed users, deleted ones aside.
    pub visible: u64,
    /// Listed users who are managed by this source, deleted ones aside.
    pub managed: u64,
    /// Managed users whom the export does not mention.
    pub absentees: HashMap<UserKey, User>,
    /// Users whom we switched off and who are on again.
    pub touched: Vec<Box<str>>,
    /// Users whom the export speaks of under another id: its key → the id that the tenant knows.
    pub known_as: HashMap<UserKey, Box<str>>,
    /// Active users whom it does not mention, by what may tell who they are.
    pub persons: AbsentPersons,
    /// Teams, groups, languages and locations that users have.
    pub references: KnownReferences,
    /// Active users outside every source.
    pub orphans: Orphans,
    /// Top-level properties that any listed object had.
    pub properties_listed: BTreeSet<String>,
    /// What the listed ids teach about those of the export.
    pub known_ids: KnownIds,
}

impl<'e> Comparison<'e> {
    /// A comparison with nothing listed yet; `forms` are the values that this tenant stores in its own way.
    pub fn new(expected: &'e Expected, forms: &'e EqualForms, watch: Watch<'e>) -> Comparison<'e> {
        Comparison {
            expected,
            forms,
            watch,
            orphans: BTreeSet::new(),
            meant: BTreeMap::new(),
            compared: Compared::default(),
        }
    }

    /// Takes one listed user.
    pub fn visit(&mut self, user: User) {
        self.note_properties(&user);
        self.note_holder(&user);
        self.compared.references.visit(&user);
        let key = user.key();
        let is_there = !user.is_deleted();
        self.compared.visible += u64::from(is_there);
        let is_managed = self.watch.managed.own.contains_key(&key);
        self.compared.managed += u64::from(is_there && is_managed);
        if self.watch.switched_off.contains_key(&key) && !Access::of(&user).is_off() {
            self.compared.touched.push(user.user_id().into());
        }
        let is_mentioned = self.expected.protects(&key);
        self.compared
            .known_ids
            .visit(&user, is_mentioned, self.expected);
        let Some(expectation) = self.expected.get(&key) else {
            match self.expected.known_otherwise(&user) {
                _ if is_mentioned => {}
                Some((row, _)) if is_there => self.meant.entry(row.clone()).or_default().push(user),
                _ => self.note_absent(key, user),
            }
            return;
        };
        let exact = *expectation.user_id == *user.user_id();
        let found = self.compare(expectation, user);
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

    fn compare(&self, expectation: &Expectation, user: User) -> Match {
        let is_to_go = expectation.is_terminated() && self.watch.delete_terminated;
        let is_as_wanted =
            !user.is_deleted() && !is_to_go && expectation.matches(&user, self.forms);
        match is_as_wanted {
            true => Match::Unchanged(user.user_id().into()),
            false => Match::Differs(Box::new(user)),
        }
    }

    /// A row means the user of its own id; only if there is none, the one who is known by something else.
    fn settle_meant(&mut self) {
        for (row, mut users) in std::mem::take(&mut self.meant) {
            if self.compared.matches.contains_key(&row) {
                for user in users {
                    self.note_absent(user.key(), user);
                }
                continue;
            }
            let found = match (users.pop(), self.expected.get(&row)) {
                (Some(user), Some(expectation)) if users.is_empty() => {
                    let user_id = user.user_id().into();
                    self.compared.known_as.insert(row.clone(), user_id);
                    self.compare(expectation, user)
                }
                _ => Match::Twins,
            };
            self.compared.matches.insert(row, found);
        }
    }

    /// The result; call it when the listing is complete.
    pub fn finish(mut self) -> Compared {
        self.settle_meant();
        let mut compared = self.compared;
        compared.orphans.users = self.orphans.into_iter().collect();
        compared.known_ids.settle(&compared.matches);
        compared
    }

    fn note_absent(&mut self, key: UserKey, user: User) {
        self.compared.absent += u64::from(!user.is_deleted());
        if is_active(&user) && self.watch.suspects_renames {
            self.compared.persons.note(&user);
        }
        if self.watch.managed.own.contains_key(&key) {
            self.compared.absentees.insert(key, user);
        } else if is_active(&user) && !self.watch.managed.knows(&key) {
            self.compared.orphans.count += 1;
            self.orphans.insert(user.user_id().into());
            if self.orphans.len() > ORPHANS_NAMED {
                self.orphans.pop_last();
            }
        }
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
