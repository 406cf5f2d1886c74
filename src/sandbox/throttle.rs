//! The vendor's rate limits: a sliding window for each endpoint. Time is an argument.
//!
//! Only calls that were let through count, so a client that keeps knocking gets in as soon as a waiting one.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use axum::http::HeaderName;

use crate::pacing::{Endpoint, Limits};
use crate::sandbox::answer::Reply;

/// What every answer of a limited endpoint tells, and whether the call may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Whether the call is within the limit.
    pub admitted: bool,
    /// Calls allowed in a window.
    pub limit: u32,
    /// Calls that are left in this one.
    pub remaining: u32,
    /// Whole seconds until one more is allowed (at most until then, rounded up).
    pub reset_s: u64,
}

/// The calls of the last window, for each endpoint.
pub struct Throttle {
    limits: Limits,
    admitted: BTreeMap<Endpoint, VecDeque<Duration>>,
}

impl Throttle {
    /// Nothing was called yet.
    pub fn new(limits: Limits) -> Throttle {
        Throttle {
            limits,
            admitted: BTreeMap::new(),
        }
    }

    /// A call at `now` (time since any fixed moment); `None` if there is no limit.
    pub fn call(&mut self, endpoint: Endpoint, now: Duration) -> Option<Reading> {
        let rate = self.limits.rate(endpoint)?;
        let admitted = self.admitted.entry(endpoint).or_default();
        while admitted.front().is_some_and(|&at| at + rate.per <= now) {
            admitted.pop_front();
        }
        let fits = admitted.len() < rate.count as usize;
        if fits {
            admitted.push_back(now);
        }
        let oldest = admitted.front().copied().unwrap_or(now);
        Some(Reading {
            admitted: fits,
            limit: rate.count,
            remaining: rate.count - u32::try_from(admitted.len()).unwrap_or(rate.count),
            reset_s: whole_seconds((oldest + rate.per).saturating_sub(now)),
        })
    }
}

impl Reading {
    /// Tells it on an answer.
    pub fn on(self, reply: Reply) -> Reply {
        reply
            .header(
                HeaderName::from_static("x-ratelimit-limit"),
                &self.limit.to_string(),
            )
            .header(
                HeaderName::from_static("x-ratelimit-remaining"),
                &self.remaining.to_string(),
            )
            .header(
                HeaderName::from_static("x-ratelimit-reset"),
                &self.reset_s.to_string(),
            )
    }
}

/// Rounded up: a client that waits as long as it was told is never early.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_limits_everything_passes_untold() {
        let mut throttle = Throttle::new(Limits::OFF);
        assert_eq!(throttle.call(Endpoint::Bulk, Duration::ZERO), None);
    }

    #[test]
    fn the_window_slides_and_refused_calls_do_not_count() {
        let mut throttle = Throttle::new("bulk=2/10s".parse().unwrap());
        for (at_ms, admitted, remaining, reset_s) in [
            (0, true, 1, 10),
            (4_000, true, 0, 6),
            (4_001, false, 0, 6),
            (9_999, false, 0, 1),
            (10_000, true, 0, 4),
            (13_999, false, 0, 1),
            (14_000, true, 0, 6),
            (60_000, true, 1, 10),
        ] {
            let reading = throttle.call(Endpoint::Bulk, Duration::from_millis(at_ms));
            let want = Reading {
                admitted,
                limit: 2,
                remaining,
                reset_s,
            };
            assert_eq!(reading, Some(want), "{at_ms}");
        }
    }

    #[test]
    fn endpoints_do_not_share_a_window() {
        let mut throttle = Throttle::new(Limits::VENDOR);
        for endpoint in Endpoint::ALL {
            assert!(
                throttle.call(endpoint, Duration::ZERO).unwrap().admitted,
                "{endpoint:?}"
            );
        }
        assert!(
            !throttle
                .call(Endpoint::UserPut, Duration::from_secs(29))
                .unwrap()
                .admitted
        );
        assert!(
            throttle
                .call(Endpoint::UserPut, Duration::from_secs(30))
                .unwrap()
                .admitted
        );
    }
}
