//! The one place where the limiter, the clock and sleeping meet: every request to the tenant, read or write,
//! takes its turn here, and every answer's wishes are learnt here.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::pacing::{Endpoint, Limiter, Limits, OwnUse, RetryBudget, Told, wait_told};
use crate::wire::Answer;

/// Shared by all who ask one tenant.
pub struct Pace {
    started: Instant,
    wait_max: Duration,
    limits: Limits,
    /// By endpoint: held while waiting for a turn, so that they come in the order of asking.
    queues: [tokio::sync::Mutex<()>; Endpoint::ALL.len()],
    state: Mutex<State>,
    told: OnceLock<Box<ToldListener>>,
}

/// Hears which endpoint an answer wants to be left alone, and for how long.
type ToldListener = dyn Fn(Endpoint, Duration) + Send + Sync;

/// A shorter wait of a read that was not refused is over before a process has started anew.
const WAIT_WORTH_KEEPING: Duration = Duration::from_secs(2);

struct State {
    limiter: Limiter,
    budget: RetryBudget,
    /// By endpoint: when requests left of late, oldest first; cut to one window when an answer is learnt from.
    recent: [VecDeque<Duration>; Endpoint::ALL.len()],
    /// By endpoint: nothing leaves before that time, counted from `started`.
    not_before: [Duration; Endpoint::ALL.len()],
}

/// A turn that would come later than anyone may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// Until the endpoint may be asked again.
    pub wait: Duration,
}

impl Pace {
    /// Under these limits; `wait_max` is the longest wait that an answer may ask for (`retry_after_max`).
    pub fn new(limits: &Limits, wait_max: Duration) -> Pace {
        Pace {
            started: Instant::now(),
            wait_max,
            limits: *limits,
            queues: Endpoint::ALL.map(|_| tokio::sync::Mutex::new(())),
            state: Mutex::new(State {
                limiter: Limiter::new(limits),
                budget: RetryBudget::default(),
                recent: Endpoint::ALL.map(|_| VecDeque::new()),
                not_before: Endpoint::ALL.map(|_| Duration::ZERO),
            }),
            told: OnceLock::new(),
        }
    }

    /// Lets somebody know of every wait that an answer asks for and that may outlive this process, in the moment it
    /// is learnt. The first listener stays.
    pub fn when_told(&self, listener: impl Fn(Endpoint, Duration) + Send + Sync + 'static) {
        let _ = self.told.set(Box::new(listener));
    }

    /// The monotonic time since the start.
    pub fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// The longest wait that an answer may ask for.
    pub fn wait_max(&self) -> Duration {
        self.wait_max
    }

    /// Waits until a request to that endpoint may leave; send it at once. May be dropped while waiting.
    ///
    /// # Errors
    /// At once, if an answer asked for more than the longest wait.
    pub async fn turn(&self, endpoint: Endpoint) -> Result<(), TooLong> {
        self.turn_telling(endpoint, |_| {}).await
    }

    /// The same, and tells how long it waits each time that it has to.
    ///
    /// # Errors
    /// As [`Pace::turn`].
    pub async fn turn_telling(
        &self,
        endpoint: Endpoint,
        tell: impl Fn(Duration),
    ) -> Result<(), TooLong> {
        let _queue = self.queues[endpoint as usize].lock().await;
        let mut at = self.state().limiter.reserve(endpoint, self.now());
        loop {
            // What was learnt while we slept holds for us too.
            at = at.max(self.state().limiter.earliest(endpoint));
            let now = self.now();
            if at <= now {
                let mut state = self.state();
                state.limiter.left(endpoint, now);
                state.recent[endpoint as usize].push_back(now);
                return Ok(());
            }
            let wait = self.wait_left(endpoint);
            if wait > self.wait_max {
                return Err(TooLong { wait });
            }
            tell(at - now);
            tokio::time::sleep(at - now).await;
        }
    }

    /// The request whose turn it was leaves only now, because something had to be done first: the next one
    /// keeps its distance from this moment.
    pub fn leaves(&self, endpoint: Endpoint) {
        let now = self.now();
        self.state().limiter.left_later(endpoint, now);
    }

    /// Learns from an answer how long its endpoint wants to be left alone, and says what it asked for.
    pub fn learn(&self, endpoint: Endpoint, answer: &Answer) -> Told {
        let own = self.own_use(endpoint);
        let told = wait_told(
            &answer.headers,
            answer.status,
            &own,
            epoch_s(),
            self.wait_max,
        );
        if let Told::Wait(wait) | Told::TooLong(wait) = told {
            self.hold(endpoint, wait);
            let is_refused = matches!(answer.status, 429 | 503) && !wait.is_zero();
            let is_kept = is_refused || wait >= WAIT_WORTH_KEEPING;
            if let Some(listener) = self.told.get().filter(|_| is_kept) {
                listener(endpoint, wait);
            }
        }
        told
    }

    /// Lets nothing leave to that endpoint for so long from now. Only ever longer.
    pub fn hold(&self, endpoint: Endpoint, wait: Duration) {
        let at = self.now().saturating_add(wait);
        let mut state = self.state();
        let held = &mut state.not_before[endpoint as usize];
        *held = at.max(*held);
        state.limiter.not_before(endpoint, at);
    }

    /// How long the endpoint still wants to be left alone.
    pub fn wait_left(&self, endpoint: Endpoint) -> Duration {
        self.state().not_before[endpoint as usize].saturating_sub(self.now())
    }

    /// After a restart: the last request to that endpoint left so long `ago`.
    pub fn seed(&self, endpoint: Endpoint, ago: Duration) {
        let now = self.now();
        self.state().limiter.seed(endpoint, ago, now);
    }

    /// Counts a request that is sent for the first time.
    pub fn count_needed(&self) {
        let now = self.now();
        self.state().budget.needed(now);
    }

    /// Takes one resend out of the budget that all share; `false` if it is used up.
    pub fn take_retry(&self) -> bool {
        let now = self.now();
        self.state().budget.retry(now)
    }

    /// What left to that endpoint within one window of its rate, and a fifth more for the way to the server.
    fn own_use(&self, endpoint: Endpoint) -> OwnUse {
        let rate = self.limits.rate(endpoint);
        let window = rate.map_or(Duration::ZERO, |rate| rate.per + rate.per / 5);
        let since = self.now().saturating_sub(window);
        let mut state = self.state();
        let recent = &mut state.recent[endpoint as usize];
        while recent.front().is_some_and(|left| *left < since) {
            recent.pop_front();
        }
        let sent = u32::try_from(recent.len()).unwrap_or(u32::MAX);
        OwnUse { sent, rate }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No step leaves the state half done, so a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number from 0 up to 1, for jitter: the standard library's hash keys are random.
pub fn chance() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1u64 << 53) as f64
}

fn epoch_s() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
