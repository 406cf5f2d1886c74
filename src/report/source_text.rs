//! What a person has said of a source, told back to him.

use jiff::Timestamp;
use serde::Serialize;

use super::View;
use super::escape::escape;
use super::page::Page;
use super::words::counted;

/// Whether a source may send, after a person has said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceSwitch {
    /// The source.
    pub source: String,
    /// Whether it is paused now.
    pub paused: bool,
    /// Why it is, or was.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Whether that was otherwise before.
    pub changed: bool,
}

/// Who belongs to a source, after a person has said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adopted {
    /// The source.
    pub source: String,
    /// Users who are managed by it now and were not before.
    pub adopted: u64,
    /// Users who were managed by it and are not any more.
    pub disowned: u64,
    /// Users of the file of whom nothing had to change.
    pub unchanged: u64,
    /// Users of the file whom other sources list too.
    pub elsewhere: Vec<Box<str>>,
    /// How many it manages now.
    pub managed: u64,
}

/// The state of a source for a terminal.
pub fn switch_text(switch: &SourceSwitch, view: &View) -> String {
    let mut page = Page::new(view);
    let source = escape(&switch.source);
    let told = match (switch.paused, switch.changed) {
        (true, true) => format!(
            "The source {source} is paused: nothing is sent for it, and a run at work stops before its next call"
        ),
        (true, false) => format!("The source {source} stays paused; the reason is a new one"),
        (false, true) => format!("The source {source} may send again"),
        (false, false) => format!("The source {source} was not paused"),
    };
    page.paragraph(0, 4, &told);
    if let Some(reason) = &switch.reason {
        let since = switch.since.map(|at| format!(" since {at:.0}"));
        let was = if switch.paused {
            "reason"
        } else {
            "was paused"
        };
        let reason = escape(reason);
        page.paragraph(
            4,
            8,
            &format!("{was}{}: {reason}", since.unwrap_or_default()),
        );
    }
    page.finish()
}

/// Whom a source manages, for a terminal.
pub fn adopted_text(adopted: &Adopted, view: &View) -> String {
    const SHOWN: usize = 10;
    let mut page = Page::new(view);
    let source = escape(&adopted.source);
    let users = |number| counted(number, "user", "users");
    let done = match (adopted.adopted, adopted.disowned) {
        (0, 0) => "Nothing had to change".to_owned(),
        (new, 0) => format!("Adopted {}", users(new)),
        (_, gone) => format!("Disowned {}", users(gone)),
    };
    let managed = users(adopted.managed);
    page.paragraph(
        0,
        4,
        &format!("{done}; the source {source} manages {managed}"),
    );
    if adopted.unchanged > 0 && adopted.adopted + adopted.disowned > 0 {
        let unchanged = users(adopted.unchanged);
        page.paragraph(4, 8, &format!("{unchanged} in the file were so already"));
    }
    if !adopted.elsewhere.is_empty() {
        let first = adopted
            .elsewhere
            .iter()
            .take(SHOWN)
            .map(|user_id| escape(user_id));
        let first: Vec<String> = first.map(|user_id| user_id.to_string()).collect();
        let more = match adopted.elsewhere.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let who = first.join(", ");
        page.paragraph(
            4,
            8,
            &format!("another source lists {who}{more} too: [source] precedence says which one counts, else their changes are held"),
        );
    }
    page.finish()
}
