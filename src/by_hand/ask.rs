//! Making one call until it has an end.

use std::sync::Arc;
use std::time::Duration;

use crate::api::{ApiError, Call, Client, Renewal};
use crate::fetch::{Pace, chance};
use crate::model::{Event, Progress};
use crate::pacing::{Endpoint, RetryPolicy, Told};
use crate::wire::{Answer, TransportError, Unreachable};

/// How long a tenant that does not answer at all is knocked at.
const PATIENCE: Duration = Duration::from_secs(15);
/// Shorter waits for a turn are not worth a word.
const WAIT_WORTH_TELLING: Duration = Duration::from_secs(2);

/// One exchange, as the client gives it.
type Exchange = Result<Answer, TransportError>;

/// Makes calls, in turn with all who share its pace.
pub struct Hand {
    client: Client,
    pace: Arc<Pace>,
    policy: RetryPolicy,
    progress: Arc<dyn Progress>,
}

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq)]
pub enum HandError {
    /// What the tenant said, or that it could not be asked.
    Api(ApiError),
    /// The tenant asks to be left alone for longer than is allowed.
    TooLong {
        /// How long.
        wait: Duration,
    },
}

/// How far one call has got.
struct Trials {
    made: u32,
    began: Duration,
    has_renewed: bool,
}

impl Hand {
    /// Calls through `client`, in turn with all who share `pace`.
    pub fn new(
        client: Client,
        pace: Arc<Pace>,
        policy: RetryPolicy,
        progress: Arc<dyn Progress>,
    ) -> Hand {
        Hand {
            client,
            pace,
            policy,
            progress,
        }
    }

    /// What makes the calls to give to [`Hand::ask`].
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Makes the call, and again where that can do no harm: after 401 with a new token, once; when the tenant
    /// asked to wait; when nothing can have been sent; and a read after any failure that may pass.
    ///
    /// # Errors
    /// What came of the last trial.
    pub async fn ask<T>(&self, call: Call<'_, T>) -> Result<T, HandError> {
        let exchange = self.exchange(&call).await?;
        call.read(&exchange).map_err(HandError::Api)
    }

    /// The same, and gives the last answer as it came, whatever its status.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn answer<T>(&self, call: Call<'_, T>) -> Result<Answer, HandError> {
        let exchange = self.exchange(&call).await?;
        match (call.read(&exchange), exchange) {
            (_, Ok(answer)) => Ok(answer),
            (Err(error), Err(_)) => Err(HandError::Api(error)),
            (Ok(_), Err(error)) => Err(HandError::Api(ApiError::Unreadable {
                why: error.to_string(),
            })),
        }
    }

    async fn exchange<T>(&self, call: &Call<'_, T>) -> Result<Exchange, HandError> {
        let mut trials = Trials {
            made: 0,
            began: self.pace.now(),
            has_renewed: false,
        };
        loop {
            trials.made += 1;
            let token = self.client.token_number();
            let (exchange, told) = self.once(call).await?;
            let Err(error) = call.read(&exchange) else {
                return Ok(exchange);
            };
            if matches!(error, ApiError::Unauthorized { .. }) && call.endpoint().wants_pass() {
                match self.renew(token, &mut trials).await? {
                    true => continue,
                    false => return Ok(exchange),
                }
            }
            if let Told::TooLong(wait) = told {
                return Err(HandError::TooLong { wait });
            }
            if !self.may_pass(&error, call.endpoint(), &trials) {
                return Ok(exchange);
            }
            let why = error.to_string();
            match told {
                // The wait itself happens where the next turn is taken.
                Told::Wait(for_time) => self.progress.event(Event::Waiting { for_time, why }),
                _ => {
                    let attempt = trials.made + 1;
                    self.progress.event(Event::Retrying { attempt, why });
                    tokio::time::sleep(self.policy.backoff(trials.made, chance())).await;
                }
            }
        }
    }

    fn may_pass(&self, error: &ApiError, endpoint: Endpoint, trials: &Trials) -> bool {
        let may_pass = match error {
            ApiError::Throttled { .. } => true,
            ApiError::Unreachable { kind, .. } => {
                let is_lasting = matches!(kind, Unreachable::Tls | Unreachable::Declined);
                !is_lasting && self.pace.now().saturating_sub(trials.began) < PATIENCE
            }
            ApiError::Ambiguous { .. } | ApiError::Unreadable { .. } => !endpoint.is_write(),
            _ => false,
        };
        may_pass && self.policy.may_retry(trials.made)
    }

    /// Signs in if need be, waits for the turn, makes the call and learns from the answer's headers.
    async fn once<T>(&self, call: &Call<'_, T>) -> Result<(Exchange, Told), HandError> {
        let endpoint = call.endpoint();
        // So that signing in does not delay the call into the turn of the next one.
        if endpoint.wants_pass()
            && let Err(error) = self.client.sign_in().await
        {
            return Ok((Err(error), Told::None));
        }
        let tell = |for_time: Duration| {
            if for_time >= WAIT_WORTH_TELLING {
                let why = "the rate limit of this call".to_owned();
                self.progress.event(Event::Waiting { for_time, why });
            }
        };
        let turn = self.pace.turn_telling(endpoint, tell).await;
        turn.map_err(|too_long| HandError::TooLong {
            wait: too_long.wait,
        })?;
        let exchange = call.exchange().await;
        let told = match &exchange {
            Ok(answer) => self.pace.learn(endpoint, answer),
            Err(_) => Told::None,
        };
        Ok((exchange, told))
    }

    /// After a 401: whether there is a newer token now; one is fetched once for each call. A trial that met an old
    /// token does not count.
    async fn renew(&self, token: u64, trials: &mut Trials) -> Result<bool, HandError> {
        if trials.has_renewed {
            return Ok(false);
        }
        match self.client.renew(token).await {
            Ok(Renewal::Renewed) => {
                trials.has_renewed = true;
                trials.made -= 1;
                Ok(true)
            }
            Err(TransportError::NotSent { kind, text }) => {
                Err(HandError::Api(ApiError::Unreachable { kind, text }))
            }
            Ok(Renewal::Fixed | Renewal::Refused) | Err(_) => Ok(false),
        }
    }
}
