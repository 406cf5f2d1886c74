//! By what else than their UserID people are known: the values of fields that the configuration names.

use std::collections::HashMap;

use super::fingerprint::{Fingerprint, Printer, Values};
use crate::model::{CheckedRow, Field, Listed, UserKey, ValueRef, WantedRef};

/// Values of those fields → the key of the row that states them.
#[derive(Debug, Default)]
pub(super) struct AlsoKnown {
    fields: Vec<Field>,
    /// `None`: several rows state it, so it tells nobody from another.
    rows: HashMap<Fingerprint, Option<UserKey>>,
}

impl AlsoKnown {
    pub(super) fn new(fields: &[Field]) -> AlsoKnown {
        AlsoKnown {
            fields: fields.to_vec(),
            rows: HashMap::new(),
        }
    }

    /// Whether people are known by their UserID alone.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Takes the first row of a user.
    pub(super) fn add(&mut self, row: &CheckedRow<'_>, printer: &Printer) {
        for (number, field) in self.fields.iter().enumerate() {
            let value = row.get(field).and_then(WantedRef::value);
            if let Some(print) = value.and_then(|value| print(number, value, printer)) {
                let key = UserKey::of(&row.user_id);
                let row = self.rows.entry(print).or_insert_with(|| Some(key.clone()));
                row.take_if(|known| *known != key);
            }
        }
    }

    /// The key of the row that speaks of a user by another id: the first field by which there is one decides.
    pub(super) fn row_of(&self, user: &impl Listed, printer: &Printer) -> Option<&UserKey> {
        let mut fields = self.fields.iter().enumerate();
        fields.find_map(|(number, field)| {
            let print = print(number, &user.value(field)?, printer)?;
            self.rows.get(&print)?.as_ref()
        })
    }
}

/// Case and outer blanks aside.
fn print(number: usize, value: &ValueRef<'_>, printer: &Printer) -> Option<Fingerprint> {
    let text = match value {
        ValueRef::Bool(flag) => flag.to_string(),
        ValueRef::Text(text) => text.trim().to_lowercase(),
    };
    let mut values = Values::new();
    values.push_text(&number.to_string());
    values.push_text(&text);
    (!text.is_empty()).then(|| values.fingerprint(printer))
}
