//! `[map]` as people write it → MappingSpec. An entry is a column's name, or a table.
//!
//! Written by hand rather than derived, so that each error is raised where its entry stands: the
//! configuration's reader then draws its caret under that line.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::formula::{Reckoned, Template};
use super::spec::{Blank, FieldSpec, MappingSpec, Otherwise, Source};
use super::suggest;
use super::transform::Transform;
use crate::model::{Field, Value};

impl<'de> Deserialize<'de> for MappingSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MapTable)
    }
}

struct MapTable;

impl<'de> Visitor<'de> for MapTable {
    type Value = MappingSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of fields, such as UserID = \"employee_id\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MappingSpec, A::Error> {
        let mut fields: Vec<(Field, FieldSpec)> = Vec::new();
        while let Some(field) = map.next_key_seed(FieldName)? {
            if fields.iter().any(|(other, _)| *other == field) {
                return Err(A::Error::custom(format!("{field} is mapped twice")));
            }
            let spec = map.next_value_seed(Entry(&field))?;
            fields.push((field, spec));
        }
        Ok(MappingSpec { fields })
    }
}

/// A key of `[map]`.
struct FieldName;

impl<'de> DeserializeSeed<'de> for FieldName {
    type Value = Field;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Field, D::Error> {
        let name = String::deserialize(deserializer)?;
        Field::named(&name).ok_or_else(|| match suggest::field_for(&name) {
            Some(meant) => {
                D::Error::custom(format!("no such field `{name}`; did you mean `{meant}`?"))
            }
            None => D::Error::custom(format!(
                "no such field `{name}`: a User property, Phones.<PhoneType> or Extensions.<key>"
            )),
        })
    }
}

/// What stands under a key, checked against the field.
struct Entry<'f>(&'f Field);

impl<'de> DeserializeSeed<'de> for Entry<'_> {
    type Value = FieldSpec;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<FieldSpec, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Entry<'_> {
    type Value = FieldSpec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the name of a column, or a table with `column`, `first_of`, `constant`, `template` or `expression`",
        )
    }

    fn visit_str<E: Error>(self, column: &str) -> Result<FieldSpec, E> {
        self.checked(FieldSpec::column(column))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
        let table = EntryTable::deserialize(de::value::MapAccessDeserializer::new(map))?;
        let spec = table.into_spec().map_err(A::Error::custom)?;
        self.checked(spec)
    }
}

impl Entry<'_> {
    fn checked<E: Error>(&self, spec: FieldSpec) -> Result<FieldSpec, E> {
        match spec.fault(self.0) {
            Some(fault) => Err(E::custom(fault)),
            None => Ok(spec),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryTable {
    column: Option<String>,
    first_of: Option<Vec<String>>,
    constant: Option<TextOrFlag>,
    template: Option<Template>,
    expression: Option<Reckoned>,
    transform: Option<Vec<Transform>>,
    values: Option<ValueTable>,
    otherwise: Option<Otherwise>,
    blank_words: Option<Vec<String>>,
    blank: Option<Blank>,
}

impl EntryTable {
    fn into_spec(self) -> Result<FieldSpec, &'static str> {
        let shaped = self.transform.is_some()
            || self.values.is_some()
            || self.otherwise.is_some()
            || self.blank_words.is_some()
            || self.blank.is_some();
        let sources = [
            self.column.map(Source::Column),
            self.first_of.map(Source::FirstOf),
            self.constant.map(|text| Source::Constant(text.0)),
            self.template.map(|formula| Source::Template(formula.0)),
            self.expression.map(|formula| Source::Expression(formula.0)),
        ];
        let mut sources = sources.into_iter().flatten();
        let mut spec = match (sources.next(), sources.next()) {
            (Some(Source::Constant(_)), None) if shaped => {
                return Err("a constant takes no `transform`, `values` or `blank`");
            }
            (Some(source), None) => FieldSpec::of(source),
            (Some(_), Some(_)) => return Err(ONE_SOURCE),
            (None, _) => return Err("`column` or `constant` is missing, or another source"),
        };
        if let Some(transform) = self.transform {
            spec.transform = transform;
        }
        spec.values = self.values.map(|table| table.0);
        spec.otherwise = self.otherwise;
        spec.blank_words = self.blank_words;
        spec.blank = self.blank.unwrap_or_default();
        Ok(spec)
    }
}

const ONE_SOURCE: &str =
    "one of `column`, `first_of`, `constant`, `template` and `expression`, not both of two";

impl<'de> Deserialize<'de> for Otherwise {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = TextOrFlag::deserialize(deserializer)?.0;
        Ok(match text.as_str() {
            "error" => Otherwise::Error,
            "blank" | "" => Otherwise::Blank,
            "pass" => Otherwise::Pass,
            _ => Otherwise::Text(text),
        })
    }
}

