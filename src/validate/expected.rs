//! What the export wants of each user, without bodies: which fields it mentions, and a fingerprint
//! of their values.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::also_known::AlsoKnown;
use super::fingerprint::{Fingerprint, Shape, Values, of_key};
use crate::model::{EqualForms, Field, Place, RowCounts, User, UserKey, UserRecord, Value};

/// What one row of the export wants of its user.
#[derive(Debug)]
pub struct Expectation {
    /// The UserID as the export spells it.
    pub user_id: Box<str>,
    /// The row that speaks for the user.
    pub place: Place,
    /// How well the row speaks for him, compared with other rows of his.
    pub(super) rank: u16,
    pub(super) shape: Arc<Shape>,
    pub(super) fingerprint: Fingerprint,
    pub(super) terminated: bool,
}

impl Expectation {
    /// The fields that the row mentions and that are compared, sorted; never `UserID`.
    pub fn fields(&self) -> &[Field] {
        &self.shape.compared
    }

    /// Whether the row says that the user is not active: an explicit leaver.
    pub fn is_terminated(&self) -> bool {
        self.terminated
    }

    /// Whether the user already is as the row wants him, in exactly the fields that it mentions.
    /// Absent, null and "" are equal, and so is a value to the one that `forms` says it was sent as.
    pub fn matches(&self, user: &User, forms: &EqualForms) -> bool {
        if self
            .shape
            .filled
            .iter()
            .any(|field| user.get(field).is_none())
        {
            return false;
        }
        let fields = self.fields().iter();
        let mut values: Vec<Option<Value>> = fields.map(|field| user.get(field)).collect();
        if self.fingerprint == fingerprint(&values) {
            return true;
        }
        let others: Vec<(usize, &[Value])> = values
            .iter()
            .zip(self.fields())
            .map(|(value, field)| forms.sent_as(field, value.as_ref()))
            .enumerate()
            .filter(|(_, sent_as)| !sent_as.is_empty())
            .collect();
        self.matches_in_other_forms(&mut values, &others)
    }

    /// Tries each value in each form that it may have been sent as.
    fn matches_in_other_forms(
        &self,
        values: &mut [Option<Value>],
        others: &[(usize, &[Value])],
    ) -> bool {
        // Many at once in one user would be tried in all their combinations; then diff finds out.
        const FIELDS_MAX: usize = 6;
        let Some(((place, sent_as), rest)) = others.split_first() else {
            return false;
        };
        if others.len() > FIELDS_MAX {
            return false;
        }
        let stored = values[*place].clone();
        let forms = sent_as.iter().map(|sent| Some(sent.clone()));
        for form in forms.chain([stored]) {
            values[*place] = form;
            if self.fingerprint == fingerprint(values) || self.matches_in_other_forms(values, rest)
            {
                return true;
            }
        }
        false
    }
}

fn fingerprint(of: &[Option<Value>]) -> Fingerprint {
    let mut values = Values::new();
    for value in of {
        values.push(value.as_ref());
    }
    values.fingerprint()
}

/// What the export wants: one row for each user that it speaks for with certainty.
#[derive(Debug)]
pub struct Expected {
    /// In the order of the file.
    pub(super) users: Vec<(UserKey, Expectation)>,
    /// Fingerprint of the key → place in `users`.
    pub(super) index: HashMap<Fingerprint, u32>,
    /// Users of refused rows, with the first line refused.
    pub(super) refused: HashMap<UserKey, u64>,
    pub(super) counts: RowCounts,
    pub(super) unreadable: u64,
    pub(super) stated: BTreeMap<Field, u64>,
    /// Users whom the file lists, but who are left out of this run on request.
    pub(super) aside: HashSet<Fingerprint>,
    pub(super) also_known: AlsoKnown,
}

impl Expected {
    /// `rows`, `rejected`, `duplicate` and `out_of_scope`; the rest is zero until others have decided.
    /// `rows` is the number of users here plus the other three.
    pub fn counts(&self) -> RowCounts {
        self.counts
    }

    /// How many users the export speaks for.
    pub fn len(&self) -> usize {
        self.users.len()
    }

    /// Whether it speaks for nobody.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// What it wants of that user.
    pub fn get(&self, key: &UserKey) -> Option<&Expectation> {
        let place = *self.index.get(&of_key(key))?;
        Some(&self.users[place as usize].1)
    }

    /// The row that speaks of this user of the tenant under another id, by the fields by which people are known.
    pub fn known_otherwise(&self, user: &User) -> Option<(&UserKey, &Expectation)> {
        let place = *self.index.get(&self.also_known.row_of(user)?)?;
        let (key, expectation) = &self.users[place as usize];
        Some((key, expectation))
    }

    /// Whether the export mentions the user at all, be it in a row that was refused. Who is mentioned
    /// is not absent.
    pub fn protects(&self, key: &UserKey) -> bool {
        let print = of_key(key);
        self.index.contains_key(&print)
            || self.refused.contains_key(key)
            || self.aside.contains(&print)
    }

    /// Field → accepted rows of the file that state a value for it.
    pub fn stated(&self) -> &BTreeMap<Field, u64> {
        &self.stated
    }

    /// Leaves out of this run whom `keep` does not name; they stay protected and count as out of scope.
    pub fn set_aside(&mut self, keep: impl Fn(&UserKey) -> bool) {
        let before = self.users.len();
        let mut standing = Vec::with_capacity(before);
        self.index.clear();
        for (key, expectation) in self.users.drain(..) {
            let print = of_key(&key);
            if !keep(&key) {
                self.aside.insert(print);
                continue;
            }
            let place = u32::try_from(standing.len()).expect("fewer than before");
            self.index.insert(print, place);
            standing.push((key, expectation));
        }
        self.counts.out_of_scope += (before - standing.len()) as u64;
        self.users = standing;
    }

    /// Refused rows without a UserID: anybody may be meant.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// All that it wants, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&UserKey, &Expectation)> {
        self.users
            .iter()
            .map(|(key, expectation)| (key, expectation))
    }

    /// Whether this row speaks for its user, when the file is read again: it is neither a repetition
    /// nor refused because of another row.
    pub fn stands(&self, record: &UserRecord) -> bool {
        self.get(&record.key())
            .is_some_and(|expectation| expectation.place == record.place)
    }
}
