//! A field bound to where its cells stand in the rows of one file.

use super::cell::{self, Fault, Reached};
use super::collection::Collection;
use super::spec::{FieldSpec, Source};
use super::tally::Tally;
use super::transform::{Made, Recipe};
use crate::model::{DraftValue, Field, Problem, Property, RawRow, RawValue};

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
        let fields = self.fields.iter().map(|one| (&one.tally, &one.label));
        let collections = self.collections.iter().map(|one| (&one.tally, &one.label));
        fields
            .chain(collections)
            .filter_map(|(tally, label)| tally.blank_words(label))
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
    /// The column, path or key as the file (or `[map]`) spells it.
    pub label: Box<str>,
    pub origin: Origin,
    pub recipe: Recipe,
    pub tally: Tally,
}

/// Where the cells of a field come from.
#[derive(Debug)]
pub(super) enum Origin {
    /// The first of these that the row has. More than one only where a JSON key has dots in its name.
    Cells(Vec<Reach>),
    /// The same text for every row.
    Constant(Box<str>),
}

/// A column, or a place inside the JSON objects of a column.
#[derive(Debug)]
pub(super) struct Reach {
    pub column: usize,
    pub path: Option<Box<str>>,
}

impl Binding {
    /// The column whose name is the field's.
    pub(super) fn by_name(field: Field, column: usize, name: &str) -> Binding {
        let recipe = Recipe::by_name(&field);
        let reach = Reach { column, path: None };
        Binding {
            field,
            label: name.into(),
            origin: Origin::Cells(vec![reach]),
            recipe,
            tally: Tally::default(),
        }
    }

    /// What the spec says; its column is not looked for yet.
    pub(super) fn by_spec(field: &Field, spec: &FieldSpec) -> Binding {
        let (label, origin) = match &spec.source {
            Source::Column(name) => (name.as_str(), Origin::Cells(Vec::new())),
            Source::Constant(text) => ("", Origin::Constant(text.as_str().into())),
        };
        Binding {
            field: field.clone(),
            label: label.into(),
            origin,
            recipe: Recipe::new(field, spec),
            tally: Tally::default(),
        }
    }

    /// Whether this is the key of the row.
    pub(super) fn is_user_id(&self) -> bool {
        self.field == Field::Property(Property::UserID)
    }

    /// Maps the field's cell of a row into the draft.
    pub(super) fn map<'a>(
        &'a self,
        row: &RawRow<'a>,
        values: &mut Vec<(Field, DraftValue<'a>, Option<&'a str>)>,
        problems: &mut Vec<Problem>,
    ) {
        let reaches = match &self.origin {
            Origin::Constant(text) => {
                values.push((
                    self.field.clone(),
                    DraftValue::Text(text.as_ref().into()),
                    None,
                ));
                return;
            }
            Origin::Cells(reaches) => reaches,
        };
        let found = self.find(reaches, row);
        let line = row.place().line;
        let made = match found {
            Ok(raw) => self
                .recipe
                .make(cell::read(raw, &self.field), &self.tally, line),
            Err((fault, _)) => Made::Bad(fault),
        };
        let value = match made {
            Made::Nothing => return,
            Made::Value(value) => value,
            Made::Bad(fault) => {
                let (Ok(raw) | Err((_, raw))) = found;
                problems.push(fault.problem(&self.field, &self.label, raw, line));
                DraftValue::Bad
            }
        };
        values.push((self.field.clone(), value, Some(&self.label)));
    }

    /// The field's cell, or why there is none together with what stands there instead.
    fn find<'a>(
        &self,
        reaches: &[Reach],
        row: &RawRow<'a>,
    ) -> Result<RawValue<'a>, (Fault, RawValue<'a>)> {
        for reach in reaches {
            let raw = row.cell(reach.column);
            let found = match (&reach.path, raw) {
                (None, raw) => raw,
                (Some(path), RawValue::Json(json)) => match cell::reach(json, path) {
                    Reached::Nothing => RawValue::Missing,
                    Reached::Value(value) => RawValue::Json(value),
                    Reached::Astray(fault) => return Err((fault, raw)),
                },
                (Some(_), _) => RawValue::Missing,
            };
            if !matches!(found, RawValue::Missing) {
                self.tally.meet();
                return Ok(found);
            }
        }
        Ok(RawValue::Missing)
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
        Problem::error(self.code, format!("{field}: {}", self.message))
            .line(line)
            .column(column)
            .value(cell::quote(raw))
            .hint(self.hint)
    }
}
