//! What must outlive the process → one SQLite file in the state directory: runs, the journal of operations and
//! attempts, the rate limiter's memory, the last known state of each user, the properties that users were seen with,
//! who is managed by which source.
//!
//! **Journal before wire**: an attempt is on the disk before its request leaves, and only the store makes the
//! [`InFlight`](crate::model::InFlight) that the client asks for. The journal only ever grows: an operation is
//! in flight when it belongs to an attempt without a settlement, and ended when it has an outcome; nothing is
//! rewritten, so that a kill or a power cut at any instant leaves a state that can be read.
//!
//! All SQL but the sandbox's is here, behind a narrow face of whole steps, each one transaction. What the store
//! never does: send, decide, retry a failed write, mend or delete a file that it cannot read, keep a password.

mod amendments;
mod calls;
mod care;
mod check;
mod create;
mod dir;
mod error;
mod forget;
mod forms;
mod good_runs;
mod habits;
mod journal;
mod limiter_state;
mod lock;
mod log;
mod log_check;
mod managed;
mod migrations;
mod open;
mod past;
mod pauses;
mod plans;
mod presence;
mod properties;
mod purge;
mod quarantine;
mod recovery;
mod rows;
mod runs;
mod switched_off;
mod tenant;
mod traces;
mod users;
mod written;

#[cfg(test)]
mod tests;

pub use calls::{CallEntry, EndOfCall, HandCall};
pub use care::Examined;
pub use dir::StateDir;
pub use error::StoreError;
pub use forget::{FORGOTTEN, Person};
pub use journal::{Attempt, Rest, Sent, Settlement, UnsettledAttempt};
pub use lock::{Holder, RunLock};
pub use open::Store;
pub use pauses::Pause;
pub use plans::PlanUse;
pub use purge::Purged;
pub use recovery::Calls;
pub use runs::{EndOfRun, EndRecord, RunEnd, RunRecord};
pub use tenant::TenantIdentity;
pub use traces::Traces;
pub use users::Listed;
pub use written::Written;
