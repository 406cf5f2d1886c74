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
    /// Nothing is done to a cell but that outer white space is cut.
    is_plain: bool,
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

/// What a cell comes to at first sight.
#[derive(Debug, PartialEq)]
pub enum Plainly<'a> {
    /// The row says nothing about the field.
    Nothing,
    /// This text.
    Text(Cow<'a, str>),
    /// This flag.
    Flag(bool),
    /// It must be mapped in full, because something has to be said or counted about it.
    Ask,
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
            is_plain: spec.values.is_none() && !steps.is_empty() && steps.iter().all(Step::is_trim),
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
        match cell {
            Cell::Text(Cow::Borrowed(text)) if self.is_plain => self.trimmed(text, tally, line),
            cell => self.make_by_steps(cell, tally, line),
        }
    }

    /// Whether nothing is done to a cell but that outer white space is cut, and a blank one says nothing.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain && self.blank == Blank::Keep
    }

    /// The same of a text where it [is plain](Recipe::is_plain).
    #[inline]
    pub(super) fn plain_text<'a>(&self, text: &'a str) -> Plainly<'a> {
        let trimmed = trim(text);
        match (text, trimmed) {
            ("", _) => Plainly::Nothing,
            (_, "") => Plainly::Ask,
            _ if self.words.place(trimmed).is_some() => Plainly::Ask,
            _ => Plainly::Text(Cow::Borrowed(trimmed)),
        }
    }

    /// What a cell comes to, if nothing has to be said or counted about it.
    pub(super) fn plainly<'a>(&'a self, cell: Cell<'a>) -> Plainly<'a> {
        let text = match cell {
            _ if self.fills_blank => return Plainly::Ask,
            Cell::Blank if self.blank == Blank::Keep => return Plainly::Nothing,
            Cell::Bool(flag) if self.is_cosmetic => return Plainly::Flag(flag),
            Cell::Text(Cow::Borrowed(text)) if self.is_plain() => return self.plain_text(text),
            Cell::Text(text) => text,
            Cell::Blank | Cell::Bool(_) | Cell::Bad(_) => return Plainly::Ask,
        };
        let text = match text {
            text if self.words.place(text.trim()).is_some() => return Plainly::Ask,
            text => match self
                .steps
                .iter()
                .try_fold(text, |text, step| step.run(text))
            {
                Ok(text) => text,
                Err(_) => return Plainly::Ask,
            },
        };
        match (text.trim(), &self.values) {
            ("", _) => Plainly::Ask,
            (word, Some(values)) => match values.get(word) {
                Some(Some(Value::Bool(flag))) => Plainly::Flag(*flag),
                Some(Some(Value::Text(text))) => Plainly::Text(Cow::Borrowed(text)),
                Some(None) | None => Plainly::Ask,
            },
            (word, None) if self.words.place(word).is_some() => Plainly::Ask,
            (_, None) => Plainly::Text(text),
        }
    }

    /// What most cells come to, in one look at them.
    fn trimmed<'a>(&'a self, text: &'a str, tally: &Tally, line: u64) -> Made<'a> {
        let text = trim(text);
        if text.is_empty() {
            return self.make_blank();
        }
        match self.words.place(text) {
            None => Made::Value(DraftValue::Text(Cow::Borrowed(text))),
            Some(place) => {
                tally.count(place, line);
                self.make_blank()
            }
        }
    }

    fn make_by_steps<'a>(&'a self, cell: Cell<'a>, tally: &Tally, line: u64) -> Made<'a> {
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

/// Without outer white space. Where printable ASCII stands at both ends, nothing has to be looked for.
#[inline]
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
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
mod tests;
