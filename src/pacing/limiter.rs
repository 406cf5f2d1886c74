//! When a request may leave. Time is an argument: the monotonic time since the process started.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::pacing::{Endpoint, Limits};

/// Gives out turns, one after the other and evenly spaced, for each endpoint by itself.
///
/// Evenly and never in bursts. What keeps to the limit is another rule: that of a whole window, between a request and
/// the one that comes as many after it as the window may hold, from when they really left. A window that slides at
/// the server then never holds one too many, wherever it begins, and who oversleeps a little need not make all that
/// follow wait for it. Waiting for the turn is the caller's; of those who wait for one endpoint only one should ask at a time,
/// so that what an answer says ([`Limiter::not_before`]) still holds for the others.
#[derive(Debug)]
pub struct Limiter {
    turns: Vec<Turn>,
}

/// Of a window that holds more, a part as dense as the whole is watched.
const WINDOW_MAX: u32 = 100;

/// Who follows one that overslept may leave earlier by this part of the spacing, so that a timer's millisecond does
/// not add up.
const CATCH_UP: u32 = 10;

/// The turns of one endpoint.
#[derive(Debug)]
struct Turn {
    /// The time between two requests; zero without limits.
    spacing: Duration,
    /// So many requests may leave within the time of as many spacings.
    window: usize,
    /// When the places of the last `window` requests are free again, the oldest first.
    places: VecDeque<Duration>,
    /// Nothing leaves earlier.
    not_before: Duration,
    /// `None` without limits.
    rate: Option<RateLimiter<NotKeyed, InMemoryState, GivenClock, NoOpMiddleware<Nanos>>>,
    clock: GivenClock,
}

impl Limiter {
    /// A limiter whose every endpoint is free at once.
    pub fn new(limits: &Limits) -> Limiter {
        let turn = |endpoint| {
            let count = limits.rate(endpoint).map_or(1, |rate| rate.count);
            Turn::new(limits.spacing(endpoint), count)
        };
        let turns = Endpoint::ALL.map(turn);
        Limiter {
            turns: turns.into(),
        }
    }

    /// Reserves the next turn of that endpoint: when the request may leave, `now` or later.
    /// Who asks next gets a later one.
    pub fn reserve(&mut self, endpoint: Endpoint, now: Duration) -> Duration {
        self.turn(endpoint).reserve(now)
    }

    /// Tells when a reserved request really left. If that was late, the next ones keep their distance from it:
    /// two requests must not come closer because the first overslept.
    pub fn left(&mut self, endpoint: Endpoint, at: Duration) {
        self.turn(endpoint).left(at);
    }

    /// The request that left last has left only now, because something was in the way.
    pub fn left_later(&mut self, endpoint: Endpoint, at: Duration) {
        let turn = self.turn(endpoint);
        turn.places.pop_back();
        turn.left(at);
    }

    /// Lets nothing leave for that endpoint before `at`, as an answer asked. Only ever later: an earlier time
    /// changes nothing.
    pub fn not_before(&mut self, endpoint: Endpoint, at: Duration) {
        let turn = self.turn(endpoint);
        turn.not_before = turn.not_before.max(at);
    }

    /// When the next request to that endpoint may leave at the earliest, as far as answers and earlier requests
    /// say. It may have become later since a turn was reserved.
    pub fn earliest(&self, endpoint: Endpoint) -> Duration {
        self.turns[endpoint as usize].not_before
    }

    /// After a restart: the last request to that endpoint left so long `ago` (by the wall clock; zero if that ran
    /// backwards). The next ones keep their distance from it, and from those that may have left evenly before it.
    pub fn seed(&mut self, endpoint: Endpoint, ago: Duration, now: Duration) {
        self.turn(endpoint).seed(ago, now);
    }

    fn turn(&mut self, endpoint: Endpoint) -> &mut Turn {
        &mut self.turns[endpoint as usize]
    }
}

impl Turn {
    fn new(spacing: Duration, count: u32) -> Turn {
        let clock = GivenClock::default();
        let rate = Quota::with_period(spacing)
            .map(|quota| RateLimiter::direct_with_clock(quota, clock.clone()));
        Turn {
            spacing,
            window: count.min(WINDOW_MAX) as usize,
            places: VecDeque::new(),
            not_before: Duration::ZERO,
            rate,
            clock,
        }
    }

