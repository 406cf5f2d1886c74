//! The rules of the whole file: every accepted row by its user, reduced to a fingerprint.
//!
//! Two rows of one person are one, or none: rows that say the same merge, rows that differ are all
//! refused, because neither the first nor the last is known to be right. Bodies are not kept, so that
//! memory grows with the number of users, not with what is said of them.

use std::collections::{BTreeMap, HashSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::also_known::AlsoKnown;
use super::dispute::{Dispute, Repeat};
use super::expected::{Expected, Locations};
use super::fingerprint::{Fingerprint, Printer, Shapes, Values};
use super::lane::{Lane, LaneRow, LaneRows};
use super::register::{Reduced, Register};
use crate::model::{
    CheckedRow, Field, FieldPolicies, FieldPolicy, Problem, Property, Refusal, RowCounts, UserKey,
    ValueRef, WantedRef,
};

/// Collects the rows of one file.
#[derive(Debug)]
pub struct Roster {
    file: Arc<str>,
    users: Register,
    /// The shape of the rows of a lane that state those fields.
    stated_shapes: HashMap<u128, u32>,
    /// The one of the row before.
    last_stated: Option<(u128, u32)>,
    /// The further rows of a user, by his number.
    repeats: HashMap<u32, Vec<Repeat>>,
    shapes: Shapes,
    printer: Printer,
    values: Values,
    /// The users of refused rows, with the first line that was refused.
    refused: HashMap<UserKey, u64>,
    counts: RowCounts,
    unreadable: u64,
    also_known: AlsoKnown,
    /// Users of rows that are out of scope.
    aside: HashSet<Fingerprint>,
    /// The storage locations that rows want, by their hashes.
    wanted: Vec<u64>,
    locations: Locations,
    terms: RosterTerms,
}

/// Makes what stands for a storage location.
#[derive(Clone, Debug, Default)]
pub(super) struct LocationPrinter(foldhash::fast::RandomState);

impl LocationPrinter {
    /// What stands for it.
    pub(super) fn print(&self, location: &str) -> u64 {
        self.0.hash_one(location.as_bytes())
    }
}

/// How the rows of a file are taken.
#[derive(Clone, Debug, Default)]
pub struct RosterTerms {
    /// People are known by their UserID first, and by these fields after it.
    pub known_by: Vec<Field>,
    /// When each field is written.
    pub fields: FieldPolicies,
    /// The storage location that new users are given whose rows name none.
    pub location: Option<Box<str>>,
}

const LOCATION: Field = Field::Property(Property::StorageLocationID);
const ACTIVATED: Field = Field::Property(Property::Activated);

impl Roster {
    /// An empty roster for that file.
    pub fn new(file: Arc<str>, terms: RosterTerms) -> Roster {
        Roster {
            also_known: AlsoKnown::new(&terms.known_by),
            aside: HashSet::new(),
            terms,
            file,
            users: Register::default(),
            stated_shapes: HashMap::new(),
            last_stated: None,
            repeats: HashMap::new(),
            shapes: Shapes::default(),
            printer: Printer::new(),
            values: Values::new(),
            refused: HashMap::new(),
            counts: RowCounts::default(),
            unreadable: 0,
            wanted: Vec::new(),
            locations: Locations::default(),
        }
    }

    /// The file.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Makes room for about so many rows.
    pub fn reserve(&mut self, rows: usize) {
        self.users.reserve(rows);
    }

    /// Counts an accepted row. `rank`: of several rows of one person the one with the largest stands, if it is alone.
    ///
    /// # Panics
    /// At 2³¹ users.
    pub fn add(&mut self, row: &CheckedRow<'_>, rank: u16) {
        self.counts.rows += 1;
        let reduced = self.reduce(row, rank);
        if self.enter(&row.user_id, reduced) {
            self.also_known.add(row, &self.printer);
        }
    }

    /// The short way for rows of these fields, sorted; `None` if there is none.
    pub fn lane(&self, fields: Vec<Field>) -> Option<Lane> {
        let hashers = (self.users.tagger().clone(), self.locations.printer.clone());
        let has_one = self.also_known.is_empty();
        let lane = || Lane::new(fields, &self.terms.fields, self.printer, hashers);
        has_one.then(lane).flatten()
    }

    /// Counts the rows of a batch that went the short way; of each other one its place is given to `other`, which takes
    /// the whole way and says what came of it.
    pub fn add_all(&mut self, rows: &LaneRows, mut other: impl FnMut(&mut Roster, usize)) {
        let mut ids = rows.ids.iter();
        for (at, row) in rows.rows.iter().enumerate() {
            let known = row.and_then(|row| Some((row, ids.next()?)));
            match known {
                Some((row, user_id)) if self.add_reduced(&row, user_id) => {}
                _ => other(self, at),
            }
        }
    }

    /// Counts a row that went the short way; no: the first one of its kind must go the whole way.
    fn add_reduced(&mut self, row: &LaneRow, user_id: &str) -> bool {
        let shape = match &self.last_stated {
            Some((stated, shape)) if *stated == row.stated => shape,
            _ => match self.stated_shapes.get(&row.stated) {
                Some(shape) => shape,
                None => return false,
            },
        };
        let reduced = Reduced {
            place: row.place,
            rank: 0,
            shape: *shape,
            fingerprint: row.fingerprint,
            is_terminated: row.is_terminated,
        };
        self.last_stated = Some((row.stated, reduced.shape));
        self.counts.rows += 1;
        self.shapes.at_mut(reduced.shape).full_rows += 1;
        self.wanted.extend(row.location);
        self.enter_tagged(row.tag, user_id, reduced);
        true
    }

    /// Learns from a row that went the whole way what the shape of its like in the lane is.
    pub fn learn(&mut self, lane: &Lane, row: &CheckedRow<'_>) {
        if let Some(stated) = lane.stated(row) {
            let shape = self.shapes.number(row, &self.terms.fields);
            self.stated_shapes.insert(stated, shape);
        }
    }

    /// Forgets what was learned of another lane.
    pub fn unlearn(&mut self) {
        self.last_stated = None;
        self.stated_shapes.clear();
    }

    /// Enters a row; gives whether it is the first of its user.
    fn enter(&mut self, user_id: &str, reduced: Reduced) -> bool {
        self.enter_tagged(self.users.tagger().tag(user_id), user_id, reduced)
    }

    fn enter_tagged(&mut self, tag: u32, user_id: &str, reduced: Reduced) -> bool {
        match self.users.add_tagged(tag, user_id, reduced) {
            Ok(_) => true,
            Err(known) => {
                let first = (self.users.at(known), self.users.id(known));
                let repeat = Repeat::of(first, reduced, user_id);
                self.repeats.entry(known).or_default().push(repeat);
                false
            }
        }
    }

    /// The record without its body.
    fn reduce(&mut self, row: &CheckedRow<'_>, rank: u16) -> Reduced {
        let policies = &self.terms.fields;
        let number = self.shapes.number(row, policies);
        let shape = self.shapes.at_mut(number);
        self.values.clear();
        let mut is_terminated = false;
        let all = row.values.iter();
        let always = all.filter(|(field, _)| policies.of(field) == FieldPolicy::Always);
        for ((field, wanted), stated) in always.zip(&mut shape.stated) {
            self.values.push(wanted.value());
            *stated += u64::from(wanted.value().is_some());
            is_terminated |=
                **field == ACTIVATED && *wanted == WantedRef::Set(ValueRef::Bool(false));
        }
        for stated in &mut shape.stated[shape.compared.len()..] {
            *stated += 1;
        }
        self.values.push_text(&row.user_id);
        if let Some(WantedRef::Set(ValueRef::Text(location))) = row.get(&LOCATION) {
            self.wanted.push(self.locations.printer.print(location));
        }
        Reduced {
            place: row.place,
            rank,
            shape: number,
            fingerprint: self.values.fingerprint(&self.printer),
            is_terminated,
        }
    }

    /// Counts a row that is out of scope; its user, if one was read, is protected.
    pub fn leave_out(&mut self, user_id: Option<&str>) {
        self.counts.rows += 1;
        self.counts.out_of_scope += 1;
        if let Some(user_id) = user_id.map(str::trim).filter(|user_id| !user_id.is_empty()) {
            let key = UserKey::of(user_id);
            self.aside.insert(self.printer.of_text(key.as_str()));
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
                first: (self.users.at(user), self.users.id(user)),
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
                fallen.push((user, dispute.first.0.place.line));
            }
        }
        self.promote(preferred);
        self.remove(&fallen);
        self.settle_locations();
        let expected = Expected {
            users: self.users,
            shapes: self.shapes,
            printer: self.printer,
            refused: self.refused,
            counts: self.counts,
            unreadable: self.unreadable,
            aside: self.aside,
            also_known: self.also_known,
            locations: self.locations,
        };
        (expected, problems)
    }

    /// Finds the storage locations that more than one row may want.
    fn settle_locations(&mut self) {
        let mut wanted = std::mem::take(&mut self.wanted);
        if let Some(location) = &self.terms.location {
            wanted.extend([self.locations.printer.print(location); 2]);
        }
        wanted.sort_unstable();
        let pairs = wanted.windows(2).filter(|pair| pair[0] == pair[1]);
        self.locations.shared = pairs.map(|pair| pair[0]).collect();
        self.locations.is_wanted = !wanted.is_empty();
    }

    /// Lets a later row speak for a user in place of his first one.
    fn promote(&mut self, preferred: Vec<(u32, usize)>) {
        for (user, at) in preferred {
            let repeats = self.repeats.remove(&user).unwrap_or_default();
            // Row 0 is the first one, which stands already.
            let later = at.checked_sub(1).and_then(|at| repeats.into_iter().nth(at));
            if let Some(later) = later {
                self.users.replace(user, later.row);
            }
        }
    }

    /// The users with more than one row, in the order of the file, with the line of a refused row.
    fn disputed(&self) -> BTreeMap<u32, Option<u64>> {
        let repeated = self.repeats.keys().map(|user| (*user, None));
        let mut disputed: BTreeMap<u32, Option<u64>> = repeated.collect();
        for (key, line) in &self.refused {
            if let Some(user) = self.users.number(key.as_str()) {
                disputed.insert(user, Some(*line));
            }
        }
        disputed
    }

    /// Takes those users out (they are sorted); each stays protected.
    fn remove(&mut self, fallen: &[(u32, u64)]) {
        if fallen.is_empty() {
            return;
        }
        let line = |user| {
            let found = fallen.binary_search_by_key(&user, |(user, _)| *user);
            found.ok().map(|at| fallen[at].1)
        };
        let refused = &mut self.refused;
        self.users.retain(
            |user, user_id| match line(user) {
                None => true,
                Some(line) => {
                    refused.entry(UserKey::of(user_id)).or_insert(line);
                    false
                }
            },
            |_| {},
        );
    }
}

#[cfg(test)]
mod tests;
