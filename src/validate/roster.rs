//! The rules of the whole file: every accepted row by its user, reduced to a fingerprint.
//!
//! Two rows of one person are one, or none: rows that say the same merge, rows that differ are all
//! refused, because neither the first nor the last is known to be right. Bodies are not kept, so that
//! memory grows with the number of users, not with what is said of them.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::also_known::AlsoKnown;
use super::dispute::{Dispute, Repeat};
use super::expected::{Expectation, Expected};
use super::fingerprint::{Fingerprint, Shape, Shapes, Values, of_key};
use crate::model::{
    Field, FieldPolicies, FieldPolicy, Problem, Property, Refusal, RowCounts, UserKey, UserRecord,
    Value, Wanted,
};

/// Collects the rows of one file.
#[derive(Debug)]
pub struct Roster {
    file: Arc<str>,
    users: Vec<(UserKey, Expectation)>,
    /// Fingerprint of the key → place in `users`.
    index: HashMap<Fingerprint, u32>,
    /// The further rows of a user, by his place in `users`.
    repeats: HashMap<u32, Vec<Repeat>>,
    shapes: Shapes,
    /// Rows that state a value, for each field of each set of fields that rows mention, by where that set is kept.
    stated: HashMap<usize, (Arc<Shape>, Vec<u64>)>,
    /// The users of refused rows, with the first line that was refused.
    refused: HashMap<UserKey, u64>,
    counts: RowCounts,
    unreadable: u64,
    also_known: AlsoKnown,
    /// Users of rows that are out of scope.
    aside: HashSet<Fingerprint>,
    terms: RosterTerms,
}

/// How the rows of a file are taken.
#[derive(Clone, Debug, Default)]
pub struct RosterTerms {
    /// People are known by their UserID first, and by these fields after it.
    pub known_by: Vec<Field>,
    /// When each field is written.
    pub fields: FieldPolicies,
}

impl Roster {
    /// An empty roster for that file.
    pub fn new(file: Arc<str>, terms: RosterTerms) -> Roster {
        Roster {
            also_known: AlsoKnown::new(&terms.known_by),
            aside: HashSet::new(),
            terms,
            file,
            users: Vec::new(),
            index: HashMap::new(),
            repeats: HashMap::new(),
            shapes: Shapes::default(),
            stated: HashMap::new(),
            refused: HashMap::new(),
            counts: RowCounts::default(),
            unreadable: 0,
        }
    }

    /// The file.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Counts an accepted row. `rank`: of several rows of one person the one with the largest stands, if it is alone.
    ///
    /// # Panics
    /// At 2³² users.
    pub fn add(&mut self, record: &UserRecord, rank: u16) {
        self.counts.rows += 1;
        let key = record.key();
        let expectation = self.reduce(record, rank);
        let next = u32::try_from(self.users.len()).expect("fewer than 2³² users");
        match self.index.entry(of_key(&key)) {
            Entry::Vacant(vacant) => {
                self.also_known.add(*vacant.key(), record);
                vacant.insert(next);
                self.users.push((key, expectation));
            }
            Entry::Occupied(known) => {
                let known = *known.get();
                let first = &self.users[known as usize].1;
                let repeat = Repeat::of(first, expectation);
                self.repeats.entry(known).or_default().push(repeat);
            }
        }
    }

    /// The record without its body.
    fn reduce(&mut self, record: &UserRecord, rank: u16) -> Expectation {
        let policies = &self.terms.fields;
        let shape = self.shapes.intern(record, policies);
        let kept_at = Arc::as_ptr(&shape) as usize;
        let (compared, filled) = (shape.compared.len(), shape.filled.len());
        let (_, stated) = self
            .stated
            .entry(kept_at)
            .or_insert_with(|| (shape.clone(), vec![0; compared + filled]));
        let mut values = Values::new();
        let all = record.values.iter();
        let always = all.filter(|(field, _)| policies.of(field) == FieldPolicy::Always);
        for ((_, wanted), stated) in always.zip(&mut *stated) {
            values.push(wanted.value());
            *stated += u64::from(wanted.value().is_some());
        }
        stated[compared..]
            .iter_mut()
            .for_each(|stated| *stated += 1);
        let activated = record.get(&Field::Property(Property::Activated));
        Expectation {
            user_id: record.user_id.clone(),
            place: record.place,
            rank,
            shape,
            fingerprint: values.fingerprint(),
            terminated: policies.of(&Field::Property(Property::Activated)) == FieldPolicy::Always
                && activated == Some(&Wanted::Set(Value::Bool(false))),
        }
    }

