//! What a token says about its own time. Its signature is the tenant's business: nothing is decided on its word
//! but when to ask for another one, and whom to warn.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

/// The times in a token, in epoch seconds of the tenant's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenTimes {
    /// `iat`: when it was given out, if it says so.
    pub issued_at_s: Option<i64>,
    /// `exp`: from when on it is refused.
    pub expires_at_s: i64,
}

impl TokenTimes {
    /// Reads them. `None`: it is no JWT, or says nothing of an end.
    pub fn of(token: &str) -> Option<TokenTimes> {
        let mut parts = token.trim().split('.');
        let (Some(_), Some(claims), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let claims = URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?;
        let claims: Json = serde_json::from_slice(&claims).ok()?;
        Some(TokenTimes {
            issued_at_s: epoch_s(claims.get("iat")),
            expires_at_s: epoch_s(claims.get("exp"))?,
        })
    }

    /// How long it lasts from now on. A token that was given out just now lasts as long as it says, whatever our
    /// clock shows; `now_s` counts only where it does not say when that was.
    pub fn lifetime_s(&self, now_s: i64) -> i64 {
        let from = self.issued_at_s.unwrap_or(now_s);
        self.expires_at_s.saturating_sub(from).max(0)
    }
}

/// A NumericDate may have a fraction.
fn epoch_s(claim: Option<&Json>) -> Option<i64> {
    let claim = claim?;
    claim.as_i64().or_else(|| {
        let seconds = claim.as_f64().filter(|seconds| seconds.is_finite())?;
        Some(seconds as i64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn times_are_read_where_there_are_any() {
        for (token, times) in [
            (token(r#"{"iat":100,"exp":160}"#), Some((Some(100), 160))),
            (token(r#"{"exp":160.9}"#), Some((None, 160))),
            (format!("{}\n", token(r#"{"exp":160}"#)), Some((None, 160))),
            (token(r#"{"exp":"160"}"#), None),
            (token(r#"{"iat":100}"#), None),
            (token("junk"), None),
            ("a.b".to_owned(), None),
            (format!("{}.more", token(r#"{"exp":160}"#)), None),
            ("test".to_owned(), None),
            (String::new(), None),
        ] {
            let found = TokenTimes::of(&token);
            let found = found.map(|times| (times.issued_at_s, times.expires_at_s));
            assert_eq!(found, times, "{token}");
        }
    }

    #[test]
    fn a_fresh_token_lasts_as_long_as_it_says_whatever_our_clock_shows() {
        let times = |issued_at_s| TokenTimes {
            issued_at_s,
            expires_at_s: 160,
        };
        for (issued_at_s, now_s, lifetime_s) in [
            (Some(100), 100, 60),
            (Some(100), 5_000, 60),
            (None, 100, 60),
            (None, 200, 0),
            (Some(200), 0, 0),
        ] {
            assert_eq!(times(issued_at_s).lifetime_s(now_s), lifetime_s);
        }
    }
}
