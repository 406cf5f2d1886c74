//! The text of one JSON element → its object, strictly: no key twice, no bottomless nesting, digits kept.
//!
//! serde_json lets the last of two equal keys win without a word; here the keys are counted on the text
//! (one colon outside strings each) and again in the object: a difference means that one was swallowed.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::element::Element;
use super::limits::DEPTH_MAX;

/// Why an element is no row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Defect {
    /// Not valid JSON: what is wrong, and the line breaks before it within the element.
    Syntax { message: String, lines_before: u64 },
    /// Valid or not, it is no object.
    NotAnObject,
    /// A key stands twice in one object.
    RepeatedKey(String),
    /// It nests too deep.
    TooDeep,
}

/// Parses the element's text.
pub(super) fn parse_object(text: &str, element: &Element) -> Result<Map<String, Json>, Defect> {
    if !text.starts_with('{') {
        return Err(Defect::NotAnObject);
    }
    if element.depth > DEPTH_MAX {
        return Err(Defect::TooDeep);
    }
    let object: Map<String, Json> = serde_json::from_str(text).map_err(syntax)?;
    if keys_of_object(&object) != element.keys {
        return Err(Defect::RepeatedKey(
            first_repeated_key(text).unwrap_or_default(),
        ));
    }
    Ok(object)
}

fn syntax(error: serde_json::Error) -> Defect {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    Defect::Syntax {
        message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
        lines_before: error.line().saturating_sub(1) as u64,
    }
}

fn keys_of_object(object: &Map<String, Json>) -> usize {
    object.len() + object.values().map(keys_below).sum::<usize>()
}

fn keys_below(value: &Json) -> usize {
    match value {
        Json::Object(object) => keys_of_object(object),
        Json::Array(values) => values.iter().map(keys_below).sum(),
        _ => 0,
    }
}

/// The first key that stands twice in its object. Only for text that parsed; only for the message.
fn first_repeated_key(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut open: Vec<HashSet<String>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => open.push(HashSet::new()),
            b'}' | b']' => drop(open.pop()),
            b'"' => {
                let end = string_end(bytes, at)?;
                if text[end..].trim_start().starts_with(':') {
                    let key: String = serde_json::from_str(&text[at..end]).ok()?;
                    if !open.last_mut()?.insert(key.clone()) {
                        return Some(key);
                    }
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The index behind the string that opens at `open`.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::element::{Shape, Step};
    use super::super::elements::Elements;
    use super::*;

    fn parse(text: &str) -> Result<Map<String, Json>, Defect> {
        let mut at = 0;
        let step = Elements::new(Shape::Lines)
            .step(text, &mut at, true)
            .unwrap();
        let Step::Element(element) = step else {
            panic!("an element: {text}");
        };
        parse_object(&text[element.start..element.end], &element)
    }

    #[test]
    fn digits_and_order_are_kept() {
        let text = r#"{"z":007e-2,"a":1}"#;
        assert!(matches!(parse(text), Err(Defect::Syntax { .. })));
        let text = r#"{"z":12345678901234567890.10,"a":{"b:c":[1,{"d":"x:y\":"}]}}"#;
        assert_eq!(Json::Object(parse(text).unwrap()).to_string(), text);
    }

    #[test]
    fn a_repeated_key_is_found_at_every_depth_and_in_every_spelling() {
        let repeated = |key: &str| Err(Defect::RepeatedKey(key.into()));
        assert_eq!(parse(r#"{"a":1,"a":1}"#), repeated("a"));
        assert_eq!(
            parse(r#"{"a":{"b":1},"c":[{"d":1,"\u0064":2}]}"#),
            repeated("d")
        );
        assert!(parse(r#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#).is_ok());
    }

    #[test]
    fn what_is_no_sound_object_is_said() {
        for text in ["[1]", "1", "\"a\"", "null", "garbage"] {
            assert_eq!(parse(text), Err(Defect::NotAnObject), "{text}");
        }
        let nested =
            |depth: usize| format!("{}{}", "{\"a\":".repeat(depth - 1) + "{", "}".repeat(depth));
        assert!(parse(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(parse(&nested(DEPTH_MAX + 1)), Err(Defect::TooDeep));
        let syntax = parse("{\"a\":1,\n\"b\":}").unwrap_err();
        let message = "expected value".to_owned();
        assert_eq!(
            syntax,
            Defect::Syntax {
                message,
                lines_before: 1
            }
        );
    }
}
