//! When a request may leave. Time is an argument: the monotonic time since the process started.

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
/// Evenly and never in bursts: a window that slides at the server then never holds one too many, wherever it
/// begins. Waiting for the turn is the caller's; of those who wait for one endpoint only one should ask at a time,
/// so that what an answer says ([`Limiter::not_before`]) still holds for the others.
#[derive(Debug)]
pub struct Limiter {
    turns: Vec<Turn>,
}

/// The turns of one endpoint.
#[derive(Debug)]
struct Turn {
    /// The time between two requests; zero without limits.
    spacing: Duration,
    /// Nothing leaves earlier.
    not_before: Duration,
    /// `None` without limits.
    rate: Option<RateLimiter<NotKeyed, InMemoryState, GivenClock, NoOpMiddleware<Nanos>>>,
    clock: GivenClock,
}

impl Limiter {
    /// A limiter whose every endpoint is free at once.
    pub fn new(limits: &Limits) -> Limiter {
        let turns = Endpoint::ALL.map(|endpoint| Turn::new(limits.spacing(endpoint)));
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
        let spacing = self.turn(endpoint).spacing;
        self.not_before(endpoint, at.saturating_add(spacing));
    }

    /// Lets nothing leave for that endpoint before `at`, as an answer asked. Only ever later: an earlier time
    /// changes nothing.
    pub fn not_before(&mut self, endpoint: Endpoint, at: Duration) {
        let turn = self.turn(endpoint);
        turn.not_before = turn.not_before.max(at);
    }

    /// After a restart: the last request to that endpoint left so long `ago` (by the wall clock; zero if that ran
    /// backwards). The next one keeps its distance from it.
    pub fn seed(&mut self, endpoint: Endpoint, ago: Duration, now: Duration) {
        let rest = self.turn(endpoint).spacing.saturating_sub(ago);
        self.not_before(endpoint, now.saturating_add(rest));
    }

    fn turn(&mut self, endpoint: Endpoint) -> &mut Turn {
        &mut self.turns[endpoint as usize]
    }
}

impl Turn {
    fn new(spacing: Duration) -> Turn {
        let clock = GivenClock::default();
        let rate = Quota::with_period(spacing)
            .map(|quota| RateLimiter::direct_with_clock(quota, clock.clone()));
        Turn {
            spacing,
            not_before: Duration::ZERO,
            rate,
            clock,
        }
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
