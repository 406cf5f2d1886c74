//! Why the tenant could not be read.

use std::fmt;
use std::time::Duration;

use crate::model::Detail;

/// Reading stopped. Message, causes and hint name scheme, host and port, and hold no secret.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchError {
    /// Scheme, host, port and path of the tenant.
    pub origin: String,
    /// What was being read, e.g. `user T-1001`.
    pub what: String,
    /// Why it stopped.
    pub kind: FetchErrorKind,
}

/// Why reading stopped.
#[derive(Clone, Debug, PartialEq)]
pub enum FetchErrorKind {
    /// No connection stood, as often as it was tried.
    Unreachable {
        /// How often.
        attempts: u32,
        /// What the last trial met.
        why: String,
    },
    /// The tenant gave no usable answer, as often as it was asked.
    Failed {
        /// How often.
        attempts: u32,
        /// What the last trial met.
        why: String,
    },
    /// The tenant refuses the credentials (401), renewed where they can be.
    Unauthorized {
        /// What was refused.
        why: String,
    },
    /// 404, and nothing under this base URL has answered as a tenant does.
    WrongBaseUrl,
    /// The tenant does not let us list users (403, 404 or 405); single ones may perhaps be read.
    QueryRefused {
        /// HTTP status.
        status: u16,
    },
    /// The tenant refuses this request (another 4xx).
    Refused {
        /// HTTP status.
        status: u16,
        /// Its reasons; may be empty.
        details: Vec<Detail>,
    },
    /// It will not pass by itself: a redirect, a certificate, something that our client declined to send.
    Fatal {
        /// What it is.
        why: String,
    },
    /// The tenant asks us to wait longer than is allowed.
    ToldToWaitTooLong {
        /// How long it asks.
        wait: Duration,
        /// How long is allowed (`retry_after_max`).
        wait_max: Duration,
    },
}

impl FetchError {
    /// What lies behind the message, outermost first; may be empty.
    pub fn causes(&self) -> Vec<String> {
        match &self.kind {
            FetchErrorKind::Unreachable { attempts, why }
            | FetchErrorKind::Failed { attempts, why } => {
                let plural = if *attempts == 1 { "" } else { "s" };
                vec![format!("{why} ({attempts} attempt{plural})")]
            }
            FetchErrorKind::Unauthorized { why } | FetchErrorKind::Fatal { why } => {
                vec![why.clone()]
            }
            FetchErrorKind::Refused { details, .. } => details
                .iter()
                .map(|detail| detail.message.clone())
                .filter(|message| !message.is_empty())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match &self.kind {
            FetchErrorKind::Unreachable { .. } => {
                "check the base URL, the network and the proxy setting"
            }
            FetchErrorKind::Failed { .. } => "the tenant may be unwell; run again later",
            FetchErrorKind::Unauthorized { .. } => {
                "check the token, or the user name and password, and whether it has expired"
            }
            FetchErrorKind::WrongBaseUrl => {
                "check host, port and path of the base URL: it is what stands before /seiapi"
            }
            FetchErrorKind::QueryRefused { .. } => "ask for the right to list users",
            FetchErrorKind::ToldToWaitTooLong { .. } => {
                "run again after that time, or raise retry_after_max_s in [delivery]"
            }
            FetchErrorKind::Fatal { .. } => {
                "check the base URL, which must be the final address, and ca_file"
            }
            FetchErrorKind::Refused { .. } => return None,
        })
    }

    /// Whether configuration has to be mended before another run can do better (exit 2).
    pub fn is_configuration(&self) -> bool {
        matches!(
            self.kind,
            FetchErrorKind::WrongBaseUrl | FetchErrorKind::Fatal { .. }
        )
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FetchError { origin, what, kind } = self;
        match kind {
            FetchErrorKind::Unreachable { .. } => write!(f, "{origin} cannot be reached"),
            FetchErrorKind::Failed { .. } | FetchErrorKind::Fatal { .. } => {
                write!(f, "{what} could not be read from {origin}")
            }
            FetchErrorKind::Unauthorized { .. } => {
                write!(f, "{origin} refuses the credentials (401)")
            }
            FetchErrorKind::WrongBaseUrl => write!(
                f,
                "{origin} answers 404 for {what}, and nothing under the base URL has answered as a tenant does"
            ),
            FetchErrorKind::QueryRefused { status } => {
                write!(
                    f,
                    "{origin} does not let these credentials list users ({status})"
                )
            }
            FetchErrorKind::Refused { status, .. } => {
                write!(f, "{origin} refuses to give {what} ({status})")
            }
            FetchErrorKind::ToldToWaitTooLong { wait, wait_max } => write!(
                f,
                "{origin} asks to be left alone for {} s, and at most {} s are allowed",
                wait.as_secs(),
                wait_max.as_secs()
            ),
        }
    }
}

impl std::error::Error for FetchError {}
