//! A place where a server's hook stands still until the test lets it go on.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// More than any machine needs; only a test that fails waits so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// The hook's side.
pub struct Gate {
    reached: Sender<()>,
    opened: Mutex<Receiver<()>>,
}

/// The test's side.
pub struct Keeper {
    reached: Receiver<()>,
    _open: Sender<()>,
}

/// A closed gate.
pub fn gate() -> (Gate, Keeper) {
    let (reached, is_reached) = channel();
    let (open, opened) = channel();
    let gate = Gate {
        reached,
        opened: Mutex::new(opened),
    };
    let keeper = Keeper {
        reached: is_reached,
        _open: open,
    };
    (gate, keeper)
}

impl Gate {
    /// Says that somebody is here, and waits until the gate is open.
    pub fn pass(&self) {
        let _ = self.reached.send(());
        let opened = self
            .opened
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        let _ = opened.recv();
    }
}

impl Keeper {
    /// Waits until somebody stands at the gate.
    #[track_caller]
    pub fn wait(&self) {
        self.reached
            .recv_timeout(PATIENCE)
            .expect("somebody comes to the gate");
    }

    /// Lets everybody through from now on.
    pub fn open(self) {}
}
