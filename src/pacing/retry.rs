//! Whether to try again, and after how long.

use std::collections::VecDeque;
use std::time::Duration;

/// How often and how soon one request is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub attempts_max: u32,
    /// The longest wait after the first failure; it doubles with each further one.
    pub backoff_ms_base: u64,
    /// No wait is longer.
    pub backoff_ms_max: u64,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            attempts_max: 4,
            backoff_ms_base: 200,
            backoff_ms_max: 10_000,
        }
    }
}

impl RetryPolicy {
    /// Whether another attempt follows after so many.
    pub fn may_retry(&self, attempts: u32) -> bool {
        attempts < self.attempts_max
    }

    /// How long to wait after so many attempts (from 1): anything between nothing and the doubled base, as
    /// `random` (0 to 1) says. Full jitter: clients that failed together do not come back together.
    pub fn backoff(&self, attempts: u32, random: f64) -> Duration {
        let doublings = attempts.saturating_sub(1).min(32);
        let longest_ms = self
            .backoff_ms_base
            .saturating_mul(1 << doublings)
            .min(self.backoff_ms_max);
        Duration::from_millis(longest_ms).mul_f64(random.clamp(0.0, 1.0))
    }
}

/// Sees to it that in any ten minutes at most 1.1 times the needed sends and ten more are made, however many
/// requests fail. Without it, every chunk retrying by itself would multiply the load on a server that is sick.
///
/// One for all requests to one tenant. Time is the monotonic time since the process started.
#[derive(Clone, Debug, Default)]
pub struct RetryBudget {
    /// By second, oldest first: there may be very many sends.
    seconds: VecDeque<Second>,
}

#[derive(Clone, Copy, Debug)]
struct Second {
    second: u64,
    needed: u64,
    retries: u64,
}

/// Length of the window.
const WINDOW_S: u64 = 600;
/// Retries that are free, and how many needed sends earn one more.
const RETRIES_FREE: u64 = 10;
const NEEDED_PER_RETRY: u64 = 10;

impl RetryBudget {
    /// Counts a request that had to be made: one that is sent for the first time.
    pub fn needed(&mut self, now: Duration) {
        self.second(now).needed += 1;
    }

    /// Takes one retry out of the budget; `false` (and nothing is taken) if it is used up.
    pub fn retry(&mut self, now: Duration) -> bool {
        let second = now.as_secs();
        self.second(now);
        // The oldest second is partly outside the window: its retries still count, its sends no longer do.
        let needed: u64 = self
            .seconds
            .iter()
            .filter(|past| past.second + WINDOW_S > second)
            .map(|past| past.needed)
            .sum();
        let retries: u64 = self.seconds.iter().map(|past| past.retries).sum();
        let is_left = retries < RETRIES_FREE + needed / NEEDED_PER_RETRY;
        self.second(now).retries += u64::from(is_left);
        is_left
    }

    /// The current second; forgets what lies before the window.
    fn second(&mut self, now: Duration) -> &mut Second {
        let now = now.as_secs();
        while self
            .seconds
            .front()
            .is_some_and(|past| past.second + WINDOW_S < now)
        {
            self.seconds.pop_front();
        }
        if self.seconds.back().is_none_or(|last| last.second < now) {
            self.seconds.push_back(Second {
                second: now,
                needed: 0,
                retries: 0,
            });
        }
        self.seconds.back_mut().expect("just pushed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    #[test]
    fn the_longest_wait_doubles_up_to_its_cap_and_chance_takes_any_part_of_it() {
        let policy = RetryPolicy::default();
        for (attempts, random, want_ms) in [
            (1, 0.0, 0),
            (1, 1.0, 200),
            (2, 1.0, 400),
            (2, 0.5, 200),
            (3, 1.0, 800),
            (6, 1.0, 6_400),
            (7, 1.0, 10_000),
            (u32::MAX, 1.0, 10_000),
            (0, 1.0, 200),
            (1, 7.0, 200),
            (1, -1.0, 0),
        ] {
            let backoff = policy.backoff(attempts, random);
            assert_eq!(backoff.as_millis(), want_ms, "{attempts} {random}");
        }
        let tries: Vec<_> = (1..6).map(|attempts| policy.may_retry(attempts)).collect();
        assert_eq!(tries, [true, true, true, false, false]);
    }

    #[test]
    fn ten_retries_are_free_and_ten_sends_earn_one_more() {
        for (needed, want) in [(0, 10), (9, 10), (10, 11), (100, 20), (1000, 110)] {
            let mut budget = RetryBudget::default();
            for _ in 0..needed {
                budget.needed(at(5));
            }
            let granted = (0..1000).filter(|_| budget.retry(at(6))).count();
            assert_eq!(granted, want, "{needed}");
        }
    }

    #[test]
    fn a_refused_retry_costs_nothing_and_the_window_slides() {
        let mut budget = RetryBudget::default();
        for second in 0..10 {
            assert!(budget.retry(at(second)));
        }
        assert!(!budget.retry(at(10)));
        assert!(!budget.retry(at(600)));
        // The first one is more than ten minutes old now.
        assert!(budget.retry(at(601)));
        assert!(!budget.retry(at(601)));
        assert_eq!((0..100).filter(|_| budget.retry(at(9_999))).count(), 10);
    }

    #[test]
    fn no_ten_minutes_ever_hold_more_than_the_promise() {
        let mut budget = RetryBudget::default();
        let mut log = Vec::new();
        // A storm in which every needed send (one in 7 s) fails and is tried again each second.
        for second in 0..4000 {
            if second % 7 == 0 {
                budget.needed(at(second));
                log.push((second, true));
            }
            if budget.retry(at(second)) {
                log.push((second, false));
            }
        }
        for start in 0..3400 {
            let window = log.iter().filter(|(s, _)| (start..start + 600).contains(s));
            let (needed, all) = window.fold((0.0, 0.0), |(needed, all), (_, is_needed)| {
                (needed + f64::from(*is_needed), all + 1.0)
            });
            assert!(all <= 1.1 * needed + 10.0, "{start}: {all} for {needed}");
        }
        assert!(log.iter().filter(|(_, is_needed)| !is_needed).count() > 100);
    }

    #[test]
    fn memory_does_not_grow_with_sends() {
        let mut budget = RetryBudget::default();
        for send in 0..100_000_u64 {
            budget.needed(Duration::from_millis(send * 50));
        }
        assert!(budget.seconds.len() <= 602, "{}", budget.seconds.len());
    }
}
