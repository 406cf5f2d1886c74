//! A cell's way to a draft value: transforms, value table, blank words, blank policy. Compiled once
//! for a field, so that a cell costs no more than what its field asks for, and allocates only where
//! a transform changes it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cell::{Cell, Fault, blank_word, flag_word, takes_blank_words};
use super::spec::{Blank, FieldSpec, Transform};
use super::tally::Tally;
use crate::model::{DraftValue, Field, Value};

/// What becomes of every cell of one field.
#[derive(Debug)]
pub(super) struct Recipe {
    transform: Vec<Transform>,
    values: Option<ValueTable>,
    blank: Blank,
    takes_blank_words: bool,
}

/// What came out of a cell.
#[derive(Debug, PartialEq)]
pub(super) enum Made<'a> {
    /// The row says nothing about the field.
    Nothing,
    /// This.
    Value(DraftValue<'a>),
    /// Not usable.
    Bad(Fault),
}

const UNMAPPED_VALUE: Fault = Fault {
    code: "unmapped_value",
    message: "the value table of this field has no such value",
    hint: "add it to `values` of the field in [map]; \"\" there keeps the current value",
};
const BLANK_VALUE: Fault = Fault {
    code: "blank_value",
    message: "the cell is blank, and [map] calls that an error",
    hint: "fill the cell, or choose another `blank` for the field in [map]",
};

impl Recipe {
    /// Compiles what the spec says of that field.
    pub(super) fn new(field: &Field, spec: &FieldSpec) -> Recipe {
        Recipe {
            transform: spec.transform.clone(),
            values: spec.values.as_deref().map(ValueTable::new),
            blank: spec.blank.clone(),
            takes_blank_words: takes_blank_words(field),
        }
    }

    /// Without `[map]`: trimmed, and blank keeps the current value.
    pub(super) fn by_name(field: &Field) -> Recipe {
        Recipe::new(field, &FieldSpec::column(""))
    }

    /// Whether blank cells would change what the tenant has.
    pub(super) fn acts_on_blank(&self) -> bool {
        matches!(self.blank, Blank::Clear | Blank::Default(_))
    }

    /// Takes a cell all the way. `line` is where it stands, for the count of blank words.
    pub(super) fn make<'a>(&'a self, cell: Cell<'a>, tally: &Tally, line: u64) -> Made<'a> {
        let text = match cell {
            Cell::Blank => return self.make_blank(),
            Cell::Bad(fault) => return Made::Bad(fault),
            Cell::Bool(flag) if self.values.is_none() => {
                return Made::Value(DraftValue::Bool(flag));
            }
            Cell::Bool(flag) => Cow::Borrowed(flag_word(flag)),
            Cell::Text(text) => text,
        };
        let text = self
            .transform
            .iter()
            .fold(text, |text, step| step.run(text));
        let word = text.trim();
        if word.is_empty() {
            return self.make_blank();
        }
        if let Some(found) = self.values.as_ref().and_then(|values| values.get(word)) {
            return match found {
                None => self.make_blank(),
                Some(Value::Bool(flag)) => Made::Value(DraftValue::Bool(*flag)),
                Some(Value::Text(text)) => Made::Value(DraftValue::Text(Cow::Borrowed(text))),
            };
        }
        if self.takes_blank_words
            && let Some(index) = blank_word(word)
        {
            tally.count(index, line);
            return self.make_blank();
        }
        if self.values.is_some() {
            return Made::Bad(UNMAPPED_VALUE);
        }
        Made::Value(DraftValue::Text(text))
    }

    fn make_blank(&self) -> Made<'_> {
        match &self.blank {
            Blank::Keep => Made::Nothing,
            Blank::Clear => Made::Value(DraftValue::Clear),
            Blank::Error => Made::Bad(BLANK_VALUE),
            Blank::Default(text) => Made::Value(DraftValue::Text(Cow::Borrowed(text))),
        }
    }
}

impl Transform {
    /// Applies the step; text that it would not change is passed on as it is.
    fn run(self, text: Cow<'_, str>) -> Cow<'_, str> {
        match (self, text) {
            (Transform::Trim, Cow::Borrowed(text)) => Cow::Borrowed(text.trim()),
            (Transform::Trim, Cow::Owned(text)) if text.trim().len() == text.len() => {
                Cow::Owned(text)
            }
            (Transform::Trim, Cow::Owned(text)) => Cow::Owned(text.trim().to_owned()),
            (Transform::Lower, text) if is_plain(&text, |byte| !byte.is_ascii_uppercase()) => text,
            (Transform::Lower, text) => Cow::Owned(text.to_lowercase()),
            (Transform::Upper, text) if is_plain(&text, |byte| !byte.is_ascii_lowercase()) => text,
            (Transform::Upper, text) => Cow::Owned(text.to_uppercase()),
        }
    }
}

fn is_plain(text: &str, fine: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && fine(byte))
}

