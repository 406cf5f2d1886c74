//! One raw cell → blank, text or boolean. Nothing is rounded, guessed or flattened: a number keeps its
//! digits or is a fault, and a nested value is no text.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::model::{Field, Kind, Property, RawValue, Scalar};

/// A cell before transforms.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell<'a> {
    /// Nothing there: an empty cell, `null`, or no such key.
    Blank,
    /// Text, borrowed from the batch wherever possible.
    Text(Cow<'a, str>),
    /// A JSON boolean under a boolean field.
    Bool(bool),
    /// It cannot be a value of this field.
    Bad(Fault),
}

/// Why a cell is no value; which and where is known to who read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Stable word.
    pub code: &'static str,
    /// One sentence.
    pub message: Cow<'static, str>,
    /// What to do.
    pub hint: Cow<'static, str>,
}

impl Fault {
    /// The fault of that code.
    pub(super) const fn new(
        code: &'static str,
        message: &'static str,
        hint: &'static str,
    ) -> Fault {
        Fault {
            code,
            message: Cow::Borrowed(message),
            hint: Cow::Borrowed(hint),
        }
    }
}

const INEXACT_NUMBER: Fault = Fault::new(
    "inexact_number",
    "a number with a fraction or an exponent is not taken as text: its spelling is not certain",
    "let the export write the value as a string",
);
const NESTED_VALUE: Fault = Fault::new(
    "nested_value",
    "a list or an object stands where one value is expected",
    "reach into an object by a dotted path in [map], such as \"address.city\"",
);
const KEY_NOT_TEXT: Fault = Fault::new(
    "user_id_not_text",
    "true or false is no UserID",
    "let the export write the UserID as a string",
);
const NOT_AN_OBJECT: Fault = Fault::new(
    "not_an_object",
    "the path in [map] leads into something that is no object",
    "compare the path with the export: crewsync preview shows it",
);

/// Reads a cell as a value of that field.
pub(super) fn read<'a>(raw: RawValue<'a>, field: &Field) -> Cell<'a> {
    match raw {
        RawValue::Missing | RawValue::Text("") => Cell::Blank,
        RawValue::Text(text) => Cell::Text(Cow::Borrowed(text)),
        RawValue::Json(json) => read_json(json, field),
    }
}

/// Reads a JSON value as a value of that field.
pub(super) fn read_json<'a>(json: &'a Json, field: &Field) -> Cell<'a> {
    match Scalar::of(json) {
        Some(scalar) => read_scalar(scalar, field),
        None => Cell::Bad(NESTED_VALUE),
    }
}

/// Reads a JSON value that is neither a list nor an object as a value of that field.
pub(super) fn read_scalar<'a>(scalar: Scalar<'a>, field: &Field) -> Cell<'a> {
    match scalar {
        Scalar::Null | Scalar::Text("") => Cell::Blank,
        Scalar::Flag(_) if *field == Field::Property(Property::UserID) => Cell::Bad(KEY_NOT_TEXT),
        Scalar::Flag(flag) if field.kind() == Kind::Bool => Cell::Bool(flag),
        Scalar::Flag(flag) => Cell::Text(Cow::Borrowed(flag_word(flag))),
        Scalar::Text(text) => Cell::Text(Cow::Borrowed(text)),
        Scalar::Number(digits) if is_integer(digits) => Cell::Text(Cow::Borrowed(digits)),
        Scalar::Number(_) => Cell::Bad(INEXACT_NUMBER),
    }
}

/// The word of a boolean.
pub(super) fn flag_word(flag: bool) -> &'static str {
    if flag { "true" } else { "false" }
}

fn is_integer(digits: &str) -> bool {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a path finds.
pub(super) enum Reached<'a> {
    /// No such key, or `null` on the way.
    Nothing,
    /// This value.
    Value(&'a Json),
    /// The path leads into something that it cannot go through.
    Astray(Fault),
}

/// Follows a dotted path into nested objects. A key that has the dots in its name wins over the path
/// through them. In a list of phones (`PhoneType`, `PhoneNum`) a path is the type.
pub(super) fn reach<'a>(json: &'a Json, path: &str) -> Reached<'a> {
    match json {
        Json::Null => Reached::Nothing,
        Json::Object(object) => {
            if let Some(value) = object.get(path) {
                return Reached::Value(value);
            }
            let deeper = path
                .split_once('.')
                .and_then(|(head, rest)| Some((object.get(head)?, rest)));
            deeper.map_or(Reached::Nothing, |(value, rest)| reach(value, rest))
        }
        Json::Array(list) => phone_of(list, path),
        _ => Reached::Astray(NOT_AN_OBJECT),
    }
}

