//! Users by their key, each in a few dozen bytes: what a row wants is a fingerprint, ids stand in one text, and the index
//! holds numbers. So a million users are some sixty megabytes, and who looks one up touches little memory.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::fingerprint::Fingerprint;
use crate::model::{Place, UserKey};

/// What a row wants of its user, without its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reduced {
    /// Where the row stands.
    pub place: Place,
    /// How well the row speaks for him, compared with other rows of his.
    pub rank: u16,
    /// The number of the set of fields that it mentions.
    pub shape: u32,
    /// Of the id as it is spelled and the values of those fields.
    pub fingerprint: Fingerprint,
    /// The row says that he is not active.
    pub is_terminated: bool,
}

/// What is looked at of every user who is compared, packed: the fingerprint in four words, the shape in the last. It
/// stands apart from the rest, so that little memory is touched.
type Print = [u32; 5];

/// The rest of a [`Reduced`] row and where its id stands. Lines and records of a file are fewer than 2³².
#[derive(Clone, Copy, Debug)]
struct Entry {
    id: u64,
    line: u32,
    record: u32,
}

/// Bits of an id's length; the others are those of its place.
const LENGTH_BITS: u32 = 24;
/// The bit of a shape's number that says terminated.
const TERMINATED: u32 = 1 << 31;

/// A part of the hash of a user's key with his number: few users meet in it, so others are seldom looked at.
#[derive(Clone, Copy, Debug)]
struct Tagged {
    tag: u32,
    number: u32,
}

/// The users, numbered in the order in which they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Register {
    ids: String,
    prints: Vec<Print>,
    entries: Vec<Entry>,
    /// Of each user, if any of them has one.
    ranks: Vec<u16>,
    index: HashTable<Tagged>,
    tagger: Tagger,
}

/// Makes the tags of keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Tagger(RandomState);

impl Register {
    /// Makes room for so many users.
    pub(super) fn reserve(&mut self, users: usize) {
        let more = users.saturating_sub(self.entries.len());
        self.prints.reserve_exact(more);
        self.entries.reserve_exact(more);
        self.index.reserve(more, |tagged| spread(tagged.tag));
    }

    /// How many users there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What the row of the user of that number wants.
    pub(super) fn at(&self, number: u32) -> Reduced {
        let entry = self.entries[number as usize];
        let (fingerprint, shape, is_terminated) = self.print(number);
        Reduced {
            place: Place {
                line: u64::from(entry.line),
                record: u64::from(entry.record),
            },
            rank: self.ranks.get(number as usize).copied().unwrap_or(0),
            shape,
            fingerprint,
            is_terminated,
        }
    }

    /// Of that user what is compared: fingerprint, number of the shape, and whether he is terminated.
    pub(super) fn print(&self, number: u32) -> (Fingerprint, u32, bool) {
        let [a, b, c, d, shape] = self.prints[number as usize];
        let word = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let fingerprint = [word(a, b), word(c, d)];
        (fingerprint, shape & !TERMINATED, shape & TERMINATED != 0)
    }

    /// The id of the user of that number, as it is spelled.
    pub(super) fn id(&self, number: u32) -> &str {
        id_in(&self.ids, &self.entries, number)
    }

    /// What makes the tags of its users.
    pub(super) fn tagger(&self) -> &Tagger {
        &self.tagger
    }

    /// The number of a user with that tag: it may be another one's as well. Looks at no user.
    pub(super) fn likely(&self, tag: u32) -> Option<u32> {
        let found = self.index.find(spread(tag), |tagged| tagged.tag == tag);
        found.map(|tagged| tagged.number)
    }

    /// The number of the user with an id that differs by case and Unicode form at most.
    pub(super) fn number(&self, id: &str) -> Option<u32> {
        let tag = self.tagger.tag(id);
        let is_it = |tagged: &Tagged| {
            tagged.tag == tag && is_same_key(id_in(&self.ids, &self.entries, tagged.number), id)
        };
        let found = self.index.find(spread(tag), is_it);
        found.map(|tagged| tagged.number)
    }

    /// Takes a user who is not there yet; gives the number of the one who is, if so.
    ///
    /// # Panics
    /// At 2³² users, records or lines, or a terabyte of ids.
    pub(super) fn add(&mut self, id: &str, row: Reduced) -> Result<u32, u32> {
        self.add_tagged(self.tagger.tag(id), id, row)
    }

    /// The same of an id whose tag is known.
    pub(super) fn add_tagged(&mut self, tag: u32, id: &str, row: Reduced) -> Result<u32, u32> {
        let next = u32::try_from(self.entries.len()).expect("fewer than 2³² users");
        let is_it = |tagged: &Tagged| {
            tagged.tag == tag && is_same_key(id_in(&self.ids, &self.entries, tagged.number), id)
        };
        let slot = self
            .index
            .entry(spread(tag), is_it, |tagged| spread(tagged.tag));
        match slot {
            hashbrown::hash_table::Entry::Occupied(known) => Err(known.get().number),
            hashbrown::hash_table::Entry::Vacant(slot) => {
                slot.insert(Tagged { tag, number: next });
                let at = self.ids.len() as u64;
                assert!(at < 1 << (64 - LENGTH_BITS) && id.len() < 1 << LENGTH_BITS);
                self.ids.push_str(id);
                self.prints.push(print_of(row));
                self.entries
                    .push(packed(at << LENGTH_BITS | id.len() as u64, row));
                self.rank(next, row.rank);
                Ok(next)
            }
        }
    }