    /// Counts a row that is out of scope; its user, if one was read, is protected.
    pub fn leave_out(&mut self, user_id: Option<&str>) {
        self.counts.rows += 1;
        self.counts.out_of_scope += 1;
        if let Some(user_id) = user_id.map(str::trim).filter(|user_id| !user_id.is_empty()) {
            self.aside.insert(of_key(&UserKey::of(user_id)));
        }
    }

    /// Counts a row whose first day has not come; its user, if one was read, is protected.
    pub fn postpone(&mut self, user_id: Option<&str>) {
        self.leave_out(user_id);
        self.counts.out_of_scope -= 1;
        self.counts.not_yet_effective += 1;
    }

    /// Counts a refused row; its user, if one was read, is protected.
    pub fn refuse(&mut self, refusal: &Refusal) {
        self.counts.rows += 1;
        self.counts.rejected += 1;
        match refusal.user_id.as_deref().map(str::trim) {
            None | Some("") => self.unreadable += 1,
            Some(user_id) => {
                let line = self.refused.entry(UserKey::of(user_id));
                line.or_insert(refusal.place.line);
            }
        }
    }

    /// Settles who speaks for whom, with the problems of rows that cannot: a warning where rows say the
    /// same (the first stands), errors where they differ, where ids differ by case or Unicode form
    /// only, or where another row of the user was refused and so cannot be compared. Each problem
    /// names all the lines. Then rows = users + rejected + duplicate.
    pub fn settle(mut self) -> (Expected, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut fallen = Vec::new();
        let mut preferred = Vec::new();
        for (user, refused_line) in self.disputed() {
            let dispute = Dispute {
                first: &self.users[user as usize].1,
                repeats: self.repeats.get(&user).map_or(&[], Vec::as_slice),
                refused_line,
                file: &self.file,
            };
            dispute.tell(&mut problems);
            if let Some(at) = dispute.preferred() {
                self.counts.duplicate += dispute.rows() - 1;
                preferred.push((user, at));
            } else if dispute.is_repetition() {
                self.counts.duplicate += dispute.rows() - 1;
            } else {
                self.counts.rejected += dispute.rows();
                fallen.push((user, dispute.first.place.line));
            }
        }
        self.promote(preferred);
        self.remove(&fallen);
        let expected = Expected {
            users: self.users,
            index: self.index,
            refused: self.refused,
            counts: self.counts,
            unreadable: self.unreadable,
            stated: stated(self.stated),
            aside: self.aside,
            also_known: self.also_known,
        };
        (expected, problems)
    }

    /// Lets a later row speak for a user in place of his first one.
    fn promote(&mut self, preferred: Vec<(u32, usize)>) {
        for (user, at) in preferred {
            let repeats = self.repeats.remove(&user).unwrap_or_default();
            // Row 0 is the first one, which stands already.
            let later = at.checked_sub(1).and_then(|at| repeats.into_iter().nth(at));
            if let Some(later) = later {
                self.users[user as usize].1 = later.row;
            }
        }
    }

    /// The users with more than one row, in the order of the file, with the line of a refused row.
    fn disputed(&self) -> BTreeMap<u32, Option<u64>> {
        let repeated = self.repeats.keys().map(|user| (*user, None));
        let mut disputed: BTreeMap<u32, Option<u64>> = repeated.collect();
        for (key, line) in &self.refused {
            if let Some(user) = self.index.get(&of_key(key)) {
                disputed.insert(*user, Some(*line));
            }
        }
        disputed
    }

    /// Takes those users out (they are sorted); each stays protected.
    fn remove(&mut self, fallen: &[(u32, u64)]) {
        if fallen.is_empty() {
            return;
        }
        let mut fallen = fallen.iter().peekable();
        let mut standing = Vec::with_capacity(self.users.len());
        self.index.clear();
        for (place, (key, expectation)) in (0..).zip(self.users.drain(..)) {
            if let Some((_, line)) = fallen.next_if(|(user, _)| *user == place) {
                self.refused.entry(key).or_insert(*line);
                continue;
            }
            let place = u32::try_from(standing.len()).expect("fewer than before");
            self.index.insert(of_key(&key), place);
            standing.push((key, expectation));
        }
        self.users = standing;
    }
}

/// The counts of all sets of fields, added up.
fn stated(shapes: HashMap<usize, (Arc<Shape>, Vec<u64>)>) -> BTreeMap<Field, u64> {
    let mut sum: BTreeMap<Field, u64> = BTreeMap::new();
    for (shape, counts) in shapes.into_values() {
        for (field, count) in shape.compared.iter().chain(&shape.filled).zip(counts) {
            *sum.entry(field.clone()).or_default() += count;
        }
    }
    sum
}

#[cfg(test)]
mod tests;
