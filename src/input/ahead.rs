//! Two threads at one file: one reads, the other one works on what was read, and who has nothing to do helps.

use std::sync::mpsc::{SendError, TrySendError, sync_channel};

use super::batches::Rows;
use super::{Export, InputError};
use crate::model::RowBatch;

/// Batches that may wait for who works on them: enough that neither waits for the other, and little memory.
const BATCHES_AHEAD: usize = 2;

impl Export {
    /// Gives every batch of rows to `take`, while another thread reads the next ones. Gives the number of blank lines
    /// that were skipped.
    ///
    /// # Errors
    /// As [`batches`](Export::batches) and the reading of them, and what `take` gives: then nothing more is read.
    pub fn read_ahead<E: From<InputError>>(
        &mut self,
        mut take: impl FnMut(RowBatch) -> Result<(), E>,
    ) -> Result<u64, E> {
        self.read_together(None, |_| (), |batch, ()| take(batch))
    }

    /// The same with batches that are prepared: by the thread that reads, if it is ahead, else by this one.
    ///
    /// # Errors
    /// As [`read_ahead`](Export::read_ahead).
    pub fn read_prepared<P: Send, E: From<InputError>>(
        &mut self,
        prepare: impl Fn(&RowBatch) -> P + Sync,
        take: impl FnMut(RowBatch, P) -> Result<(), E>,
    ) -> Result<u64, E> {
        self.read_together(None, prepare, take)
    }

    /// Once all rows were read before, gives those with these record numbers (sorted), and perhaps others as well.
    ///
    /// # Errors
    /// As [`read_ahead`](Export::read_ahead).
    pub fn read_again<E: From<InputError>>(
        &mut self,
        records: &[u64],
        mut take: impl FnMut(RowBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let is_proven = self.source.digest().is_some();
        let records = Some(records).filter(|_| is_proven);
        self.read_together(records, |_| (), |batch, ()| take(batch))?;
        Ok(())
    }

    fn read_together<P: Send, E: From<InputError>>(
        &mut self,
        records: Option<&[u64]>,
        prepare: impl Fn(&RowBatch) -> P + Sync,
        mut take: impl FnMut(RowBatch, P) -> Result<(), E>,
    ) -> Result<u64, E> {
        let prepare = &prepare;
        std::thread::scope(|scope| {
            let (full, batches_read) = sync_channel(BATCHES_AHEAD);
            let reader = scope.spawn(move || {
                let mut batches = self.batches()?;
                match (records, &mut batches.rows) {
                    (Some(records), Rows::Csv(reader)) => reader.give_only(records),
                    (Some(records), Rows::Json(reader)) => reader.give_only(records),
                    (None, _) => {}
                }
                for batch in batches.by_ref() {
                    let sent = match full.try_send(batch.map(|batch| (batch, None))) {
                        // The other one is behind: help him.
                        Err(TrySendError::Full(batch)) => full.send(batch.map(|(batch, _)| {
                            let prepared = prepare(&batch);
                            (batch, Some(prepared))
                        })),
                        sent => sent.map_err(|error| match error {
                            TrySendError::Full(batch) | TrySendError::Disconnected(batch) => {
                                SendError(batch)
                            }
                        }),
                    };
                    // Who does not listen has met an error of his own.
                    if sent.is_err() {
                        break;
                    }
                }
                Ok(batches.blank_lines())
            });
            for batch in batches_read {
                let (batch, prepared) = batch?;
                let prepared = prepared.unwrap_or_else(|| prepare(&batch));
                take(batch, prepared)?;
            }
            match reader.join() {
                Ok(read) => read.map_err(|error: InputError| E::from(error)),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}
