//! Progress as plain lines, few enough for a log of every night.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::model::{Event, Progress};
use crate::report::escape::escape;
use crate::report::words::duration;

use super::{Phase, Tally, time_left};

/// A count is told at most this often, and when its phase ends.
const INTERVAL: Duration = Duration::from_secs(10);
/// Waiting that is told each time; the ordinary wait for the rate limit only once.
const LONG_WAIT: Duration = Duration::from_secs(60);

/// Writes lines; `clock` tells the monotonic time since some start.
pub struct Lines<W> {
    state: Mutex<State<W>>,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
}

struct State<W> {
    out: W,
    tally: Option<Tally>,
    /// The tally in the last line.
    told: Option<Tally>,
    phase_since: Duration,
    told_at: Duration,
    waited_for: Option<String>,
}

impl<W: Write + Send> Lines<W> {
    /// Lines on that stream. What cannot be written is lost: progress never stops the work.
    pub fn new(out: W, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Lines<W> {
        let now = clock();
        let state = State {
            out,
            tally: None,
            told: None,
            phase_since: now,
            told_at: now,
            waited_for: None,
        };
        Lines {
            state: Mutex::new(state),
            clock: Box::new(clock),
        }
    }

    /// Tells the last count and ends the phase.
    pub fn clear(&self) {
        self.state().end_phase();
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Write + Send> Progress for Lines<W> {
    fn event(&self, event: Event) {
        let now = (self.clock)();
        let mut state = self.state();
        if let Some(tally) = Tally::after(state.tally, &event) {
            return state.count(tally, now);
        }
        // The rows are read before anything is asked; an event that counts nothing ends their phase.
        if state.tally.is_some_and(|tally| tally.phase == Phase::Rows) {
            state.end_phase();
        }
        match event {
            Event::Waiting { for_time, why } => state.wait(for_time, why),
            Event::Retrying { attempt, why } => {
                state.line(&format!(
                    "trying again (attempt {attempt}): {}",
                    escape(&why)
                ));
            }
            Event::Note { text } => state.line(&escape(&text)),
            _ => {}
        }
    }
}

impl<W: Write> State<W> {
    fn count(&mut self, tally: Tally, now: Duration) {
        if self.tally.is_none_or(|before| before.phase != tally.phase) {
            self.end_phase();
            (self.phase_since, self.told_at) = (now, now);
        }
        self.tally = Some(tally);
        if now.saturating_sub(self.told_at) < INTERVAL {
            return;
        }
        let left = time_left(
            tally.done,
            tally.total,
            now.saturating_sub(self.phase_since),
        );
        let left = left.map(|left| format!(", {} left", about(left)));
        self.line(&format!("{}{}", tally.sentence(), left.unwrap_or_default()));
        (self.told, self.told_at) = (Some(tally), now);
    }

    fn end_phase(&mut self) {
        if let Some(tally) = self.tally.take()
            && self.told != Some(tally)
        {
            self.line(&tally.sentence());
        }
        self.told = None;
    }

    fn wait(&mut self, for_time: Duration, why: String) {
        if for_time < LONG_WAIT && self.waited_for.as_ref() == Some(&why) {
            return;
        }
        self.line(&format!(
            "waiting {}: {}",
            duration(for_time.as_secs_f64()),
            escape(&why)
        ));
        self.waited_for = Some(why);
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{text}");
    }
}

fn about(left: Duration) -> String {
    let text = duration(left.as_secs_f64());
    match text.starts_with("under") {
        true => text,
        false => format!("about {text}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn nothing_happened_nothing_told() {
        assert_eq!(told(&[]), "");
    }

    #[test]
    fn counts_are_told_at_intervals_and_at_the_end_of_a_phase() {
        let wait = |seconds| Event::Waiting {
            for_time: Duration::from_secs(seconds),
            why: "one bulk call in 30 s".to_owned(),
        };
        insta::assert_snapshot!(told(&[
            (0, Event::RowsRead { rows: 5000 }),
            (1, Event::RowsRead { rows: 5000 }),
            (11, Event::RowsRead { rows: 5000 }),
            (12, Event::RowsRead { rows: 321 }),
            (12, Event::UsersListed { users: 500 }),
            (13, Event::ReadsPlanned { users: 2 }),
            (13, Event::UserRead),
            (13, Event::UserRead),
            (14, Event::DeliveryStarted { changes: 1000, calls: 3 }),
            (14, Event::ChunkSent { users: 400 }),
            (15, Event::Settled { changes: 400 }),
            (15, wait(29)),
            (44, Event::ChunkSent { users: 400 }),
            (45, Event::Retrying { attempt: 2, why: "connection reset\x1b[2J".to_owned() }),
            (46, Event::Settled { changes: 400 }),
            (46, wait(28)),
            (46, wait(90)),
            (75, Event::ChunkSent { users: 200 }),
            (75, Event::Note { text: "the token expires in 5 min".to_owned() }),
            (76, Event::Settled { changes: 200 }),
            (76, Event::ChecksPlanned { users: 1000 }),
            (77, Event::Checked { users: 1 }),
            (87, Event::Checked { users: 989 }),
            (88, Event::Checked { users: 10 }),
        ]), @r#"
        read 15,000 rows of the export
        read 15,321 rows of the export
        listed 500 users of the tenant
        read 2 of 2 users one by one
        waiting 29 s: one bulk call in 30 s
        400 of 1,000 changes through, 2 calls, about 45 s left
        trying again (attempt 2): connection reset\u{1b}[2J
        waiting 1 min 30 s: one bulk call in 30 s
        800 of 1,000 changes through, 3 calls, about 16 s left
        the token expires in 5 min
        1,000 of 1,000 changes through, 3 calls
        read 990 of 1,000 written users again, under 1 s left
        read 1,000 of 1,000 written users again
        "#);
    }

    /// Plays events at their seconds; gives all that was told.
    fn told(events: &[(u64, Event)]) -> String {
        let now = Arc::new(AtomicU64::new(0));
        let clock = now.clone();
        let lines = Lines::new(Vec::new(), move || {
            Duration::from_secs(clock.load(Ordering::Relaxed))
        });
        for (second, event) in events {
            now.store(*second, Ordering::Relaxed);
            lines.event(event.clone());
        }
        lines.clear();
        lines.clear();
        let bytes = std::mem::take(&mut lines.state().out);
        String::from_utf8(bytes).unwrap()
    }
}