fn phone_of<'a>(list: &'a [Json], kind: &str) -> Reached<'a> {
    let mut found = Reached::Nothing;
    for phone in list {
        if !phone.is_object() {
            return Reached::Astray(NOT_AN_OBJECT);
        }
        match phone_part(phone, "PhoneType").and_then(Json::as_str) {
            Some(other) if other.trim() == kind => {}
            _ => continue,
        }
        if matches!(found, Reached::Value(_)) {
            return Reached::Astray(PHONE_TYPE_TWICE);
        }
        found = phone_part(phone, "PhoneNum").map_or(Reached::Nothing, Reached::Value);
    }
    found
}

const PHONE_TYPE_TWICE: Fault = Fault::new(
    "field_twice",
    "two phones of the same type stand in this row",
    "leave one of them in the export",
);

/// A property of a phone entry, case aside as for every name in an export.
pub(super) fn phone_part<'a>(phone: &'a Json, name: &str) -> Option<&'a Json> {
    let object = phone.as_object()?;
    object.get(name).or_else(|| {
        let mut parts = object.iter();
        parts
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    })
}

/// What databases, spreadsheets, scripts and people write for nothing. `NA` is not among them: it is
/// a language, a region and a name.
const BLANK_WORDS: [&str; 17] = [
    "null",
    "(null)",
    "<null>",
    "[null]",
    "\\N",
    "nil",
    "none",
    "n/a",
    "n.a.",
    "#n/a",
    "nan",
    "undefined",
    "-",
    "--",
    "---",
    "–",
    "—",
];

/// The words that are blank in a field.
#[derive(Debug, Default)]
pub(super) struct BlankWords {
    words: Vec<Box<str>>,
    bytes_max: usize,
    begins: Beginnings,
}

impl BlankWords {
    /// Those that `[map]` lists for the field, else those that systems write where there is nothing, but none in a
    /// UserID or a name, which is what it says: people are called Null.
    pub(super) fn of(field: &Field, listed: Option<&[String]>) -> BlankWords {
        let is_name = matches!(
            field,
            Field::Property(Property::UserID | Property::FirstName | Property::LastName)
        );
        let words: Vec<Box<str>> = match listed {
            Some(listed) => listed.iter().map(|word| word.trim().into()).collect(),
            None if is_name => Vec::new(),
            None => BLANK_WORDS.iter().map(|word| (*word).into()).collect(),
        };
        let bytes_max = words.iter().map(|word| word.len()).max().unwrap_or(0);
        BlankWords {
            begins: Beginnings::of(&words),
            words,
            bytes_max,
        }
    }

    /// The place of that text (without outer white space) among them, case aside.
    pub(super) fn place(&self, text: &str) -> Option<usize> {
        if text.len() > self.bytes_max || !self.begins.may_begin(text) {
            return None;
        }
        let is_text = |word: &str| match text.is_ascii() {
            true => word.eq_ignore_ascii_case(text),
            false => word.to_lowercase() == text.to_lowercase(),
        };
        self.words.iter().position(|word| is_text(word))
    }

    /// The word at that place.
    pub(super) fn at(&self, place: usize) -> &str {
        &self.words[place]
    }
}

/// The ASCII characters with which a word may begin, case aside: few cells begin like a blank word.
#[derive(Debug, Default)]
struct Beginnings(u128);

impl Beginnings {
    fn of(words: &[Box<str>]) -> Beginnings {
        let lower = words.iter().map(|word| word.to_lowercase());
        let firsts = lower.filter_map(|word| word.bytes().next());
        let ascii = firsts.filter(u8::is_ascii);
        Beginnings(ascii.fold(0, |all, first| all | 1 << first))
    }

    /// What begins with another letter than ASCII may be anything in lower case.
    fn may_begin(&self, text: &str) -> bool {
        match text.bytes().next() {
            Some(first) if first.is_ascii() => self.0 & 1 << first.to_ascii_lowercase() != 0,
            _ => true,
        }
    }
}

/// Words that one field may list: each has its bit in the tally.
pub(super) const BLANK_WORDS_MAX: usize = 64;

