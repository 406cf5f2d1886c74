//! Why sending ended before the plan did.

use std::time::Duration;

use crate::fetch::FetchError;
use crate::planner::Unplanned;
use crate::store::StoreError;

/// What ended a delivery early. Nothing that was done is undone; what was not sent stays planned.
#[derive(Debug)]
pub enum Stop {
    /// A signal asked for it.
    Interrupted,
    /// A person has paused the source.
    Paused {
        /// Why, in his words.
        reason: String,
    },
    /// The configured deadline came.
    Deadline,
    /// The tenant no longer accepts the credentials.
    Unauthorized,
    /// The tenant answers the bulk call as if it were not there or not allowed.
    Misconfigured {
        /// The HTTP status.
        status: u16,
    },
    /// The tenant answered with a redirect, which is never followed.
    Redirected,
    /// No connection could be made.
    Unreachable {
        /// What the connection said, with scheme, host and port.
        text: String,
    },
    /// The tenant asked to wait longer than allowed within a run.
    ToldToWait {
        /// How long.
        wait: Duration,
    },
    /// The tenant keeps failing, whatever it is sent.
    Sick {
        /// The last failure.
        text: String,
    },
    /// The tenant refuses one row after the other, in more than one chunk, and takes none.
    RefusesAll {
        /// What it said of the last one; may be empty.
        said: String,
    },
    /// After the canary, users had changed beside the plan.
    Canary {
        /// The first such user.
        user_id: Box<str>,
        /// What changed although the plan does not mention it.
        unplanned: Vec<Unplanned>,
    },
    /// Users could not be read.
    Read(FetchError),
    /// The journal could not be written.
    Store(StoreError),
}
