//! Rows of JSON. Most hold texts, numbers and flags only: these stand in one text, and are made values of when somebody
//! looks closer.

use std::sync::OnceLock;

use serde_json::{Number, Value as Json};

use super::CellRange;

/// A JSON value that is neither a list nor an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Flag(bool),
    /// A text, unescaped.
    Text(&'a str),
    /// The digits of a number, as they are written.
    Number(&'a str),
}

impl<'a> Scalar<'a> {
    /// The value, if it is one.
    pub fn of(json: &'a Json) -> Option<Scalar<'a>> {
        match json {
            Json::Null => Some(Scalar::Null),
            Json::Bool(flag) => Some(Scalar::Flag(*flag)),
            Json::String(text) => Some(Scalar::Text(text)),
            Json::Number(number) => Some(Scalar::Number(number.as_str())),
            Json::Array(_) | Json::Object(_) => None,
        }
    }
}

/// The rows of one batch.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonRows {
    /// The texts and digits of all flat rows.
    text: String,
    /// The cells of all flat rows.
    cells: Vec<Stored>,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    /// Values by column index.
    Whole(Box<[Option<Json>]>),
    /// Cells from one up to another, and the values that were made of them.
    Flat {
        from: usize,
        to: usize,
        whole: OnceLock<Box<[Option<Json>]>>,
    },
}

#[derive(Clone, Copy, Debug)]
enum Stored {
    Missing,
    Null,
    Flag(bool),
    Text(CellRange),
    Number(CellRange),
}

impl JsonRows {
    pub(super) fn push(&mut self, row: Vec<Option<Json>>) {
        self.rows.push(Row::Whole(row.into()));
    }

    /// The value under that column.
    pub(super) fn cell(&self, row: usize, column: usize) -> Option<&Json> {
        let values = match &self.rows[row] {
            Row::Whole(values) => values,
            Row::Flat { from, to, whole } => whole.get_or_init(|| {
                let cells = self.cells[*from..*to].iter();
                cells.map(|cell| Some(json(self.shown(*cell)?))).collect()
            }),
        };
        values.get(column)?.as_ref()
    }

    pub(super) fn flat(&self, row: usize) -> Option<FlatRow<'_>> {
        match self.rows[row] {
            Row::Flat { from, to, .. } => Some(FlatRow {
                rows: self,
                cells: &self.cells[from..to],
            }),
            Row::Whole(_) => None,
        }
    }

    fn shown(&self, cell: Stored) -> Option<Scalar<'_>> {
        Some(match cell {
            Stored::Missing => return None,
            Stored::Null => Scalar::Null,
            Stored::Flag(flag) => Scalar::Flag(flag),
            Stored::Text(at) => Scalar::Text(&self.text[at.bytes()]),
            Stored::Number(at) => Scalar::Number(&self.text[at.bytes()]),
        })
    }

    fn keep(&mut self, text: &str) -> CellRange {
        let start = self.text.len();
        self.text.push_str(text);
        CellRange::new(start, self.text.len())
    }
}

fn json(scalar: Scalar<'_>) -> Json {
    match scalar {
        Scalar::Null => Json::Null,
        Scalar::Flag(flag) => flag.into(),
        Scalar::Text(text) => text.into(),
        Scalar::Number(digits) => Json::Number(Number::from_string_unchecked(digits.to_owned())),
    }
}

/// The cells of a row without lists and objects, for who looks at many of them.
#[derive(Clone, Copy, Debug)]
pub struct FlatRow<'a> {
    rows: &'a JsonRows,
    cells: &'a [Stored],
}

impl<'a> FlatRow<'a> {
    /// The cell under that column; `None` if the object has no such key.
    pub fn cell(&self, column: usize) -> Option<Scalar<'a>> {
        self.rows.shown(*self.cells.get(column)?)
    }
}

/// A flat row that is being read. Nothing is left of one that is dropped.
#[derive(Debug)]
pub struct FlatDraft<'b> {
    rows: &'b mut JsonRows,
    cells_before: usize,
    text_before: usize,
}

impl<'b> FlatDraft<'b> {
    pub(super) fn new(rows: &'b mut JsonRows) -> FlatDraft<'b> {
        FlatDraft {
            cells_before: rows.cells.len(),
            text_before: rows.text.len(),
            rows,
        }
    }

    /// Takes the value under that column; false if there was one before.
    pub fn put(&mut self, column: usize, value: Scalar<'_>) -> bool {
        let at = self.cells_before + column;
        if at >= self.rows.cells.len() {
            self.rows.cells.resize(at + 1, Stored::Missing);
        }
        let stored = match value {
            Scalar::Null => Stored::Null,
            Scalar::Flag(flag) => Stored::Flag(flag),
            Scalar::Text(text) => Stored::Text(self.rows.keep(text)),
            Scalar::Number(digits) => Stored::Number(self.rows.keep(digits)),
        };
        let before = std::mem::replace(&mut self.rows.cells[at], stored);
        matches!(before, Stored::Missing)
    }

    pub(super) fn finish(mut self) {
        let (from, to) = (self.cells_before, self.rows.cells.len());
        let whole = OnceLock::new();
        self.rows.rows.push(Row::Flat { from, to, whole });
        (self.cells_before, self.text_before) = (to, self.rows.text.len());
    }
}

impl Drop for FlatDraft<'_> {
    fn drop(&mut self) {
        self.rows.cells.truncate(self.cells_before);
        self.rows.text.truncate(self.text_before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_row_shows_what_was_put_there_in_either_way() {
        let mut rows = JsonRows::default();
        let mut draft = FlatDraft::new(&mut rows);
        assert!(draft.put(0, Scalar::Text("gone")));
        drop(draft);
        let values = [
            Scalar::Text("é\"\\"),
            Scalar::Number("-1.50e3"),
            Scalar::Flag(true),
            Scalar::Null,
        ];
        let mut draft = FlatDraft::new(&mut rows);
        for (number, value) in values.into_iter().enumerate() {
            assert!(draft.put(number * 2, value));
        }
        draft.finish();
        let mut draft = FlatDraft::new(&mut rows);
        assert!(draft.put(1, Scalar::Null));
        assert!(!draft.put(1, Scalar::Text("twice")));
        drop(draft);
        rows.push(vec![Some(serde_json::json!([1]))]);
        let flat = rows.flat(0).unwrap();
        for (number, value) in values.into_iter().enumerate() {
            assert_eq!(flat.cell(number * 2), Some(value));
            assert_eq!(
                rows.cell(0, number * 2).and_then(Scalar::of),
                Some(value),
                "made a value of"
            );
        }
        for missing in [1, 7, 99] {
            assert_eq!(flat.cell(missing), None);
            assert_eq!(rows.cell(0, missing), None);
        }
        assert!(rows.flat(1).is_none());
        assert_eq!(rows.cell(1, 0).unwrap().to_string(), "[1]");
    }
}
