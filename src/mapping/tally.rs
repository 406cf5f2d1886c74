//! What only the whole file can tell about one column: how often it says blank in words, and whether
//! any row had it at all. Counted while rows are mapped, by several hands if need be.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::cell::{BLANK_WORDS_MAX, BlankWords};
use crate::model::Problem;

/// The count of one column.
#[derive(Debug)]
pub(super) struct Tally {
    cells: AtomicU64,
    first_line: AtomicU64,
    /// One bit for each of the field's blank words.
    words: AtomicU64,
    met: AtomicBool,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            cells: AtomicU64::new(0),
            first_line: AtomicU64::new(u64::MAX),
            words: AtomicU64::new(0),
            met: AtomicBool::new(false),
        }
    }
}

impl Tally {
    /// Counts a cell that says blank by that word.
    pub(super) fn count(&self, word: usize, line: u64) {
        self.cells.fetch_add(1, Relaxed);
        self.first_line.fetch_min(line, Relaxed);
        self.words.fetch_or(1 << word, Relaxed);
    }

    /// Notes that a row has the column.
    pub(super) fn meet(&self) {
        if !self.met.load(Relaxed) {
            self.met.store(true, Relaxed);
        }
    }

    /// Whether any row had the column.
    pub(super) fn was_met(&self) -> bool {
        self.met.load(Relaxed)
    }

    /// One warning for the whole column, if it said blank in words.
    pub(super) fn blank_words(&self, column: &str, words: &BlankWords) -> Option<Problem> {
        let cells = self.cells.load(Relaxed);
        if cells == 0 {
            return None;
        }
        let used = self.words.load(Relaxed);
        let words: Vec<String> = (0..BLANK_WORDS_MAX)
            .filter(|place| used & (1 << place) != 0)
            .map(|place| format!("\"{}\"", words.at(place)))
            .collect();
        let verb = if words.len() == 1 { "was" } else { "were" };
        let cells = match cells {
            1 => "1 cell".to_owned(),
            cells => format!("{cells} cells"),
        };
        let message = format!("{} {verb} read as blank in {cells}", words.join(", "));
        let problem = Problem::warning("blank_word", message)
            .column(column)
            .line(self.first_line.load(Relaxed))
            .hint("to send such a word as it is, list it in `values` of the field in [map], or list the field's own `blank_words`");
        Some(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Field;

    fn words() -> BlankWords {
        BlankWords::of(&Field::named("Email").unwrap(), None)
    }

    #[test]
    fn a_column_without_blank_words_has_nothing_to_say() {
        assert_eq!(Tally::default().blank_words("mail", &words()), None);
    }

    #[test]
    fn a_million_blank_words_are_one_warning() {
        let tally = Tally::default();
        for (word, line) in [("N/A", 9), ("null", 4), ("n/a", 12)] {
            tally.count(words().place(word).unwrap(), line);
        }
        let warning = tally.blank_words("mail", &words()).unwrap();
        assert_eq!(
            warning.message,
            "\"null\", \"n/a\" were read as blank in 3 cells"
        );
        assert_eq!((warning.line, warning.is_error()), (Some(4), false));
        assert_eq!(warning.column.as_deref(), Some("mail"));
    }
}
