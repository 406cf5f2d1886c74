//! How many calls a plan needs and how long they take, if nothing is refused.

use std::time::Duration;

use crate::model::{Action, Change, Mail};

use super::{CANARY_USERS_MAX, CanaryDue, phases};

/// How fast calls may follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// From one bulk call to the next; zero without a limit.
    pub between_writes: Duration,
    /// From one `GET User` to the next; zero without a limit.
    pub between_reads: Duration,
    /// From one mailed link to the next; zero without a limit.
    pub between_links: Duration,
}

/// What a plan costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Bulk calls.
    pub calls: u64,
    /// `GET User` calls for the bases of what is sent.
    pub reads: u64,
    /// Seconds under the limits; a lower bound where the server is slow.
    pub seconds: f64,
}

/// Calls, reads and seconds for the changes that may be sent, in chunks of at most `users_max` users and
/// `bytes_max` bytes (`bytes` tells what each change weighs). Each canary costs one call more.
/// `read_creates`: whether users to create are read first (`confirm_absent = "get"`).
pub fn estimate(
    changes: &[Change],
    users_max: usize,
    bytes_max: usize,
    bytes: impl Fn(&Change) -> usize,
    read_creates: bool,
    pace: Pace,
) -> Estimate {
    let mut calls: u64 = 0;
    let mut canary_due = CanaryDue::all();
    for phase in phases(changes) {
        let mut queue = super::Queue::new(phase.changes);
        loop {
            let next = queue.peek();
            let canary = next.is_some_and(|index| canary_due.calls_for(&changes[index]));
            let users_max = if canary { CANARY_USERS_MAX } else { users_max };
            let piece = queue.next(users_max, bytes_max, |index| bytes(&changes[index]));
            let Some(piece) = piece else {
                break;
            };
            for index in piece.changes {
                canary_due.passed(&changes[index]);
            }
            calls += 1;
        }
    }
    let reads = changes
        .iter()
        .filter(|change| change.held.is_none())
        .filter(|change| read_creates || change.action != Action::Create)
        .count() as u64;
    // The first call of each kind need not wait; reads hide behind writes, the longer of the two counts.
    let writing = pace.between_writes.as_secs_f64() * calls.saturating_sub(1) as f64;
    let reading = pace.between_reads.as_secs_f64() * reads.saturating_sub(1) as f64;
    let is_linked = |change: &&Change| change.held.is_none() && change.mail == Some(Mail::Link);
    let links = changes.iter().filter(is_linked).count() as u64;
    let linking = pace.between_links.as_secs_f64() * links.saturating_sub(1) as f64;
    Estimate {
        calls,
        reads,
        seconds: writing.max(reading) + linking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Effect;

    #[test]
    fn no_change_costs_nothing() {
        let none = estimate(&[], 400, 1000, |_| 1, true, vendor());
        assert_eq!((none.calls, none.reads, none.seconds), (0, 0, 0.0));
    }

    #[test]
    fn chunks_canary_and_reads_are_counted() {
        let creates = vec![change(Action::Create); 1000];
        let cost = estimate(&creates, 400, usize::MAX, |_| 1, false, vendor());
        assert_eq!((cost.calls, cost.reads, cost.seconds), (3, 0, 60.0));

        let updates = vec![change(Action::Update); 405];
        let cost = estimate(&updates, 400, usize::MAX, |_| 1, false, vendor());
        assert_eq!((cost.calls, cost.reads), (2, 405));

        // The first update is one canary, the first delete another.
        let mut both = updates.clone();
        both.extend(vec![change(Action::Delete); 400]);
        let cost = estimate(&both, 400, usize::MAX, |_| 1, false, vendor());
        assert_eq!(cost.calls, 4);

        let linked = Change {
            mail: Some(Mail::Link),
            ..change(Action::Create)
        };
        let cost = estimate(&vec![linked; 11], 400, usize::MAX, |_| 1, false, vendor());
        assert_eq!((cost.calls, cost.seconds), (1, 300.0));

        let heavy = estimate(&updates[..10], 400, 20, |_| 10, false, vendor());
        assert_eq!(heavy.calls, 5);
    }

    fn vendor() -> Pace {
        Pace {
            between_writes: Duration::from_secs(30),
            between_reads: Duration::from_secs(1) / 15,
            between_links: Duration::from_secs(30),
        }
    }

    fn change(action: Action) -> Change {
        Change {
            action,
            effect: match action {
                Action::Delete => Effect::LosesAccess,
                _ => Effect::None,
            },
            user_id: "x".into(),
            place: None,
            fields: vec![],
            held: None,
            seen: None,
            mail: None,
        }
    }
}
