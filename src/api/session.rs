//! Who asks: the pass of the moment, fetched on first use and renewed by one caller at a time.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use reqwest::Method;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};

use crate::api::http::{Ask, Http};
use crate::api::scrub::scrub;
use crate::api::{ClientError, Credentials};
use crate::wire::{Answer, TokenTimes, TransportError, Unreachable};

/// What came of renewing the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// There is a newer token than the one that was refused.
    Renewed,
    /// These credentials give nothing newer: a fixed token, or customer id and code.
    Fixed,
    /// The tenant refused name or password. It is not asked again: repeated bad logons lock accounts.
    Refused,
}

/// What a request carries to show who asks.
#[derive(Clone)]
pub(super) enum Pass {
    /// As `x-access-token`.
    Token(HeaderValue),
    /// In the query.
    Customer {
        id: SecretString,
        code: SecretString,
    },
}

impl Pass {
    /// Takes the token out of an answer that repeats it; customer id and code belong to the credentials.
    pub(super) fn scrub(&self, body: &mut Vec<u8>) {
        if let Pass::Token(token) = self {
            scrub(body, token.to_str().unwrap_or_default());
        }
    }
}

/// A pass, or the answer that refused name or password.
pub(super) type Entry = Result<Pass, Answer>;

/// Shared by all that ask in one name, so that a token renewed by one serves the others.
pub(super) struct Session {
    credentials: Credentials,
    /// `None` before the first use. While it is renewed the old one is still given out: who has taken his turn
    /// to send must not be held up, or all who were would leave at once.
    entry: Mutex<Option<Entry>>,
    /// Held while one caller signs in, so that the others wait for what he gets.
    signing_in: Arc<tokio::sync::Mutex<()>>,
    /// How often the token was renewed; the first one is number 0, so that it can be named before it is there.
    number: AtomicU64,
    /// From when on a token of a login is replaced before it expires; `None`: it does not say when that is, or
    /// another one was not to be had.
    due: Mutex<Option<Instant>>,
    /// How long the token of the moment lasts in all, in seconds; negative: it does not say.
    lifetime_s: AtomicI64,
}

/// A token is replaced so long before it expires, but never in its first nine tenths.
const AHEAD_MAX: Duration = Duration::from_secs(60);

impl Session {
    pub(super) fn new(credentials: Credentials) -> Result<Session, ClientError> {
        credentials.check()?;
        let pass = match &credentials {
            Credentials::Token(token) => Some(token_pass(token.expose_secret()).ok_or(
                ClientError::Credential {
                    what: "token",
                    why: "can be carried by no header",
                },
            )?),
            Credentials::Customer { id, code } => Some(Pass::Customer {
                id: id.clone(),
                code: code.clone(),
            }),
            Credentials::Login { .. } => None,
        };
        let given_lifetime_s = match &credentials {
            Credentials::Token(token) => TokenTimes::of(token.expose_secret())
                .filter(|times| times.issued_at_s.is_some())
                .map(|times| times.lifetime_s(0)),
            _ => None,
        };
        Ok(Session {
            credentials,
            entry: Mutex::new(pass.map(Ok)),
            signing_in: Arc::default(),
            number: AtomicU64::new(0),
            due: Mutex::new(None),
            lifetime_s: AtomicI64::new(given_lifetime_s.unwrap_or(-1)),
        })
    }

    /// The same as [`Session::enter`] for one who has not taken his turn yet: he can wait while a token that is about
    /// to expire is replaced. Only one does; the others go on with the old one. If it cannot be replaced, the old one
    /// serves as long as it lasts.
    pub(super) async fn enter_early(
        self: &Arc<Session>,
        http: &Http,
    ) -> Result<Entry, TransportError> {
        let is_due = self.due().is_some_and(|due| due <= Instant::now());
        if is_due && let Ok(alone) = self.signing_in.clone().try_lock_owned() {
            *self.due() = None;
            let (session, http) = (self.clone(), http.clone());
            by_itself(async move {
                let _alone = alone;
                if let Ok(Ok(pass)) = session.sign_in(&http).await {
                    session.replace(Ok(pass));
                }
                Ok(())
            })
            .await?;
        }
        self.enter(http).await
    }

    /// Names the token of the moment, also before the first one is there.
    pub(super) fn number(&self) -> u64 {
        self.number.load(Ordering::Acquire)
    }

    /// The pass of the moment; signs in on first use.
    pub(super) async fn enter(self: &Arc<Session>, http: &Http) -> Result<Entry, TransportError> {
        if let Some(entry) = self.current() {
            return Ok(entry);
        }
        let (session, http) = (self.clone(), http.clone());
        by_itself(async move {
            let _alone = session.signing_in.lock().await;
            if let Some(entry) = session.current() {
                return Ok(entry);
            }
            let fresh = session.sign_in(&http).await?;
            *session.entry() = Some(fresh.clone());
            Ok(fresh)
        })
        .await
    }