/// A value table with the spellings as written and in lower case, so that a cell spelled as written
/// is found without folding.
#[derive(Debug)]
struct ValueTable(HashMap<Box<str>, Option<Value>>);

impl ValueTable {
    fn new(values: &[(String, Option<Value>)]) -> ValueTable {
        let mut table: HashMap<Box<str>, Option<Value>> = HashMap::new();
        for (word, value) in values {
            table.insert(word.trim().into(), value.clone());
        }
        for (word, value) in values {
            let folded = word.trim().to_lowercase();
            table.entry(folded.into()).or_insert_with(|| value.clone());
        }
        ValueTable(table)
    }

    fn get(&self, word: &str) -> Option<&Option<Value>> {
        self.0
            .get(word)
            .or_else(|| self.0.get(word.to_lowercase().as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_passes_unchanged_and_unallocated() {
        let made = by_name("Email", Cell::Text(Cow::Borrowed("a@b.example")));
        assert!(
            matches!(made.as_str(), "text borrowed a@b.example"),
            "{made}"
        );
    }

    #[test]
    fn outer_white_space_is_cut_and_blank_keeps() {
        assert_eq!(by_name("Email", text(" \u{a0}x\t")), "text borrowed x");
        for blank in ["", "  ", "N/A", " null "] {
            assert_eq!(by_name("Email", text(blank)), "nothing", "{blank:?}");
        }
        assert_eq!(by_name("LastName", text("Null")), "text borrowed Null");
    }

    #[test]
    fn transforms_run_in_order() {
        for (steps, want) in [
            (vec![], " Ünï X "),
            (vec![Transform::Lower], " ünï x "),
            (vec![Transform::Upper, Transform::Trim], "ÜNÏ X"),
            (vec![Transform::Trim, Transform::Lower], "ünï x"),
        ] {
            let spec = FieldSpec {
                transform: steps,
                ..FieldSpec::column("c")
            };
            let made = make("Email", &spec, text(" Ünï X "));
            assert_eq!(made.split_once("ed ").map(|(_, text)| text), Some(want));
        }
    }

    #[test]
    fn a_value_table_is_the_whole_truth_case_aside() {
        let table = [
            ("Active", Some(Value::Bool(true))),
            ("leave", None),
            ("n/a", Value::text("unknown")),
        ];
        let spec = FieldSpec {
            values: Some(table.map(|(word, value)| (word.to_owned(), value)).to_vec()),
            ..FieldSpec::column("c")
        };
        for (cell, want) in [
            (text("Active"), "true"),
            (text(" aCTIVE "), "true"),
            (text("LEAVE"), "nothing"),
            (text("N/A"), "text borrowed unknown"),
            (text("null"), "nothing"),
            (text("terminated"), "bad unmapped_value"),
            (Cell::Bool(true), "bad unmapped_value"),
            (Cell::Blank, "nothing"),
        ] {
            assert_eq!(make("Status", &spec, cell.clone()), want, "{cell:?}");
        }
    }

    #[test]
    fn the_blank_policy_decides() {
        for (blank, want) in [
            (Blank::Keep, "nothing"),
            (Blank::Clear, "clear"),
            (Blank::Error, "bad blank_value"),
            (Blank::Default("EN".to_owned()), "text borrowed EN"),
        ] {
            let spec = FieldSpec {
                blank,
                ..FieldSpec::column("c")
            };
            for cell in [Cell::Blank, text("  "), text("n/a")] {
                assert_eq!(make("LanguageCode", &spec, cell), want);
            }
        }
    }

    fn text(text: &str) -> Cell<'_> {
        Cell::Text(Cow::Borrowed(text))
    }

    fn by_name(field: &str, cell: Cell<'_>) -> String {
        make(field, &FieldSpec::column("c"), cell)
    }

    fn make(field: &str, spec: &FieldSpec, cell: Cell<'_>) -> String {
        let recipe = Recipe::new(&Field::named(field).unwrap(), spec);
        match recipe.make(cell, &Tally::default(), 1) {
            Made::Nothing => "nothing".to_owned(),
            Made::Bad(fault) => format!("bad {}", fault.code),
            Made::Value(DraftValue::Bool(flag)) => flag.to_string(),
            Made::Value(DraftValue::Clear) => "clear".to_owned(),
            Made::Value(DraftValue::Text(Cow::Borrowed(text))) => format!("text borrowed {text}"),
            Made::Value(DraftValue::Text(Cow::Owned(text))) => format!("text owned {text}"),
            Made::Value(DraftValue::Bad) => unreachable!(),
        }
    }
}
