//! Values that a tenant stores in a form of its own: sent `0170 12 34`, stored `+49170 1234`.

use std::collections::HashMap;

use super::{Field, Property, Value};

/// One value as it was sent, and how a tenant stores it. Both are recognisably the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EqualForm {
    /// Of which field.
    pub field: Field,
    /// As the export has it.
    pub sent: Box<str>,
    /// As the tenant gives it back.
    pub stored: Box<str>,
}

/// Fewer digits than these say too little to recognise a number by its end.
const DIGITS_MIN: usize = 6;

impl EqualForm {
    /// The pair, if both values differ and are recognisably the same: the same letters and digits in the same
    /// order, case and everything else aside; of a phone number also the same without its country code.
    ///
    /// Anything else that comes back after a write (a cut text, another hand's value) is a difference that a
    /// person has to know.
    pub fn new(field: &Field, sent: &Value, stored: &Value) -> Option<EqualForm> {
        let (Value::Text(sent), Value::Text(stored)) = (sent, stored) else {
            return None;
        };
        let is_same =
            same_characters(sent, stored) || (is_number(field) && same_number(sent, stored));
        (sent != stored && is_same).then(|| EqualForm {
            field: field.clone(),
            sent: sent.clone(),
            stored: stored.clone(),
        })
    }
}

fn same_characters(sent: &str, stored: &str) -> bool {
    let essence = |text: &str| -> String {
        let letters = text.chars().filter(|character| character.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let sent = essence(sent);
    !sent.is_empty() && sent == essence(stored)
}

fn is_number(field: &Field) -> bool {
    matches!(field, Field::Phone(_) | Field::Property(Property::SMS))
}

fn same_number(sent: &str, stored: &str) -> bool {
    let digits = |text: &str| -> String {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.trim_start_matches('0').to_owned()
    };
    let has_letters = |text: &str| text.chars().any(char::is_alphabetic);
    let (short, long) = match (digits(sent), digits(stored)) {
        (sent, stored) if sent.len() <= stored.len() => (sent, stored),
        (sent, stored) => (stored, sent),
    };
    !has_letters(sent)
        && !has_letters(stored)
        && short.len() >= DIGITS_MIN
        && long.len() - short.len() <= 3
        && long.ends_with(&short)
}

/// All forms that are known of a tenant.
#[derive(Clone, Debug, Default)]
pub struct EqualForms {
    by_stored: HashMap<(Field, Box<str>), Vec<Value>>,
}

impl EqualForms {
    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.by_stored.is_empty()
    }

    /// The values that were sent where the tenant now has `stored`; mostly none.
    pub fn sent_as(&self, field: &Field, stored: Option<&Value>) -> &[Value] {
        if self.by_stored.is_empty() {
            return &[];
        }
        let Some(Value::Text(stored)) = stored else {
            return &[];
        };
        let known = self.by_stored.get(&(field.clone(), stored.clone()));
        known.map_or(&[], Vec::as_slice)
    }

    /// Whether the tenant stores `wanted` as `current`.
    pub fn are_equal(
        &self,
        field: &Field,
        wanted: Option<&Value>,
        current: Option<&Value>,
    ) -> bool {
        wanted.is_some_and(|wanted| self.sent_as(field, current).contains(wanted))
    }
}

impl FromIterator<EqualForm> for EqualForms {
    fn from_iter<I: IntoIterator<Item = EqualForm>>(forms: I) -> EqualForms {
        let mut known = EqualForms::default();
        for EqualForm {
            field,
            sent,
            stored,
        } in forms
        {
            let sent_as = known.by_stored.entry((field, stored)).or_default();
            sent_as.push(Value::Text(sent));
        }
        known
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_recognisably_the_same_is_another_form() {
        for (field, sent, stored, is_form) in [
            ("Email", "a@b.example", "a@b.example", false),
            ("Email", "Ann@B.Example", "ann@b.example", true),
            ("FirstName", " Zoë  Ann", "Zoë Ann", true),
            ("FirstName", "Ann", "Anna", false),
            ("FirstName", "Annabelle", "Annabel", false),
            ("FirstName", "--", "++", false),
            ("SMS", "+49 (170) 123-456", "+49170123456", true),
            ("SMS", "0170 123456", "+49170123456", true),
            ("Phones.Mobile", "0049170123456", "170123456", true),
            ("Phones.Mobile", "0170 123456", "+49170123457", false),
            ("Phones.Mobile", "12345", "+4912345", false),
            ("Phones.Mobile", "170123456 x1", "49170123456", false),
            ("Extensions.Badge", "0170123456", "170123456", false),
        ] {
            let field = Field::named(field).unwrap();
            let (sent, stored) = (Value::text(sent).unwrap(), Value::text(stored).unwrap());
            let form = EqualForm::new(&field, &sent, &stored);
            assert_eq!(form.is_some(), is_form, "{field}: {sent} {stored}");
        }
    }

    #[test]
    fn a_flag_has_no_other_form() {
        let field = Field::Property(Property::Locked);
        let form = EqualForm::new(&field, &Value::Bool(true), &Value::text("TRUE").unwrap());
        assert_eq!(form, None);
    }

    #[test]
    fn forms_hold_for_their_field_and_value_only() {
        let sms = Field::Property(Property::SMS);
        let (sent, stored) = (Value::text("0170-123456"), Value::text("0170123456"));
        let form = EqualForm::new(&sms, sent.as_ref().unwrap(), stored.as_ref().unwrap()).unwrap();
        let forms = EqualForms::from_iter([form]);
        assert!(forms.are_equal(&sms, sent.as_ref(), stored.as_ref()));
        assert!(!forms.are_equal(&sms, stored.as_ref(), sent.as_ref()));
        assert!(!forms.are_equal(&sms, None, stored.as_ref()));
        assert!(!forms.are_equal(&sms, sent.as_ref(), None));
        let email = Field::Property(Property::Email);
        assert!(!forms.are_equal(&email, sent.as_ref(), stored.as_ref()));
    }
}
