//! A window of JSON text → batches of rows. Top-level keys are the columns, in order of appearance.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crate::model::{Columns, Place, Problem, Refusal, RowBatch};

use super::element::{Element, Fault, Shape, Step};
use super::elements::Elements;
use super::error::InputError;
use super::flat_object::read_flat;
use super::json_value::{Defect, parse_object};
use super::limits::{COLUMNS_MAX, DEPTH_MAX, QUOTED_CHARS_MAX, RECORD_BYTES_MAX};
use super::window::Window;

/// Reads the elements of one pass.
#[derive(Debug)]
pub(super) struct JsonReader {
    file: Arc<str>,
    elements: Elements,
    columns: Arc<Columns>,
    column_of: HashMap<Box<str>, usize>,
    records: u64,
    ended: bool,
    has_told: bool,
    /// The numbers of the records that are given, if not all; sorted.
    wanted: Option<VecDeque<u64>>,
}

impl JsonReader {
    /// A reader at the beginning of the file; the paths are those of the elements and of their number.
    pub(super) fn new(
        file: &Arc<str>,
        shape: Shape,
        path: Option<Arc<[String]>>,
        total: Option<Arc<[String]>>,
    ) -> JsonReader {
        JsonReader {
            file: file.clone(),
            elements: Elements::at_path(shape, path, total),
            columns: Arc::default(),
            column_of: HashMap::new(),
            records: 0,
            ended: false,
            has_told: false,
            wanted: None,
        }
    }

    /// Gives only the records of those numbers, which are sorted; of the others nothing is looked at but where they end.
    pub(super) fn give_only(&mut self, records: &[u64]) {
        self.wanted = Some(records.iter().copied().collect());
    }

    /// The keys met so far.
    pub(super) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// The next rows; `None` at the end.
    pub(super) fn batch(
        &mut self,
        window: &mut Window<'_>,
    ) -> Result<Option<RowBatch>, InputError> {
        let mut batch = RowBatch::of_json();
        loop {
            let (text, last) = window.text()?;
            let used = self.take(text, last, &mut batch)?;
            window.consume(used);
            if !batch.is_empty() || !batch.refused.is_empty() {
                batch.columns = self.columns.clone();
                return Ok(Some(batch));
            }
            if self.ended {
                let told = std::mem::replace(&mut self.has_told, true);
                batch.problems.extend(self.more_pages().filter(|_| !told));
                batch.columns = self.columns.clone();
                return Ok((!batch.problems.is_empty()).then_some(batch));
            }
            if window.len() > RECORD_BYTES_MAX {
                return Err(self.too_long(self.elements.line()));
            }
            window.more()?;
        }
    }

    /// The number of rows that the document says, where the person says that it does.
    pub(super) fn total(&self) -> Option<u64> {
        self.elements.beside().total
    }

    /// A service gave its answer by pages, and this is one of them.
    fn more_pages(&self) -> Option<Problem> {
        let key = self.elements.beside().next_page.as_ref()?;
        let message =
            format!("\"{key}\" beside the rows names a next page: more people may stand there");
        let hint = "fetch all pages into one export; [source] control_total = \"$.total\" refuses an export with fewer rows than a number in it says";
        Some(
            Problem::warning("more_pages", message)
                .file(&self.file)
                .hint(hint),
        )
    }

    /// Takes every element that is complete in the text; gives the bytes used.
    fn take(&mut self, text: &str, last: bool, batch: &mut RowBatch) -> Result<usize, InputError> {
        let mut at = 0;
        loop {
            match self.elements.step(text, &mut at, last) {
                Ok(Step::Element(element)) => self.row(text, &element, batch)?,
                Ok(Step::Incomplete) => return Ok(at),
                Ok(Step::End) => {
                    self.ended = true;
                    return Ok(at);
                }
                Err(fault) => return Err(self.broken(fault)),
            }
        }
    }

