//! What a run has behind it, for one that goes on with it: which changes may have been executed, and how many
//! calls were made.

use std::collections::BTreeSet;

use super::journal::{ATTEMPT_OPERATIONS, ATTEMPTS, SETTLEMENTS};
use super::{Store, StoreError};

/// The calls of a run, over all processes that worked on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Requests that left, or may have left.
    pub requests: u64,
    /// Those of them that carried a change again after a failure that was not a refusal.
    pub retries: u64,
}

/// Verdicts after which a change is sent again because of what the tenant said about the rows, not because
/// something failed.
const REFUSALS: [&str; 2] = ["refused", "too_large"];

/// Calls of which it is not certain that they never left.
const LEFT: &str = "attempt NOT IN (SELECT attempt FROM settlements WHERE verdict = 'not_sent')";

impl Store {
    /// The operations of a run (by `seq`) that a settled call carried which may have been executed, in order.
    pub fn carried(&self, run: &str) -> Result<Vec<u32>, StoreError> {
        self.read("read the journal", |connection| {
            let condition = "WHERE run = ? AND attempt IN (SELECT attempt FROM settlements WHERE rest = 'ambiguous')";
            let carried = ATTEMPT_OPERATIONS.select(connection, condition, [run], |cells| {
                let _key: (i64, u32) = (cells.number()?, cells.number()?);
                let _run = cells.text()?;
                cells.number()
            })?;
            let carried: BTreeSet<u32> = carried.into_iter().collect();
            Ok(carried.into_iter().collect())
        })
    }

    /// How many calls a run has made.
    pub fn calls(&self, run: &str) -> Result<Calls, StoreError> {
        self.read("read the journal", |connection| {
            let condition = format!("WHERE run = ? AND {LEFT}");
            let attempts =
                ATTEMPTS.select(connection, &condition, [run], |cells| cells.number::<i64>())?;
            let mut calls = Calls {
                requests: attempts.len() as u64,
                retries: 0,
            };
            // The call before this one that carried any of its operations.
            let condition = format!(
                "WHERE attempt IN (SELECT
                    (SELECT max(attempt) FROM attempt_operations
                        WHERE run = a.run AND seq = a.seq AND attempt < a.attempt AND {LEFT})
                    FROM attempt_operations a WHERE a.attempt = ?)"
            );
            for attempt in attempts {
                let verdicts = SETTLEMENTS.select(connection, &condition, [attempt], |cells| {
                    let _attempt: i64 = cells.number()?;
                    cells.text()
                })?;
                let failed = |verdict: &String| !REFUSALS.contains(&verdict.as_str());
                calls.retries += u64::from(verdicts.iter().any(failed));
            }
            Ok(calls)
        })
    }
}
