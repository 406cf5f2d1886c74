//! What went wrong on the way to the tenant or back, told from whether it can have been executed.
//!
//! The only place where the HTTP library's errors become text, so that no URL (and no secret in its query)
//! ever does.

use std::error::Error;
use std::io;

use crate::wire::{TransportError, Unreachable};

/// What rustls says of a server that answers something else, plain http for instance.
const NOT_TLS: &str = "InvalidContentType";

/// Reads an error of sending a request or of reading its answer.
///
/// `NotSent` only where the connection never stood: then nothing can have been executed. A total or read
/// timeout is ambiguous even if it struck while connecting, because the library does not tell them apart.
pub(super) fn transport_error(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let kind = match error.is_connect() {
        false => {
            let text = ambiguous_text(&error);
            return TransportError::Ambiguous { text };
        }
        true if error.is_timeout() => Unreachable::ConnectTimeout,
        true if error.is_dns() => Unreachable::Dns,
        true if is_tls(&error) => Unreachable::Tls,
        true => Unreachable::Refused,
    };
    let said = causes(&error);
    let text = match said.contains(NOT_TLS) {
        true => format!("the server does not speak TLS on this port ({said})"),
        false => said,
    };
    TransportError::NotSent { kind, text }
}

/// The causes of an error from the outside in, joined, without the library's own framing.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    for cause in sources(error) {
        let text = cause.to_string();
        // A nested error of the library could name a URL again, and "client error (Connect)" says nothing.
        let framing = cause.is::<reqwest::Error>() || text.starts_with("client error (");
        if !framing && !text.is_empty() && !texts.iter().any(|said| said.ends_with(&text)) {
            texts.push(text);
        }
    }
    match texts.is_empty() {
        true => "the connection failed".to_owned(),
        false => texts.join(": "),
    }
}

fn ambiguous_text(error: &reqwest::Error) -> String {
    let when = match error.is_decode() || error.is_body() {
        true => "while the answer was read",
        false => "before an answer came",
    };
    match error.is_timeout() {
        true => format!("time ran out {when}"),
        false => format!("the connection broke {when}: {}", causes(error)),
    }
}

/// rustls reports its errors inside I/O errors of this kind, which the connector wraps in further ones.
fn is_tls(error: &reqwest::Error) -> bool {
    sources(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| {
            std::iter::successors(Some(error), |&error| error.get_ref()?.downcast_ref())
                .any(|error| error.kind() == io::ErrorKind::InvalidData)
        })
}

fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
