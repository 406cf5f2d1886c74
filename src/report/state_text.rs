//! What care of the store found or removed → text.

use jiff::Timestamp;
use serde::Serialize;

use super::View;
use super::escape::escape;
use super::page::Page;
use super::words::{count, counted};

/// A store, or a copy of one, that was read to its last row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExaminedStore {
    /// The file.
    pub path: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// The version of its schema.
    pub schema: i64,
    /// Whose it is.
    pub tenant: String,
    /// Runs.
    pub runs: u64,
    /// Calls of runs whose end is not known.
    pub in_flight: u64,
    /// Calls by hand.
    pub calls: u64,
    /// Users whose state is known.
    pub users: u64,
    /// Users for whom a source answers.
    pub managed: u64,
}

/// What was removed from the state directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cared {
    /// What was asked for, as a sentence without a full stop.
    pub done: String,
    /// Everything before that went; `None` where age did not matter.
    pub before: Option<Timestamp>,
    /// Runs that were removed, or from which the person was taken.
    pub runs: Vec<String>,
    /// Calls by hand, likewise.
    pub calls: u64,
    /// Stored users that were removed.
    pub users: u64,
    /// Sources that answered for the person.
    pub sources: Vec<String>,
    /// Files that were removed: reports and saved plans.
    pub files: Vec<String>,
}

/// A store for a terminal; `word` says what was done with it: "Whole".
pub fn examined_text(word: &str, store: &ExaminedStore, view: &View) -> String {
    let mut page = Page::new(view);
    page.paragraph(0, 4, &format!("{word}: {}", escape(&store.path)));
    page.paragraph(0, 4, &format!("Tenant: {}", escape(&store.tenant)));
    let mut holds = vec![
        counted(store.runs, "run", "runs"),
        counted(store.calls, "call by hand", "calls by hand"),
        counted(store.users, "stored user", "stored users"),
        counted(store.managed, "managed user", "managed users"),
    ];
    if store.in_flight > 0 {
        let calls = counted(store.in_flight, "call", "calls");
        holds.push(format!(
            "{calls} whose end is not known: the next run settles that"
        ));
    }
    page.paragraph(0, 4, &format!("Holds {}", holds.join(", ")));
    let bytes = count(store.bytes);
    page.paragraph(
        0,
        4,
        &format!("{bytes} bytes, schema version {}", store.schema),
    );
    page.finish()
}

/// What was removed, for a terminal.
pub fn cared_text(cared: &Cared, view: &View) -> String {
    let mut page = Page::new(view);
    page.paragraph(0, 4, &escape(&cared.done));
    for run in &cared.runs {
        page.paragraph(4, 8, &format!("run {}", escape(run)));
    }
    for source in &cared.sources {
        page.paragraph(4, 8, &format!("managed by source {}", escape(source)));
    }
    for (number, one, many) in [
        (cared.calls, "call by hand", "calls by hand"),
        (cared.users, "stored user", "stored users"),
    ] {
        if number > 0 {
            page.paragraph(4, 8, &counted(number, one, many));
        }
    }
    for file in &cared.files {
        page.paragraph(4, 8, &format!("{} removed", escape(file)));
    }
    page.finish()
}
