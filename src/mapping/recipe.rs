//! A cell's way to a draft value: steps, value table, blank words, blank policy. Compiled once for a field, so
//! that a cell costs no more than what its field asks for, and allocates only where a step changes it.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cell::{BlankWords, Cell, Fault, flag_word};
use super::spec::{Blank, FieldSpec, Otherwise};
use super::tally::Tally;
use super::transform::{Refusal, Step, otherwise};
use crate::model::{DraftValue, Field, Value};

/// What becomes of every cell of one field.
#[derive(Debug)]
pub(super) struct Recipe {
    steps: Vec<Step>,
    values: Option<ValueTable>,
    otherwise: Option<Otherwise>,
    blank: Blank,
    /// What is blank in this field.
    pub words: BlankWords,
    /// Nothing is done to a cell that could turn a boolean into something else.
    is_cosmetic: bool,
    fills_blank: bool,
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
    /// Not usable, and neither is the row.
    Refused(Fault),
}

const UNMAPPED_VALUE: Fault = Fault::new(
    "unmapped_value",
    "the value table of this field has no such value",
    "add it to `values` of the field in [map] (\"\" there keeps the current value), or say what `otherwise`",
);
const BLANK_VALUE: Fault = Fault::new(
    "blank_value",
    "the cell is blank, and [map] calls that an error",
    "fill the cell, or choose another `blank` for the field in [map]",
);

impl Recipe {
    /// Compiles what the spec says of that field.
    pub(super) fn new(field: &Field, spec: &FieldSpec) -> Recipe {
        let steps: Vec<Step> = spec.transform.iter().map(Step::new).collect();
        Recipe {
            values: spec.values.as_deref().map(ValueTable::new),
            otherwise: spec.otherwise.clone(),
            blank: spec.blank.clone(),
            words: BlankWords::of(field, spec.blank_words.as_deref()),
            is_cosmetic: spec.values.is_none() && steps.iter().all(Step::is_cosmetic),
            fills_blank: steps.iter().any(Step::fills_blank),
            steps,
        }
    }

    /// Without `[map]`: trimmed, and blank keeps the current value.
    pub(super) fn by_name(field: &Field) -> Recipe {
        Recipe::new(field, &FieldSpec::column(""))
    }

    /// Whether blank cells would change what the tenant has.
    pub(super) fn acts_on_blank(&self) -> bool {
        self.fills_blank || matches!(self.blank, Blank::Clear | Blank::Default(_))
    }

    /// Whether a cell is blank, before anything is done to it.
    pub(super) fn is_blank(&self, cell: &Cell<'_>) -> bool {
        match cell {
            Cell::Blank => true,
            Cell::Text(text) => {
                let word = text.trim();
                word.is_empty() || self.blank_word(word).is_some()
            }
            Cell::Bool(_) | Cell::Bad(_) => false,
        }
    }

    /// The place of a blank word that the value table does not know.
    pub(super) fn blank_word(&self, word: &str) -> Option<usize> {
        let place = self.words.place(word)?;
        let is_listed = self
            .values
            .as_ref()
            .is_some_and(|values| values.get(word).is_some());
        (!is_listed).then_some(place)
    }

    /// Takes a cell all the way. `line` is where it stands, for the count of blank words.
    pub(super) fn make<'a>(&'a self, cell: Cell<'a>, tally: &Tally, line: u64) -> Made<'a> {
        let mut text = match cell {
            Cell::Blank if self.fills_blank => Cow::Borrowed(""),
            Cell::Blank => return self.make_blank(),
            Cell::Bad(fault) => return Made::Bad(fault),
            Cell::Bool(flag) if self.is_cosmetic => return Made::Value(DraftValue::Bool(flag)),
            Cell::Bool(flag) => Cow::Borrowed(flag_word(flag)),
            Cell::Text(text) => text,
        };
        // Before the steps, so that a date that is not there is no bad date.
        if let Some(place) = self.blank_word(text.trim()) {
            tally.count(place, line);
            if !self.fills_blank {
                return self.make_blank();
            }
            text = Cow::Borrowed("");
        }
        for step in &self.steps {
            text = match step.run(text) {
                Ok(text) => text,
                Err(refusal) => return Made::from(refusal),
            };
        }
        if text.trim().is_empty() {
            return self.make_blank();
        }
        let Some(values) = &self.values else {
            return match self.blank_word(text.trim()) {
                None => Made::Value(DraftValue::Text(text)),
                Some(place) => {
                    tally.count(place, line);
                    self.make_blank()
                }
            };
        };
        self.translate(values, text, tally, line)
    }

    /// Through the value table: what it does not know is blank by its word, or what `otherwise` says.
    fn translate<'a>(
        &'a self,
        values: &'a ValueTable,
        text: Cow<'a, str>,
        tally: &Tally,
        line: u64,
    ) -> Made<'a> {
        if let Some(found) = values.get(text.trim()) {
            return match found {
                None => self.make_blank(),
                Some(Value::Bool(flag)) => Made::Value(DraftValue::Bool(*flag)),
                Some(Value::Text(text)) => Made::Value(DraftValue::Text(Cow::Borrowed(text))),
            };
        }
        if let Some(place) = self.blank_word(text.trim()) {
            tally.count(place, line);
            return self.make_blank();
        }
        match otherwise(self.otherwise.as_ref(), text, UNMAPPED_VALUE) {
            Ok(text) if text.trim().is_empty() => self.make_blank(),
            Ok(text) => Made::Value(DraftValue::Text(text)),
            Err(refusal) => Made::from(refusal),
        }
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

impl From<Refusal> for Made<'_> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Field(fault) => Made::Bad(fault),
            Refusal::Row(fault) => Made::Refused(fault),
        }
    }
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
    use super::super::transform::Transform;
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
            Made::Refused(fault) => format!("refused {}", fault.code),
            Made::Value(DraftValue::Bool(flag)) => flag.to_string(),
            Made::Value(DraftValue::Clear) => "clear".to_owned(),
            Made::Value(DraftValue::Text(Cow::Borrowed(text))) => format!("text borrowed {text}"),
            Made::Value(DraftValue::Text(Cow::Owned(text))) => format!("text owned {text}"),
            Made::Value(DraftValue::Bad | DraftValue::Refused) => unreachable!(),
        }
    }
}
