//! Rows as they were read, before any mapping. A batch owns the bytes; its rows borrow from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Problem;

/// Where a row stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Physical line on which the record begins, from 1 (the header is line 1).
    pub line: u64,
    /// Number of the record among the data records, from 1.
    pub record: u64,
}

/// The columns of a file: a CSV header, or the top-level JSON keys met so far in order of appearance.
///
/// Within one reading of a file columns are only ever appended, so an index stays valid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The names exactly as the file spells them.
    pub names: Vec<Box<str>>,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RawValue<'a> {
    /// The row has no such cell (a JSON object without the key).
    Missing,
    /// A CSV cell, unquoted, otherwise exactly as read; may be empty.
    Text(&'a str),
    /// A JSON value, nested ones included; numbers keep their digits.
    Json(&'a Json),
}

/// A row that could not be read with certainty. It is counted, reported and never sent.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Where it stands.
    pub place: Place,
    /// The UserID, where one could be read; it protects that user.
    pub user_id: Option<String>,
    /// Why; at least one error.
    pub problems: Vec<Problem>,
}

/// Consecutive rows of one file, with the buffer that they borrow from.
#[derive(Clone, Debug, Default)]
pub struct RowBatch {
    /// The columns known when this batch ended.
    pub columns: Arc<Columns>,
    /// Rows that were refused between the others.
    pub refused: Vec<Refusal>,
    /// What is wrong without refusing a row.
    pub problems: Vec<Problem>,
    places: Vec<Place>,
    cells: Cells,
}

#[derive(Clone, Debug)]
enum Cells {
    /// All cell texts one after the other; `ends[row * width + column]` is where each ends.
    Text {
        text: String,
        ends: Vec<u32>,
        width: usize,
    },
    /// One array of optional values for each row, by column index.
    Json(Vec<Vec<Option<Json>>>),
}

impl Default for Cells {
    fn default() -> Self {
        Cells::Json(Vec::new())
    }
}

impl RowBatch {
    /// An empty batch for text cells under these columns; every row has one cell a column.
    pub fn of_text(columns: Arc<Columns>) -> RowBatch {
        let width = columns.names.len();
        RowBatch {
            columns,
            cells: Cells::Text {
                text: String::new(),
                ends: Vec::new(),
                width,
            },
            ..RowBatch::default()
        }
    }

    /// An empty batch for JSON rows; set `columns` when it is full.
    pub fn of_json() -> RowBatch {
        RowBatch::default()
    }

    /// Appends a row of text cells.
    ///
    /// # Panics
    /// If the batch is not one of text, or the number of cells is not the number of columns:
    /// the reader refuses such a row before it gets here.
    pub fn push_text<'c>(&mut self, place: Place, row: impl Iterator<Item = &'c str>) {
        let Cells::Text { text, ends, width } = &mut self.cells else {
            panic!("a batch of JSON rows takes no text row");
        };
        let before = ends.len();
        for cell in row {
            text.push_str(cell);
            ends.push(u32::try_from(text.len()).expect("a batch stays below 4 GiB"));
        }
        assert_eq!(ends.len() - before, *width, "one cell a column");
        self.places.push(place);
    }

    /// Appends a JSON row: its values by column index (shorter than the columns is fine).
    ///
    /// # Panics
    /// If the batch is one of text.
    pub fn push_json(&mut self, place: Place, row: Vec<Option<Json>>) {
        let Cells::Json(rows) = &mut self.cells else {
            panic!("a batch of text rows takes no JSON row");
        };
        rows.push(row);
        self.places.push(place);
    }

    /// How many rows were read and not refused.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the batch holds no readable row.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Whether the cells are text under a header, so that no further column can appear later.
    pub fn is_text(&self) -> bool {
        matches!(self.cells, Cells::Text { .. })
    }

    /// Bytes of cell text held; a reader closes a batch that has grown enough.
    pub fn text_bytes(&self) -> usize {
        match &self.cells {
            Cells::Text { text, .. } => text.len(),
            Cells::Json(_) => 0,
        }
    }

    /// The rows in file order.
    pub fn rows(&self) -> impl Iterator<Item = RawRow<'_>> {
        (0..self.places.len()).map(|index| RawRow { batch: self, index })
    }
}

/// One row of a batch.
#[derive(Clone, Copy, Debug)]
pub struct RawRow<'a> {
    batch: &'a RowBatch,
    index: usize,
}

impl<'a> RawRow<'a> {
    /// Where it stands.
    pub fn place(&self) -> Place {
        self.batch.places[self.index]
    }

    /// The columns of its batch.
    pub fn columns(&self) -> &'a Columns {
        &self.batch.columns
    }

    /// The cell under that column; `Missing` also for an index beyond the row.
    pub fn cell(&self, column: usize) -> RawValue<'a> {
        match &self.batch.cells {
            Cells::Text { text, ends, width } => {
                if column >= *width {
                    return RawValue::Missing;
                }
                let at = self.index * width + column;
                let start = if at == 0 { 0 } else { ends[at - 1] as usize };
                RawValue::Text(&text[start..ends[at] as usize])
            }
            Cells::Json(rows) => match rows[self.index].get(column) {
                Some(Some(value)) => RawValue::Json(value),
                _ => RawValue::Missing,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_borrow_their_cells_from_the_batch() {
        let columns = Arc::new(Columns {
            names: vec!["a".into(), "b".into()],
        });
        let mut batch = RowBatch::of_text(columns);
        batch.push_text(Place { line: 2, record: 1 }, ["1", ""].into_iter());
        batch.push_text(Place { line: 3, record: 2 }, ["", "é"].into_iter());
        let cells: Vec<_> = batch
            .rows()
            .map(|row| (row.place().line, row.cell(0), row.cell(1), row.cell(2)))
            .collect();
        assert_eq!(
            cells,
            vec![
                (
                    2,
                    RawValue::Text("1"),
                    RawValue::Text(""),
                    RawValue::Missing
                ),
                (
                    3,
                    RawValue::Text(""),
                    RawValue::Text("é"),
                    RawValue::Missing
                ),
            ]
        );
    }
}