/// The cell as a problem quotes it.
pub(super) fn quote(raw: RawValue<'_>) -> String {
    match raw {
        RawValue::Missing => String::new(),
        RawValue::Text(text) => text.to_owned(),
        RawValue::Json(Json::String(text)) => text.clone(),
        RawValue::Json(json) => json.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_there_is_blank() {
        let field = Field::named("Email").unwrap();
        for raw in [
            RawValue::Missing,
            RawValue::Text(""),
            RawValue::Json(&Json::Null),
        ] {
            assert_eq!(read(raw, &field), Cell::Blank);
        }
        assert_eq!(read_json(&json!(""), &field), Cell::Blank);
    }

    #[test]
    fn numbers_keep_their_digits_or_are_faults() {
        let id = Field::named("UserID").unwrap();
        for digits in ["7", "-7", "0", "123456789012345678901234567890"] {
            let json: Json = serde_json::from_str(digits).unwrap();
            assert_eq!(read_json(&json, &id), Cell::Text(digits.into()), "{digits}");
        }
        for inexact in ["7.0", "1e5", "1E+05", "12345678901234567890.0"] {
            let json: Json = serde_json::from_str(inexact).unwrap();
            assert_eq!(
                read_json(&json, &id),
                Cell::Bad(INEXACT_NUMBER),
                "{inexact}"
            );
        }
    }

    #[test]
    fn a_boolean_is_one_where_the_field_is() {
        let read = |name: &str| {
            let field = Field::named(name).unwrap();
            match read_json(&Json::Bool(true), &field) {
                Cell::Bool(flag) => flag.to_string(),
                Cell::Text(text) => format!("text {text}"),
                Cell::Bad(fault) => fault.code.to_owned(),
                Cell::Blank => "blank".to_owned(),
            }
        };
        assert_eq!(read("Activated"), "true");
        assert_eq!(read("Extensions.Remote"), "text true");
        assert_eq!(read("UserID"), "user_id_not_text");
    }

    #[test]
    fn paths_prefer_a_key_with_dots_and_stop_at_what_is_no_object() {
        let json = json!({"city": "A", "geo": {"lat": "1", "x.y": "2"}, "geo.lat": "3", "none": null,
            "phones": [{"phoneType": "Work", "phoneNum": "5"}, {"PhoneType": "Home"}]});
        let find = |path: &str| match reach(&json, path) {
            Reached::Nothing => "-".to_owned(),
            Reached::Value(value) => value.to_string(),
            Reached::Astray(fault) => fault.code.to_owned(),
        };
        for (path, want) in [
            ("city", "\"A\""),
            ("geo.lat", "\"3\""),
            ("geo.x.y", "\"2\""),
            ("geo.z", "-"),
            ("none.a", "-"),
            ("town", "-"),
            ("city.a", "not_an_object"),
            ("phones.Work", "\"5\""),
            ("phones.Home", "-"),
            ("phones.Fax", "-"),
        ] {
            assert_eq!(find(path), want, "{path}");
        }
        let twice =
            json!([{"PhoneType": "W", "PhoneNum": "1"}, {"PhoneType": "W", "PhoneNum": "2"}]);
        assert!(matches!(reach(&twice, "W"), Reached::Astray(_)));
        assert!(matches!(reach(&json!(["W"]), "W"), Reached::Astray(_)));
    }

    #[test]
    fn blank_words_are_known_case_aside_and_never_in_names() {
        let of = |name: &str| BlankWords::of(&Field::named(name).unwrap(), None);
        let words = of("Email");
        for word in ["N/A", "null", "NULL", "-", "\\N", "—", "Undefined"] {
            assert!(words.place(word).is_some(), "{word}");
            for name in ["UserID", "FirstName", "LastName"] {
                assert!(of(name).place(word).is_none(), "{word} in {name}");
            }
        }
        for text in ["NA", "0", "no", "x", "nullable", "N/A (see below)", ""] {
            assert!(words.place(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_field_that_lists_its_blank_words_has_no_others() {
        let listed = ["k. A.".to_owned(), " Ö ".to_owned()];
        let words = BlankWords::of(&Field::named("LastName").unwrap(), Some(&listed));
        for (text, want) in [
            ("K. a.", Some(0)),
            ("ö", Some(1)),
            ("n/a", None),
            ("", None),
        ] {
            assert_eq!(words.place(text), want, "{text}");
        }
    }
}
