//! Values → 128 bits that stand for them, and the sets of fields that rows speak of.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use foldhash::HashMap;
use highway::{HighwayHash, HighwayHasher, Key};

use crate::model::{CheckedRow, Field, FieldPolicies, FieldPolicy, Listed, Property, ValueRef};

/// Equal for equal values in the same fields; two different ones never meet in practice, not even if
/// somebody tries: the key is another one for each file and leaves the process nowhere.
pub(super) type Fingerprint = [u64; 2];

/// Makes fingerprints that can be compared with each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Printer([u64; 4]);

impl Printer {
    /// One with a key of its own.
    pub(super) fn new() -> Printer {
        let secret = RandomState::new();
        Printer([0_u64, 1, 2, 3].map(|part| secret.hash_one(part)))
    }

    /// The fingerprint of a text.
    pub(super) fn of_text(&self, text: &str) -> Fingerprint {
        HighwayHasher::new(Key(self.0)).hash128(text.as_bytes())
    }
}

/// The values of a set of fields, in its order; blank is `None`. Kept and reused, so that no row costs an allocation.
#[derive(Clone, Debug)]
pub(super) struct Values {
    bytes: Vec<u8>,
}

impl Values {
    /// No value yet.
    pub(super) fn new() -> Values {
        Values {
            bytes: Vec::with_capacity(256),
        }
    }

    /// Lets go of all values.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Adds a text, such as the id of him whose values stand before it.
    ///
    /// # Panics
    /// At 4 GiB.
    pub(super) fn push_text(&mut self, text: &str) {
        let length = u32::try_from(text.len()).expect("a cell is shorter");
        self.bytes.push(3);
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Adds a flag.
    pub(super) fn push_flag(&mut self, flag: bool) {
        self.bytes.push(1 + u8::from(flag));
    }

    /// Adds the next field's value. Each begins with its kind and a text with its length, so that no
    /// two lists of values run together to the same bytes.
    pub(super) fn push(&mut self, value: Option<&ValueRef<'_>>) {
        match value {
            None => self.bytes.push(0),
            Some(ValueRef::Bool(flag)) => self.push_flag(*flag),
            Some(ValueRef::Text(text)) => self.push_text(text),
        }
    }

    /// The fingerprint of all values added.
    pub(super) fn fingerprint(&self, printer: &Printer) -> Fingerprint {
        HighwayHasher::new(Key(printer.0)).hash128(&self.bytes)
    }
}

/// What a row asks of its user: the fields that are compared, in order, and those that only fill a blank.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub compared: Box<[Field]>,
    pub filled: Box<[Field]>,
    /// Whether the storage location is among those that are compared.
    pub compares_location: bool,
    /// Rows that state a value, for each of the fields: first those that are compared, then those that are filled.
    pub stated: Vec<u64>,
    /// Rows beside those that state a value for each.
    pub full_rows: u64,
}

impl Shape {
    /// The fingerprint of the fields that are compared, as a user of that id has them. `values` is scratch space.
    pub(super) fn print_of(
        &self,
        user_id: &str,
        user: &impl Listed,
        values: &mut Values,
        printer: &Printer,
    ) -> Fingerprint {
        values.clear();
        for field in &self.compared {
            values.push(user.value(field).as_ref());
        }
        values.push_text(user_id);
        values.fingerprint(printer)
    }

    /// Whether the user has a value wherever a row would only fill a blank.
    pub(super) fn fills_nothing(&self, user: &impl Listed) -> bool {
        self.filled.iter().all(|field| user.value(field).is_some())
    }
}

/// The shapes of all rows, each kept once: mostly there are very few.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    all: Vec<Shape>,
    /// By the hash of their fields.
    index: HashMap<u64, Vec<u32>>,
    /// The shape of the row before, which is mostly that of the next one.
    last: u32,
}

impl Shapes {
    /// The shape of that number.
    pub(super) fn at(&self, number: u32) -> &Shape {
        &self.all[number as usize]
    }

    /// The same, to count in.
    pub(super) fn at_mut(&mut self, number: u32) -> &mut Shape {
        &mut self.all[number as usize]
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Shape> {
        self.all.iter()
    }

    /// The number of the row's shape under these policies.
    pub(super) fn number(&mut self, row: &CheckedRow<'_>, policies: &FieldPolicies) -> u32 {
        if let Some(last) = self.all.get(self.last as usize)
            && is_of(last, row, policies)
        {
            return self.last;
        }
        let print = self.index.hasher().hash_one(Asked { row, policies });
        let known = self.index.entry(print).or_default();
        let found = known
            .iter()
            .find(|number| is_of(&self.all[**number as usize], row, policies));
        self.last = match found {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.all.len()).expect("fewer shapes than rows");
                known.push(number);
                self.all.push(shape(row, policies));
                number
            }
        };
        self.last
    }
}

/// The fields of a row, as they are hashed.
struct Asked<'r> {
    row: &'r CheckedRow<'r>,
    policies: &'r FieldPolicies,
}

impl std::hash::Hash for Asked<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        compared(self.row, self.policies).for_each(|field| field.hash(state));
        filled(self.row, self.policies).for_each(|field| field.hash(state));
    }
}

fn is_of(shape: &Shape, row: &CheckedRow<'_>, policies: &FieldPolicies) -> bool {
    shape.compared.iter().eq(compared(row, policies))
        && (policies.is_empty() || shape.filled.iter().eq(filled(row, policies)))
}

fn shape(row: &CheckedRow<'_>, policies: &FieldPolicies) -> Shape {
    let compared: Box<[Field]> = compared(row, policies).cloned().collect();
    let filled: Box<[Field]> = filled(row, policies).cloned().collect();
    let location = Field::Property(Property::StorageLocationID);
    Shape {
        compares_location: compared.contains(&location),
        stated: vec![0; compared.len() + filled.len()],
        full_rows: 0,
        compared,
        filled,
    }
}

fn compared<'r>(
    row: &'r CheckedRow<'_>,
    policies: &'r FieldPolicies,
) -> impl Iterator<Item = &'r Field> {
    let fields = row.values.iter().map(|(field, _)| &**field);
    fields.filter(|field| policies.of(field) == FieldPolicy::Always)
}

fn filled<'r>(
    row: &'r CheckedRow<'_>,
    policies: &'r FieldPolicies,
) -> impl Iterator<Item = &'r Field> {
    let stated = row
        .values
        .iter()
        .filter(|(_, wanted)| wanted.value().is_some());
    let fields = stated.map(|(field, _)| &**field);
    fields.filter(|field| policies.of(field) == FieldPolicy::IfEmpty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lists_of_values_run_together() {
        let printer = Printer::new();
        let of = |values: &[Option<ValueRef<'_>>]| {
            let mut all = Values::new();
            values.iter().for_each(|value| all.push(value.as_ref()));
            all.fingerprint(&printer)
        };
        let text = |text| Some(ValueRef::text(text));
        let lists = [
            vec![],
            vec![None],
            vec![None, None],
            vec![text("ab")],
            vec![text("a"), text("b")],
            vec![text("b"), text("a")],
            vec![text("true")],
            vec![Some(ValueRef::Bool(true))],
            vec![Some(ValueRef::Bool(false))],
        ];
        for (i, left) in lists.iter().enumerate() {
            for (j, right) in lists.iter().enumerate() {
                assert_eq!(of(left) == of(right), i == j, "{left:?} {right:?}");
            }
        }
    }

    #[test]
    fn what_one_file_is_printed_with_tells_nothing_about_another() {
        let print = |text| Printer::new().of_text(text);
        assert_ne!(print("a"), print("a"));
    }
}
