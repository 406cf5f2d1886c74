//! The cells of one CSV record, and the characters by which they were told apart.
//!
//! Cells are ranges of the window; only one with doubled or escaped characters is rewritten, into one buffer
//! for the record.

use super::limits::COLUMNS_MAX;
use crate::model::CellRange;

/// The characters that carry meaning. All ASCII, all different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// What stands between cells.
    pub delimiter: u8,
    /// What encloses a cell; doubled inside, it stands for itself. `None`: nothing does.
    pub quote: Option<u8>,
    /// What takes the meaning from the character behind it, if anything does.
    pub escape: Option<u8>,
    /// Whether a quoted cell may hold line breaks.
    pub multiline: bool,
}

#[cfg(test)]
impl Marks {
    /// RFC 4180 with that delimiter.
    pub(super) fn plain(delimiter: u8) -> Marks {
        Marks {
            delimiter,
            quote: Some(b'"'),
            escape: None,
            multiline: true,
        }
    }
}

/// Why one record cannot be read with certainty though its end is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A quote inside an unquoted cell.
    StrayQuote,
    /// An escape before a character that needs none.
    StrayEscape,
    /// A quoted cell is not closed on its line, and no cell may go on.
    UnclosedQuote,
    /// A quoted cell is followed by text, and no cell may hold a line break.
    TextAfterQuote,
}

/// The cells of one record. Kept and reused, so that no cell costs an allocation.
#[derive(Debug, Default)]
pub(super) struct Record {
    line: u64,
    cells: Vec<CellRange>,
    /// The numbers of the cells that stand in `unquoted`, not in the window.
    rewritten: Vec<usize>,
    /// Cells beyond those that any export has: they are counted only.
    more_cells: usize,
    unquoted: String,
    flaw: Option<(Flaw, usize)>,
    /// How many of its cells are quoted.
    pub(super) quoted: usize,
}

impl Record {
    /// The physical line on which it begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.cells.len() + self.more_cells
    }

    /// What is wrong with it, and the index of the first cell of which that is true.
    pub(super) fn flaw(&self) -> Option<(Flaw, usize)> {
        self.flaw
    }

    /// The cells without their quotes; `text` is the window that was split.
    pub(super) fn cells<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let mut rewritten = self.rewritten.iter().copied().peekable();
        self.cells.iter().enumerate().map(move |(number, cell)| {
            let of = match rewritten.next_if_eq(&number) {
                Some(_) => &self.unquoted,
                None => text,
            };
            &of[cell.bytes()]
        })
    }

    /// The same as they stand in the window; `None` if one had to be rewritten.
    pub(super) fn ranges(&self) -> Option<&[CellRange]> {
        self.rewritten.is_empty().then_some(&self.cells)
    }

    /// Empties it for a record that begins on that line.
    pub(super) fn begin(&mut self, line: u64) {
        self.line = line;
        self.cells.clear();
        self.rewritten.clear();
        self.more_cells = 0;
        self.unquoted.clear();
        self.flaw = None;
        self.quoted = 0;
    }

    /// Notes what is wrong with the cell that comes next.
    pub(super) fn note(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert((flaw, self.len()));
    }

    /// Takes a cell as it stands in the window.
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.keep(CellRange::new(start, end));
    }

    fn keep(&mut self, cell: CellRange) -> bool {
        let is_kept = self.cells.len() <= COLUMNS_MAX;
        match is_kept {
            true => self.cells.push(cell),
            false => self.more_cells += 1,
        }
        is_kept
    }

    /// Takes a text in which each of these characters hides the one behind it.
    pub(super) fn push_hidden(&mut self, text: &str, hiding: [Option<u8>; 2]) {
        let start = self.unquoted.len();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            let hides = u8::try_from(letter).is_ok_and(|byte| hiding.contains(&Some(byte)));
            let shown = if hides { letters.next() } else { Some(letter) };
            self.unquoted.extend(shown);
        }
        if self.keep(CellRange::new(start, self.unquoted.len())) {
            self.rewritten.push(self.cells.len() - 1);
        }
    }
}