    /// Lets another row of his speak for the user of that number.
    pub(super) fn replace(&mut self, number: u32, row: Reduced) {
        self.prints[number as usize] = print_of(row);
        let entry = &mut self.entries[number as usize];
        *entry = packed(entry.id, row);
        self.rank(number, row.rank);
    }

    fn rank(&mut self, number: u32, rank: u16) {
        if rank != 0 || !self.ranks.is_empty() {
            self.ranks.resize(self.entries.len(), 0);
            self.ranks[number as usize] = rank;
        }
    }

    /// Only those of whom `keep` says so, in the same order with numbers of their own; the others are given to `gone`.
    pub(super) fn retain(
        &mut self,
        mut keep: impl FnMut(u32, &str) -> bool,
        mut gone: impl FnMut(&str),
    ) {
        let before = std::mem::take(self);
        self.reserve(before.len());
        for number in 0..before.entries.len() as u32 {
            let id = before.id(number);
            match keep(number, id) {
                true => {
                    let added = self.add(id, before.at(number));
                    debug_assert!(added.is_ok(), "each stood once before");
                }
                false => gone(id),
            }
        }
    }
}

impl Tagger {
    /// What stands for the key of an id, case and Unicode form aside.
    pub(super) fn tag(&self, id: &str) -> u32 {
        let mut folded = [0; 64];
        let hash = match folded.get_mut(..id.len()) {
            Some(folded) if id.is_ascii() => {
                folded.copy_from_slice(id.as_bytes());
                folded.make_ascii_lowercase();
                self.0.hash_one(&*folded)
            }
            _ => self.0.hash_one(UserKey::of(id).as_str().as_bytes()),
        };
        (hash >> 32) as u32
    }
}

fn print_of(row: Reduced) -> Print {
    assert!(row.shape < TERMINATED, "fewer than 2³¹ shapes");
    let [first, second] = row
        .fingerprint
        .map(|word| [(word >> 32) as u32, word as u32]);
    let flag = if row.is_terminated { TERMINATED } else { 0 };
    [first[0], first[1], second[0], second[1], row.shape | flag]
}

fn packed(id: u64, row: Reduced) -> Entry {
    let number = |number: u64| u32::try_from(number).expect("fewer than 2³² lines");
    Entry {
        id,
        line: number(row.place.line),
        record: number(row.place.record),
    }
}

fn id_in<'r>(ids: &'r str, entries: &[Entry], number: u32) -> &'r str {
    let id = entries[number as usize].id;
    let (at, length) = (id >> LENGTH_BITS, id & ((1 << LENGTH_BITS) - 1));
    &ids[at as usize..(at + length) as usize]
}

/// A tag as the index wants its hashes: with something in all bits.
fn spread(tag: u32) -> u64 {
    u64::from(tag).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn is_same_key(left: &str, right: &str) -> bool {
    left == right
        || match left.is_ascii() && right.is_ascii() {
            true => left.eq_ignore_ascii_case(right),
            false => UserKey::of(left) == UserKey::of(right),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(record: u64) -> Reduced {
        Reduced {
            place: Place {
                line: (1 << 31) + record,
                record,
            },
            rank: 0xABCD,
            shape: 7,
            fingerprint: [record, 2],
            is_terminated: record.is_multiple_of(2),
        }
    }

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        let mut register = Register::default();
        for record in 1..200 {
            assert_eq!(
                register.add(&format!("T-{record}"), row(record)),
                Ok(record as u32 - 1)
            );
        }
        for record in 1..200 {
            let number = register.number(&format!("t-{record}")).unwrap();
            assert_eq!(register.at(number), row(record));
            assert_eq!(register.id(number), format!("T-{record}"));
        }
        assert_eq!(register.number("T-200"), None);
    }

    #[test]
    fn one_user_is_found_by_every_spelling() {
        let long = "Ä".repeat(80);
        for (id, other) in [
            ("JosÉ", "jose\u{301}"),
            ("T-1", "t-1"),
            (&*long, &*long.to_lowercase()),
        ] {
            let mut register = Register::default();
            assert_eq!(register.add(id, row(1)), Ok(0));
            assert_eq!(register.number(other), Some(0), "{other}");
            assert_eq!(register.add(other, row(2)), Err(0), "{other}");
            assert_eq!(register.number(UserKey::of(other).as_str()), Some(0));
        }
    }

    #[test]
    fn who_stays_keeps_his_row_and_is_numbered_anew() {
        let mut register = Register::default();
        for (id, record) in [("a", 1), ("b", 2), ("c", 3)] {
            register.add(id, row(record)).unwrap();
        }
        register.replace(2, row(9));
        let mut gone = Vec::new();
        register.retain(|_, id| id != "a", |id| gone.push(id.to_owned()));
        assert_eq!(gone, ["a"]);
        assert_eq!(
            (register.number("a"), register.number("C")),
            (None, Some(1))
        );
        assert_eq!(register.at(1), row(9));
    }
}
