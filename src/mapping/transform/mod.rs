//! The steps between a cell and its value, each as plain data and as what it does to a text.
//!
//! A step takes text and gives text, or says why it cannot. Blank text passes every step unchanged but
//! [`Transform::Default`]: what is not there cannot be a bad date. Nothing is guessed: a date that no format
//! fits and a number that no phone can have are faults, so that the tenant's value stays.

mod date;
mod letters;
mod lookup;
mod phone;
mod phone_codes;
mod pick;
mod written;

use std::borrow::Cow;

use serde::Serialize;

pub use date::{DateFormat, Dates};
pub use lookup::{Lookup, LookupTable, TableFault};
pub use phone::Country;
pub use pick::Pattern;

pub(super) use letters::{nfc, without_diacritics};
pub(super) use phone::e164;
pub(super) use pick::{Extract, padded};

use super::cell::Fault;
use super::spec::Otherwise;
use crate::model::boolean;

/// A step between cell and value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Without outer white space.
    Trim,
    /// In lower case.
    Lower,
    /// In upper case.
    Upper,
    /// In Unicode's composed form: `e` and an accent become `é`.
    Nfc,
    /// Letters without accents and the like, in the letters of ASCII where there is a usual way: `Müller` →
    /// `Muller`, `Łódź` → `Lodz`, `ß` → `ss`.
    StripDiacritics,
    /// A word that says true or false, in the languages that validation knows → `true` or `false`.
    Boolean,
    /// Every occurrence of a text → another text.
    Replace {
        /// What is looked for; never empty.
        what: String,
        /// What stands there instead.
        with: String,
    },
    /// The first group of the first match, or the match itself where there is no group.
    Extract(Pattern),
    /// Cut where that text stands, and one of the trimmed parts that are not blank, from 1, or from the end by −1.
    Take {
        /// Where to cut; never empty.
        split: String,
        /// Which part; never 0.
        take: i32,
    },
    /// Cut where that text stands, and the trimmed parts that are not blank put together with another.
    Join {
        /// Where to cut; never empty.
        split: String,
        /// What stands between the parts.
        join: String,
    },
    /// Filled on the left up to that many characters.
    PadLeft {
        /// Characters in the end.
        width: usize,
        /// What it is filled with.
        with: char,
    },
    /// A date in one of several formats → in one format.
    Date(Dates),
    /// A phone number as people write it → `+` and digits (E.164), in that country where the number names none.
    Phone(Country),
    /// What a file beside the configuration says for that text.
    Lookup(Lookup),
    /// That text where nothing is left.
    Default(String),
}

/// What became of a text.
pub(super) type Stepped<'a> = Result<Cow<'a, str>, Refusal>;

/// Why a step has no text to give.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// The field cannot be used.
    Field(Fault),
    /// The whole row cannot be used.
    Row(Fault),
}

const NO_BOOLEAN: Fault = Fault::new(
    "invalid_boolean",
    "this word says neither true nor false",
    "say what each word means: values = { working = true, left = false }",
);

/// A step made ready: patterns are compiled once for a file, not for a cell.
#[derive(Debug)]
pub(super) enum Step {
    Plain(Transform),
    Extract(Extract),
}

impl Step {
    /// Makes the step ready.
    pub(super) fn new(transform: &Transform) -> Step {
        match transform {
            Transform::Extract(pattern) => Step::Extract(Extract::new(pattern)),
            other => Step::Plain(other.clone()),
        }
    }

    /// Whether it only cuts space or changes case, so that `true` stays the boolean that it is.
    pub(super) fn is_cosmetic(&self) -> bool {
        use Transform::{Lower, Nfc, Trim, Upper};
        matches!(self, Step::Plain(Trim | Lower | Upper | Nfc))
    }

    /// Whether it only cuts outer white space.
    pub(super) fn is_trim(&self) -> bool {
        matches!(self, Step::Plain(Transform::Trim))
    }

    /// Whether blank text would become something.
    pub(super) fn fills_blank(&self) -> bool {
        matches!(self, Step::Plain(Transform::Default(_)))
    }

    /// Applies the step; text that it would not change is passed on as it is.
    pub(super) fn run<'a>(&'a self, text: Cow<'a, str>) -> Stepped<'a> {
        if text.trim().is_empty() {
            return Ok(match self {
                Step::Plain(Transform::Default(default)) => Cow::Borrowed(default),
                _ => text,
            });
        }
        match self {
            Step::Plain(transform) => transform.run(text),
            Step::Extract(extract) => Ok(extract.run(&text)),
        }
    }
}

impl Transform {
    fn run<'a>(&'a self, text: Cow<'a, str>) -> Stepped<'a> {
        Ok(match self {
            Transform::Trim => trimmed(text),
            Transform::Lower if is_plain(&text, |byte| !byte.is_ascii_uppercase()) => text,
            Transform::Lower => Cow::Owned(text.to_lowercase()),
            Transform::Upper if is_plain(&text, |byte| !byte.is_ascii_lowercase()) => text,
            Transform::Upper => Cow::Owned(text.to_uppercase()),
            Transform::Nfc => nfc(text),
            Transform::StripDiacritics => without_diacritics(text),
            Transform::Boolean => match boolean(&text) {
                Some(flag) => Cow::Borrowed(if flag { "true" } else { "false" }),
                None => return Err(Refusal::Field(NO_BOOLEAN)),
            },
            Transform::Replace { what, with } if text.contains(what.as_str()) => {
                Cow::Owned(text.replace(what.as_str(), with))
            }
            Transform::Take { split, take } => Cow::Owned(pick::part(&text, split, *take)),
            Transform::Join { split, join } => Cow::Owned(pick::joined(&text, split, join)),
            Transform::PadLeft { width, with } => padded(text, *width, *with),
            Transform::Date(dates) => Cow::Owned(dates.rewritten(&text).map_err(Refusal::Field)?),
            Transform::Phone(country) => {
                Cow::Owned(e164(&text, Some(*country)).map_err(Refusal::Field)?)
            }
            Transform::Lookup(lookup) => return lookup.run(text),
            Transform::Replace { .. } | Transform::Default(_) | Transform::Extract(_) => text,
        })
    }
}

/// What a text becomes that a table does not know.
pub(super) fn otherwise<'a>(
    otherwise: Option<&'a Otherwise>,
    text: Cow<'a, str>,
    fault: Fault,
) -> Stepped<'a> {
    match otherwise {
        None => Err(Refusal::Field(fault)),
        Some(Otherwise::Error) => Err(Refusal::Row(fault)),
        Some(Otherwise::Blank) => Ok(Cow::Borrowed("")),
        Some(Otherwise::Pass) => Ok(text),
        Some(Otherwise::Text(other)) => Ok(Cow::Borrowed(other)),
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

fn is_plain(text: &str, fine: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(|byte| byte.is_ascii() && fine(byte))
}

#[cfg(test)]
mod tests;