    /// Replaces the token that was current when `number` was read. If somebody has done so since, nothing
    /// is asked again.
    pub(super) async fn renew(
        self: &Arc<Session>,
        http: &Http,
        number: u64,
    ) -> Result<Renewal, TransportError> {
        if !matches!(self.credentials, Credentials::Login { .. }) {
            return Ok(Renewal::Fixed);
        }
        let (session, http) = (self.clone(), http.clone());
        by_itself(async move {
            let _alone = session.signing_in.lock().await;
            if matches!(session.current(), Some(Err(_))) {
                return Ok(Renewal::Refused);
            }
            if session.number() != number {
                return Ok(Renewal::Renewed);
            }
            let fresh = session.sign_in(&http).await?;
            let renewal = match fresh {
                Ok(_) => Renewal::Renewed,
                Err(_) => Renewal::Refused,
            };
            session.replace(fresh);
            Ok(renewal)
        })
        .await
    }

    fn replace(&self, entry: Entry) {
        *self.entry() = Some(entry);
        self.number.fetch_add(1, Ordering::AcqRel);
    }

    /// How long the token of the moment lasts in all, if it says so.
    pub(super) fn lifetime_s(&self) -> Option<i64> {
        Some(self.lifetime_s.load(Ordering::Acquire)).filter(|seconds| *seconds >= 0)
    }

    fn current(&self) -> Option<Entry> {
        self.entry().clone()
    }

    fn entry(&self) -> MutexGuard<'_, Option<Entry>> {
        // It is only ever replaced as a whole, so a panic elsewhere does not spoil it.
        self.entry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn due(&self) -> MutexGuard<'_, Option<Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `POST /createjwt` with name and password.
    async fn sign_in(&self, http: &Http) -> Result<Entry, TransportError> {
        let Credentials::Login { username, password } = &self.credentials else {
            return Err(not_signed_in(
                Unreachable::Declined,
                "these credentials do not sign in",
            ));
        };
        let body = json!({"username": username, "password": password.expose_secret()});
        let answer = http
            .exchange(Ask {
                method: Method::POST,
                path: "/createjwt",
                query: &[],
                body: Some(body.to_string().into_bytes()),
                pass: None,
            })
            .await
            .map_err(sign_in_failed)?;
        match answer.status {
            200 => {
                let no_token = || not_signed_in(Unreachable::Refused, "the answer holds no token");
                let (pass, token) = read_token(&answer.body).ok_or_else(no_token)?;
                let lifetime_s = lifetime_s(&token);
                self.lifetime_s
                    .store(lifetime_s.unwrap_or(-1), Ordering::Release);
                *self.due() = lifetime_s.and_then(due);
                Ok(Ok(pass))
            }
            401 | 300..=399 => Ok(Err(answer)),
            status => {
                let kind = match status {
                    400..=499 if status != 429 => Unreachable::Declined,
                    _ => Unreachable::Refused,
                };
                Err(not_signed_in(
                    kind,
                    &format!("the tenant answered {status}"),
                ))
            }
        }
    }
}

/// Goes on whether or not the caller is polled: who waits for his turn to sign in must not depend on one who holds it
/// and is himself not looked at until the other is through.
async fn by_itself<T: Send + 'static>(
    work: impl Future<Output = Result<T, TransportError>> + Send + 'static,
) -> Result<T, TransportError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        Err(error) => Err(not_signed_in(Unreachable::Refused, &error.to_string())),
    }
}

/// Whatever became of signing in, the request it was for has not been sent.
fn sign_in_failed(error: TransportError) -> TransportError {
    let kind = match &error {
        TransportError::NotSent { kind, .. } => *kind,
        _ => Unreachable::Refused,
    };
    not_signed_in(kind, &error.to_string())
}

fn not_signed_in(kind: Unreachable, why: &str) -> TransportError {
    let text = format!("signing in at /createjwt failed: {why}");
    TransportError::NotSent { kind, text }
}

/// The vendor's pages spell the key both ways.
fn read_token(body: &[u8]) -> Option<(Pass, SecretString)> {
    let object: Json = serde_json::from_slice(body).ok()?;
    let token = object.get("token").or_else(|| object.get("Token"))?;
    let token = token.as_str()?;
    Some((token_pass(token)?, token.into()))
}

/// How long a token lasts that was given out just now, if it says so.
fn lifetime_s(token: &SecretString) -> Option<i64> {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_s = epoch.map_or(0, |since| since.as_secs() as i64);
    Some(TokenTimes::of(token.expose_secret())?.lifetime_s(now_s))
}

/// When to replace it.
fn due(lifetime_s: i64) -> Option<Instant> {
    let lifetime = Duration::from_secs(u64::try_from(lifetime_s).ok()?);
    let ahead = AHEAD_MAX.min(lifetime / 10);
    Instant::now().checked_add(lifetime - ahead)
}

fn token_pass(token: &str) -> Option<Pass> {
    let token = token.trim();
    if token.is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_str(token).ok()?;
    // Keeps it out of Debug texts and of HTTP/2's header compression tables.
    value.set_sensitive(true);
    Some(Pass::Token(value))
}
