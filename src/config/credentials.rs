//! Where the credentials are: the environment, or files and commands that the configuration names. They are read when a
//! tenant is about to be asked, so that what needs no tenant needs no credentials.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

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
    /// A token.
    Token(SecretPlace),
    /// A user name, and where the password is.
    Login {
        /// The logon name.
        username: String,
        /// Where the password is.
        password: SecretPlace,
    },
    /// A customer id, and where the customer code is.
    Customer {
        /// The id, which never changes.
        id: SecretString,
        /// Where the code is.
        code: SecretPlace,
    },
}

/// Where one secret is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// It is the text of a file.
    File(PathBuf),
    /// A program prints it: its name and arguments, which no shell sees. It is run in the folder of the configuration.
    Command {
        /// Name and arguments; at least the name.
        words: Vec<String>,
        /// Where it is run.
        folder: PathBuf,
    },
}

impl CredentialSource {
    /// Reads them.
    ///
    /// # Errors
    /// A usage failure: there are none, their file cannot be read, is empty or may be changed by others, or their
    /// command fails or prints nothing.
    pub fn read(&self) -> Result<Credentials, Failure> {
        match self {
            CredentialSource::None => Err(Failure::usage("there are no credentials for the tenant").hint(
                "set CREWSYNC_TOKEN (or CREWSYNC_USERNAME and CREWSYNC_PASSWORD), or name a token_file under \
                 [tenant.auth]; to try things without a tenant, use --sandbox",
            )),
            CredentialSource::Given(credentials) => Ok(credentials.clone()),
            CredentialSource::Token(place) => place.read().map(Credentials::Token),
            CredentialSource::Login { username, password } => Ok(Credentials::Login {
                username: username.clone(),
                password: password.read()?,
            }),
            CredentialSource::Customer { id, code } => Ok(Credentials::Customer {
                id: id.clone(),
                code: code.read()?,
            }),
        }
    }

    /// The file that others may read although it holds a secret, if there is one.
    pub fn open_to_others(&self) -> Option<&Path> {
        let place = match self {
            CredentialSource::Token(place) => place,
            CredentialSource::Login { password, .. } => password,
            CredentialSource::Customer { code, .. } => code,
            CredentialSource::None | CredentialSource::Given(_) => return None,
        };
        match place {
            SecretPlace::File(path) if mode(path) & 0o044 != 0 => Some(path),
            _ => None,
        }
    }
}

impl SecretPlace {
    /// The secret, without the line break at its end.
    fn read(&self) -> Result<SecretString, Failure> {
        let (text, place) = match self {
            SecretPlace::File(path) => (read_file(path)?, path.display().to_string()),
            SecretPlace::Command { words, folder } => {
                (run(words, folder)?, format!("the output of {}", words[0]))
            }
        };
        match text.trim() {
            "" => Err(Failure::usage(format!(
                "{place} is empty; it should hold a secret"
            ))),
            secret => Ok(secret.into()),
        }
    }
}

fn read_file(path: &Path) -> Result<String, Failure> {
    let failed = |error| {
        Failure::usage(format!("cannot read the secret in {}", path.display())).caused_by(error)
    };
    let text = fs::read_to_string(path).map_err(failed)?;
    match mode(path) & 0o022 {
        0 => Ok(text),
        _ => Err(Failure::usage(format!(
            "others may change the secret in {}",
            path.display()
        ))
        .hint(format!("chmod 600 {}", path.display()))),
    }
}

/// What the program prints. Its own messages go to our standard error; nothing it prints is ever repeated.
fn run(words: &[String], folder: &Path) -> Result<String, Failure> {
    let failed = |why: String| {
        Failure::usage(format!("the command for the secret failed: {}", words[0]))
            .caused_by(why)
            .hint("the first word is a program, the others its arguments; no shell is involved")
    };
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    command.stderr(Stdio::inherit());
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    let output = command
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("it prints no text".to_owned()))
}

/// The permission bits of a file; none where there are no such things.
fn mode(path: &Path) -> u32 {
    #[cfg(unix)]
    return fs::metadata(path).map_or(0, |found| {
        std::os::unix::fs::PermissionsExt::mode(&found.permissions())
    });
    #[cfg(not(unix))]
    return 0;
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
    let place = |file: Option<String>, command: Option<Vec<String>>| match (file, command) {
        (None, None) => Ok(None),
        (Some(file), None) => Ok(Some(SecretPlace::File(folder.join(file)))),
        (None, Some(words)) if words.first().is_some_and(|name| !name.trim().is_empty()) => {
            let folder = folder.to_owned();
            Ok(Some(SecretPlace::Command { words, folder }))
        }
        (_, Some(_)) => Err(not_one_way()),
    };
    let token = place(auth.token_file, auth.token_command)?;
    let password = place(auth.password_file, auth.password_command)?;
    let code = place(auth.customer_code_file, auth.customer_code_command)?;
    match (token, auth.username, password, auth.customer_id, code) {
        (None, None, None, None, None) => Ok(CredentialSource::None),
        (Some(token), None, None, None, None) => Ok(CredentialSource::Token(token)),
        (None, Some(username), Some(password), None, None) => {
            Ok(CredentialSource::Login { username, password })
        }
        (None, None, None, Some(id), Some(code)) => Ok(CredentialSource::Customer {
            id: id.into(),
            code,
        }),
        _ => Err(not_one_way()),
    }
}

fn not_one_way() -> Failure {
    Failure::usage("[tenant.auth] is not one way to log on").hint(
        "give token_file alone, or username and password_file, or customer_id and customer_code_file; \
         each _file may be a _command instead, as a list of words",
    )
}
