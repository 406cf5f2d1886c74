//! By what else than their UserID people are known: the values of fields that the configuration names.

use std::collections::HashMap;

use super::fingerprint::{Fingerprint, Values};
use crate::model::{Field, User, UserRecord, Value, Wanted};

/// Values of those fields → the fingerprint of the key of the row that states them.
#[derive(Debug, Default)]
pub(super) struct AlsoKnown {
    fields: Vec<Field>,
    /// `None`: several rows state it, so it tells nobody from another.
    rows: HashMap<Fingerprint, Option<Fingerprint>>,
}

impl AlsoKnown {
    pub(super) fn new(fields: &[Field]) -> AlsoKnown {
        AlsoKnown {
            fields: fields.to_vec(),
            rows: HashMap::new(),
        }
    }

    /// Takes the first row of a user.
    pub(super) fn add(&mut self, key: Fingerprint, record: &UserRecord) {
        for (number, field) in self.fields.iter().enumerate() {
            let value = record.get(field).and_then(Wanted::value);
            if let Some(print) = value.and_then(|value| print(number, value)) {
                let row = self.rows.entry(print).or_insert(Some(key));
                *row = row.filter(|known| *known == key);
            }
        }
    }

    /// The key of the row that speaks of a user by another id: the first field by which there is one decides.
    pub(super) fn row_of(&self, user: &User) -> Option<Fingerprint> {
        let mut fields = self.fields.iter().enumerate();
        fields.find_map(|(number, field)| {
            let print = print(number, &user.get(field)?)?;
            self.rows.get(&print).copied().flatten()
        })
    }
}

/// Case and outer blanks aside.
fn print(number: usize, value: &Value) -> Option<Fingerprint> {
    let text = value.to_string().trim().to_lowercase();
    let mut values = Values::new();
    values.push(Value::text(&number.to_string()).as_ref());
    values.push(Value::text(&text).as_ref());
    (!text.is_empty()).then(|| values.fingerprint())
}
