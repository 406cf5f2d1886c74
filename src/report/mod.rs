//! Plans and finished runs → what people and programs read: terminal text, JSON and CSV files, progress.
//!
//! Pure folds over values that others made; nothing here counts by hand, and the same value gives the same text.
//! Only `files` and `users_file` write files and only `progress` writes to the terminal by itself.
//! What the report never does: read the terminal, the clock (but for rates) or the environment; send a control
//! character of foreign text to a terminal; leave out that something was left out.

mod absence_text;
mod begun_text;
mod change_line;
mod csv;
mod escape;
mod explain_text;
mod files;
mod findings_text;
mod fold;
mod foreseen_text;
mod history_text;
mod objects_text;
mod page;
mod plan_html;
mod plan_text;
pub mod preview;
mod problems;
mod progress;
mod refresh_text;
mod run_text;
mod settings_text;
mod source_text;
mod state_text;
mod status_text;
mod table;
mod users_file;
mod validation_text;
mod words;

#[cfg(test)]
mod samples;

pub use begun_text::begun_text;
pub use csv::write_csv;
pub use escape::{escape, quote};
pub use explain_text::{
    Explained, ExplainedCall, ExplainedChange, ExplainedRun, KnownAs, ManagedBy, explain_text,
};
pub use files::{report_files, write_private_file, write_run_files};
pub use findings_text::{findings_text, habits_text};
pub use fold::{Ends, adds_up, fold_run};
pub use foreseen_text::{Foreseen, ForeseenRow, ForeseenValue, foreseen_text};
pub use history_text::{History, PastCall, PastEntry, history_text};
pub use objects_text::{changes_text, ids_text, object_text, users_text};
pub use page::{View, broken};
pub use plan_html::{PlanPage, plan_html};
pub use plan_text::plan_text;
pub use preview::evidence_text;
pub use problems::problems_text;
pub use progress::{Bars, Lines, ProgressDisplay};
pub use refresh_text::refresh_text;
pub use run_text::run_text;
pub use settings_text::settings_text;
pub use source_text::{Adopted, SourceSwitch, adopted_text, switch_text};
pub use state_text::{Cared, ExaminedStore, cared_text, examined_text};
pub use status_text::{SourceStatus, Standing, status_text};
pub use users_file::{UserColumns, UsersForm, write_users_file};
pub use validation_text::validation_text;
pub use words::{count, counted, duration};
