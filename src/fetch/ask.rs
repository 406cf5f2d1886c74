//! Asking one question until the tenant has understood it, or until asking again is pointless or too much.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::api::{Reader, Renewal};
use crate::fetch::FetchErrorKind;
use crate::fetch::pace::{Pace, TooLong, chance};
use crate::model::{Detail, Event, Progress};
use crate::pacing::{Endpoint, ReadVerdict, RetryPolicy, Told};
use crate::wire::{Answer, TransportError, Unreachable};

/// How long a tenant that was never reached is knocked at.
const PATIENCE: Duration = Duration::from_secs(15);

/// One exchange, as the client gives it.
pub(super) type Exchange = Result<Answer, TransportError>;

/// Asks, in turn with all who share its pace.
pub(super) struct Asker {
    pub(super) reader: Arc<Reader>,
    pub(super) pace: Arc<Pace>,
    pub(super) policy: RetryPolicy,
    pub(super) progress: Arc<dyn Progress>,
    /// Whether a connection ever stood.
    pub(super) reached: AtomicBool,
}

/// What is asked.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    User(&'a str),
    Page { start: u64, limit: u32 },
}

/// What the tenant said, once it had understood.
pub(super) enum Reply<T> {
    Present(T),
    /// 410.
    Absent,
    /// 404.
    NotFound,
    /// Another 4xx.
    Refused {
        status: u16,
        details: Vec<Detail>,
    },
}

/// How far one question has got.
#[derive(Default)]
struct Trials {
    /// Those that count against the policy: not those after which the tenant only had us wait, or renew.
    made: u32,
    /// When the first began, and the last.
    first_at: Option<Duration>,
    last_at: Duration,
    /// How long the tenant had us wait.
    waited: Duration,
    has_renewed: bool,
}

/// Why a trial gave nothing, if another may.
enum Setback {
    Throttled { status: u16, told: Told },
    Unreachable(String),
    Failed(String),
}

impl Asker {
    /// Asks until there is an end. `judge` says what an exchange means for this question.
    pub(super) async fn ask<T>(
        &self,
        question: Question<'_>,
        judge: impl Fn(&Exchange) -> ReadVerdict<T>,
    ) -> Result<Reply<T>, FetchErrorKind> {
        self.pace.count_needed();
        let mut trials = Trials::default();
        loop {
            let session = self.reader.session();
            let (exchange, told) = self.try_once(question, &mut trials).await?;
            let setback = match judge(&exchange) {
                ReadVerdict::Present(value) => return Ok(Reply::Present(value)),
                ReadVerdict::Absent => return Ok(Reply::Absent),
                ReadVerdict::NotFound => return Ok(Reply::NotFound),
                ReadVerdict::Refused { status, details } => {
                    return Ok(Reply::Refused { status, details });
                }
                ReadVerdict::Fatal(why) => return Err(FetchErrorKind::Fatal { why }),
                ReadVerdict::Unauthorized => match self.renew(session, &mut trials).await? {
                    None => continue,
                    Some(setback) => setback,
                },
                ReadVerdict::Throttled { status } => Setback::Throttled { status, told },
                ReadVerdict::Retry(why) => Setback::Failed(why),
                ReadVerdict::Unreachable { text, .. } => Setback::Unreachable(text),
            };
            self.recover(&mut trials, setback).await?;
        }
    }

    /// Signs in if need be, waits for the turn, asks once and learns from the answer's headers.
    async fn try_once(
        &self,
        question: Question<'_>,
        trials: &mut Trials,
    ) -> Result<(Exchange, Told), FetchErrorKind> {
        trials.begin(self.pace.now());
        if let Err(error) = self.reader.sign_in().await {
            return Ok((Err(error), Told::None));
        }
        let endpoint = question.endpoint();
        let turn = self.pace.turn(endpoint).await;
        turn.map_err(|TooLong { wait }| self.too_long(wait))?;
        let exchange = match question {
            Question::User(user_id) => self.reader.get_user(user_id).await,
            Question::Page { start, limit } => self.reader.query_users(start, limit).await,
        };
        let told = match &exchange {
            Ok(answer) => self.pace.learn(endpoint, answer),
            Err(_) => Told::None,
        };
        if !matches!(exchange, Err(TransportError::NotSent { .. })) {
            self.reached.store(true, Ordering::Relaxed);
        }
        Ok((exchange, told))
    }