impl<'de> Deserialize<'de> for Blank {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = TextOrFlag::deserialize(deserializer)?.0;
        Ok(match text.as_str() {
            "keep" => Blank::Keep,
            "clear" => Blank::Clear,
            "error" => Blank::Error,
            _ => Blank::Default(text),
        })
    }
}

/// A string, or a boolean as its word. A number is refused: quoted or not makes a difference in `007`.
struct TextOrFlag(String);

impl<'de> Deserialize<'de> for TextOrFlag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_any(Scalar)?;
        Ok(TextOrFlag(
            value.map_or_else(String::new, |value| value.to_string()),
        ))
    }
}

/// Texts of the export with what they become, in the order written.
struct ValueTable(Vec<(String, Option<Value>)>);

impl<'de> Deserialize<'de> for ValueTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Words).map(ValueTable)
    }
}

struct Words;

impl<'de> Visitor<'de> for Words {
    type Value = Vec<(String, Option<Value>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of values, such as { active = true, left = false }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = map.next_key::<String>()? {
            words.push((word, map.next_value_seed(Scalar)?));
        }
        Ok(words)
    }
}

/// A string or a boolean; the empty string is blank.
struct Scalar;

impl<'de> DeserializeSeed<'de> for Scalar {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Scalar {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true, false or a quoted text")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Some(Value::Bool(flag)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_a_column_and_a_table_says_the_rest() {
        let spec = read(
            r#"
            UserID = "employee_id"
            "Phones.Mobile" = { column = "cell", transform = [] }
            LanguageCode = { constant = "EN" }
            IsMobileWorker = { constant = true }
            [Activated]
            column = "status"
            values = { active = true, leave = "", terminated = false }
            blank = "error"
            [Locked]
            column = "locked"
            blank = false
            "#,
        )
        .unwrap();
        let get = |name: &str| {
            let field = Field::named(name).unwrap();
            let entry = spec.fields.iter().find(|(other, _)| *other == field);
            entry.unwrap().1.clone()
        };
        assert_eq!(spec.fields.len(), 6);
        assert_eq!(get("UserID"), FieldSpec::column("employee_id"));
        assert_eq!(get("Phones.Mobile").transform, []);
        assert_eq!(get("LanguageCode"), FieldSpec::constant("EN"));
        assert_eq!(get("IsMobileWorker"), FieldSpec::constant("true"));
        assert_eq!(get("Locked").blank, Blank::Default("false".to_owned()));
        let activated = get("Activated");
        assert_eq!(activated.blank, Blank::Error);
        let mut values = activated.values.unwrap();
        values.sort_by(|left, right| left.0.cmp(&right.0));
        assert_eq!(
            values,
            [
                ("active".to_owned(), Some(Value::Bool(true))),
                ("leave".to_owned(), None),
                ("terminated".to_owned(), Some(Value::Bool(false))),
            ]
        );
    }

    #[test]
    fn mistakes_are_told_with_the_way_out() {
        for (toml, want) in [
            ("Emial = \"mail\"", "did you mean `Email`?"),
            ("Shoesize = \"x\"", "no such field `Shoesize`"),
            ("Email = 7", "the name of a column"),
            ("Email = {}", "`column` or `constant` is missing"),
            ("Email = { column = \"a\", constant = \"b\" }", "not both"),
            (
                "Email = { column = \"a\", template = \"{{ b }}\" }",
                "not both",
            ),
            ("Email = { first_of = [] }", "`first_of` names no column"),
            ("Email = { first_of = [\"a\", \" \"] }", "has no name"),
            ("Email = { template = \"{{ b\" }", "syntax error"),
            ("Email = { expression = \"1\" }", "names no column"),
            (
                "Email = { column = \"a\", otherwise = \"error\" }",
                "there is none",
            ),
            (
                "Email = { column = \"a\", blank_words = [\"\"] }",
                "blank without being listed",
            ),
            (
                "SMS = { constant = \"b\", blank = \"keep\" }",
                "a constant takes no",
            ),
            (
                "Email = { column = \"a\", trim = true }",
                "unknown field `trim`",
            ),
            (
                "Email = { column = \"a\", transform = [\"trimm\"] }",
                "`trim`, `lower`, `upper`",
            ),
            (
                "Email = { column = \"a\", values = { x = 7 } }",
                "a quoted text",
            ),
            (
                "Activated = { column = \"a\", blank = \"clear\" }",
                "cannot be cleared",
            ),
            ("Password = \"pw\"", "credentials come with [create]"),
            ("UserID = \"a\"\nuserid = \"b\"", "UserID is mapped twice"),
        ] {
            let error = read(toml).unwrap_err();
            assert!(error.contains(want), "{toml}: {error}");
        }
    }

    fn read(toml: &str) -> Result<MappingSpec, String> {
        toml::from_str(toml).map_err(|error| error.to_string())
    }
}
