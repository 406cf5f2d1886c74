//! changes → Plan: in which order, in which chunks, with how many calls, and for how long.
//!
//! The order is what the tenant needs: first what takes access or frees something, then creates and
//! updates, deletes last. The chunks are cut by users and by encoded bytes while sending, because what a
//! user weighs is known only from his fresh base; [`estimate`] says beforehand what that will cost.
//! When a chunk is refused, [`Piece`] re-cuts it until the offender stands alone. Never sends, never waits.

mod canary;
mod estimate;
mod id;
mod order;
mod queue;
mod recut;

pub use canary::{CANARY_USERS_MAX, CanaryDue, Unplanned, unplanned_changes};
pub use estimate::{Estimate, Pace, estimate};
pub use id::plan_id;
pub use order::{Phase, phases};
pub use queue::Queue;
pub use recut::{Cut, CutWhy, Piece, suspects};
