//! What an answer, or the lack of one, means: for a chunk that was sent, and for a read.

use crate::model::{Detail, User};
use crate::wire::{
    Answer, Details, TransportError, Unreachable, Unreadable, read_details, read_user, read_users,
};

/// What became of a bulk call. Whoever is not sure says [`Verdict::Ambiguous`]: then the users are read back.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Done, and nothing to say about it.
    Applied,
    /// Done, with warnings: read back to see what they mean.
    AppliedWithDetails(Vec<Detail>),
    /// Something in the chunk was refused (400, 409, 410). Other rows of it may have been applied all the same.
    Refused {
        /// HTTP status.
        status: u16,
        /// Why; may be empty. Their pointers choose suspects and prove nothing.
        details: Vec<Detail>,
    },
    /// Not executed (429, 503): wait as told, then again.
    Throttled {
        /// HTTP status.
        status: u16,
    },
    /// Not executed (413): halve.
    TooLarge,
    /// Not executed (401): renew the token once.
    Unauthorized,
    /// This address, method or content is wrong as a whole (403, 404, 405, 415, other 4xx): stop.
    Misconfigured {
        /// HTTP status.
        status: u16,
        /// What the body says; may be empty.
        details: Vec<Detail>,
    },
    /// Sent elsewhere (3xx), which is never followed: stop.
    Redirected {
        /// HTTP status.
        status: u16,
    },
    /// Provably nothing left.
    NotSent {
        /// In which way.
        kind: Unreachable,
        /// For people.
        text: String,
    },
    /// Executed, not executed, or in part: nobody knows. Read the users back.
    Ambiguous {
        /// For people.
        why: String,
        /// The status, if the server said that it failed (5xx).
        server_error: Option<u16>,
        /// What the body says; may be empty.
        details: Vec<Detail>,
    },
}

/// What became of a read.
#[derive(Clone, Debug, PartialEq)]
pub enum ReadVerdict<T> {
    /// Here it is.
    Present(T),
    /// There is no such object (410).
    Absent,
    /// The URL is wrong (404), or the object is absent at a server that says it so: the caller knows whether
    /// anything under this base URL has answered before.
    NotFound,
    /// The tenant will not answer this (403, 405, other 4xx); asking again changes nothing.
    Refused {
        /// HTTP status.
        status: u16,
        /// What the body says; may be empty.
        details: Vec<Detail>,
    },
    /// Wait as told, then again (429, 503).
    Throttled {
        /// HTTP status.
        status: u16,
    },
    /// Failed in a way that may pass (5xx, broken or unreadable answer): back off, then again.
    Retry(String),
    /// No connection stood; may pass.
    Unreachable {
        /// In which way.
        kind: Unreachable,
        /// For people.
        text: String,
    },
    /// Renew the token once (401).
    Unauthorized,
    /// Will not pass by itself: a redirect, a certificate, something that our client declined to send.
    Fatal(String),
}

impl Verdict {
    /// A stable word for journal and reports.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Applied => "applied",
            Verdict::AppliedWithDetails(_) => "applied_with_details",
            Verdict::Refused { .. } => "refused",
            Verdict::Throttled { .. } => "throttled",
            Verdict::TooLarge => "too_large",
            Verdict::Unauthorized => "unauthorized",
            Verdict::Misconfigured { .. } => "misconfigured",
            Verdict::Redirected { .. } => "redirected",
            Verdict::NotSent { .. } => "not_sent",
            Verdict::Ambiguous { .. } => "ambiguous",
        }
    }

    /// The details that came with it, whichever it is.
    pub fn details(&self) -> &[Detail] {
        match self {
            Verdict::AppliedWithDetails(details)
            | Verdict::Refused { details, .. }
            | Verdict::Misconfigured { details, .. }
            | Verdict::Ambiguous { details, .. } => details,
            _ => &[],
        }
    }
}

