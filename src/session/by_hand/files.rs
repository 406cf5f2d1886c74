//! Files of commands by hand: an object in, a token out.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::cli::PowerArgs;
use crate::failure::{Exit, Failure};
use crate::report::write_private_file;
use crate::session::Console;
use crate::wire::Token;

/// Reads a JSON object from a file, or from standard input (`-`). It may hold a password, so no message repeats it.
///
/// # Errors
/// It cannot be read, or it is not `what`.
pub fn read_object<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Failure> {
    let mut text = String::new();
    let (name, read) = match path == Path::new("-") {
        true => (
            "standard input".to_owned(),
            io::stdin().read_to_string(&mut text).map(|_| ()),
        ),
        false => (
            path.display().to_string(),
            fs::read_to_string(path).map(|read| text = read),
        ),
    };
    read.map_err(|error| Failure::usage(format!("cannot read {name}")).caused_by(error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text).map_err(|error| {
        let what_is_wrong = match error.classify() {
            serde_json::error::Category::Data => "it is JSON, but of another shape",
            serde_json::error::Category::Eof => "it ends too early",
            _ => "it is not valid JSON",
        };
        let (line, column) = (error.line(), error.column());
        Failure::usage(format!("{name} is not {what}"))
            .caused_by(format!("{what_is_wrong} (line {line}, column {column})"))
            .hint("the file holds one JSON object, as `crewsync user get USER --json` prints it")
    })
}

/// Writes a token where the person wants it; nowhere else does it appear.
///
/// # Errors
/// The file cannot be written. The token is lost then; it expires by itself.
pub fn hand_out(
    token: &Token,
    args: &PowerArgs,
    what: &str,
    console: &Console,
) -> Result<Exit, Failure> {
    let secret = token.0.expose_secret();
    let Some(path) = &args.token_file else {
        console.document(&json!({ "for": what, "token": secret }));
        console.text(&format!("{secret}\n"));
        return Ok(Exit::Done);
    };
    let written = write_private_file(path, |out| writeln!(out, "{secret}"));
    written.map_err(|error| {
        Failure::stopped(format!("cannot write the token into {}", path.display()))
            .caused_by(error)
            .hint("the token was given out and is lost; it expires by itself")
    })?;
    let path = path.display().to_string();
    console.document(&json!({ "for": what, "token_file": path }));
    console.text(&format!("A token that acts for {what} is in {path}\n"));
    Ok(Exit::Done)
}
