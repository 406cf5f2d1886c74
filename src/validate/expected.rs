//! What the export wants of each user, without bodies: which fields it mentions, and a fingerprint
//! of their values.

use std::collections::{BTreeMap, HashSet};

use foldhash::{HashMap as FastMap, HashSet as FastSet};

use super::also_known::AlsoKnown;
use super::fingerprint::{Fingerprint, Printer, Shapes, Values};
use super::register::{Reduced, Register};
use super::roster::LocationPrinter;
use crate::model::{
    EqualForms, Field, Listed, Place, RowCounts, UserKey, UserRecord, Value, ValueRef,
};

/// What one row of the export wants of its user.
#[derive(Clone, Copy, Debug)]
pub struct Expectation<'e> {
    expected: &'e Expected,
    number: u32,
    row: Reduced,
}

impl<'e> Expectation<'e> {
    /// The UserID as the export spells it.
    pub fn user_id(&self) -> &'e str {
        self.expected.users.id(self.number)
    }

    /// The key under which it meets other spellings.
    pub fn key(&self) -> UserKey {
        UserKey::of(self.user_id())
    }

    /// His number among the users of the export, from 0 in the order of the file.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The row that speaks for the user.
    pub fn place(&self) -> Place {
        self.row.place
    }

    /// The fields that the row mentions and that are compared, sorted; never `UserID`.
    pub fn fields(&self) -> &'e [Field] {
        &self.expected.shapes.at(self.row.shape).compared
    }

    /// Whether the row says that the user is not active: an explicit leaver.
    pub fn is_terminated(&self) -> bool {
        self.row.is_terminated
    }

    /// Whether the user already is as the row wants him, in exactly the fields that it mentions.
    /// Absent, null and "" are equal, and so is a value to the one that `forms` says it was sent as.
    pub fn matches(&self, user: &impl Listed, forms: &EqualForms) -> bool {
        let Expected {
            shapes, printer, ..
        } = self.expected;
        let shape = shapes.at(self.row.shape);
        shape.fills_nothing(user)
            && (shape.print_of(self.user_id(), user, &mut Values::new(), printer)
                == self.row.fingerprint
                || (!forms.is_empty() && self.matches_in_other_forms(user, forms)))
    }

    /// Tries each value in each form that it may have been sent as.
    fn matches_in_other_forms(&self, user: &impl Listed, forms: &EqualForms) -> bool {
        let fields = self.fields().iter();
        let values = fields.map(|field| user.value(field).map(ValueRef::into_value));
        let mut values: Vec<Option<Value>> = values.collect();
        let others: Vec<(usize, &[Value])> = values
            .iter()
            .zip(self.fields())
            .map(|(value, field)| forms.sent_as(field, value.as_ref()))
            .enumerate()
            .filter(|(_, sent_as)| !sent_as.is_empty())
            .collect();
        self.tries(&mut values, &others)
    }

    fn tries(&self, values: &mut [Option<Value>], others: &[(usize, &[Value])]) -> bool {
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
            if self.row.fingerprint == self.print_of(values) || self.tries(values, rest) {
                return true;
            }
        }
        false
    }

    fn print_of(&self, of: &[Option<Value>]) -> Fingerprint {
        let mut values = Values::new();
        for value in of {
            values.push(value.as_ref().map(ValueRef::from).as_ref());
        }
        values.push_text(self.user_id());
        values.fingerprint(&self.expected.printer)
    }
}

/// What the export wants: one row for each user that it speaks for with certainty.
#[derive(Debug)]
pub struct Expected {
    /// In the order of the file.
    pub(super) users: Register,
    pub(super) shapes: Shapes,
    pub(super) printer: Printer,
    /// Users of refused rows, with the first line refused.
    pub(super) refused: FastMap<UserKey, u64>,
    pub(super) counts: RowCounts,
    pub(super) unreadable: u64,
    /// Users whom the file lists, but who are left out of this run on request.
    pub(super) aside: HashSet<Fingerprint>,
    pub(super) also_known: AlsoKnown,
    pub(super) locations: Locations,
}

