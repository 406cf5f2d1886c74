//! Cells → what a formula works with, and what it gives → a cell.

use std::collections::BTreeMap;

use minijinja::Value as Term;
use minijinja::value::ValueKind;
use serde_json::Value as Json;

use super::super::cell::{Cell, Fault, flag_word};
use crate::model::{Kind, RawValue};

/// A cell as a formula sees it: text, and what JSON holds; blank is the empty text. A whole number counts as one if it
/// stays itself so; any other number keeps its digits as text.
pub fn term(raw: RawValue<'_>) -> Term {
    match raw {
        RawValue::Missing => Term::from(""),
        RawValue::Text(text) => Term::from(text),
        RawValue::Json(json) => of_json(json),
    }
}

fn of_json(json: &Json) -> Term {
    match json {
        Json::Null => Term::from(""),
        Json::Bool(flag) => Term::from(*flag),
        Json::String(text) => Term::from(text.as_str()),
        Json::Number(number) => match number.as_str().parse::<i64>() {
            Ok(whole) if whole.to_string() == number.as_str() => Term::from(whole),
            _ => Term::from(number.as_str()),
        },
        Json::Array(list) => list.iter().map(of_json).collect(),
        Json::Object(object) => {
            let entries = object.iter();
            let entries = entries.map(|(key, value)| (key.clone(), of_json(value)));
            Term::from(entries.collect::<BTreeMap<String, Term>>())
        }
    }
}

const NO_TEXT: Fault = Fault::new(
    "formula_failed",
    "the formula gives a list or a number with a fraction, which is neither text nor true or false",
    "choose one of its values, for example with | first, or make it text with | string",
);

/// What a formula gave, as a cell of a field of that kind.
pub fn cell<'a>(value: &Term, kind: Kind) -> Cell<'a> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Cell::Blank,
        ValueKind::Bool if kind == Kind::Bool => Cell::Bool(value.is_true()),
        ValueKind::Bool => Cell::Text(flag_word(value.is_true()).into()),
        ValueKind::String => match value.as_str().unwrap_or_default() {
            "" => Cell::Blank,
            text => Cell::Text(text.to_owned().into()),
        },
        ValueKind::Number if value.is_integer() => Cell::Text(value.to_string().into()),
        _ => Cell::Bad(NO_TEXT),
    }
}
