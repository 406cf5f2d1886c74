//! The last records of a CSV file, where the person says that they are no rows.

use std::collections::VecDeque;

/// Records that wait until it is known whether they are among the last.
#[derive(Debug, Default)]
pub(super) struct Footer {
    size: usize,
    waiting: VecDeque<Waiting>,
}

/// One record as it stands in the file.
#[derive(Debug)]
pub(super) struct Waiting {
    /// Its text, with its line break.
    pub text: String,
    /// The physical line on which it begins.
    pub line: u64,
}

impl Footer {
    /// A footer of that many records.
    pub(super) fn new(size: usize) -> Footer {
        Footer {
            size,
            waiting: VecDeque::new(),
        }
    }

    /// Whether there is none, so that no record has to wait.
    pub(super) fn is_none(&self) -> bool {
        self.size == 0
    }

    /// The records that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter()
    }

    /// The records that wait still, once the file has ended.
    pub(super) fn take(&mut self) -> VecDeque<Waiting> {
        std::mem::take(&mut self.waiting)
    }

    /// Lets a record wait; gives the one that is now known to be a row.
    pub(super) fn pass(&mut self, text: &str, line: u64) -> Option<Waiting> {
        self.waiting.push_back(Waiting {
            text: text.to_owned(),
            line,
        });
        match self.waiting.len() > self.size {
            true => self.waiting.pop_front(),
            false => None,
        }
    }
}
