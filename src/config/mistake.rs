//! A mistake in the configuration, shown where it stands, with what was probably meant.

use std::ops::Range;
use std::path::Path;

use crate::failure::Failure;
use crate::mapping::suggest::closest;

/// Sections and keys that the design knows and this version does not.
const LATER: [&str; 1] = ["notify"];

/// Words in a line that may hold a secret; such a line is not repeated.
const SECRET_WORDS: [&str; 7] = [
    "token", "password", "secret", "proxy", "url", "customer", "://",
];

/// The failure for an error of the TOML reader in that text.
pub(super) fn failure(error: &toml::de::Error, text: &str, path: &Path) -> Failure {
    let Told { message, hint } = told(error.message());
    let failure = Failure::usage(match error.span().and_then(|span| place(span, text)) {
        Some(place) => format!(
            "{}, line {}: {message}{}",
            path.display(),
            place.line,
            place.picture()
        ),
        None => format!("{}: {message}", path.display()),
    });
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// The failure about something that the text names between quotes: where it does so first.
pub(super) fn at_text(what: &str, named: &str, text: &str, path: &Path) -> Failure {
    let quoted = ["\"", "'"].map(|quote| format!("{quote}{named}{quote}"));
    let spans = quoted.iter().filter_map(|quoted| {
        let start = text.find(quoted.as_str())?;
        Some(start..start + quoted.len())
    });
    let place = spans
        .min_by_key(|span| span.start)
        .and_then(|span| place(span, text));
    Failure::usage(match place {
        Some(place) => format!(
            "{}, line {}: {what} cannot be used{}",
            path.display(),
            place.line,
            place.picture()
        ),
        None => format!("{}: {what} cannot be used", path.display()),
    })
}

struct Place<'t> {
    /// From 1.
    line: usize,
    /// Characters of the line before the mistake.
    before: usize,
    /// Characters that are wrong.
    wrong: usize,
    text: &'t str,
}

impl Place<'_> {
    /// The line with a caret under the mistake; nothing if the line may hold a secret.
    fn picture(&self) -> String {
        let plain = self.text.to_ascii_lowercase();
        if SECRET_WORDS.iter().any(|word| plain.contains(word)) {
            return format!(" (column {})", self.before + 1);
        }
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let carets = "^".repeat(self.wrong.max(1));
        format!(
            "\n{number} | {}\n{margin} | {}{carets}",
            self.text,
            " ".repeat(self.before)
        )
    }
}

fn place(span: Range<usize>, text: &str) -> Option<Place<'_>> {
    let start = span.start.min(text.len());
    let before = text.get(..start)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let wrong_end = span.end.clamp(start, (line_start + line.len()).max(start));
    Some(Place {
        line: before.matches('\n').count() + 1,
        before: text[line_start..start].chars().count(),
        wrong: text.get(start..wrong_end)?.chars().count(),
        text: line,
    })
}

struct Told {
    message: String,
    hint: Option<String>,
}

/// The reader's message in our words, where we can say more.
fn told(message: &str) -> Told {
    let unknown = |kind: &str| message.strip_prefix(kind).map(quoted);
    let (message, hint) = if let Some(names) = unknown("unknown field ") {
        let hint = about_key(names[0]).unwrap_or_else(|| meant(&names));
        (format!("unknown key `{}`", names[0]), Some(hint))
    } else if let Some(names) = unknown("unknown variant ") {
        (
            format!("unknown value `{}`", names[0]),
            Some(possible(&names)),
        )
    } else {
        (message.to_owned(), about_map(message))
    };
    Told { message, hint }
}

/// The names that stand in backticks; at least one, though it may be empty.
fn quoted(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    if names.is_empty() {
        names.push("");
    }
    names
}

/// The first name is wrong, the others are possible.
fn meant(names: &[&str]) -> String {
    let possible = &names[1..];
    match closest(names[0], possible.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known here: {}", possible.join(", ")),
    }
}

/// The same for a value, of which there are few.
fn possible(names: &[&str]) -> String {
    let all = format!("possible here: {}", names[1..].join(", "));
    match closest(names[0], names[1..].iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`? {all}"),
        None => all,
    }
}

fn about_key(name: &str) -> Option<String> {
    if ["token", "password", "customer_code"].contains(&name) {
        return Some(format!(
            "a secret does not belong in the configuration: name a file as {name}_file under [tenant.auth], \
             or set CREWSYNC_{}",
            name.to_ascii_uppercase()
        ));
    }
    LATER.contains(&name).then(|| {
        format!(
            "this version of crewsync does not know `{name}` yet; take it out, it would have no effect"
        )
    })
}

fn about_map(message: &str) -> Option<String> {
    let named = |name: &&str| message.starts_with(&format!("no such field `{name}`"));
    let collection = ["Phones", "Extensions"].into_iter().find(named)?;
    Some(format!(
        "the dot belongs to the name, so quote it: \"{collection}.<name>\" = …"
    ))
}
