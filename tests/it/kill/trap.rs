//! Kills the program at one arrival.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::fault_server::Act;
use crate::support::mortal::Killer;

/// When within one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has arrived, and is never carried out.
    Arrived,
    /// It has been carried out, and is never answered.
    Committed,
    /// The answer has been written.
    Answered,
}

impl Moment {
    pub const ALL: [Moment; 3] = [Moment::Arrived, Moment::Committed, Moment::Answered];
}

/// Where a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Which arrival, counted from the start of the process, from 1. All kinds of calls count.
    pub arrival: usize,
    pub moment: Moment,
}

/// Set for one process at a time.
pub struct Trap {
    killer: Killer,
    arrived: AtomicUsize,
    spot: Mutex<Option<Spot>>,
}

impl Trap {
    pub fn new(killer: Killer) -> Trap {
        Trap {
            killer,
            arrived: AtomicUsize::new(0),
            spot: Mutex::new(None),
        }
    }

    /// For the next process.
    pub fn set(&self, spot: Option<Spot>) {
        *self.spot() = spot;
        self.arrived.store(0, Ordering::SeqCst);
    }

    /// A read arrives: what it changes is nothing, so all its moments are one.
    pub fn read(&self) {
        if self.springs().is_some() {
            self.killer.kill();
        }
    }

    /// A bulk call arrives that would be answered so.
    pub fn bulk(&self, act: Act, commits: bool) -> Act {
        let killer = self.killer.clone();
        let kill = move || killer.kill();
        match self.springs() {
            None => act,
            Some(Moment::Arrived) => Act::call(false, kill),
            Some(Moment::Committed) => Act::call(commits, kill),
            Some(Moment::Answered) => act.afterwards(kill),
        }
    }

    fn springs(&self) -> Option<Moment> {
        let arrival = self.arrived.fetch_add(1, Ordering::SeqCst) + 1;
        let spot = *self.spot();
        spot.filter(|spot| spot.arrival == arrival)
            .map(|spot| spot.moment)
    }

    fn spot(&self) -> std::sync::MutexGuard<'_, Option<Spot>> {
        self.spot
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
