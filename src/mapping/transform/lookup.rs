//! A side table: what a file beside the configuration says for a text.
//!
//! The file is read where the configuration is; here it is only a table, whose digest stands for its content, so that
//! another content is another mapping.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

use super::super::cell::Fault;
use super::super::spec::Otherwise;
use super::{Stepped, otherwise};

/// A step that looks a text up in a side table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The file, relative to the configuration; what counts is its content.
    #[serde(skip)]
    pub path: String,
    /// The column of the texts that are looked up; the first if left out.
    pub key: Option<String>,
    /// The column of what they become; the second if left out.
    pub value: Option<String>,
    /// What a text becomes that is not there.
    pub otherwise: Option<Otherwise>,
    /// The content, once it was read.
    pub table: Option<Arc<LookupTable>>,
}

/// The content of a side table: its keys exactly, and case and outer white space aside.
#[derive(Debug, PartialEq, Eq)]
pub struct LookupTable {
    entries: HashMap<Box<str>, Box<str>>,
    digest: String,
}

impl Serialize for LookupTable {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digest)
    }
}

/// Why rows are no side table.
#[derive(Debug, PartialEq, Eq)]
pub enum TableFault {
    /// A key stands there twice with different values.
    Twice(String),
    /// A row has a value and no key.
    NoKey(String),
}

impl LookupTable {
    /// The table of keys and values. `digest` stands for the bytes that they were read from.
    pub fn new(
        rows: impl IntoIterator<Item = (String, String)>,
        digest: String,
    ) -> Result<LookupTable, TableFault> {
        let mut entries: HashMap<Box<str>, Box<str>> = HashMap::new();
        let mut folded: Vec<(Box<str>, Box<str>)> = Vec::new();
        for (key, value) in rows {
            let (key, value) = (key.trim(), value.trim());
            match key {
                "" if value.is_empty() => continue,
                "" => return Err(TableFault::NoKey(value.to_owned())),
                _ => folded.push((key.to_lowercase().into(), value.into())),
            }
            match entries.insert(key.into(), value.into()) {
                Some(other) if *other != *value => return Err(TableFault::Twice(key.to_owned())),
                _ => {}
            }
        }
        for (key, value) in folded {
            entries.entry(key).or_insert(value);
        }
        Ok(LookupTable { entries, digest })
    }

    fn get(&self, text: &str) -> Option<&str> {
        let word = text.trim();
        let exact = self.entries.get(word);
        exact
            .or_else(|| self.entries.get(word.to_lowercase().as_str()))
            .map(|value| &**value)
    }
}

const NOT_LISTED: Fault = Fault::new(
    "not_in_lookup",
    "the lookup file of this field has no such value",
    "add it to the file, or say what otherwise: otherwise = \"blank\", \"pass\", \"error\" or a text",
);

impl Lookup {
    pub(super) fn run<'a>(&'a self, text: Cow<'a, str>) -> Stepped<'a> {
        match self.table.as_ref().and_then(|table| table.get(&text)) {
            Some(value) => Ok(Cow::Borrowed(value)),
            None => otherwise(self.otherwise.as_ref(), text, NOT_LISTED),
        }
    }
}
