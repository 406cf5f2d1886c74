//! What was sent in secret, taken out of an answer that repeats it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wire::segment;

/// Shorter ones would be found in words that mean something else.
const LEN_MIN: usize = 6;

/// Replaces the secret in each form in which a server may repeat it. Never for the answer of a read: there it could
/// only be data, and data must stay as they are.
pub(super) fn scrub(body: &mut Vec<u8>, secret: &str) {
    if secret.len() < LEN_MIN || body.is_empty() {
        return;
    }
    let escaped = serde_json::to_string(secret).expect("a string serializes");
    let forms = [
        secret.to_owned(),
        escaped.trim_matches('"').to_owned(),
        segment(secret).to_string(),
        segment(secret).replace("%20", "+"),
        STANDARD.encode(secret),
    ];
    for form in forms {
        if memchr::memmem::find(body, form.as_bytes()).is_some() {
            *body = without(body, form.as_bytes());
        }
    }
}

fn without(body: &[u8], form: &[u8]) -> Vec<u8> {
    let mut rest = body;
    let mut clean = Vec::with_capacity(body.len());
    while let Some(at) = memchr::memmem::find(rest, form) {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice("…".as_bytes());
        rest = &rest[at + form.len()..];
    }
    clean.extend_from_slice(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_taken_out_in_each_form_and_nothing_else() {
        for (secret, body, clean) in [
            ("hunter-2", "a hunter-2 b hunter-2", "a … b …"),
            ("hunter \"2", r#"{"m":"hunter \"2!"}"#, r#"{"m":"…!"}"#),
            ("hunter/2", "?code=hunter%2F2&", "?code=…&"),
            ("hunter 2", "?code=hunter+2&", "?code=…&"),
            ("hunter-2", "aHVudGVyLTI=", "…"),
            ("test", "a test", "a test"),
            ("hunter-2", "Hunter-2", "Hunter-2"),
            ("hunter-2", "", ""),
        ] {
            let mut bytes = body.as_bytes().to_vec();
            scrub(&mut bytes, secret);
            assert_eq!(String::from_utf8_lossy(&bytes), clean, "{secret} in {body}");
        }
    }
}
