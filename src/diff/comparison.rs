//! All users of the tenant against what the export expects, as they are listed, one by one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::matches::Matches;
use crate::model::{
    Access, EqualForms, Field, Listed, ManagedUsers, Orphans, Property, SwitchedOff, User, UserKey,
    ValueRef, display_name,
};
use crate::validate::{Expectation, Expected, Sight};

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

/// Takes the listed users one by one and keeps objects only of those that differ.
pub struct Comparison<'e> {
    expected: &'e Expected,
    forms: &'e EqualForms,
    watch: Watch<'e>,
    orphans: BTreeSet<Box<str>>,
    /// Users of the tenant whom rows may mean under another id, by the number of who is expected.
    meant: BTreeMap<u32, Vec<User>>,
    compared: Compared,
}

/// What a whole listing says about the export.
#[derive(Debug, Default)]
pub struct Compared {
    /// Each expected user that was listed. An expected user who is missing here was not listed.
    pub matches: Matches,
    /// Who holds which storage location, where a row may want it for somebody else.
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
            compared: Compared {
                matches: Matches::of(expected.len()),
                ..Compared::default()
            },
        }
    }

    /// Takes one listed user.
    pub fn visit(&mut self, user: impl Listed) {
        let seen = self.expected.at_first_sight(std::slice::from_ref(&user));
        self.visit_seen(user, seen.into_iter().next().flatten());
    }

    /// The same of one who was [looked at](Expected::at_first_sight) before: `seen`, if he is as wanted.
    pub fn visit_seen(&mut self, user: impl Listed, seen: Option<Sight>) {
        self.note_properties(&user);
        let is_there = !user.is_deleted();
        if is_there {
            self.compared.references.visit(&user);
        }
        self.compared.visible += u64::from(is_there);
        self.note_past(&user, is_there);
        match seen {
            Some(sight) if is_there && !(sight.is_terminated && self.watch.delete_terminated) => {
                self.compared.known_ids.visit(&user, true, self.expected);
                self.note_holder(&user, sight.has_location);
                self.compared.matches.put_same(sight.number);
            }
            _ => self.visit_closely(user, is_there),
        }
    }

    /// Takes one of whom more has to be asked.
    fn visit_closely(&mut self, user: impl Listed, is_there: bool) {
        let Some(expectation) = self.expected.of(user.user_id()) else {
            self.note_holder(&user, false);
            self.visit_unexpected(user, is_there);
            return;
        };
        self.compared.known_ids.visit(&user, true, self.expected);
        let is_as_wanted = self.is_as_wanted(&expectation, &user, is_there);
        let is_exact = expectation.user_id() == user.user_id();
        self.note_holder(&user, false);
        let matches = &mut self.compared.matches;
        if matches.yields(&expectation, is_exact) {
            match is_as_wanted {
                true => matches.put_unchanged(&expectation, user.user_id()),
                false => {
                    let user_id = user.user_id().into();
                    matches.put_different(&expectation, user_id, user.keep());
                }
            }
        }
    }

    /// Takes one of whom the export speaks under another id, or not at all.
    fn visit_unexpected(&mut self, user: impl Listed, is_there: bool) {
        let key = UserKey::of(user.user_id());
        let is_mentioned = self.expected.mentions_aside(&key);
        let known_ids = &mut self.compared.known_ids;
        known_ids.visit(&user, is_mentioned, self.expected);
        let meant = self.expected.known_otherwise(&user);
        match meant.map(|meant| meant.number()) {
            _ if is_mentioned => {}
            Some(row) if is_there => {
                self.meant.entry(row).or_default().push(user.into_user());
            }
            _ => self.note_absent(key, user.into_user()),
        }
    }

    /// What the listing says of users of whom earlier runs have taught something.
    fn note_past(&mut self, user: &impl Listed, is_there: bool) {
        let Watch {
            managed,
            switched_off,
            ..
        } = self.watch;
        if managed.own.is_empty() && switched_off.is_empty() {
            return;
        }
        let key = UserKey::of(user.user_id());
        let is_managed = managed.own.contains_key(&key);
        self.compared.managed += u64::from(is_there && is_managed);
        if switched_off.contains_key(&key) && !Access::of(user).is_off() {
            self.compared.touched.push(user.user_id().into());
        }
    }

    fn is_as_wanted(
        &self,
        expectation: &Expectation<'_>,
        user: &impl Listed,
        is_there: bool,
    ) -> bool {
        let is_to_go = expectation.is_terminated() && self.watch.delete_terminated;
        is_there && !is_to_go && expectation.matches(user, self.forms)
    }

    /// A row means the user of its own id; only if there is none, the one who is known by something else.
    fn settle_meant(&mut self) {
        for (row, mut users) in std::mem::take(&mut self.meant) {
            let expectation = self.expected.at(row);
            if self.compared.matches.is_listed(row) {
                for user in users {
                    self.note_absent(user.key(), user);
                }
                continue;
            }
            match users.pop() {
                Some(user) if users.is_empty() => {
                    let user_id: Box<str> = user.user_id().into();
                    let key = expectation.key();
                    self.compared.known_as.insert(key, user_id.clone());
                    let is_there = !user.is_deleted();
                    match self.is_as_wanted(&expectation, &user, is_there) {
                        true => self.compared.matches.put_unchanged(&expectation, &user_id),
                        false => {
                            let matches = &mut self.compared.matches;
                            matches.put_different(&expectation, user_id, user.keep());
                        }
                    }
                }
                _ => self.compared.matches.put_twins(row),
            }
        }
    }

    /// The result; call it when the listing is complete.
    pub fn finish(mut self) -> Compared {
        self.settle_meant();
        let mut compared = self.compared;
        compared.orphans.users = self.orphans.into_iter().collect();
        compared.known_ids.settle(&compared.matches, self.expected);
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

    fn note_properties(&mut self, user: &impl Listed) {
        let listed = &mut self.compared.properties_listed;
        user.each_property(&mut |name| {
            if !listed.contains(name) {
                listed.insert(name.to_owned());
            }
        });
    }

    /// `is_his`: his own row says that the location is his.
    fn note_holder(&mut self, user: &impl Listed, is_his: bool) {
        let location = user.value(&Field::Property(Property::StorageLocationID));
        if let Some(ValueRef::Text(location)) = location
            && self.expected.may_contest(&location, is_his)
            && !user.is_deleted()
        {
            let holder = Holder {
                user_id: user.user_id().into(),
                name: display_name(user),
            };
            self.compared.holders.insert(location.into(), holder);
        }
    }
}