    fn left(&mut self, at: Duration) {
        if self.spacing.is_zero() {
            return;
        }
        if self.places.len() == self.window {
            self.places.pop_front();
        }
        self.places
            .push_back(at.saturating_add(self.spacing * self.window as u32));
        let apart = match self.window {
            1 => self.spacing,
            _ => self.spacing - self.spacing / CATCH_UP,
        };
        self.not_before = self.not_before.max(at.saturating_add(apart));
        if self.places.len() == self.window {
            self.not_before = self.not_before.max(self.places[0]);
        }
    }

    fn seed(&mut self, ago: Duration, now: Duration) {
        let free = |place: usize| {
            let rest = (self.spacing * place as u32).saturating_sub(ago);
            now.saturating_add(rest)
        };
        self.places = (1..=self.window).map(free).collect();
        self.not_before = self.not_before.max(self.places[0]);
    }

    fn reserve(&mut self, now: Duration) -> Duration {
        let at = now.max(self.not_before);
        let Some(rate) = &self.rate else {
            return at;
        };
        self.clock.set(at);
        // At most two rounds: nobody else can take the turn that the first one names.
        let mut at = at;
        while let Err(not_until) = rate.check() {
            at = not_until.earliest_possible().into();
            self.clock.set(at);
        }
        at
    }
}

/// A clock that shows what it was set to.
#[derive(Clone, Debug, Default)]
struct GivenClock {
    nanos: Arc<AtomicU64>,
}

impl GivenClock {
    fn set(&self, now: Duration) {
        let nanos = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.nanos.store(nanos, Ordering::Relaxed);
    }
}

