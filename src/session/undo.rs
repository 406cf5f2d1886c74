//! A run that is to be taken back: found in the journal, and read as what it has done.

use crate::failure::{Failure, FailureKind};
use crate::model::Status;
use crate::planning::{Done, Past, Planned, PlanningError, plan_undo};
use crate::store::Store;

use super::looking_back::run_named;
use super::{Connection, Session};

impl Session {
    /// Plans the reverse of a run. Reads only.
    ///
    /// # Errors
    /// There is no such run, it can still go on, or the tenant cannot be read.
    pub async fn plan_undo(
        &self,
        named: &str,
        connection: &Connection,
        past: &Past,
    ) -> Result<Planned, Failure> {
        let (run, done) = {
            let store = Store::open_to_read(&self.settings.state_dir, &connection.identity)?;
            let store = store.ok_or_else(|| super::looking_back::nothing_ran(&self.settings))?;
            let record = run_named(&store, &self.settings, Some(named))?;
            if record.end.as_ref().is_none_or(|end| end.resumable) {
                let message = format!("the run {} has not come to its end", record.run);
                return Err(Failure::new(FailureKind::PlanUnfit, message).hint(
                    "finish it with resume, or let the next sync take its place; then undo it",
                ));
            }
            let done = done(&store, &record.run)?;
            (record.run, done)
        };
        let terms = self.terms(Some(connection));
        let planned = plan_undo(&run, done, &connection.reads, past, &terms).await;
        planned.map_err(|error| PlanningError::Fetch(error).into())
    }
}

/// What the run has done, or may have done.
fn done(store: &Store, run: &str) -> Result<Vec<Done>, Failure> {
    let mut done = Vec::new();
    for (seq, outcome) in store.outcomes(run)? {
        if matches!(outcome.status, Status::Applied | Status::Unconfirmed) {
            let (change, before) = store.change_and_before(run, seq)?;
            done.push(Done { change, before });
        }
    }
    Ok(done)
}
