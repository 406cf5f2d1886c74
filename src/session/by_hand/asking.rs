//! What is asked of the person: whether it is really meant, and passwords, which never stand in argv.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::api::Credentials;
use crate::cli::{PasswordFlags, PowerArgs, WriteFlags};
use crate::failure::Failure;
use crate::report::escape;
use crate::session::Connection;
use crate::wire::Logon;

/// Asks before access is taken or somebody is mailed. `what` is the question without its mark: "Delete T-1".
///
/// # Errors
/// The answer was no, or there is nobody to ask and no `--yes`.
pub fn confirm(flags: &WriteFlags, what: &str) -> Result<(), Failure> {
    match flags.yes {
        true => Ok(()),
        false => ask(what, "nothing was sent"),
    }
}

/// Asks before something is done; `undone` says what did not happen if the answer is no.
///
/// # Errors
/// The answer was no, or there is nobody to ask.
pub fn ask(what: &str, undone: &str) -> Result<(), Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Failure::usage(format!(
            "this has to be confirmed, and there is no terminal to ask on: {what}"
        ))
        .hint(format!("{undone}; --yes confirms it")));
    }
    // Nobody may be listening; then nobody answers either.
    let _ = write!(io::stderr(), "{}? [y/N] ", escape(what)).and_then(|()| io::stderr().flush());
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" if read.is_ok() => Ok(()),
        _ => Err(Failure::stopped(format!("not confirmed; {undone}"))),
    }
}

/// A password from a file, from standard input, or typed without echo. `whose` completes "password of …"; a new one
/// is typed twice.
///
/// # Errors
/// There is none to be had, it is empty, or it was not typed the same twice.
pub fn password(flags: &PasswordFlags, whose: &str, is_new: bool) -> Result<SecretString, Failure> {
    let password = match &flags.password_file {
        Some(path) => from_file(path)?,
        None => typed(&format!("Password of {whose}: "))?,
    };
    if password.expose_secret().is_empty() {
        return Err(Failure::usage("the password is empty").hint("nothing was sent"));
    }
    if is_new && flags.password_file.is_none() {
        let again = typed("The same again: ")?;
        if again.expose_secret() != password.expose_secret() {
            return Err(Failure::usage("the two are not the same").hint("nothing was sent"));
        }
    }
    Ok(password)
}

/// Who asks for a power, and his password: those of the login, unless the options name somebody else.
///
/// # Errors
/// Nobody is named, or his password is not to be had.
pub fn logon(args: &PowerArgs, connection: &Connection) -> Result<Logon, Failure> {
    let login = match connection.credentials() {
        Credentials::Login { username, password } => Some((username, password)),
        _ => None,
    };
    match (&args.as_user, login) {
        (None, None) => Err(Failure::usage("nobody is named who asks for it")
            .hint("name the user who logs on with --as USER; his password is asked for")),
        (Some(user_id), Some((username, password)))
            if user_id == username && args.password.password_file.is_none() =>
        {
            Ok(Logon {
                user_id: user_id.clone(),
                password: password.clone(),
            })
        }
        (None, Some((username, password))) => Ok(Logon {
            user_id: username.clone(),
            password: password.clone(),
        }),
        (Some(user_id), _) => Ok(Logon {
            user_id: user_id.clone(),
            password: password(&args.password, user_id, false)?,
        }),
    }
}

fn typed(prompt: &str) -> Result<SecretString, Failure> {
    let typed = rpassword::prompt_password(prompt);
    typed.map(SecretString::from).map_err(|error| {
        Failure::usage("a password is needed, and there is no terminal to ask for it")
            .caused_by(error)
            .hint(
                "--password-file FILE reads it from a file, --password-file - from standard input",
            )
    })
}

/// The first line, as it stands: blanks may belong to a password.
fn from_file(path: &Path) -> Result<SecretString, Failure> {
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => io::stdin().read_to_string(&mut text).map(|_| ()),
        false => fs::read_to_string(path).map(|read| text = read),
    };
    read.map_err(|error| {
        Failure::usage(format!("cannot read the password in {}", path.display())).caused_by(error)
    })?;
    let line = text.lines().next().unwrap_or_default();
    Ok(SecretString::from(line))
}
