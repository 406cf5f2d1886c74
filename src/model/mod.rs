//! The nouns: what every stage takes and gives. No behaviour beyond their own invariants,
//! and no input or output of any kind.

mod answer;
mod change;
mod event;
mod field;
mod finding;
mod forms;
mod habits;
mod key;
mod outcome;
mod past;
mod plan;
mod problem;
mod review;
mod row;
mod seen;
mod user;

pub use answer::{Detail, InFlight};
pub use change::{Action, Change, Effect, FieldChange, Hold};
pub use event::{Event, Progress, Silent};
pub use field::{Field, Kind, Property, Value};
pub use finding::{Finding, FindingVerdict};
pub use forms::{EqualForm, EqualForms};
pub use habits::{Bound, Habits};
pub use key::UserKey;
pub use outcome::{AnswerNote, Outcome, Run, RunSummary, Status};
pub use past::{Asked, PastRun};
pub use plan::{Absence, AbsenceState, GuardReading, GuardVerdict, Plan, PlanSummary, RowCounts};
pub use problem::{Problem, Severity};
pub use review::{Approval, Review};
pub use row::{Columns, Place, RawRow, RawValue, Refusal, RowBatch};
pub use seen::Seen;
pub use user::{Draft, DraftValue, User, UserRecord, Wanted};