    fn row(
        &mut self,
        text: &str,
        element: &Element,
        batch: &mut RowBatch,
    ) -> Result<(), InputError> {
        if element.end - element.start > RECORD_BYTES_MAX {
            return Err(self.too_long(element.line));
        }
        self.records += 1;
        let place = Place {
            line: element.line,
            record: self.records,
        };
        if self.is_passed_over() {
            return Ok(());
        }
        let text = &text[element.start..element.end];
        let (columns, column_of) = (&self.columns, &self.column_of);
        let is_flat = element.depth == 1
            && batch.push_flat(place, |row| read_flat(text, columns, column_of, row));
        if is_flat {
            return Ok(());
        }
        match parse_object(text, element) {
            Ok(object) => batch.push_json(place, self.cells(object, place)?),
            Err(defect) => batch.refused.push(Refusal {
                place,
                user_id: None,
                problems: vec![problem(defect, text, place).file(&self.file)],
            }),
        }
        Ok(())
    }

    /// Whether the element that was counted last is not wanted.
    fn is_passed_over(&mut self) -> bool {
        let Some(wanted) = &mut self.wanted else {
            return false;
        };
        while wanted.front().is_some_and(|wanted| *wanted < self.records) {
            wanted.pop_front();
        }
        wanted.front() != Some(&self.records)
    }

    /// The object's values by column index; new keys become columns.
    fn cells(
        &mut self,
        object: Map<String, Json>,
        place: Place,
    ) -> Result<Vec<Option<Json>>, InputError> {
        let mut cells = Vec::with_capacity(self.columns.names.len());
        for (guess, (key, value)) in object.into_iter().enumerate() {
            let column = self.column(guess, key, place)?;
            if column >= cells.len() {
                cells.resize(column + 1, None);
            }
            cells[column] = Some(value);
        }
        Ok(cells)
    }

    /// The column of a key. Objects of one export mostly have the same keys in the same order: `guess` is right.
    fn column(&mut self, guess: usize, key: String, place: Place) -> Result<usize, InputError> {
        if self
            .columns
            .names
            .get(guess)
            .is_some_and(|name| **name == *key)
        {
            return Ok(guess);
        }
        if let Some(&column) = self.column_of.get(&*key) {
            return Ok(column);
        }
        let column = self.columns.names.len();
        if column == COLUMNS_MAX {
            let message = format!("the objects have more than {COLUMNS_MAX} different keys");
            return Err(InputError::new(&self.file, "too_many_columns", message)
                .line(place.line)
                .hint("keys must be names, not data such as ids"));
        }
        let key = key.into_boxed_str();
        Arc::make_mut(&mut self.columns).names.push(key.clone());
        self.column_of.insert(key, column);
        Ok(column)
    }

    fn broken(&self, fault: Fault) -> InputError {
        let hint = match fault.code {
            "json_truncated" => "the export is incomplete: was it copied while it was written?",
            "json_string" => "inside a string a line break is written \\n",
            "json_path" => {
                "the path is written $.data.workers, with the keys as the export spells them"
            }
            "json_junk" => "an array, {\"Users\": […]}, or one object a line; nothing else",
            _ => {
                "one bad line does not spoil the rest if the export is written as one object a line (NDJSON)"
            }
        };
        InputError::new(&self.file, fault.code, fault.message)
            .line(fault.line)
            .hint(hint)
    }

    fn too_long(&self, line: u64) -> InputError {
        let message =
            format!("the element that begins on this line is longer than {RECORD_BYTES_MAX} bytes");
        InputError::new(&self.file, "record_too_long", message)
            .line(line)
            .hint("an array of objects, {\"Users\": […]}, or one object a line is expected")
    }
}

fn problem(defect: Defect, text: &str, place: Place) -> Problem {
    let element = format!("element {}", place.record);
    match defect {
        Defect::Syntax {
            message,
            lines_before,
        } => Problem::error(
            "invalid_json",
            format!("{element} is not valid JSON: {message}"),
        )
        .line(place.line + lines_before),
        Defect::NotAnObject => {
            Problem::error("not_an_object", format!("{element} is not a JSON object"))
                .value(text.chars().take(QUOTED_CHARS_MAX).collect::<String>())
                .at(place)
        }
        Defect::RepeatedKey(key) => {
            let message = format!("{element} holds the key \"{key}\" twice in the same object");
            Problem::error("repeated_key", message)
                .column(key)
                .at(place)
        }
        Defect::TooDeep => {
            let message = format!("{element} is nested deeper than {DEPTH_MAX} levels");
            Problem::error("too_deep", message).at(place)
        }
    }
}
