//! One exchange with the tenant as values: an answer as it came, or why there is none.

use std::fmt;

use thiserror::Error;

/// An answer as it came: nothing is read into it yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The headers that mean something to us.
    pub headers: AnswerHeaders,
    /// The whole body, capped by the client.
    pub body: Vec<u8>,
}

/// The headers that mean something to us, as raw text; `None` if missing (or not text).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AnswerHeaders {
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Retry-After`: seconds or a date.
    pub retry_after: Option<String>,
    /// `Date`: the tenant's own clock.
    pub date: Option<String>,
    /// `X-RateLimit-Limit`.
    pub rate_limit: Option<String>,
    /// `X-RateLimit-Remaining`.
    pub rate_remaining: Option<String>,
    /// `X-RateLimit-Reset`: seconds left in the window, not an epoch (vendor).
    pub rate_reset: Option<String>,
    /// `Location`. It may repeat credentials of the query, so it is never shown whole.
    pub location: Option<String>,
}

/// Why no connection stood. In every case nothing reached the tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unreachable {
    /// Nobody listens there, or the connection broke while it was made.
    Refused,
    /// The host's name leads nowhere.
    Dns,
    /// No connection in time.
    ConnectTimeout,
    /// The other side cannot prove who it is. Trying again does not help.
    Tls,
    /// Our own client would not send it: a body that the journal does not know, an id that no URL can hold.
    /// Trying again does not help.
    Declined,
}

/// Why there is no answer. Texts never hold a URL, because its query may hold credentials.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransportError {
    /// Provably nothing was sent.
    #[error("{text}")]
    NotSent {
        /// In which way.
        kind: Unreachable,
        /// For people.
        text: String,
    },
    /// The request, or part of it, left; whether it was executed is unknown.
    #[error("{text}")]
    Ambiguous {
        /// For people.
        text: String,
    },
    /// The answer was longer than the client takes; whether the request was executed is unknown.
    #[error("the answer is longer than {limit_bytes} bytes")]
    TooLarge {
        /// The cap that it broke.
        limit_bytes: u64,
    },
}

impl Answer {
    /// Whether the answer claims to be JSON, or claims nothing.
    pub fn may_be_json(&self) -> bool {
        let Some(content_type) = &self.headers.content_type else {
            return true;
        };
        let essence = content_type.split(';').next().unwrap_or_default();
        let essence = essence.trim().to_ascii_lowercase();
        matches!(essence.as_str(), "" | "application/json" | "text/json")
            || (essence.starts_with("application/") && essence.ends_with("+json"))
    }
}

/// Bodies hold names, addresses and (from a logon) tokens: only their length is shown.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// All but the text of `Location`.
impl fmt::Debug for AnswerHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerHeaders")
            .field("content_type", &self.content_type)
            .field("retry_after", &self.retry_after)
            .field("date", &self.date)
            .field("rate_limit", &self.rate_limit)
            .field("rate_remaining", &self.rate_remaining)
            .field("rate_reset", &self.rate_reset)
            .field("has_location", &self.location.is_some())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_told_by_its_content_type_or_by_none() {
        for (content_type, want) in [
            (None, true),
            (Some("application/json"), true),
            (Some("Application/JSON; charset=utf-8"), true),
            (Some("application/problem+json"), true),
            (Some("text/json"), true),
            (Some(""), true),
            (Some("text/html"), false),
            (Some("text/html; application/json"), false),
            (Some("text/plain"), false),
            (Some("application/jsonp"), false),
            (Some("image/svg+json"), false),
        ] {
            let answer = Answer {
                status: 200,
                headers: AnswerHeaders {
                    content_type: content_type.map(str::to_owned),
                    ..AnswerHeaders::default()
                },
                body: Vec::new(),
            };
            assert_eq!(answer.may_be_json(), want, "{content_type:?}");
        }
    }

    #[test]
    fn neither_body_nor_location_is_shown() {
        let answer = Answer {
            status: 200,
            headers: AnswerHeaders {
                location: Some("https://h/?customercode=hidden-code".to_owned()),
                ..AnswerHeaders::default()
            },
            body: br#"{"token":"hidden-token"}"#.to_vec(),
        };
        assert!(!format!("{answer:?}").contains("hidden"));
    }
}
