//! Bad input as data: a problem with its place, collected and shown together with all others.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Place;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was left out or refused.
    Error,
    /// Worth a look; nothing was left out.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for the kind of problem, e.g. `invalid_email`. Snake case, never renamed.
    pub code: String,
    /// The file as the person named it (`-` for standard input).
    pub file: Option<Arc<str>>,
    /// Physical line in that file, from 1.
    pub line: Option<u64>,
    /// The column (or JSON key) as the file spells it.
    pub column: Option<String>,
    /// The user it concerns, where one was read.
    pub user_id: Option<String>,
    /// The offending value, as read.
    pub value: Option<String>,
    /// What is wrong, as one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    /// An error with that code and message; the builder methods add the rest.
    pub fn error(code: &str, message: impl Into<String>) -> Problem {
        Problem::new(Severity::Error, code, message)
    }

    /// A warning with that code and message.
    pub fn warning(code: &str, message: impl Into<String>) -> Problem {
        Problem::new(Severity::Warning, code, message)
    }

    fn new(severity: Severity, code: &str, message: impl Into<String>) -> Problem {
        Problem {
            severity,
            code: code.to_owned(),
            file: None,
            line: None,
            column: None,
            user_id: None,
            value: None,
            message: message.into(),
            hint: None,
        }
    }

    /// Names the file.
    pub fn file(mut self, file: &Arc<str>) -> Problem {
        self.file = Some(file.clone());
        self
    }

    /// Names the line of that place.
    pub fn at(mut self, place: Place) -> Problem {
        self.line = Some(place.line);
        self
    }

    /// Names the physical line, from 1.
    pub fn line(mut self, line: u64) -> Problem {
        self.line = Some(line);
        self
    }

    /// Names the column; a very long name is cut.
    pub fn column(mut self, column: impl Into<String>) -> Problem {
        self.column = Some(shortened(column.into()));
        self
    }

    /// Names the user.
    pub fn user(mut self, user_id: impl Into<String>) -> Problem {
        self.user_id = Some(user_id.into());
        self
    }

    /// Quotes the value; a very long one is cut.
    pub fn value(mut self, value: impl Into<String>) -> Problem {
        self.value = Some(shortened(value.into()));
        self
    }

    /// Says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hint = Some(hint.into());
        self
    }

    /// Whether this is an error rather than a warning.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Longest value or column name that a problem quotes: enough to recognise it, and a hostile file
/// of megabyte cells does not come back as gigabytes of report.
const QUOTE_CHARS_MAX: usize = 200;

fn shortened(mut text: String) -> String {
    if let Some((cut, _)) = text.char_indices().nth(QUOTE_CHARS_MAX) {
        text.truncate(cut);
        text.push('…');
    }
    text
}
