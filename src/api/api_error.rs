//! What the tenant says instead of doing what was asked, in its own words.

use std::time::{Duration, SystemTime};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use thiserror::Error;

use crate::model::Detail;
use crate::wire::{Answer, AnswerHeaders, Endpoint, TransportError, Unreachable, read_details};

/// Why a call did not give what it was made for. No text repeats a URL, a body or a credential.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ApiError {
    /// 401: the credentials are wrong, or the token has expired. Not executed.
    #[error("the tenant refuses the credentials (401)")]
    Unauthorized {
        /// Its reasons; may be empty.
        details: Vec<Detail>,
    },
    /// 404: the URL is wrong. Not "no such user", at most tenants. Not executed.
    #[error("the tenant knows no such URL (404)")]
    NotFound {
        /// Its reasons; may be empty.
        details: Vec<Detail>,
    },
    /// 410: the object does not exist.
    #[error("it does not exist (410)")]
    Gone {
        /// Its reasons; may be empty.
        details: Vec<Detail>,
    },
    /// 409: it would overwrite something that cannot be replaced.
    #[error("it conflicts with something that cannot be replaced (409)")]
    Conflict {
        /// Its reasons; may be empty.
        details: Vec<Detail>,
    },
    /// 400, or another status that says that this call is not taken (403, 405, 413, 415 …).
    #[error("the tenant does not take the call ({status})")]
    Rejected {
        /// HTTP status.
        status: u16,
        /// Its reasons; may be empty.
        details: Vec<Detail>,
    },
    /// 429 or 503: not executed; ask again when the time is over.
    #[error("the tenant asks to wait ({status})")]
    Throttled {
        /// HTTP status.
        status: u16,
        /// Until when, counted from the answer; `None` if it does not say.
        wait: Option<Duration>,
    },
    /// 3xx: sent elsewhere, which is never followed. Not executed.
    #[error("the tenant sends the call elsewhere ({status}), which is never followed")]
    Redirected {
        /// HTTP status.
        status: u16,
    },
    /// Provably nothing was sent.
    #[error("{text}")]
    Unreachable {
        /// In which way.
        kind: Unreachable,
        /// For people.
        text: String,
    },
    /// The request left and nobody knows whether it was executed: no answer, a broken one, or 5xx.
    #[error("{why}")]
    Ambiguous {
        /// The status, if there was one.
        status: Option<u16>,
        /// For people.
        why: String,
        /// What the body says; may be empty.
        details: Vec<Detail>,
    },
    /// A read was answered with something that is not what was asked for.
    #[error("{why}")]
    Unreadable {
        /// As a part of a sentence; never quotes the body.
        why: String,
    },
}

impl ApiError {
    /// Reads one exchange: `Ok` if the answer is a 200 (of which only its reader knows whether it can be read).
    pub(super) fn of(exchange: &Result<Answer, TransportError>) -> Result<&Answer, ApiError> {
        let answer = exchange.as_ref().map_err(ApiError::without_answer)?;
        let status = answer.status;
        let details = || read_details(answer).into_vec();
        Err(match status {
            200..=299 => return Ok(answer),
            300..=399 => ApiError::Redirected { status },
            401 => ApiError::Unauthorized { details: details() },
            404 => ApiError::NotFound { details: details() },
            409 => ApiError::Conflict { details: details() },
            410 => ApiError::Gone { details: details() },
            429 | 503 => ApiError::Throttled {
                status,
                wait: wait(&answer.headers),
            },
            // The server gave up waiting for the request: it may have had enough of it.
            408 | 500..=599 => ApiError::doubtful(answer),
            400..=499 => ApiError::Rejected {
                status,
                details: details(),
            },
            _ => ApiError::doubtful(answer),
        })
    }

    /// A 200 that cannot be read: a write may have been carried out all the same.
    pub(super) fn unreadable(endpoint: Endpoint, status: u16, why: String) -> ApiError {
        match endpoint.is_write() {
            true => ApiError::Ambiguous {
                status: Some(status),
                why,
                details: Vec::new(),
            },
            false => ApiError::Unreadable { why },
        }
    }

    /// A stable word for journal and reports.
    pub fn name(&self) -> &'static str {
        match self {
            ApiError::Unauthorized { .. } => "unauthorized",
            ApiError::NotFound { .. } => "not_found",
            ApiError::Gone { .. } => "gone",
            ApiError::Conflict { .. } => "conflict",
            ApiError::Rejected { .. } => "rejected",
            ApiError::Throttled { .. } => "throttled",
            ApiError::Redirected { .. } => "redirected",
            ApiError::Unreachable { .. } => "unreachable",
            ApiError::Ambiguous { .. } => "ambiguous",
            ApiError::Unreadable { .. } => "unreadable",
        }
    }

    /// What the tenant gave as its reasons; may be empty.
    pub fn details(&self) -> &[Detail] {
        match self {
            ApiError::Unauthorized { details }
            | ApiError::NotFound { details }
            | ApiError::Gone { details }
            | ApiError::Conflict { details }
            | ApiError::Rejected { details, .. }
            | ApiError::Ambiguous { details, .. } => details,
            _ => &[],
        }
    }

    /// The same without what was sent in secret, should the tenant repeat it.
    pub(super) fn without(mut self, secrets: &[SecretString]) -> ApiError {
        let (ApiError::Unauthorized { details }
        | ApiError::NotFound { details }
        | ApiError::Gone { details }
        | ApiError::Conflict { details }
        | ApiError::Rejected { details, .. }
        | ApiError::Ambiguous { details, .. }) = &mut self
        else {
            return self;
        };
        for detail in details.iter_mut().filter(|_| !secrets.is_empty()) {
            detail.params = Json::Null;
            for secret in secrets {
                detail.message = detail.message.replace(secret.expose_secret(), "…");
            }
        }
        self
    }

    fn doubtful(answer: &Answer) -> ApiError {
        ApiError::Ambiguous {
            status: Some(answer.status),
            why: format!("the tenant answered {}", answer.status),
            details: read_details(answer).into_vec(),
        }
    }

    fn without_answer(error: &TransportError) -> ApiError {
        match error {
            TransportError::NotSent { kind, text } => ApiError::Unreachable {
                kind: *kind,
                text: text.clone(),
            },
            error => ApiError::Ambiguous {
                status: None,
                why: error.to_string(),
                details: Vec::new(),
            },
        }
    }
}

/// `Retry-After`: seconds, or a date, counted from the answer's own `Date` where it has one.
fn wait(headers: &AnswerHeaders) -> Option<Duration> {
    let text = headers.retry_after.as_deref()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let date = headers.date.as_deref();
    let now = date.and_then(|date| httpdate::parse_http_date(date).ok());
    let now = now.unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tenant_asks_for_is_seconds_or_a_date_of_its_own_clock() {
        let date = "Sun, 06 Nov 1994 08:49:07 GMT";
        for (retry_after, want_s) in [
            (None, None),
            (Some("30"), Some(30)),
            (Some("-1"), None),
            (Some("junk"), None),
            (Some("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30)),
            (Some("Sun, 06 Nov 1994 08:48:37 GMT"), Some(0)),
        ] {
            let headers = AnswerHeaders {
                retry_after: retry_after.map(str::to_owned),
                date: Some(date.to_owned()),
                ..AnswerHeaders::default()
            };
            let wait_s = wait(&headers).map(|wait| wait.as_secs());
            assert_eq!(wait_s, want_s, "{retry_after:?}");
        }
    }
}