/// The storage locations that rows want, as far as it matters who holds one.
#[derive(Debug, Default)]
pub(super) struct Locations {
    /// Whether any row wants one.
    pub is_wanted: bool,
    /// Those that several rows want.
    pub shared: FastSet<u64>,
    pub printer: LocationPrinter,
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
        self.len() == 0
    }

    /// What it wants of the user of that id, case and Unicode form aside.
    pub fn of(&self, user_id: &str) -> Option<Expectation<'_>> {
        Some(self.at(self.users.number(user_id)?))
    }

    /// The same by his key.
    pub fn get(&self, key: &UserKey) -> Option<Expectation<'_>> {
        self.of(key.as_str())
    }

    /// What it wants of the user of that number.
    ///
    /// # Panics
    /// If there are not so many.
    pub fn at(&self, number: u32) -> Expectation<'_> {
        Expectation {
            expected: self,
            number,
            row: self.users.at(number),
        }
    }

    /// The row that speaks of this user of the tenant under another id, by the fields by which people are known.
    pub fn known_otherwise(&self, user: &impl Listed) -> Option<Expectation<'_>> {
        self.get(self.also_known.row_of(user, &self.printer)?)
    }

    /// Whether the export mentions the user at all, be it in a row that was refused. Who is mentioned
    /// is not absent.
    pub fn protects(&self, key: &UserKey) -> bool {
        self.users.number(key.as_str()).is_some() || self.mentions_aside(key)
    }

    /// Whether it mentions the user, of whom it wants nothing: in a row that was refused or left out.
    pub fn mentions_aside(&self, key: &UserKey) -> bool {
        self.refused.contains_key(key)
            || (!self.aside.is_empty() && self.aside.contains(&self.printer.of_text(key.as_str())))
    }

    /// Of each user whether he is as wanted at first sight; of the others nothing is said. Many at a time, so that what is
    /// wanted of one is looked up while the memory of the others is still on its way.
    pub fn at_first_sight(&self, users: &[impl Listed]) -> Vec<Option<Sight>> {
        let register = &self.users;
        let tagger = register.tagger();
        let tags: Vec<u32> = users
            .iter()
            .map(|user| tagger.tag(user.user_id()))
            .collect();
        let numbers: Vec<Option<u32>> = tags.iter().map(|tag| register.likely(*tag)).collect();
        let wanted: Vec<Option<(Fingerprint, u32, bool)>> = numbers
            .iter()
            .map(|number| number.map(|number| register.print(number)))
            .collect();
        let mut print = Values::new();
        let looked_up = numbers.into_iter().zip(wanted).zip(users);
        let seen = looked_up.map(|((number, wanted), user)| {
            let (fingerprint, shape, is_terminated) = wanted?;
            let shape = self.shapes.at(shape);
            let sight = Sight {
                number: number?,
                is_terminated,
                has_location: shape.compares_location,
            };
            let id = user.user_id();
            let is_so = shape.fills_nothing(user)
                && shape.print_of(id, user, &mut print, &self.printer) == fingerprint;
            is_so.then_some(sight)
        });
        seen.collect()
    }

    /// Field → accepted rows of the file that state a value for it.
    pub fn stated(&self) -> BTreeMap<Field, u64> {
        let mut sum: BTreeMap<Field, u64> = BTreeMap::new();
        for shape in self.shapes.iter() {
            let fields = shape.compared.iter().chain(&shape.filled);
            for (field, rows) in fields.zip(&shape.stated) {
                *sum.entry(field.clone()).or_default() += rows + shape.full_rows;
            }
        }
        sum
    }

    /// Whether it matters who holds that storage location, because a row may want it for somebody else. `is_his`: his own
    /// row says that it is his.
    pub fn may_contest(&self, location: &str, is_his: bool) -> bool {
        let Locations {
            is_wanted,
            shared,
            printer,
        } = &self.locations;
        *is_wanted && (!is_his || shared.contains(&printer.print(location)))
    }

    /// Leaves out of this run whom `keep` does not name; they stay protected and count as out of scope.
    pub fn set_aside(&mut self, keep: impl Fn(&UserKey) -> bool) {
        let before = self.users.len();
        let (aside, printer) = (&mut self.aside, self.printer);
        self.users.retain(
            |_, user_id| keep(&UserKey::of(user_id)),
            |user_id| {
                aside.insert(printer.of_text(UserKey::of(user_id).as_str()));
            },
        );
        self.counts.out_of_scope += (before - self.users.len()) as u64;
    }

    /// Refused rows without a UserID: anybody may be meant.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    /// All that it wants, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = Expectation<'_>> {
        (0..self.users.len() as u32).map(|number| self.at(number))
    }

    /// Whether this row speaks for its user, when the file is read again: it is neither a repetition
    /// nor refused because of another row.
    pub fn stands(&self, record: &UserRecord) -> bool {
        self.of(&record.user_id)
            .is_some_and(|expectation| expectation.place() == record.place)
    }
}

/// A user whose id is spelled as it stands in the export, and who is as wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// His number there.
    pub number: u32,
    /// Whether the row says that he is not active.
    pub is_terminated: bool,
    /// Whether the row says which storage location he has.
    pub has_location: bool,
}
