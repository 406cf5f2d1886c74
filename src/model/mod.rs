//! The nouns: what every stage takes and gives. No behaviour beyond their own invariants,
//! and no input or output of any kind.

mod absence;
mod access;
mod answer;
mod boolean;
mod change;
mod event;
mod field;
mod finding;
mod forms;
mod glance;
mod habits;
mod hold;
mod json_rows;
mod key;
mod known;
mod managed;
mod outcome;
mod past;
mod plan;
mod policy;
mod problem;
mod protection;
mod quarantine;
mod review;
mod row;
mod seen;
mod texts;
mod user;

pub use absence::{Absence, AbsenceFigures, AbsenceState, AbsentUser, Orphans, Standing};
pub use access::{Access, SwitchedOff};
pub use answer::{Detail, InFlight};
pub use boolean::boolean;
pub use change::{Action, Change, Effect, FieldChange, Mail};
pub use event::{Event, Progress, Silent};
pub use field::{Field, Kind, Property, Value, ValueRef};
pub use finding::{Finding, FindingVerdict};
pub use forms::{EqualForm, EqualForms};
pub use glance::Glance;
pub use habits::{Bound, Habits};
pub use hold::Hold;
pub use json_rows::{FlatDraft, FlatRow, Scalar};
pub use key::UserKey;
pub use known::{
    Drift, DriftKind, FieldDrift, KnownUser, ListPrint, Origin, RefreshSummary, Refreshed,
};
pub use managed::{AbsentSince, Basis, ExportFigures, GoodRun, Managed, ManagedUsers};
pub use outcome::{AnswerNote, Outcome, Run, RunSummary, Status};
pub use past::{Asked, PastRun};
pub use plan::{GuardReading, GuardVerdict, Plan, PlanSummary, RowCounts};
pub use policy::{FieldPolicies, FieldPolicy};
pub use problem::{Problem, Severity};
pub use protection::Protection;
pub use quarantine::{ChangePrint, Offence, Quarantine};
pub use review::{Approval, Review};
pub use row::{CellRange, Columns, Place, RawRow, RawValue, Refusal, RowBatch, TextRow};
pub use seen::Seen;
pub use texts::Texts;
pub use user::{
    CheckedRow, Draft, DraftValue, Kept, Listed, User, UserRecord, Wanted, WantedRef, display_name,
};
