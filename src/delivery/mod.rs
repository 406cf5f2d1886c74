//! The only loop that acts: limiter → journal `in_flight` → send → verdict → retry, re-cut or settle.
//!
//! What a killed process left in flight is settled first (`earlier`). Then a plan's changes go out phase by
//! phase. Each piece is prepared on fresh bases (`decide`), announced in the journal and sent (`attempt`);
//! its answer is settled in one place (`settle`, `recover`), so that every change has exactly one end or
//! none; at the end written users are read again (`verify`). Delivery never decides what should change, and it
//! knows no way to the tenant that does not pass the journal: the client's bulk call takes the proof that only
//! the store can give.

mod attempt;
mod blame;
mod context;
mod decide;
mod driver;
mod earlier;
mod known;
mod prepare;
mod recover;
mod settle;
mod stop;
mod verify;

pub use earlier::Earlier;
pub use stop::Stop;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::api::{Reader, Writer};
use crate::fetch::{Bases, Pace, Reads};
use crate::model::{AnswerNote, Event, Outcome, Plan, Problem, Progress, Protection};
use crate::pacing::RetryPolicy;
use crate::store::Store;

/// What delivery works with.
pub struct Tools {
    /// Reads fresh bases and reads back.
    pub reads: Arc<Reads>,
    /// Renews the token that both share.
    pub reader: Arc<Reader>,
    /// Sends bulk calls.
    pub writer: Arc<Writer>,
    /// Says when a call may leave.
    pub pace: Arc<Pace>,
    /// The journal.
    pub store: Arc<Mutex<Store>>,
    /// Hears what happens.
    pub progress: Arc<dyn Progress>,
    /// Cancelled when a person or the system asks to stop.
    pub interrupt: CancellationToken,
    /// Who never loses access, whatever the plan says.
    pub protection: Arc<Protection>,
}

/// How delivery behaves. Checked by `config`.
#[derive(Clone, Copy, Debug)]
pub struct DeliverySettings {
    /// Users in one call at most.
    pub chunk_users_max: usize,
    /// Bytes of one call's body at most.
    pub chunk_bytes_max: usize,
    /// Bulk calls under way at once at most.
    pub in_flight_max: usize,
    /// Whether a user to create is first read, so that absence is known and not assumed.
    pub confirm_absent: bool,
    /// Attempts and backoff for a call that failed without a refusal.
    pub retry: RetryPolicy,
    /// No new call is begun after that long.
    pub deadline: Option<Duration>,
    /// How many written users are read again afterwards at most.
    pub verify_reads_max: usize,
}

/// What became of a plan.
#[derive(Debug, Default)]
pub struct Delivered {
    /// The end of each change that has one, in plan order.
    pub outcomes: Vec<Outcome>,
    /// Every detail object of every answer, in the order of the answers.
    pub answers: Vec<AnswerNote>,
    /// What a person should know beside the outcomes.
    pub problems: Vec<Problem>,
    /// Bulk requests sent, over all processes that worked on the run.
    pub requests: u64,
    /// Those of them that repeated something which had failed without a refusal.
    pub retries: u64,
    /// Why sending ended early, if it did.
    pub stopped: Option<Stop>,
}

/// Sends what may be sent of a plan, under the run's id in the journal (which must hold the run already), and
/// goes on after what the run has behind it: calls in flight are settled by reading, nothing that has ended is
/// touched again. `bases` are users read while planning; they are used while they are fresh.
///
/// Never fails as a whole: what stopped it stands in [`Delivered::stopped`], beside all that was done.
pub async fn deliver(
    plan: &Plan,
    run: &str,
    bases: Bases,
    earlier: Earlier,
    settings: &DeliverySettings,
    tools: &Tools,
) -> Delivered {
    let changes = plan.sendable().count() as u64;
    if changes > 0 {
        let calls = plan.summary.calls;
        let started = Event::DeliveryStarted { changes, calls };
        tools.progress.event(started);
    }
    let context = context::Context::new(plan, run, bases, settings, tools);
    driver::Driver::new(&context, earlier).run().await
}

/// Settles what a run left in flight, and sends nothing.
pub async fn settle(
    plan: &Plan,
    run: &str,
    earlier: Earlier,
    settings: &DeliverySettings,
    tools: &Tools,
) -> Delivered {
    let context = context::Context::new(plan, run, Bases::new(), settings, tools);
    driver::Driver::new(&context, earlier).settle_only().await
}
