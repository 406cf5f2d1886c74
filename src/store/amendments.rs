//! Ends that were corrected afterwards: a change that the tenant reported as applied, and that could not be seen
//! when the user was read again. The first end stays in the journal; the amendment stands beside it.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::model::{Outcome, Status};

use super::error::Fault;
use super::rows::{Table, time, word};
use super::{Store, StoreError};

const AMENDMENTS: Table = Table {
    name: "amendments",
    columns: &["run", "seq", "status", "reason", "amended_at"],
};

impl Store {
    /// Corrects ends of a run: each operation (by `seq`) once, with its status and our word for why.
    ///
    /// Refused as a contradiction: an operation that has no end, or whose end was corrected before.
    pub fn amend_outcomes(
        &mut self,
        run: &str,
        amended: &[(u32, Status, &str)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("amend the outcomes", |transaction| {
            for (seq, status, reason) in amended {
                let cells = [
                    run.to_owned().into(),
                    (*seq).into(),
                    word(status),
                    (*reason).to_owned().into(),
                    time(at),
                ];
                AMENDMENTS.insert(transaction, &cells)?;
            }
            Ok(())
        })
    }
}

/// The ends with their corrections.
pub(super) fn apply(
    connection: &Connection,
    run: &str,
    mut outcomes: Vec<(u32, Outcome)>,
) -> Result<Vec<(u32, Outcome)>, Fault> {
    let amended = AMENDMENTS.select(connection, "WHERE run = ?", [run], |cells| {
        let _run = cells.text()?;
        let seq: u32 = cells.number()?;
        Ok((seq, (cells.word::<Status>()?, cells.text()?)))
    })?;
    let mut amended: HashMap<u32, (Status, String)> = amended.into_iter().collect();
    for (seq, outcome) in &mut outcomes {
        if let Some((status, reason)) = amended.remove(seq) {
            outcome.status = status;
            outcome.reason = Some(reason);
        }
    }
    Ok(outcomes)
}
