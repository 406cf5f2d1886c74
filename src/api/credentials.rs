//! The credentials a tenant knows.

use secrecy::{ExposeSecret, SecretString};

use crate::api::ClientError;
use crate::api::scrub::scrub;

/// One of the three ways to say who asks. Secrets appear in no Debug text.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A fixed token, sent as `x-access-token`. It cannot be renewed.
    Token(SecretString),
    /// Deprecated by the vendor, still supported: `?customerid=…&customercode=…`.
    Customer {
        /// Never changes.
        id: SecretString,
        /// Confidential; the vendor gives a new one on request.
        code: SecretString,
    },
    /// A name and password for `POST /createjwt`, which gives a token; it can be renewed.
    Login {
        /// The user's logon name.
        username: String,
        /// His password.
        password: SecretString,
    },
}

impl Credentials {
    /// Takes what is secret in them out of an answer that repeats it.
    pub(super) fn scrub(&self, body: &mut Vec<u8>) {
        let secret = match self {
            Credentials::Token(token) => token,
            Credentials::Customer { code, .. } => code,
            Credentials::Login { password, .. } => password,
        };
        scrub(body, secret.expose_secret().trim());
    }

    /// Refuses what no request can carry, so that a slip in a token file is named before anything is sent.
    pub(super) fn check(&self) -> Result<(), ClientError> {
        match self {
            Credentials::Token(token) => check("token", token.expose_secret(), true),
            Credentials::Customer { id, code } => {
                check("customer id", id.expose_secret(), false)?;
                check("customer code", code.expose_secret(), false)
            }
            Credentials::Login { username, password } => {
                check("user name", username, false)?;
                check("password", password.expose_secret(), false)
            }
        }
    }
}

fn check(what: &'static str, text: &str, in_header: bool) -> Result<(), ClientError> {
    let why = if text.trim().is_empty() {
        "is empty"
    } else if in_header && !text.trim().bytes().all(|byte| byte.is_ascii_graphic()) {
        "holds blanks, line breaks or letters that no header can carry"
    } else {
        return Ok(());
    };
    Err(ClientError::Credential { what, why })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_from_a_file_may_end_with_a_line_break() {
        assert!(Credentials::Token("abc.def\n".into()).check().is_ok());
    }

    #[test]
    fn what_no_request_can_carry_is_refused_without_being_repeated() {
        let customer = |id: &str, code: &str| Credentials::Customer {
            id: id.into(),
            code: code.into(),
        };
        let login = |name: &str, password: &str| Credentials::Login {
            username: name.into(),
            password: password.into(),
        };
        for (credentials, message) in [
            (Credentials::Token(" \n".into()), "the token is empty"),
            (
                Credentials::Token("a\nhunter2".into()),
                "the token holds blanks",
            ),
            (
                Credentials::Token("hunter2é".into()),
                "the token holds blanks",
            ),
            (customer("", "hunter2"), "the customer id is empty"),
            (customer("hunter2", ""), "the customer code is empty"),
            (login("", "hunter2"), "the user name is empty"),
            (login("hr", ""), "the password is empty"),
        ] {
            let error = credentials.check().unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
            assert!(!format!("{error} {credentials:?}").contains("hunter2"));
        }
    }
}
