//! Values → 128 bits that stand for them, and the sets of fields that rows speak of.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::model::{Field, FieldPolicies, FieldPolicy, UserKey, UserRecord, Value};

/// Equal for equal values in the same fields; two different ones never meet in practice, not even if
/// somebody tries.
pub(super) type Fingerprint = u128;

/// The fingerprint of a user's key.
pub(super) fn of_key(key: &UserKey) -> Fingerprint {
    digest(key.as_str().as_bytes())
}

/// The fingerprint of the values of a set of fields, in its order; blank is `None`.
pub(super) struct Values(Vec<u8>);

impl Values {
    /// No value yet.
    pub(super) fn new() -> Values {
        Values(Vec::with_capacity(256))
    }

    /// Adds the next field's value. Each begins with its kind and a text with its length, so that no
    /// two lists of values run together to the same bytes.
    pub(super) fn push(&mut self, value: Option<&Value>) {
        match value {
            None => self.0.push(0),
            Some(Value::Bool(false)) => self.0.push(1),
            Some(Value::Bool(true)) => self.0.push(2),
            Some(Value::Text(text)) => {
                self.0.push(3);
                self.0.extend_from_slice(&(text.len() as u64).to_le_bytes());
                self.0.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// The fingerprint of all values added.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        digest(&self.0)
    }
}

fn digest(bytes: &[u8]) -> Fingerprint {
    let hash = blake3::hash(bytes);
    let (half, _) = hash.as_bytes().split_at(16);
    half.iter()
        .fold(0, |number, byte| number << 8 | u128::from(*byte))
}

/// What a row asks of its user: the fields that are compared, in order, and those that only fill a blank.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub compared: Box<[Field]>,
    pub filled: Box<[Field]>,
}

/// The shapes of all rows, each kept once: mostly there are very few.
#[derive(Debug, Default)]
pub(super) struct Shapes(HashMap<u64, Vec<Arc<Shape>>>);

impl Shapes {
    /// The shape of the record under these policies. Equal shapes are the same allocation.
    pub(super) fn intern(&mut self, record: &UserRecord, policies: &FieldPolicies) -> Arc<Shape> {
        let compared = || {
            let fields = record.values.iter().map(|(field, _)| field);
            fields.filter(|field| policies.of(field) == FieldPolicy::Always)
        };
        let filled = || {
            let stated = record
                .values
                .iter()
                .filter(|(_, wanted)| wanted.value().is_some());
            let fields = stated.map(|(field, _)| field);
            fields.filter(|field| policies.of(field) == FieldPolicy::IfEmpty)
        };
        let mut hasher = DefaultHasher::new();
        compared().for_each(|field| field.hash(&mut hasher));
        filled().for_each(|field| field.hash(&mut hasher));
        let known = self.0.entry(hasher.finish()).or_default();
        let is_it = |shape: &&Arc<Shape>| {
            shape.compared.iter().eq(compared()) && shape.filled.iter().eq(filled())
        };
        if let Some(shape) = known.iter().find(is_it) {
            return shape.clone();
        }
        let shape = Arc::new(Shape {
            compared: compared().cloned().collect(),
            filled: filled().cloned().collect(),
        });
        known.push(shape.clone());
        shape
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_lists_of_values_run_together() {
        let of = |values: &[Option<Value>]| {
            let mut all = Values::new();
            values.iter().for_each(|value| all.push(value.as_ref()));
            all.fingerprint()
        };
        let text = Value::text;
        let lists = [
            vec![],
            vec![None],
            vec![None, None],
            vec![text("ab")],
            vec![text("a"), text("b")],
            vec![text("b"), text("a")],
            vec![text("true")],
            vec![Some(Value::Bool(true))],
            vec![Some(Value::Bool(false))],
        ];
        for (i, left) in lists.iter().enumerate() {
            for (j, right) in lists.iter().enumerate() {
                assert_eq!(of(left) == of(right), i == j, "{left:?} {right:?}");
            }
        }
    }
}
