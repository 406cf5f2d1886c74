//! Where the credentials are: the environment, or files that the configuration names. They are read when a
//! tenant is about to be asked, so that what needs no tenant needs no credentials.

use std::fs;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::tenant::AuthSection;
use crate::api::Credentials;
use crate::failure::Failure;

/// Where the credentials are.
#[derive(Clone, Debug)]
pub enum CredentialSource {
    /// Nowhere.
    None,
    /// The environment held them.
    Given(Credentials),
    /// A file holds a token.
    TokenFile(PathBuf),
    /// A user name, and a file that holds the password.
    Login {
        /// The logon name.
        username: String,
        /// The file of the password.
        password_file: PathBuf,
    },
    /// A customer id, and a file that holds the customer code.
    Customer {
        /// The id, which never changes.
        id: SecretString,
        /// The file of the code.
        code_file: PathBuf,
    },
}

impl CredentialSource {
    /// Reads them.
    ///
    /// # Errors
    /// A usage failure: there are none, or their file cannot be read or is empty.
    pub fn read(&self) -> Result<Credentials, Failure> {
        match self {
            CredentialSource::None => Err(Failure::usage("there are no credentials for the tenant").hint(
                "set CREWSYNC_TOKEN (or CREWSYNC_USERNAME and CREWSYNC_PASSWORD), or name a token_file under \
                 [tenant.auth]; to try things without a tenant, use --sandbox",
            )),
            CredentialSource::Given(credentials) => Ok(credentials.clone()),
            CredentialSource::TokenFile(path) => secret(path).map(Credentials::Token),
            CredentialSource::Login { username, password_file } => Ok(Credentials::Login {
                username: username.clone(),
                password: secret(password_file)?,
            }),
            CredentialSource::Customer { id, code_file } => Ok(Credentials::Customer {
                id: id.clone(),
                code: secret(code_file)?,
            }),
        }
    }
}

/// The credentials that the environment holds. A pair of which one half is missing is a mistake.
pub(super) fn from_env(
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<CredentialSource>, Failure> {
    let text = |name: &str| env(name).filter(|value| !value.trim().is_empty());
    let pair = |first: &str, second: &str| match (text(first), text(second)) {
        (Some(one), Some(other)) => Ok(Some((one, other))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Failure::usage(format!(
            "{first} is set, but {second} is not"
        ))),
        (None, Some(_)) => Err(Failure::usage(format!(
            "{second} is set, but {first} is not"
        ))),
    };
    let login = pair("CREWSYNC_USERNAME", "CREWSYNC_PASSWORD")?;
    let customer = pair("CREWSYNC_CUSTOMER_ID", "CREWSYNC_CUSTOMER_CODE")?;
    let credentials = match (text("CREWSYNC_TOKEN"), login, customer) {
        (Some(token), _, _) => Credentials::Token(token.into()),
        (None, Some((username, password)), _) => Credentials::Login {
            username,
            password: password.into(),
        },
        (None, None, Some((id, code))) => Credentials::Customer {
            id: id.into(),
            code: code.into(),
        },
        (None, None, None) => return Ok(None),
    };
    Ok(Some(CredentialSource::Given(credentials)))
}

/// The one way of `[tenant.auth]`; its files stand relative to `folder`.
pub(super) fn from_section(auth: AuthSection, folder: &Path) -> Result<CredentialSource, Failure> {
    let file = |name: String| folder.join(name);
    let source = match (
        auth.token_file,
        auth.username,
        auth.password_file,
        auth.customer_id,
        auth.customer_code_file,
    ) {
        (None, None, None, None, None) => CredentialSource::None,
        (Some(token), None, None, None, None) => CredentialSource::TokenFile(file(token)),
        (None, Some(username), Some(password), None, None) => CredentialSource::Login {
            username,
            password_file: file(password),
        },
        (None, None, None, Some(id), Some(code)) => CredentialSource::Customer {
            id: id.into(),
            code_file: file(code),
        },
        _ => {
            return Err(Failure::usage("[tenant.auth] is not one way to log on").hint(
                "give token_file alone, or username and password_file, or customer_id and customer_code_file",
            ));
        }
    };
    Ok(source)
}

/// The secret in that file, without the line break at its end.
fn secret(path: &Path) -> Result<SecretString, Failure> {
    let failed = |error| {
        Failure::usage(format!("cannot read the secret in {}", path.display())).caused_by(error)
    };
    let text = fs::read_to_string(path).map_err(failed)?;
    match text.trim() {
        "" => Err(Failure::usage(format!(
            "{} is empty; it should hold a secret",
            path.display()
        ))),
        secret => Ok(secret.into()),
    }
}