impl Clock for GivenClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.nanos.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(limits: &str) -> Limiter {
        Limiter::new(&limits.parse().expect("limits"))
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn without_limits_everything_leaves_at_once_but_what_was_told_holds() {
        let mut limiter = limiter("off");
        for _ in 0..1000 {
            assert_eq!(limiter.reserve(Endpoint::Bulk, ms(5)), ms(5));
        }
        limiter.left(Endpoint::Bulk, ms(5));
        limiter.seed(Endpoint::Bulk, ms(0), ms(5));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(5)), ms(5));
        limiter.not_before(Endpoint::Bulk, ms(700));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(6)), ms(700));
        assert_eq!(limiter.reserve(Endpoint::UserGet, ms(6)), ms(6));
    }

    #[test]
    fn turns_are_spaced_and_each_endpoint_has_its_own() {
        let mut limiter = limiter("vendor");
        let mut turns = |endpoint, now| limiter.reserve(endpoint, ms(now)).as_millis();
        assert_eq!(turns(Endpoint::Bulk, 0), 0);
        assert_eq!(turns(Endpoint::Bulk, 0), 30_300);
        assert_eq!(turns(Endpoint::Bulk, 10), 60_600);
        assert_eq!(turns(Endpoint::UserPut, 10), 10);
        assert_eq!(turns(Endpoint::UserDelete, 10), 10);
        assert_eq!(turns(Endpoint::Query, 10), 10);
        assert_eq!(turns(Endpoint::Query, 10), 77);
        // What was not used is not saved up for a burst.
        assert_eq!(turns(Endpoint::Bulk, 500_000), 500_000);
        assert_eq!(turns(Endpoint::Bulk, 500_000), 530_300);
    }

    #[test]
    fn no_sliding_window_holds_one_too_many_whenever_they_ask() {
        for (limits, count, window) in [
            ("default=15/s", 15, ms(1000)),
            ("default=1/30s", 1, ms(30_000)),
            ("default=7/500ms", 7, ms(500)),
        ] {
            let mut limiter = limiter(limits);
            // Asking in fits and starts, from 0 to 300 ms apart, with long pauses between.
            let mut now = Duration::ZERO;
            let mut sent = Vec::new();
            for step in 0..2000_u64 {
                let pause = if step % 97 == 0 {
                    3000
                } else {
                    step * step % 7 * 50
                };
                now = now.max(sent.last().copied().unwrap_or_default()) + ms(pause);
                sent.push(limiter.reserve(Endpoint::UserGet, now));
            }
            for pair in sent.windows(count + 1) {
                let span = pair[count] - pair[0];
                assert!(
                    span > window,
                    "{limits}: {} requests in {span:?}",
                    count + 1
                );
            }
        }
    }

    #[test]
    fn a_queue_uses_the_allowance_almost_whole() {
        for (limits, per_hour) in [("default=1/30s", 120), ("default=15/s", 54_000)] {
            let mut limiter = limiter(limits);
            let hour = Duration::from_secs(3600);
            let sent = std::iter::repeat_with(|| limiter.reserve(Endpoint::UserGet, ms(0)))
                .take_while(|turn| *turn < hour)
                .count();
            assert!(
                sent <= per_hour && sent * 100 >= per_hour * 98,
                "{limits}: {sent}"
            );
        }
    }

    /// Departures for an hour, each so much after its turn.
    fn departures(limits: &str, mut late: impl FnMut(usize) -> Duration) -> Vec<Duration> {
        let mut limiter = limiter(limits);
        let mut sent = Vec::new();
        let mut now = Duration::ZERO;
        while now < Duration::from_secs(3600) {
            let turn = limiter.reserve(Endpoint::UserGet, now);
            now = turn.max(limiter.earliest(Endpoint::UserGet)) + late(sent.len());
            limiter.left(Endpoint::UserGet, now);
            sent.push(now);
        }
        sent
    }

    #[test]
    fn a_timer_that_oversleeps_costs_next_to_nothing_and_brings_nobody_too_early() {
        let micros = |number: usize| Duration::from_micros((number * 7919 % 2000) as u64);
        let now_and_then = |number: usize| match number % 50 {
            0 => ms((number % 400) as u64),
            _ => micros(number),
        };
        let most = 15 * 3600;
        let punctual = departures("default=15/s", micros);
        let slow = departures("default=15/s", now_and_then);
        assert!(punctual.len() * 100 >= most * 98, "{}", punctual.len());
        for sent in [punctual, slow] {
            assert!(sent.len() <= most, "{}", sent.len());
            for window in sent.windows(16) {
                let span = window[15] - window[0];
                assert!(span >= ms(1015) - ms(1), "16 requests in {span:?}");
            }
            for pair in sent.windows(2) {
                assert!(pair[1] - pair[0] >= ms(60), "{pair:?}");
            }
        }
    }

    #[test]
    fn what_left_later_than_it_should_counts_once() {
        let mut limiter = limiter("default=2/1s");
        let get = Endpoint::UserGet;
        assert_eq!(limiter.reserve(get, ms(0)), ms(0));
        limiter.left(get, ms(0));
        limiter.left_later(get, ms(300));
        // 507.5 ms apart, less a tenth.
        assert_eq!(limiter.reserve(get, ms(301)).as_micros(), 756_750);
        limiter.left(get, ms(757));
        assert_eq!(limiter.earliest(get), ms(300 + 1015));
    }

    #[test]
    fn after_a_restart_the_first_window_is_even() {
        let mut limiter = limiter("default=15/s");
        let get = Endpoint::UserGet;
        limiter.seed(get, Duration::ZERO, ms(5));
        for number in 1..=30_u32 {
            let turn = limiter.reserve(get, ms(5)).max(limiter.earliest(get));
            limiter.left(get, turn);
            assert!(turn >= ms(5) + ms(67) * number, "{number}: {turn:?}");
        }
    }

    #[test]
    fn what_an_answer_asks_only_ever_delays() {
        let mut limiter = limiter("bulk=1/10s");
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(0)), ms(0));
        limiter.not_before(Endpoint::Bulk, ms(120_000));
        limiter.not_before(Endpoint::Bulk, ms(5));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(20)), ms(120_000));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(20)), ms(130_100));
        // Shorter than the turn anyway: nothing changes.
        limiter.not_before(Endpoint::Bulk, ms(131_000));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(130_100)), ms(140_200));
    }

    #[test]
    fn who_left_late_keeps_the_next_away() {
        let mut limiter = limiter("bulk=1/10s");
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(0)), ms(0));
        limiter.left(Endpoint::Bulk, ms(400));
        assert_eq!(limiter.earliest(Endpoint::Bulk), ms(10_500));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(500)), ms(10_500));
        limiter.left(Endpoint::Bulk, ms(10_500));
        assert_eq!(limiter.reserve(Endpoint::Bulk, ms(10_501)), ms(20_600));
    }

    #[test]
    fn a_restart_keeps_the_distance_from_the_last_send() {
        for (ago, want) in [(0, 30_350), (29_000, 1_350), (30_300, 50), (90_000, 50)] {
            let mut limiter = limiter("vendor");
            limiter.seed(Endpoint::Bulk, ms(ago), ms(50));
            let turn = limiter.reserve(Endpoint::Bulk, ms(50));
            assert_eq!(turn, ms(want), "{ago}");
            assert_eq!(limiter.reserve(Endpoint::Bulk, ms(50)), turn + ms(30_300));
        }
    }
}
