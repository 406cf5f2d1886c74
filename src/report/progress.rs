//! Events of long work → bars on a terminal, or plain lines with counts elsewhere; never both, always on stderr.
//!
//! Both show the same tally. Reading that goes on behind the sending is not shown by itself: sending is what
//! the person waits for.

mod bars;
mod lines;

use std::io::{Stderr, stderr};
use std::time::{Duration, Instant};

use crate::model::{Event, Progress};

use super::words::{count, counted};

pub use bars::Bars;
pub use lines::Lines;

/// What listens to the events of a command; the command chooses once.
pub enum ProgressDisplay {
    /// For a terminal.
    Bars(Bars),
    /// For logs and mails.
    Lines(Lines<Stderr>),
    /// Shows nothing.
    Nothing,
}

impl ProgressDisplay {
    /// Bars on stderr, which must be a terminal (elsewhere they draw nothing at all).
    ///
    /// `width` is that of the terminal in columns.
    pub fn bars(width: usize) -> ProgressDisplay {
        ProgressDisplay::Bars(Bars::new(width))
    }

    /// Lines on stderr.
    pub fn lines() -> ProgressDisplay {
        let start = Instant::now();
        ProgressDisplay::Lines(Lines::new(stderr(), move || start.elapsed()))
    }

    /// Ends what is shown: the bar goes, the last count is told. To be called before anything else is printed.
    pub fn clear(&self) {
        match self {
            ProgressDisplay::Bars(bars) => bars.clear(),
            ProgressDisplay::Lines(lines) => lines.clear(),
            ProgressDisplay::Nothing => {}
        }
    }
}

impl Progress for ProgressDisplay {
    fn event(&self, event: Event) {
        match self {
            ProgressDisplay::Bars(bars) => bars.event(event),
            ProgressDisplay::Lines(lines) => lines.event(event),
            ProgressDisplay::Nothing => {}
        }
    }
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Rows,
    Listing,
    Reads,
    Sending,
    Checking,
}

impl Phase {
    /// From the first call to the last look.
    fn is_sending(self) -> bool {
        matches!(self, Phase::Sending | Phase::Checking)
    }
}

/// A phase with its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tally {
    phase: Phase,
    done: u64,
    /// All there is to do, where that is known.
    total: Option<u64>,
    /// Calls planned and made; of sending only.
    calls: u64,
    calls_made: u64,
}

impl Tally {
    /// The tally after an event; `None` if the event counts nothing. The counts of events are increments.
    fn after(before: Option<Tally>, event: &Event) -> Option<Tally> {
        let (phase, more, total) = match *event {
            Event::RowsRead { rows } => (Phase::Rows, rows, None),
            Event::UsersListed { users } => (Phase::Listing, users, None),
            Event::ReadsPlanned { users } => (Phase::Reads, 0, Some(users)),
            Event::UserRead => (Phase::Reads, 1, None),
            Event::DeliveryStarted { changes, .. } => (Phase::Sending, 0, Some(changes)),
            Event::ChunkSent { .. } => (Phase::Sending, 0, None),
            Event::Settled { changes } => (Phase::Sending, changes, None),
            Event::ChecksPlanned { users } => (Phase::Checking, 0, Some(users)),
            Event::Checked { users } => (Phase::Checking, users, None),
            Event::Waiting { .. } | Event::Retrying { .. } | Event::Note { .. } => return None,
        };
        let mut tally = match before {
            // Reading that goes on behind it.
            Some(tally) if tally.phase.is_sending() && !phase.is_sending() => return None,
            Some(tally) if tally.phase == phase => tally,
            _ => Tally {
                phase,
                done: 0,
                total: None,
                calls: 0,
                calls_made: 0,
            },
        };
        tally.done += more;
        if let Some(total) = total {
            tally.total = Some(tally.total.unwrap_or(0) + total);
        }
        match *event {
            Event::DeliveryStarted { calls, .. } => tally.calls += calls,
            Event::ChunkSent { .. } => tally.calls_made += 1,
            _ => {}
        }
        Some(tally)
    }

    /// `read 200 rows of the export`, `250 of 1,000 changes are through`.
    fn sentence(&self) -> String {
        let done = count(self.done);
        match (self.phase, self.total) {
            (Phase::Rows, _) => format!("read {} of the export", counted(self.done, "row", "rows")),
            (Phase::Listing, _) => format!(
                "listed {} of the tenant",
                counted(self.done, "user", "users")
            ),
            (Phase::Reads, None) => {
                format!("read {} one by one", counted(self.done, "user", "users"))
            }
            (Phase::Reads, Some(total)) => {
                format!(
                    "read {done} of {} one by one",
                    counted(total, "user", "users")
                )
            }
            (Phase::Checking, total) => {
                let total = counted(total.unwrap_or(self.done), "written user", "written users");
                format!("read {done} of {total} again")
            }
            (Phase::Sending, total) => {
                let total = counted(total.unwrap_or(self.done), "change", "changes");
                format!(
                    "{done} of {total} through, {}",
                    counted(self.calls_made, "call", "calls")
                )
            }
        }
    }
}

/// How much longer it takes at the pace so far; `None` before there is a pace, and when it is done.
fn time_left(done: u64, total: Option<u64>, elapsed: Duration) -> Option<Duration> {
    let left = total?.checked_sub(done)?;
    if left == 0 || done == 0 {
        return None;
    }
    let seconds = elapsed.as_secs_f64() / done as f64 * left as f64;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_counts_within_a_phase_and_begins_anew_in_the_next() {
        let mut tally = None;
        let mut sentences = Vec::new();
        for event in [
            Event::RowsRead { rows: 1500 },
            Event::RowsRead { rows: 1 },
            Event::UsersListed { users: 1 },
            Event::ReadsPlanned { users: 2 },
            Event::UserRead,
            Event::Note {
                text: String::new(),
            },
            Event::DeliveryStarted {
                changes: 800,
                calls: 2,
            },
            Event::ReadsPlanned { users: 400 },
            Event::UserRead,
            Event::ChunkSent { users: 400 },
            Event::Settled { changes: 400 },
        ] {
            if let Some(after) = Tally::after(tally, &event) {
                tally = Some(after);
                sentences.push(after.sentence());
            }
        }
        insta::assert_snapshot!(sentences.join("\n"), @r#"
        read 1,500 rows of the export
        read 1,501 rows of the export
        listed 1 user of the tenant
        read 0 of 2 users one by one
        read 1 of 2 users one by one
        0 of 800 changes through, 0 calls
        0 of 800 changes through, 1 call
        400 of 800 changes through, 1 call
        "#);
    }

    #[test]
    fn the_time_left_follows_the_pace() {
        let left = |done, total| time_left(done, total, Duration::from_secs(30));
        assert_eq!(left(400, Some(1000)), Some(Duration::from_secs(45)));
        assert_eq!(left(0, Some(1000)), None, "no pace yet");
        assert_eq!(left(1000, Some(1000)), None, "done");
        assert_eq!(left(5, None), None, "unknown");
    }
}
