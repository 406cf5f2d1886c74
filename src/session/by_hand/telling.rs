//! What came of a call by hand, told.

use serde::Serialize;
use serde_json::Value as Json;

use crate::model::Detail;
use crate::report::escape;
use crate::session::Console;

use super::failures::detail_line;

/// What came of a write, as the one JSON document of its command.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    /// What was done, e.g. `user_delete`.
    pub call: &'static str,
    /// To whom or what.
    pub id: &'a str,
    /// `applied` or `unchanged`.
    pub status: &'static str,
    /// What changed: name, before and after. Empty where that is not known.
    pub changes: Vec<Json>,
    /// What the tenant said beside.
    pub warnings: Vec<Detail>,
}

impl<'a> Told<'a> {
    /// Carried out.
    pub fn applied(call: &'static str, id: &'a str, warnings: Vec<Detail>) -> Told<'a> {
        Told {
            call,
            id,
            status: "applied",
            changes: Vec::new(),
            warnings,
        }
    }

    /// It was so already, and nothing was sent.
    pub fn unchanged(call: &'static str, id: &'a str) -> Told<'a> {
        Told {
            status: "unchanged",
            ..Told::applied(call, id, Vec::new())
        }
    }

    /// The same with what changed.
    pub fn with_changes(self, changes: Vec<Json>) -> Told<'a> {
        Told { changes, ..self }
    }

    /// Prints it: the document, or the sentence and the tenant's warnings.
    pub fn tell(&self, console: &Console, sentence: &str) {
        console.document(self);
        console.text(&format!("{}\n", escape(sentence)));
        for warning in &self.warnings {
            console.warn(&format!("the tenant says: {}", detail_line(warning)));
        }
    }
}
