//! The key under which two spellings of one user meet.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// A UserID with case and Unicode form aside (lower case, NFC).
///
/// Two UserIDs with equal keys are the same user or refused twins, never two users.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey(Box<str>);

impl UserKey {
    /// The key of a UserID.
    pub fn of(user_id: &str) -> UserKey {
        if user_id.is_ascii() {
            return UserKey(user_id.to_ascii_lowercase().into());
        }
        let lowered: String = user_id.nfc().flat_map(char::to_lowercase).nfc().collect();
        UserKey(lowered.into())
    }

    /// The folded spelling. For comparison only; it is never written to the tenant.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserKey({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_unicode_form_do_not_tell_users_apart() {
        assert_eq!(UserKey::of("JosÉ"), UserKey::of("jose\u{301}"));
        assert_eq!(UserKey::of("T-100"), UserKey::of("t-100"));
        assert_ne!(UserKey::of("007"), UserKey::of("7"));
    }
}
