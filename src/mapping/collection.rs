//! JSON `Phones` and `Extensions` as they are → one field for each phone type and extension key.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value as Json;

use super::cell::{self, Cell, Fault, phone_part};
use super::recipe::{Made, Recipe};
use super::tally::Tally;
use crate::model::{DraftValue, Field, Problem, RawRow, RawValue};

/// Which collection of the User object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CollectionKind {
    Phones,
    Extensions,
}

impl CollectionKind {
    /// The collection of that name, case aside.
    pub(super) fn named(name: &str) -> Option<CollectionKind> {
        [CollectionKind::Phones, CollectionKind::Extensions]
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// The name as the vendor spells it.
    pub(super) fn name(self) -> &'static str {
        match self {
            CollectionKind::Phones => "Phones",
            CollectionKind::Extensions => "Extensions",
        }
    }
}

/// A column that holds a whole collection.
#[derive(Debug)]
pub(super) struct Collection {
    pub kind: CollectionKind,
    /// The key as the file spells it.
    pub label: Box<str>,
    /// Counts blank words; "met" means that a cell held text, which is no collection.
    pub tally: Tally,
    column: usize,
    recipe: Recipe,
}

const NO_COLLECTION: Fault = Fault::new(
    "not_a_collection",
    "a list of {\"PhoneType\", \"PhoneNum\"} or an object of extensions is expected here",
    "write one value a column instead: Phones.<PhoneType>, Extensions.<key>",
);
const NO_PHONE_TYPE: Fault = Fault::new(
    "no_phone_type",
    "a phone without PhoneType cannot be told from the others",
    "give it a PhoneType in the export",
);
const NO_EXTENSION_KEY: Fault = Fault::new(
    "no_extension_key",
    "an extension needs a key",
    "give it a key in the export",
);

/// What a row's mapping collects.
pub(super) struct Sink<'a, 'v> {
    pub values: &'v mut Vec<(Cow<'a, Field>, DraftValue<'a>, Option<&'a str>)>,
    pub problems: &'v mut Vec<Problem>,
    pub line: u64,
}

impl Collection {
    /// The collection under that column.
    pub(super) fn new(kind: CollectionKind, column: usize, name: &str) -> Collection {
        let any = Field::Extension("".into());
        Collection {
            kind,
            label: name.into(),
            tally: Tally::default(),
            column,
            recipe: Recipe::by_name(&any),
        }
    }

    /// Maps the entries of a row's collection into the draft. An entry that the row does not have
    /// stays as the tenant has it.
    pub(super) fn map<'a>(&'a self, row: &RawRow<'a>, sink: &mut Sink<'a, '_>) {
        match (self.kind, row.cell(self.column)) {
            (_, RawValue::Missing | RawValue::Json(Json::Null)) => {}
            (_, RawValue::Text(text)) => {
                if !text.trim().is_empty() {
                    self.tally.meet();
                }
            }
            (CollectionKind::Phones, RawValue::Json(Json::Array(phones))) => {
                for phone in phones {
                    self.map_phone(phone, sink);
                }
            }
            (CollectionKind::Extensions, RawValue::Json(Json::Object(extensions))) => {
                for (key, value) in extensions {
                    let field = Field::Extension(Arc::from(key.trim()));
                    if key.trim().is_empty() {
                        self.refuse(&field, NO_EXTENSION_KEY, value, sink);
                    } else {
                        self.map_entry(field, value, sink);
                    }
                }
            }
            (kind, RawValue::Json(json)) => {
                let problem = Problem::error(
                    NO_COLLECTION.code,
                    format!("{}: {}", kind.name(), NO_COLLECTION.message),
                );
                sink.problems
                    .push(self.placed(problem, NO_COLLECTION, json, sink.line));
            }
        }
    }

    fn map_phone<'a>(&'a self, phone: &'a Json, sink: &mut Sink<'a, '_>) {
        let kind = phone_part(phone, "PhoneType").and_then(Json::as_str);
        let kind = kind.map(str::trim).filter(|kind| !kind.is_empty());
        let number = phone_part(phone, "PhoneNum").unwrap_or(&Json::Null);
        match kind {
            Some(kind) => self.map_entry(Field::Phone(Arc::from(kind)), number, sink),
            None if phone.is_object() && *number == Json::Null => {}
            None => self.refuse(&Field::Phone("?".into()), NO_PHONE_TYPE, phone, sink),
        }
    }

    fn map_entry<'a>(&'a self, field: Field, json: &'a Json, sink: &mut Sink<'a, '_>) {
        let cell: Cell<'a> = cell::read_json(json, &field);
        let value = match self.recipe.make(cell, &self.tally, sink.line) {
            Made::Nothing => return,
            Made::Value(value) => value,
            // The recipe of a collection has no table that could refuse the row.
            Made::Bad(fault) | Made::Refused(fault) => {
                self.refuse(&field, fault, json, sink);
                DraftValue::Bad
            }
        };
        sink.values
            .push((Cow::Owned(field), value, Some(&self.label)));
    }

    fn refuse(&self, field: &Field, fault: Fault, json: &Json, sink: &mut Sink<'_, '_>) {
        let problem = fault.problem(field, &self.label, RawValue::Json(json), sink.line);
        sink.problems.push(problem);
    }

    fn placed(&self, problem: Problem, fault: Fault, json: &Json, line: u64) -> Problem {
        problem
            .line(line)
            .column(&*self.label)
            .value(cell::quote(RawValue::Json(json)))
            .hint(fault.hint)
    }

    /// One warning for the words in it that were read as blank.
    pub(super) fn blank_words(&self) -> Option<Problem> {
        self.tally.blank_words(&self.label, &self.recipe.words)
    }

    /// One warning for a column of text that is named like a collection.
    pub(super) fn text_is_not_sent(&self) -> Option<Problem> {
        self.tally.was_met().then(|| {
            let name = self.kind.name();
            Problem::warning(
                "unknown_column",
                format!(
                    "{name} is a collection and this column holds plain text, so it is not sent"
                ),
            )
            .column(&*self.label)
            .hint(match self.kind {
                CollectionKind::Phones => "name the type of phone: Phones.Mobile, Phones.Work",
                CollectionKind::Extensions => {
                    "name the key of the extension: Extensions.CostCentre"
                }
            })
        })
    }
}
