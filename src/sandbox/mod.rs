//! A local ServiceMobility: for people who try things, train, demonstrate or test an integration, and the server
//! that our own tests talk to. It turns HTTP requests into users in its own small database, and knows how to go
//! wrong on purpose.
//!
//! It implements the vendor's documents and, where they are silent, every behaviour that a client must survive,
//! each behind a [`Switches`] entry. [`FaultScript`]s are data. It never talks to anyone, guards nothing,
//! and uses nothing of our client, so that a mistake of one cannot hide in the other (they share the
//! notation of paths and the error bodies of `wire`, which are tested by bytes).
//!
//! Reading order: `server` (connections) → `routes` → `calls` (one call from arrival to answer) →
//! `work` → `bulk`, `single`, `account`, `members`, `query`, `auth` (what each call does) → `writes`, `users` (the rules) → `storage`.

mod account;
mod answer;
mod auth;
mod bulk;
mod calls;
mod delivery;
mod fault_actions;
mod faults;
mod filter;
mod log;
mod members;
mod own;
mod query;
mod routes;
mod server;
mod single;
mod state;
mod storage;
mod switches;
mod throttle;
mod users;
mod work;
mod writes;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Map, Value as Json};
use tokio::net::TcpListener;

use crate::pacing::Limits;

pub use faults::{
    Action, Answer, Fault, FaultScript, PointsAt, Redirect, Reject, Throttle, Trickle, Truncate,
    When,
};
pub use filter::Filter;
pub use storage::StorageError;
pub use switches::{
    Bulk, DataPath, Deleted, Details, Duplicates, ErrorFormat, Omitted, Shape, Switches, UserIds,
};

/// What a sandbox is started with.
#[derive(Clone, Debug, Default)]
pub struct SandboxOptions {
    /// Where the users are kept; `None`: in memory.
    pub db: Option<PathBuf>,
    /// User objects for an empty database, and after `POST /sandbox/reset`.
    pub seed: Vec<Map<String, Json>>,
    /// The only token that passes (beside those of `/createjwt`); `None`: any. No secret.
    pub token: Option<String>,
    /// Rate limits; the default is the vendor's.
    pub limits: Limits,
    /// What goes wrong, and the switches.
    pub faults: FaultScript,
}

/// Why a sandbox cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A user of the seed.
    #[error("the seed's user {user} is wrong: {message}")]
    Seed {
        /// Which one, from 1.
        user: usize,
        /// Why.
        message: String,
    },
}

/// A sandbox that is ready to serve.
pub struct Sandbox {
    state: Arc<state::State>,
}

impl Sandbox {
    /// Opens the database and fills it from the seed if it is empty.
    pub fn open(options: SandboxOptions) -> Result<Sandbox, SandboxError> {
        let state = Arc::new(state::State::open(options)?);
        Ok(Sandbox { state })
    }

    /// Whether it began with the users of the seed; not if its database held others.
    pub fn took_seed(&self) -> bool {
        self.state.took_seed()
    }

    /// Serves until `shutdown` is done; what is open then may take two more seconds.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        server::serve(listener, routes::router(self.state), shutdown).await;
    }
}

/// Opens a sandbox and serves until `shutdown` is done.
pub async fn run(
    listener: TcpListener,
    options: SandboxOptions,
    shutdown: impl Future<Output = ()>,
) -> Result<(), SandboxError> {
    Sandbox::open(options)?.serve(listener, shutdown).await;
    Ok(())
}
