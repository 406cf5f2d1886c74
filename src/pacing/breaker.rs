//! When a tenant refuses one row after the other, how long it is worth going on.

use std::collections::HashMap;

/// So many rows refused alone, one after the other, are looked into.
const ROWS: u32 = 10;

/// So many rows that nobody has named are then tried alone.
const PROBES: u32 = 3;

/// Counts, for each refused chunk, the rows that were refused alone since a part of it last passed.
///
/// A bad row costs two calls: its own and that of the rest. At one call in 30 s a chunk whose every row is refused
/// would take hours, all for the same news. After ten such rows others of the same chunk that no answer has named
/// are tried alone: if one of them passes, these were bad rows among good ones, and it goes on; if three are refused
/// as well, so would be the rest. Other chunks have their chance, but if a second one goes the same way and nothing
/// at all has passed since the first, it is the tenant.
#[derive(Clone, Debug, Default)]
pub struct Breaker {
    streaks: HashMap<u32, Streak>,
    /// A chunk was given up, and nothing has passed since.
    gave_up: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Streak {
    refused: u32,
    probes: u32,
}

/// What to do after a row was refused alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// Nothing special.
    GoOn,
    /// Try a row alone that nobody has named.
    Probe,
    /// Leave the rest of the refused chunk alone.
    GiveUp,
    /// Send nothing more.
    Stop,
}

impl Breaker {
    /// Chunks of another phase follow, whose numbers may be the same.
    pub fn begin_phase(&mut self) {
        self.streaks.clear();
    }

    /// A call has passed, and it carried rows of that refused chunk, if any: the tenant takes rows.
    pub fn passed(&mut self, chunk: Option<u32>) {
        self.gave_up = false;
        if let Some(chunk) = chunk {
            self.streaks.remove(&chunk);
        }
    }

    /// A row of that chunk was refused alone; `can_probe` tells whether another waits that nobody has named.
    pub fn refused(&mut self, chunk: u32, can_probe: bool) -> AfterRefusal {
        let streak = self.streaks.entry(chunk).or_default();
        streak.refused += 1;
        if streak.refused < ROWS {
            return AfterRefusal::GoOn;
        }
        if streak.probes < PROBES {
            streak.probes += u32::from(can_probe);
            return match can_probe {
                true => AfterRefusal::Probe,
                false => AfterRefusal::GoOn,
            };
        }
        match std::mem::replace(&mut self.gave_up, true) {
            true => AfterRefusal::Stop,
            false => AfterRefusal::GiveUp,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AfterRefusal::{GiveUp, GoOn, Probe, Stop};

    const CHUNK: u32 = 7;

    fn refusals(breaker: &mut Breaker, chunk: u32, rows: usize) -> Vec<AfterRefusal> {
        let refusal = || breaker.refused(chunk, true);
        std::iter::repeat_with(refusal).take(rows).collect()
    }

    #[test]
    fn few_refusals_and_those_among_rows_that_pass_are_nothing_special() {
        let mut breaker = Breaker::default();
        for _ in 0..100 {
            assert_eq!(refusals(&mut breaker, CHUNK, 9), [GoOn; 9]);
            breaker.passed(Some(CHUNK));
        }
        for chunk in 0..100 {
            assert_eq!(refusals(&mut breaker, chunk, 9), [GoOn; 9]);
        }
    }

    #[test]
    fn a_chunk_that_is_refused_row_by_row_is_given_up_and_after_a_second_one_it_stops() {
        let mut breaker = Breaker::default();
        for (chunk, end) in [(1, GiveUp), (2, Stop)] {
            assert_eq!(refusals(&mut breaker, chunk, 9), [GoOn; 9]);
            let last = refusals(&mut breaker, chunk, 4);
            assert_eq!(last, [Probe, Probe, Probe, end]);
        }
    }

    #[test]
    fn other_chunks_that_pass_do_not_help_a_chunk_but_keep_the_run_going() {
        let mut breaker = Breaker::default();
        for chunk in 0..10 {
            let mut last = GoOn;
            for _ in 0..13 {
                breaker.passed(None);
                last = breaker.refused(chunk, true);
            }
            assert_eq!(last, GiveUp);
        }
    }

    #[test]
    fn a_probe_that_passes_begins_anew() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            assert_eq!(refusals(&mut breaker, CHUNK, 11)[9..], [Probe, Probe]);
            breaker.passed(Some(CHUNK));
        }
        assert_eq!(
            refusals(&mut breaker, CHUNK, 12)[9..],
            [Probe, Probe, Probe]
        );
        breaker.begin_phase();
        assert_eq!(refusals(&mut breaker, CHUNK, 13)[12], GiveUp);
    }

    #[test]
    fn without_a_row_to_probe_nothing_is_given_up() {
        let mut breaker = Breaker::default();
        for _ in 0..400 {
            assert_eq!(breaker.refused(CHUNK, false), GoOn);
        }
        assert_eq!(breaker.refused(CHUNK, true), Probe);
    }
}
