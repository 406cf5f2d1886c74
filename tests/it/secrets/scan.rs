//! Looks for a secret in bytes, in every form in which it may have got there.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret with its forms.
pub struct Secret {
    forms: Vec<(&'static str, Vec<u8>)>,
}

impl Secret {
    pub fn new(secret: &str) -> Secret {
        let escaped = serde_json::to_string(secret).expect("a string");
        let hex = |case: fn(u8) -> String| -> String { secret.bytes().map(case).collect() };
        let percent = |is_kept: fn(u8) -> bool, blank: &str| -> Vec<u8> {
            let encode = |byte: u8| match byte {
                b' ' => blank.to_owned(),
                byte if is_kept(byte) => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            };
            secret.bytes().map(encode).collect::<String>().into_bytes()
        };
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let of_form = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*".contains(&byte);
        let mut forms = vec![
            ("raw", secret.as_bytes().to_vec()),
            ("URL", percent(unreserved, "%20")),
            ("form", percent(of_form, "+")),
            (
                "lower-case URL",
                percent(unreserved, "%20").to_ascii_lowercase(),
            ),
            ("JSON", escaped.trim_matches('"').as_bytes().to_vec()),
            ("JSON, ASCII", ascii_json(secret).into_bytes()),
            ("JSON, twice", twice(&escaped).into_bytes()),
            ("hex", hex(|byte| format!("{byte:02x}")).into_bytes()),
            ("HEX", hex(|byte| format!("{byte:02X}")).into_bytes()),
            (
                "Debug",
                format!("{secret:?}").trim_matches('"').as_bytes().to_vec(),
            ),
        ];
        for shift in 0..3 {
            forms.push((
                "base64",
                shifted(secret, shift, |bytes| STANDARD_NO_PAD.encode(bytes)),
            ));
            forms.push((
                "base64url",
                shifted(secret, shift, |bytes| URL_SAFE_NO_PAD.encode(bytes)),
            ));
        }
        forms.sort_by(|one, other| one.1.cmp(&other.1));
        forms.dedup_by(|one, other| one.1 == other.1);
        Secret { forms }
    }

    pub fn forms(&self) -> &[(&'static str, Vec<u8>)] {
        &self.forms
    }
}

/// Every letter beyond ASCII as `\uXXXX`.
fn ascii_json(secret: &str) -> String {
    let escaped = serde_json::to_string(secret).expect("a string");
    let escape = |letter: char| match letter {
        letter if letter.is_ascii() => letter.to_string(),
        letter => format!("\\u{:04x}", u32::from(letter)),
    };
    escaped.trim_matches('"').chars().map(escape).collect()
}

/// JSON within a JSON string.
fn twice(escaped: &str) -> String {
    let again = serde_json::to_string(escaped.trim_matches('"')).expect("a string");
    again.trim_matches('"').to_owned()
}

/// The part of a base64 text that stands for the secret alone, whatever stands before and after it.
fn shifted(secret: &str, shift: usize, encode: impl Fn(&[u8]) -> String) -> Vec<u8> {
    let bytes = [&vec![b'x'; shift][..], secret.as_bytes()].concat();
    let begin = [0, 2, 3][shift];
    let whole = encode(&bytes[..bytes.len() / 3 * 3]);
    whole.as_bytes()[begin..].to_vec()
}

/// Which secrets are found, each once.
pub fn leaks_in(bytes: &[u8], secrets: &[Secret]) -> Vec<String> {
    let mut leaks = Vec::new();
    for (number, secret) in secrets.iter().enumerate() {
        let is_found = |(_, form): &&(&str, Vec<u8>)| memchr::memmem::find(bytes, form).is_some();
        if let Some((form, _)) = secret.forms.iter().find(is_found) {
            leaks.push(format!("secret {number} as {form}"));
        }
    }
    leaks
}

/// The same in every file below a folder, those below `but` left out. Names of files count as well.
pub fn leaks_under(folder: &Path, but: &[PathBuf], secrets: &[Secret]) -> Vec<String> {
    let mut leaks = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if but.contains(&path) {
            continue;
        }
        let name = path.display().to_string();
        let found = match path.is_dir() {
            true => {
                leaks.extend(leaks_under(&path, but, secrets));
                Vec::new()
            }
            // It may be gone by now: SQLite removes its log.
            false => leaks_in(&std::fs::read(&path).unwrap_or_default(), secrets),
        };
        leaks.extend(found.into_iter().map(|leak| format!("{leak} in {name}")));
        leaks.extend(leaks_in(name.as_bytes(), secrets));
    }
    leaks
}
