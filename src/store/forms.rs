//! Values that the tenant stores in a form of its own, so that the same difference is not sent every night.

use jiff::Timestamp;

use crate::model::{EqualForm, EqualForms, Field, Value};

use super::error::Fault;
use super::rows::{Table, time};
use super::{Store, StoreError};

const EQUAL_FORMS: Table = Table {
    name: "equal_forms",
    columns: &["field", "sent", "stored", "seen_at"],
};

impl Store {
    /// Remembers how the tenant stores what was sent to it.
    pub fn remember_forms(&mut self, forms: &[EqualForm], at: Timestamp) -> Result<(), StoreError> {
        self.write("remember the forms", |transaction| {
            for form in forms {
                let cells = [
                    form.field.to_string().into(),
                    form.sent.to_string().into(),
                    form.stored.to_string().into(),
                    time(at),
                ];
                EQUAL_FORMS.put(transaction, &cells)?;
            }
            Ok(())
        })
    }

    /// All forms that were ever remembered.
    pub fn equal_forms(&self) -> Result<EqualForms, StoreError> {
        self.read("read the forms", |connection| {
            let forms = EQUAL_FORMS.select(connection, "", [], |cells| {
                let (field, sent, stored) = (cells.text()?, cells.text()?, cells.text()?);
                let form = Field::named(&field)
                    .zip(Value::text(&sent).zip(Value::text(&stored)))
                    .and_then(|(field, (sent, stored))| EqualForm::new(&field, &sent, &stored));
                form.ok_or_else(|| {
                    Fault::Damaged("table equal_forms: a row holds no form".to_owned())
                })
            })?;
            Ok(forms.into_iter().collect())
        })
    }
}
