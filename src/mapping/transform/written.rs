//! A step as `[map]` writes it: a word, or a table whose keys say which step it is.
//!
//! What cannot work is refused here, where its value stands, so that the caret points at it.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Country, DateFormat, Dates, Lookup, Pattern, Transform};
use crate::mapping::spec::Otherwise;

/// The steps that are one word.
const WORDS: [(&str, Transform); 6] = [
    ("trim", Transform::Trim),
    ("lower", Transform::Lower),
    ("upper", Transform::Upper),
    ("nfc", Transform::Nfc),
    ("strip_diacritics", Transform::StripDiacritics),
    ("boolean", Transform::Boolean),
];
const NAMES: [&str; 6] = [
    "trim",
    "lower",
    "upper",
    "nfc",
    "strip_diacritics",
    "boolean",
];

impl<'de> Deserialize<'de> for Transform {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Transform;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step such as \"trim\", or a table such as { pad_left = 8, with = \"0\" }")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Transform, E> {
        let step = WORDS.into_iter().find(|(name, _)| *name == word);
        step.map(|(_, step)| step)
            .ok_or_else(|| E::unknown_variant(word, &NAMES))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Transform, A::Error> {
        let table = StepTable::deserialize(MapAccessDeserializer::new(map))?;
        table.into_step().map_err(A::Error::custom)
    }
}

/// All keys of all steps. Which of them belong together is checked behind it.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StepTable {
    replace: Option<Text>,
    with: Option<String>,
    extract: Option<Pattern>,
    split: Option<Text>,
    take: Option<i32>,
    join: Option<String>,
    pad_left: Option<usize>,
    date: Option<Formats>,
    to: Option<DateFormat>,
    phone: Option<Country>,
    lookup: Option<Text>,
    key: Option<String>,
    value: Option<String>,
    otherwise: Option<Otherwise>,
    default: Option<Text>,
}

/// Characters that a filled text may have: no field takes more.
const WIDTH_MAX: usize = 255;

impl StepTable {
    /// The step that the keys make together: each combination names all its keys, so that none is passed over.
    fn into_step(self) -> Result<Transform, String> {
        let named = self.named();
        let StepTable {
            replace,
            with,
            extract,
            split,
            take,
            join,
            pad_left,
            date,
            to,
            phone,
            lookup,
            key,
            value,
            otherwise,
            default,
        } = self;
        let step = match named.as_slice() {
            ["replace", "with"] => replace
                .zip(with)
                .map(|(what, with)| Transform::Replace { what: what.0, with }),
            ["extract"] => extract.map(Transform::Extract),
            ["split", "take"] => match take {
                Some(0) => return Err("`take` counts from 1, or from the end by -1".to_owned()),
                take => split.zip(take).map(|(split, take)| Transform::Take {
                    split: split.0,
                    take,
                }),
            },
            ["split", "join"] => split.zip(join).map(|(split, join)| Transform::Join {
                split: split.0,
                join,
            }),
            ["pad_left"] | ["with", "pad_left"] => pad_left
                .map(|width| padding(width, with.as_deref()))
                .transpose()?,
            ["date"] | ["date", "to"] => date
                .map(|formats| dates(formats.0, to))
                .transpose()?
                .map(Transform::Date),
            ["phone"] => phone.map(Transform::Phone),
            ["default"] => default.map(|text| Transform::Default(text.0)),
            ["lookup", rest @ ..] if rest.iter().all(|key| LOOKUP_KEYS.contains(key)) => lookup
                .map(|path| {
                    Transform::Lookup(Lookup {
                        path: path.0,
                        key,
                        value,
                        otherwise,
                        table: None,
                    })
                }),
            _ => None,
        };
        step.ok_or_else(|| format!("{} make no step; {STEPS}", quoted(&named)))
    }

    /// The keys that are there, in the order of the struct.
    fn named(&self) -> Vec<&'static str> {
        let keys = [
            ("replace", self.replace.is_some()),
            ("lookup", self.lookup.is_some()),
            ("split", self.split.is_some()),
            ("date", self.date.is_some()),
            ("with", self.with.is_some()),
            ("extract", self.extract.is_some()),
            ("take", self.take.is_some()),
            ("join", self.join.is_some()),
            ("pad_left", self.pad_left.is_some()),
            ("to", self.to.is_some()),
            ("phone", self.phone.is_some()),
            ("key", self.key.is_some()),
            ("value", self.value.is_some()),
            ("otherwise", self.otherwise.is_some()),
            ("default", self.default.is_some()),
        ];
        let there = keys.into_iter().filter(|(_, is_there)| *is_there);
        there.map(|(key, _)| key).collect()
    }
}

const LOOKUP_KEYS: [&str; 3] = ["key", "value", "otherwise"];

const STEPS: &str = "a step is { replace, with }, { extract }, { split, take }, { split, join }, { pad_left, with }, \
     { date, to }, { phone }, { lookup, key, value, otherwise } or { default }";

fn quoted(named: &[&str]) -> String {
    match named {
        [] => "no keys".to_owned(),
        named => format!("the keys `{}`", named.join("`, `")),
    }
}

fn padding(width: usize, with: Option<&str>) -> Result<Transform, String> {
    let mut letters = with.unwrap_or("0").chars();
    match (letters.next(), letters.next()) {
        (Some(with), None) if (1..=WIDTH_MAX).contains(&width) => {
            Ok(Transform::PadLeft { width, with })
        }
        (Some(_), None) => Err(format!(
            "`pad_left` is a number of characters from 1 to {WIDTH_MAX}"
        )),
        _ => Err("`with` is one character".to_owned()),
    }
}

fn dates(from: Vec<DateFormat>, to: Option<DateFormat>) -> Result<Dates, String> {
    if from.is_empty() {
        return Err("`date` names no format".to_owned());
    }
    let iso = || DateFormat::new("%Y-%m-%d");
    Ok(Dates {
        to: to.map_or_else(iso, Ok)?,
        from,
    })
}

/// Text that is not blank.
struct Text(String);

/// One format, or a list of them.
struct Formats(Vec<DateFormat>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.is_empty() {
            true => Err(D::Error::custom("this text cannot be empty")),
            false => Ok(Text(text)),
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Pattern::new(&text).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for DateFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        DateFormat::new(&text).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Country::named(&code).ok_or_else(|| {
            D::Error::custom(format!(
                "no country has the code `{code}`: two letters (ISO 3166), such as \"DE\""
            ))
        })
    }
}

impl<'de> Deserialize<'de> for Formats {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMore)
    }
}

struct OneOrMore;

impl<'de> Visitor<'de> for OneOrMore {
    type Value = Formats;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date format such as \"%d.%m.%Y\", or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Formats, E> {
        DateFormat::new(text)
            .map(|format| Formats(vec![format]))
            .map_err(E::custom)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Formats, A::Error> {
        let mut formats = Vec::new();
        while let Some(format) = list.next_element()? {
            formats.push(format);
        }
        Ok(Formats(formats))
    }
}
