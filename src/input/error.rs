//! Why a whole file is refused: a problem with its place, and what the system said beneath it.

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::model::Problem;

/// The whole file is refused. A refused row is no such error: it travels in its batch.
#[derive(Debug)]
pub struct InputError {
    /// What is wrong, where, and what to do about it.
    pub problem: Box<Problem>,
    cause: Option<io::Error>,
}

impl InputError {
    /// An error in that file; the builder methods add the rest.
    pub(super) fn new(file: &Arc<str>, code: &str, message: impl Into<String>) -> InputError {
        InputError {
            problem: Box::new(Problem::error(code, message).file(file)),
            cause: None,
        }
    }

    /// Names the physical line, from 1.
    pub(super) fn line(mut self, line: u64) -> InputError {
        self.problem.line = Some(line);
        self
    }

    /// Names the column.
    pub(super) fn column(mut self, column: impl Into<String>) -> InputError {
        self.problem.column = Some(column.into());
        self
    }

    /// Says what to do.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> InputError {
        self.problem.hint = Some(hint.into());
        self
    }

    /// Keeps what the system said.
    pub(super) fn caused_by(mut self, cause: io::Error) -> InputError {
        self.cause = Some(cause);
        self
    }
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem.file.as_deref() {
            Some("-") => f.write_str("standard input")?,
            Some(file) => f.write_str(file)?,
            None => f.write_str("input")?,
        }
        if let Some(line) = self.problem.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.problem.message)
    }
}

impl std::error::Error for InputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn it_names_the_place_and_keeps_the_cause() {
        let bare = InputError::new(&"users.csv".into(), "x", "is odd");
        assert_eq!(bare.to_string(), "users.csv: is odd");
        assert!(bare.source().is_none());

        let full = InputError::new(&"-".into(), "x", "is odd")
            .line(7)
            .caused_by(io::Error::other("deep"));
        assert_eq!(full.to_string(), "standard input, line 7: is odd");
        assert_eq!(
            full.source().map(ToString::to_string).as_deref(),
            Some("deep")
        );
    }
}
