//! Where the cells of one column stand in a row.

use super::cell::{self, Fault, Reached};
use super::tally::Tally;
use crate::model::{FlatRow, RawRow, RawValue, Scalar};

/// A column as the mapping names it, and where it was found.
#[derive(Debug)]
pub(super) struct Slot {
    /// The column, path or key as `[map]` (or the file) spells it.
    pub name: Box<str>,
    /// In a formula a column may be named by its letters and digits only.
    pub is_word: bool,
    /// The first of these that the row has. More than one only where a JSON key has dots in its name.
    pub reaches: Vec<Reach>,
    /// What is known of it in the end.
    pub tally: Tally,
}

/// A column, or a place inside the JSON objects of a column.
#[derive(Debug)]
pub(super) struct Reach {
    pub column: usize,
    pub path: Option<Box<str>>,
}

/// A cell, or why there is none together with what stands there instead.
pub(super) type Found<'a> = Result<RawValue<'a>, (Fault, RawValue<'a>)>;

impl Slot {
    /// The column of that name, not looked for yet.
    pub(super) fn named(name: &str) -> Slot {
        Slot {
            name: name.into(),
            is_word: false,
            reaches: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Its cell in a row.
    pub(super) fn find<'a>(&self, row: &RawRow<'a>) -> Found<'a> {
        for reach in &self.reaches {
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

    /// Its cell in a flat row, where nothing is inside of anything; `None` if a path leads into it.
    pub(super) fn find_flat<'a>(&self, row: &FlatRow<'a>) -> Option<Scalar<'a>> {
        for reach in &self.reaches {
            match (row.cell(reach.column), &reach.path) {
                (None, _) => {}
                (Some(found), None) => {
                    self.tally.meet();
                    return Some(found);
                }
                (Some(Scalar::Null), Some(_)) => {}
                (Some(_), Some(_)) => return None,
            }
        }
        Some(Scalar::Null)
    }
}
