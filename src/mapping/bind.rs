//! A field bound to where its cells stand in the rows of one file.

use std::borrow::Cow;

use super::cell::{self, Cell, Fault};
use super::collection::Collection;
use super::formula::{Form, Formula, Name, term};
use super::recipe::{Made, Plainly, Recipe};
use super::slot::{Reach, Slot};
use super::spec::{FieldSpec, Source};
use crate::model::{DraftValue, Field, FlatRow, Problem, Property, RawRow, RawValue};

/// Everything that is bound in one file.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    /// Sorted by field, each once.
    pub fields: Vec<Binding>,
    /// JSON keys that hold a whole collection.
    pub collections: Vec<Collection>,
    /// Columns that are no field, counted where no `[map]` says what is wanted.
    pub unknown: u64,
}

impl Bindings {
    /// Whether a column holds the key.
    pub(super) fn has_user_id(&self) -> bool {
        self.fields.iter().any(Binding::is_user_id)
    }

    /// The warnings that every column gives at most once, after the last row.
    pub(super) fn remarks(&self) -> impl Iterator<Item = Problem> {
        let fields = self.fields.iter().flat_map(|binding| {
            let words = &binding.recipe.words;
            let slots = binding.slots.iter();
            slots.filter_map(|slot| slot.tally.blank_words(&slot.name, words))
        });
        let collections = self.collections.iter();
        fields
            .chain(collections.filter_map(Collection::blank_words))
            .chain(
                self.collections
                    .iter()
                    .filter_map(Collection::text_is_not_sent),
            )
    }
}

/// One field, compiled.
#[derive(Debug)]
pub(super) struct Binding {
    pub field: Field,
    pub origin: Origin,
    /// The columns that it needs.
    pub slots: Vec<Slot>,
    pub recipe: Recipe,
    /// The columns as a problem names them that is not about one of them.
    label: Box<str>,
    /// The column whose cells are the field's values as they stand, once all columns are found.
    pub plain_column: Option<usize>,
}

/// What the value of a field comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// The first slot whose cell is not blank.
    Cells,
    /// The same text for every row.
    Constant(Box<str>),
    /// What is reckoned from the slots.
    Formula(Formula),
}

/// A field of a draft.
type Drafted<'a> = (Cow<'a, Field>, DraftValue<'a>, Option<&'a str>);

impl Binding {
    /// The column whose name is the field's.
    pub(super) fn by_name(field: Field, column: usize, name: &str) -> Binding {
        let reach = Reach { column, path: None };
        Binding {
            recipe: Recipe::by_name(&field),
            field,
            origin: Origin::Cells,
            slots: vec![Slot {
                reaches: vec![reach],
                ..Slot::named(name)
            }],
            label: name.into(),
            plain_column: None,
        }
    }

    /// What the spec says; its columns are not looked for yet.
    pub(super) fn by_spec(field: &Field, spec: &FieldSpec) -> Binding {
        let (origin, slots) = match &spec.source {
            Source::Column(name) => (Origin::Cells, vec![Slot::named(name)]),
            Source::FirstOf(names) => {
                let slots = names.iter().map(|name| Slot::named(name));
                (Origin::Cells, slots.collect())
            }
            Source::Constant(text) => (Origin::Constant(text.as_str().into()), Vec::new()),
            Source::Template(formula) | Source::Expression(formula) => {
                let slots = formula.names().iter().map(|name| Slot {
                    is_word: matches!(name, Name::Word(_)),
                    ..Slot::named(name.text())
                });
                (Origin::Formula(formula.clone()), slots.collect())
            }
        };
        let names: Vec<&str> = slots.iter().map(|slot| &*slot.name).collect();
        Binding {
            field: field.clone(),
            label: names.join(", ").into(),
            origin,
            slots,
            recipe: Recipe::new(field, spec),
            plain_column: None,
        }
    }

    /// Whether this is the key of the row.
    pub(super) fn is_user_id(&self) -> bool {
        self.field == Field::Property(Property::UserID)
    }

    /// The column, as a message about the file names it.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// Whether it takes one column or none, so that its value may be told at first sight.
    pub(super) fn may_be_plain(&self) -> bool {
        match self.origin {
            Origin::Cells => self.slots.len() == 1,
            Origin::Constant(_) => true,
            Origin::Formula(_) => false,
        }
    }

    /// The column, if nothing is done to its cells but that outer white space is cut and blank ones are passed over.
    pub(super) fn plain_column(&self) -> Option<usize> {
        let Origin::Cells = self.origin else {
            return None;
        };
        match &self.slots[..] {
            [slot] if self.recipe.is_plain() => match &slot.reaches[..] {
                [Reach { column, path: None }] => Some(*column),
                _ => None,
            },
            _ => None,
        }
    }

    /// What the row says of the field at first sight.
    pub(super) fn plainly<'a>(&'a self, row: &RawRow<'a>) -> Plainly<'a> {
        match (&self.origin, &self.slots[..]) {
            (Origin::Constant(text), _) => Plainly::Text(Cow::Borrowed(text)),
            (Origin::Cells, [slot]) => match slot.find(row) {
                Ok(raw) => self.recipe.plainly(cell::read(raw, &self.field)),
                Err(_) => Plainly::Ask,
            },
            _ => Plainly::Ask,
        }
    }