/// Reads what became of a bulk call.
pub fn bulk_verdict(result: &Result<Answer, TransportError>) -> Verdict {
    let answer = match result {
        Ok(answer) => answer,
        Err(TransportError::NotSent { kind, text }) => {
            return Verdict::NotSent {
                kind: *kind,
                text: text.clone(),
            };
        }
        Err(error) => return ambiguous(error.to_string()),
    };
    let status = answer.status;
    match status {
        200 => confirmation(read_details(answer)),
        300..=399 => Verdict::Redirected { status },
        400 | 409 | 410 => Verdict::Refused {
            status,
            details: read_details(answer).into_vec(),
        },
        401 => Verdict::Unauthorized,
        408 => ambiguous("the tenant gave up waiting for the request (408)"),
        413 => Verdict::TooLarge,
        429 | 503 => Verdict::Throttled { status },
        402..=499 => Verdict::Misconfigured {
            status,
            details: read_details(answer).into_vec(),
        },
        500..=599 => Verdict::Ambiguous {
            why: format!("the tenant answered {status}"),
            server_error: Some(status),
            details: read_details(answer).into_vec(),
        },
        _ => ambiguous(format!(
            "the tenant answered {status}, which confirms nothing"
        )),
    }
}

/// A 200 confirms only if its body does.
fn confirmation(details: Details) -> Verdict {
    match details {
        Details::Clean => Verdict::Applied,
        Details::Unreadable(why) => ambiguous(why),
        Details::Told(details) => {
            let bad = details
                .iter()
                .find(|detail| !(200..=299).contains(&detail.code));
            match bad.map(|detail| detail.code) {
                None => Verdict::AppliedWithDetails(details),
                Some(code) => Verdict::Ambiguous {
                    why: format!("the answer says code {code} under status 200"),
                    server_error: None,
                    details,
                },
            }
        }
    }
}

fn ambiguous(why: impl Into<String>) -> Verdict {
    Verdict::Ambiguous {
        why: why.into(),
        server_error: None,
        details: Vec::new(),
    }
}

/// Reads what became of `GET User`. Whether it is the user that was asked for is the caller's to compare.
pub fn get_verdict(result: &Result<Answer, TransportError>) -> ReadVerdict<User> {
    read_verdict(result, read_user)
}

/// Reads what became of one page of the query. 403, 404 and 405 (`Refused`, `NotFound`) mean that this caller
/// may not list users.
pub fn query_verdict(result: &Result<Answer, TransportError>) -> ReadVerdict<Vec<User>> {
    read_verdict(result, read_users)
}

fn read_verdict<T>(
    result: &Result<Answer, TransportError>,
    read: impl Fn(&Answer) -> Result<T, Unreadable>,
) -> ReadVerdict<T> {
    let answer = match result {
        Ok(answer) => answer,
        Err(error) => return unanswered(error),
    };
    let status = answer.status;
    match status {
        200 => match read(answer) {
            Ok(value) => ReadVerdict::Present(value),
            Err(unreadable) => ReadVerdict::Retry(unreadable.why),
        },
        300..=399 => ReadVerdict::Fatal(format!(
            "the tenant answered {status}, a redirect, which is never followed"
        )),
        401 => ReadVerdict::Unauthorized,
        404 => ReadVerdict::NotFound,
        410 => ReadVerdict::Absent,
        429 | 503 => ReadVerdict::Throttled { status },
        408 => ReadVerdict::Retry("the tenant gave up waiting for the request (408)".to_owned()),
        400..=499 => ReadVerdict::Refused {
            status,
            details: read_details(answer).into_vec(),
        },
        _ => ReadVerdict::Retry(format!("the tenant answered {status}")),
    }
}

fn unanswered<T>(error: &TransportError) -> ReadVerdict<T> {
    match error {
        TransportError::NotSent {
            kind: Unreachable::Tls | Unreachable::Declined,
            text,
        } => ReadVerdict::Fatal(text.clone()),
        TransportError::NotSent { kind, text } => ReadVerdict::Unreachable {
            kind: *kind,
            text: text.clone(),
        },
        TransportError::Ambiguous { text } => ReadVerdict::Retry(text.clone()),
        // The same question has the same answer.
        TransportError::TooLarge { .. } => ReadVerdict::Fatal(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
