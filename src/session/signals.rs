//! SIGINT and SIGTERM: the first asks to stop in good order, the second stops now.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, FailureKind};

/// Listens for the signals that end a run.
#[derive(Clone)]
pub struct Signals {
    /// Cancelled by the first signal.
    pub interrupt: CancellationToken,
    first: Arc<AtomicU8>,
}

const TERMINATE: u8 = 2;

impl Signals {
    /// Begins to listen; must be called within the runtime.
    pub fn listen() -> Result<Signals, Failure> {
        let signals = Signals {
            interrupt: CancellationToken::new(),
            first: Arc::default(),
        };
        signals.hear(SignalKind::interrupt(), FailureKind::Interrupted)?;
        signals.hear(SignalKind::terminate(), FailureKind::Terminated)?;
        Ok(signals)
    }

    /// Which signal came first: `Terminated` or, also if none came, `Interrupted`.
    pub fn kind(&self) -> FailureKind {
        match self.first.load(Ordering::Acquire) {
            TERMINATE => FailureKind::Terminated,
            _ => FailureKind::Interrupted,
        }
    }

    /// The failure of a command that was asked to stop before it had sent anything.
    pub fn before_sending(&self) -> Failure {
        Failure::new(self.kind(), "interrupted before anything was sent").resumable(false)
    }

    fn hear(&self, kind: SignalKind, means: FailureKind) -> Result<(), Failure> {
        let mut signals = signal(kind)
            .map_err(|error| Failure::stopped("cannot listen for signals").caused_by(error))?;
        let this = self.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if this.interrupt.is_cancelled() {
                    // The journal is made for this: what is in flight is settled by the next run.
                    std::process::exit(i32::from(means.exit().code()));
                }
                let number = if means == FailureKind::Terminated {
                    TERMINATE
                } else {
                    1
                };
                this.first.store(number, Ordering::Release);
                this.interrupt.cancel();
            }
        });
        Ok(())
    }
}