    /// The same of a flat row.
    pub(super) fn plainly_flat<'a>(&'a self, row: &FlatRow<'a>) -> Plainly<'a> {
        match (&self.origin, &self.slots[..]) {
            (Origin::Constant(text), _) => Plainly::Text(Cow::Borrowed(text)),
            (Origin::Cells, [slot]) => match slot.find_flat(row) {
                Some(scalar) => self.recipe.plainly(cell::read_scalar(scalar, &self.field)),
                None => Plainly::Ask,
            },
            _ => Plainly::Ask,
        }
    }

    /// Maps the field's cells of a row into the draft.
    pub(super) fn map<'a>(
        &'a self,
        row: &RawRow<'a>,
        values: &mut Vec<Drafted<'a>>,
        problems: &mut Vec<Problem>,
    ) {
        let (made, raw, label) = match &self.origin {
            Origin::Constant(text) => {
                let value = DraftValue::Text(text.as_ref().into());
                values.push((Cow::Borrowed(&self.field), value, None));
                return;
            }
            Origin::Cells => self.of_cells(row),
            Origin::Formula(formula) => {
                let made = self.of_formula(formula, row);
                (made, RawValue::Missing, &*self.label)
            }
        };
        let (fault, value) = match made {
            Made::Nothing => return,
            Made::Value(value) => (None, value),
            Made::Bad(fault) => (Some(fault), DraftValue::Bad),
            Made::Refused(fault) => (Some(fault), DraftValue::Refused),
        };
        let line = row.place().line;
        problems.extend(fault.map(|fault| fault.problem(&self.field, label, raw, line)));
        values.push((Cow::Borrowed(&self.field), value, Some(label)));
    }

    /// What comes of the row's cells, for who asks a question and maps no field.
    pub(super) fn answer<'a>(&'a self, row: &RawRow<'a>) -> Made<'a> {
        match &self.origin {
            Origin::Formula(formula) => self.of_formula(formula, row),
            Origin::Cells => self.of_cells(row).0,
            Origin::Constant(text) => Made::Value(DraftValue::Text(text.as_ref().into())),
        }
    }

    /// From the first column that is not blank; if all are, from the last.
    fn of_cells<'a>(&'a self, row: &RawRow<'a>) -> (Made<'a>, RawValue<'a>, &'a str) {
        let line = row.place().line;
        let last = self.slots.len() - 1;
        for (index, slot) in self.slots.iter().enumerate() {
            let raw = match slot.find(row) {
                Ok(raw) => raw,
                Err((fault, raw)) => return (Made::Bad(fault), raw, &slot.name),
            };
            let cell = cell::read(raw, &self.field);
            if index < last && self.recipe.is_blank(&cell) {
                continue;
            }
            return (self.recipe.make(cell, &slot.tally, line), raw, &slot.name);
        }
        (Made::Nothing, RawValue::Missing, &self.label)
    }

    /// What the formula gives for the row. A template of nothing is nothing.
    fn of_formula<'a>(&'a self, formula: &Formula, row: &RawRow<'a>) -> Made<'a> {
        let line = row.place().line;
        let mut terms = Vec::with_capacity(self.slots.len());
        let mut has_value = false;
        for slot in &self.slots {
            let raw = match slot.find(row) {
                Ok(raw) => raw,
                Err((fault, _)) => return Made::Bad(fault),
            };
            let word = match raw {
                RawValue::Text(text) => self.recipe.words.place(text.trim()),
                _ => None,
            };
            if let Some(place) = word {
                slot.tally.count(place, line);
            }
            let raw = if word.is_some() {
                RawValue::Missing
            } else {
                raw
            };
            has_value |= !is_nothing(raw);
            terms.push(term(raw));
        }
        let cell = match has_value || formula.form() == Form::Expression {
            true => formula.result(terms, self.field.kind()),
            false => Cell::Blank,
        };
        // Words that are blank were counted where they stand, in the cells.
        self.recipe.make(cell, &Default::default(), line)
    }
}

fn is_nothing(raw: RawValue<'_>) -> bool {
    match raw {
        RawValue::Missing => true,
        RawValue::Text(text) => text.trim().is_empty(),
        RawValue::Json(json) => {
            json.is_null() || json.as_str().is_some_and(|text| text.trim().is_empty())
        }
    }
}

impl Fault {
    /// The fault as a problem of that field's cell.
    pub(super) fn problem(
        self,
        field: &Field,
        column: &str,
        raw: RawValue<'_>,
        line: u64,
    ) -> Problem {
        let message = format!("{field}: {}", self.message);
        let problem = Problem::error(self.code, message)
            .line(line)
            .column(column)
            .hint(self.hint);
        match raw {
            RawValue::Missing => problem,
            raw => problem.value(cell::quote(raw)),
        }
    }
}