    /// After a 401: gets a newer token, once for each question. `None` if there is one now.
    async fn renew(
        &self,
        session: u64,
        trials: &mut Trials,
    ) -> Result<Option<Setback>, FetchErrorKind> {
        let refused = |why: &str| FetchErrorKind::Unauthorized {
            why: why.to_owned(),
        };
        if trials.has_renewed {
            return Err(refused("the token that was just renewed is refused too"));
        }
        match self.reader.renew(session).await {
            Ok(Renewal::Renewed) => {
                trials.has_renewed = true;
                trials.made -= 1;
                Ok(None)
            }
            Ok(Renewal::Fixed) => Err(refused("these credentials cannot be renewed by crewsync")),
            Ok(Renewal::Refused) => Err(refused("user name or password is refused")),
            Err(TransportError::NotSent {
                kind: Unreachable::Tls | Unreachable::Declined,
                text,
            }) => Err(FetchErrorKind::Fatal { why: text }),
            Err(error) => Ok(Some(Setback::Failed(error.to_string()))),
        }
    }

    /// Waits before the next trial, or says why there is none.
    async fn recover(&self, trials: &mut Trials, setback: Setback) -> Result<(), FetchErrorKind> {
        let why = setback.why();
        if let Setback::Throttled { told, .. } = setback {
            trials.waited += match told {
                Told::TooLong(wait) => return Err(self.too_long(wait)),
                Told::Wait(wait) => wait,
                Told::None => Duration::ZERO,
            };
            if trials.waited > self.pace.wait_max() {
                return Err(self.too_long(trials.waited));
            }
            if let Told::Wait(wait) = told
                && !wait.is_zero()
                && self.pace.take_retry()
            {
                // The wait itself happens where the next turn is taken.
                trials.made -= 1;
                self.progress.event(Event::Waiting {
                    for_time: wait,
                    why,
                });
                return Ok(());
            }
        }
        let pause = self.policy.backoff(trials.made, chance());
        if !self.may_go_on(trials, &setback, pause) {
            return Err(setback.into_end(trials.made));
        }
        let attempt = trials.made + 1;
        self.progress.event(Event::Retrying { attempt, why });
        tokio::time::sleep(pause).await;
        Ok(())
    }

    fn may_go_on(&self, trials: &Trials, setback: &Setback, pause: Duration) -> bool {
        let is_knocking =
            matches!(setback, Setback::Unreachable(_)) && !self.reached.load(Ordering::Relaxed);
        self.policy.may_retry(trials.made)
            && !(is_knocking && trials.would_end(self.pace.now(), pause) > PATIENCE)
            && self.pace.take_retry()
    }

    fn too_long(&self, wait: Duration) -> FetchErrorKind {
        let wait_max = self.pace.wait_max();
        FetchErrorKind::ToldToWaitTooLong { wait, wait_max }
    }
}

impl Trials {
    fn begin(&mut self, now: Duration) {
        self.made += 1;
        self.last_at = now;
        self.first_at.get_or_insert(now);
    }

    /// How long after the first trial another one would end, if it began after `pause` and took as long as
    /// the last one.
    fn would_end(&self, now: Duration, pause: Duration) -> Duration {
        let took = now.saturating_sub(self.last_at);
        let since_first = now.saturating_sub(self.first_at.unwrap_or(now));
        since_first + pause + took
    }
}

impl Setback {
    fn why(&self) -> String {
        match self {
            Setback::Throttled { status, .. } => format!("the tenant answered {status}"),
            Setback::Unreachable(why) | Setback::Failed(why) => why.clone(),
        }
    }

    fn into_end(self, attempts: u32) -> FetchErrorKind {
        let why = self.why();
        match self {
            Setback::Unreachable(_) => FetchErrorKind::Unreachable { attempts, why },
            _ => FetchErrorKind::Failed { attempts, why },
        }
    }
}

impl Question<'_> {
    fn endpoint(self) -> Endpoint {
        match self {
            Question::User(_) => Endpoint::UserGet,
            Question::Page { .. } => Endpoint::Query,
        }
    }
}

/// As a part of a sentence.
impl fmt::Display for Question<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::User(user_id) => write!(f, "user {user_id}"),
            Question::Page { start: 0, .. } => f.write_str("the list of users"),
            Question::Page { start, .. } => write!(f, "the list of users after the first {start}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knocking_ends_before_patience_does() {
        let ms = Duration::from_millis;
        // Trials began and ended at these times; the next one would follow after 200 ms.
        for (trials, end_ms) in [
            (vec![(0, 0)], 200),
            (vec![(0, 5_000)], 10_200),
            (vec![(0, 5_000), (5_100, 10_100)], 15_300),
            (vec![(100, 10_100)], 20_200),
        ] {
            let mut so_far = Trials::default();
            let mut now = Duration::ZERO;
            for (began, ended) in trials {
                so_far.begin(ms(began));
                now = ms(ended);
            }
            assert_eq!(so_far.would_end(now, ms(200)), ms(end_ms));
        }
    }
}
