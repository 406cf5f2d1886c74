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
