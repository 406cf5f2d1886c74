//! What was guessed, as a configuration with a comment on every line.

use std::fmt::Write;

use super::{Guessed, Line, Sure};

/// How the export is to be read, where an option said so.
#[derive(Clone, Debug, Default)]
pub struct Pinned {
    /// Key and value of `[source]`.
    pub keys: Vec<(&'static str, String)>,
}

/// The text of `crewsync.toml`. `export` is the file as the person named it.
pub fn config_text(guessed: &Guessed, export: &str, pinned: &Pinned) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    line(format!(
        "# Made by crewsync init from {}. Look over every line: what it is not sure of, it says.",
        one_line(export)
    ));
    line("# `crewsync validate EXPORT` checks an export under it; `crewsync plan EXPORT` shows what would change.".to_owned());
    line(String::new());
    line("[tenant]".to_owned());
    line("# name = \"\"                     # shown on every plan".to_owned());
    line("# base_url = \"https://…\"        # credentials come from CREWSYNC_TOKEN and its like, never from here".to_owned());
    line("# production = true             # asks before it writes from a terminal".to_owned());
    line(String::new());
    line("[source]".to_owned());
    line(
        "id = \"hr\"                       # names this source across runs; never the file's name"
            .to_owned(),
    );
    line(
        "kind = \"full\"                   # full: lists everybody; delta: only what changed"
            .to_owned(),
    );
    for (key, value) in &pinned.keys {
        line(format!("{key} = {}", quoted(value)));
    }
    line(String::new());
    line("[map]".to_owned());
    if !guessed.lines.iter().any(|line| line.field == "UserID") {
        line("# UserID = \"…\"                  # not found: name the column of the key, or nothing can be sent".to_owned());
    }
    for guess in guessed.lines.iter().filter(|line| line.values.is_empty()) {
        line(plain_line(guess));
    }
    if !guessed.unplaced.is_empty() {
        line(String::new());
        line("# Not placed, so not sent:".to_owned());
        for name in &guessed.unplaced {
            line(format!("#   {}", one_line(name)));
        }
    }
    for guess in guessed.lines.iter().filter(|line| !line.values.is_empty()) {
        line(String::new());
        line(table(guess));
    }
    if guessed.starts_on.is_some() || guessed.ends_on.is_some() {
        line(String::new());
        line(effective(guessed));
    }
    line(String::new());
    line(REST.trim_end().to_owned());
    out
}

/// What nobody can guess, as it is if nothing is said.
const REST: &str = "\
[create]
credentials = \"none\"              # how new users get in: \"sso\", \"mail-link\" or \"mail-password\"
max_mails = 0

[deprovision]
on_absent = \"report\"              # who is missing is reported; \"deactivate\" or \"delete\" after `after_runs` good runs
after_runs = 2
on_terminated = \"deactivate\"      # what becomes of a row whose Activated is false

[protect]
users = [\"admin*\", \"svc-*\"]       # never lose access through crewsync
";

fn plain_line(guess: &Line) -> String {
    let source = match (&guess.columns[..], guess.pad_left) {
        ([one], None) if guess.spelling.is_some() => format!(
            "{{ column = {}, transform = [\"trim\", {}] }}",
            quoted(one),
            quoted(guess.spelling.unwrap_or_default())
        ),
        ([one], None) => quoted(one),
        ([one], Some(width)) => format!(
            "{{ column = {}, transform = [\"trim\", {{ pad_left = {width} }}] }}",
            quoted(one)
        ),
        (several, _) => {
            let names: Vec<String> = several.iter().map(|name| quoted(name)).collect();
            format!("{{ first_of = [{}] }}", names.join(", "))
        }
    };
    let mark = if guess.is_proposed { "# " } else { "" };
    let text = format!("{mark}{} = {source}", key(&guess.field));
    let why = match guess.is_proposed {
        true => format!("perhaps: {}; take the # away to send it", guess.why),
        false => format!("{}: {}", word(guess.sure), guess.why),
    };
    format!("{text:<40} # {}", one_line(&why))
}

fn table(guess: &Line) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "[map.{}]  # {}: {}",
        key(&guess.field),
        word(guess.sure),
        one_line(&guess.why)
    );
    let _ = writeln!(out, "column = {}", quoted(&guess.columns[0]));
    let _ = writeln!(out, "blank = \"error\"");
    let _ = writeln!(
        out,
        "otherwise = \"error\"             # a value that is not here refuses its row, and the user stays as he is"
    );
    let _ = write!(out, "[map.{}.values]", key(&guess.field));
    for (value, meaning) in &guess.values {
        let _ = match meaning {
            Some(flag) => write!(out, "\n{} = {flag}", quoted(value)),
            None => write!(
                out,
                "\n# {} = …                  # nobody knows what it means: decide",
                quoted(value)
            ),
        };
    }
    out
}

fn effective(guessed: &Guessed) -> String {
    let mut out = String::from(
        "[effective]  # a future hire waits for his first day, a leaver keeps his access to the end of his last",
    );
    for (key, column) in [
        ("starts_on", &guessed.starts_on),
        ("ends_on", &guessed.ends_on),
    ] {
        if let Some(column) = column {
            let _ = write!(out, "\n{key} = {}", quoted(column));
        }
    }
    let formats: Vec<String> = guessed
        .formats
        .iter()
        .map(|format| quoted(format))
        .collect();
    let _ = match &formats[..] {
        [] => write!(out, "\n# format = \"%Y-%m-%d\""),
        [one] => write!(out, "\nformat = {one}"),
        [first, ..] => write!(
            out,
            "\nformat = {first}             # or {}: the dates so far fit both",
            formats[1..].join(", ")
        ),
    };
    out.push_str("\n# time_zone = \"Europe/Berlin\"     # UTC if left out");
    out
}

fn word(sure: Sure) -> &'static str {
    match sure {
        Sure::Sure => "sure",
        Sure::Likely => "likely",
        Sure::Guess => "a guess",
    }
}

/// A key of TOML: quoted unless it is a bare word.
fn key(field: &str) -> String {
    match field.chars().all(|c| c.is_ascii_alphanumeric()) {
        true => field.to_owned(),
        false => quoted(field),
    }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Foreign text in a comment stays one line.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
