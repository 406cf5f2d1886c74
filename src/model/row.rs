//! Rows as they were read, before any mapping. A batch owns the bytes; its rows borrow from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Problem;
use super::json_rows::{FlatDraft, FlatRow, JsonRows};

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
    /// Texts that were read, and where each cell stands in them; `cells[row * width + column]`.
    Text {
        /// The text of the file.
        read: String,
        /// Cells that stand in it otherwise than they are.
        rewritten: String,
        cells: Vec<CellRange>,
        width: usize,
    },
    /// Values by column index.
    Json(JsonRows),
}

/// Where a cell begins and ends in the text that its batch holds. The first bit is the batch's own: it says that the
/// cell stands among the rewritten ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRange(u32, u32);

const REWRITTEN: u32 = 1 << 31;

impl CellRange {
    /// From one byte up to another.
    ///
    /// # Panics
    /// Beyond 2 GiB.
    pub fn new(start: usize, end: usize) -> CellRange {
        let index = |at| {
            let at = u32::try_from(at).expect("a batch stays below 2 GiB");
            assert!(at < REWRITTEN, "a batch stays below 2 GiB");
            at
        };
        CellRange(index(start), index(end))
    }

    /// The bytes.
    pub fn bytes(self) -> std::ops::Range<usize> {
        self.0 as usize..self.1 as usize
    }
}

impl Default for Cells {
    fn default() -> Self {
        Cells::Json(JsonRows::default())
    }
}

impl RowBatch {
    /// An empty batch for text cells under these columns; every row has one cell a column.
    pub fn of_text(columns: Arc<Columns>) -> RowBatch {
        let width = columns.names.len();
        RowBatch {
            columns,
            cells: Cells::Text {
                read: String::new(),
                rewritten: String::new(),
                cells: Vec::new(),
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
    /// the reader refuses such a row before it gets here. Beyond 2 GiB.
    pub fn push_text<'c>(&mut self, place: Place, row: impl Iterator<Item = &'c str>) {
        let Cells::Text {
            rewritten,
            cells,
            width,
            ..
        } = &mut self.cells
        else {
            panic!("a batch of JSON rows takes no text row");
        };
        let before = cells.len();
        cells.extend(row.map(|text| {
            let start = rewritten.len();
            rewritten.push_str(text);
            let CellRange(start, end) = CellRange::new(start, rewritten.len());
            CellRange(start | REWRITTEN, end)
        }));
        assert_eq!(cells.len() - before, *width, "one cell a column");
        self.places.push(place);
    }

    /// Appends a row of cells as they stand in the text that the batch will [hold](RowBatch::hold).
    ///
    /// # Panics
    /// As [`push_text`](RowBatch::push_text).
    pub fn push_ranges(&mut self, place: Place, row: &[CellRange]) {
        let Cells::Text { cells, width, .. } = &mut self.cells else {
            panic!("a batch of JSON rows takes no text row");
        };
        assert_eq!(row.len(), *width, "one cell a column");
        cells.extend_from_slice(row);
        self.places.push(place);
    }

    /// Makes room for rows that were read from so many bytes.
    pub fn reserve(&mut self, bytes: usize) {
        /// Rows of people are longer, mostly.
        const BYTES_OF_A_ROW: usize = 96;
        if let Cells::Text { cells, width, .. } = &mut self.cells {
            cells.reserve(bytes / BYTES_OF_A_ROW * *width);
        }
    }

    /// Holds the text in which cells were found.
    pub fn hold(&mut self, text: &str) {
        if let Cells::Text { read, .. } = &mut self.cells {
            text.clone_into(read);
        }
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

    /// Appends a JSON row without lists and objects, if `read` can read it into the draft; says whether.
    ///
    /// # Panics
    /// If the batch is one of text. Beyond 2 GiB.
    pub fn push_flat(
        &mut self,
        place: Place,
        read: impl FnOnce(&mut FlatDraft<'_>) -> bool,
    ) -> bool {
        let Cells::Json(rows) = &mut self.cells else {
            panic!("a batch of text rows takes no JSON row");
        };
        let mut draft = FlatDraft::new(rows);
        let is_read = read(&mut draft);
        if is_read {
            draft.finish();
            self.places.push(place);
        }
        is_read
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

    /// The rows in file order.
    pub fn rows(&self) -> impl Iterator<Item = RawRow<'_>> {
        (0..self.places.len()).map(|index| self.row(index))
    }

    /// The row at that place, from 0.
    pub fn row(&self, index: usize) -> RawRow<'_> {
        RawRow { batch: self, index }
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

    /// Its cells, if they are text.
    #[inline]
    pub fn texts(&self) -> Option<TextRow<'a>> {
        match &self.batch.cells {
            Cells::Text {
                read,
                rewritten,
                cells,
                width,
            } => Some(TextRow {
                read,
                rewritten,
                cells: &cells[self.index * width..(self.index + 1) * width],
            }),
            Cells::Json(_) => None,
        }
    }

    /// Its cells, if they are JSON and none is a list or an object.
    pub fn flat(&self) -> Option<FlatRow<'a>> {
        match &self.batch.cells {
            Cells::Json(rows) => rows.flat(self.index),
            Cells::Text { .. } => None,
        }
    }

    /// A batch with a copy of this row alone, if its cells are text.
    pub fn alone(&self) -> Option<RowBatch> {
        let cells = self.texts()?;
        let width = self.batch.columns.names.len();
        let mut alone = RowBatch::of_text(self.batch.columns.clone());
        let texts = (0..width).map(|column| cells.cell(column).unwrap_or_default());
        alone.push_text(self.place(), texts);
        Some(alone)
    }

    /// The cell under that column; `Missing` also for an index beyond the row.
    pub fn cell(&self, column: usize) -> RawValue<'a> {
        match &self.batch.cells {
            Cells::Text { .. } => {
                let text = self.texts().and_then(|texts| texts.cell(column));
                text.map_or(RawValue::Missing, RawValue::Text)
            }
            Cells::Json(rows) => {
                let value = rows.cell(self.index, column);
                value.map_or(RawValue::Missing, RawValue::Json)
            }
        }
    }
}

/// The cells of a row of text, for who looks at many of them.
#[derive(Clone, Copy, Debug)]
pub struct TextRow<'a> {
    read: &'a str,
    rewritten: &'a str,
    cells: &'a [CellRange],
}

impl<'a> TextRow<'a> {
    /// The cell under that column.
    #[inline]
    pub fn cell(&self, column: usize) -> Option<&'a str> {
        let CellRange(start, end) = *self.cells.get(column)?;
        let text = match start & REWRITTEN {
            0 => self.read,
            _ => self.rewritten,
        };
        text.get((start & !REWRITTEN) as usize..end as usize)
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
        let found = [CellRange::new(0, 0), CellRange::new(1, 3)];
        batch.push_ranges(Place { line: 3, record: 2 }, &found);
        batch.hold("(é)");
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
