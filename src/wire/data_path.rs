//! `dataPath`: the place in a request body that an error speaks of, in whichever notation.
//!
//! No vendor page shows a value. The names of the format are those of JSON-schema validators, so everything that
//! those write is read: JSON Pointers (tv4, ajv 8), JavaScript (ajv 6), JSONPath, and URI fragments. A pointer
//! only chooses the suspect; it proves nothing.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::model::Detail;

/// The user (and property) of a bulk body that a path points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPointer {
    /// Place in the list `Users`, from 0. May lie beyond its end: pointers can be stale or wrong.
    pub index: usize,
    /// What of him, as a JSON Pointer without its leading slash: `Email`, `Phones/0/PhoneNum`; `None` if the
    /// path points at the user as a whole.
    pub property: Option<String>,
}

/// How a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Notation {
    /// `/Users/0/Email`
    #[serde(rename = "pointer")]
    Pointer,
    /// `Users[0].Email`
    #[serde(rename = "javascript")]
    JavaScript,
    /// `.Users[0].Email`
    #[serde(rename = "dot_javascript")]
    DotJavaScript,
    /// `$.Users[0].Email`
    #[serde(rename = "dollar")]
    Dollar,
    /// `$['Users'][0]['Email']`
    #[serde(rename = "bracket")]
    Bracket,
    /// `#/Users/0/Email`
    #[serde(rename = "fragment")]
    Fragment,
}

impl Notation {
    /// Every notation.
    pub const ALL: [Notation; 6] = [
        Notation::Pointer,
        Notation::JavaScript,
        Notation::DotJavaScript,
        Notation::Dollar,
        Notation::Bracket,
        Notation::Fragment,
    ];
}

/// Reads a path of any notation; `None` if it points at no user (the body as a whole, another place, junk).
pub fn parse_data_path(path: &str) -> Option<UserPointer> {
    let path = path.trim();
    let segments = if let Some(fragment) = path.strip_prefix('#') {
        pointer_segments(&percent_decoded(fragment)?)?
    } else if path.starts_with('/') {
        pointer_segments(path)?
    } else {
        script_segments(path.strip_prefix('$').unwrap_or(path))?
    };
    let [list, index, rest @ ..] = segments.as_slice() else {
        return None;
    };
    if list != "Users" || !is_index(index) {
        return None;
    }
    let property = rest.iter().map(|part| escaped(part)).collect::<Vec<_>>();
    let property = property.join("/");
    Some(UserPointer {
        index: index.parse().ok()?,
        property: (!property.is_empty()).then_some(property),
    })
}

/// The user that a detail points at. A validator that misses a property points at the user and names the property
/// in `params` (tv4: `key`, ajv: `missingProperty`), so that is looked at too.
pub fn user_pointer(detail: &Detail) -> Option<UserPointer> {
    let mut pointer = parse_data_path(detail.data_path.as_deref()?)?;
    if pointer.property.is_none() {
        pointer.property = ["key", "missingProperty"]
            .into_iter()
            .find_map(|key| detail.params.get(key)?.as_str())
            .map(escaped);
    }
    Some(pointer)
}

/// Writes the path of a user's property in a bulk body; `property` as in [`UserPointer`], empty for the user as
/// a whole.
pub fn write_data_path(notation: Notation, index: usize, property: &str) -> String {
    match property {
        "" => write_path(notation, &format!("Users/{index}")),
        property => write_path(notation, &format!("Users/{index}/{property}")),
    }
}

/// Writes the path of any place in a body, given as a JSON Pointer without its leading slash (`Email` in the body
/// of a single user, `Phones/0/PhoneNum`); empty for the body as a whole.
pub fn write_path(notation: Notation, pointer: &str) -> String {
    let mut path = String::new();
    match notation {
        Notation::Dollar | Notation::Bracket => path.push('$'),
        Notation::Fragment => path.push('#'),
        _ => {}
    }
    if pointer.is_empty() {
        return path;
    }
    for part in pointer.split('/') {
        match notation {
            Notation::Pointer => path.extend(["/", part]),
            Notation::Fragment => {
                path.push('/');
                push_fragment(&mut path, part);
            }
            _ => push_script(&mut path, notation, &unescaped(part)),
        }
    }
    if notation == Notation::JavaScript {
        return path.strip_prefix('.').unwrap_or(&path).to_owned();
    }
    path
}

fn push_script(path: &mut String, notation: Notation, part: &str) {
    let is_name = |part: &str| {
        part.chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '$')
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && !part.is_empty()
    };
    if is_index(part) {
        path.extend(["[", part, "]"]);
    } else if notation != Notation::Bracket && is_name(part) {
        path.extend([".", part]);
    } else {
        let quoted = part.replace('\\', "\\\\").replace('\'', "\\'");
        path.extend(["['", &quoted, "']"]);
    }
}

/// Percent-encodes what RFC 3986 does not allow in a fragment.
fn push_fragment(path: &mut String, part: &str) {
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
}

fn is_index(part: &str) -> bool {
    part == "0"
        || (!part.is_empty()
            && !part.starts_with('0')
            && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The parts of a JSON Pointer, unescaped; `None` if it does not begin with a slash.
fn pointer_segments(pointer: &str) -> Option<Vec<String>> {
    let parts = pointer.strip_prefix('/')?;
    Some(parts.split('/').map(unescaped).collect())
}

/// `~1` first, then `~0` (RFC 6901): the other way round `~01` would become a slash.
fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let byte = match bytes[at] {
            b'%' => {
                let digits = text.get(at + 1..at + 3)?;
                // A sign would pass for a digit.
                let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                at += 2;
                u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?
            }
            byte => byte,
        };
        decoded.push(byte);
        at += 1;
    }
    String::from_utf8(decoded).ok()
}

/// The parts of `Users[0].Email`, `.Users[0]['a/b~c']`, `['Users'][0]`; `None` if it is not written so.
fn script_segments(path: &str) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let segment;
        (segment, rest) = if let Some(inside) = rest.strip_prefix('[') {
            bracket(inside)?
        } else {
            // Only the first name may do without its dot.
            let name = match rest.strip_prefix('.') {
                Some(name) => name,
                None if segments.is_empty() => rest,
                None => return None,
            };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            (name[..end].to_owned(), &name[end..])
        };
        if segment.is_empty() {
            return None;
        }
        segments.push(segment);
    }
    Some(segments)
}

/// What stands in brackets (a number, or a quoted name), and what follows them.
fn bracket(inside: &str) -> Option<(String, &str)> {
    let quote = inside.chars().next()?;
    if !matches!(quote, '\'' | '"') {
        let (number, rest) = inside.split_once(']')?;
        return is_index(number).then(|| (number.to_owned(), rest));
    }
    let mut name = String::new();
    let mut characters = inside[1..].char_indices();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            let rest = inside[1 + at + 1..].strip_prefix(']')?;
            return Some((name, rest));
        }
        if character == '\\' {
            // ajv escapes quotes and backslashes; what else it escapes names no property of a user.
            name.push(characters.next()?.1);
        } else {
            name.push(character);
        }
    }
    None
}

#[cfg(test)]
mod tests;
