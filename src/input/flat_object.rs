//! The text of a JSON element → the cells of a row, without a value for each: for objects that hold texts, numbers and
//! flags under keys that are known. Any other element goes the whole way, where it is also said what is wrong with it.

use std::collections::HashMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value as Json;

use crate::model::{Columns, FlatDraft, Scalar};

/// Reads an element into a row; false if that cannot be done, and nothing counts then.
pub(super) fn read_flat(
    text: &str,
    columns: &Columns,
    column_of: &HashMap<Box<str>, usize>,
    row: &mut FlatDraft<'_>,
) -> bool {
    let mut parser = serde_json::Deserializer::from_str(text);
    let object = FlatObject {
        columns,
        column_of,
        row,
    };
    parser.deserialize_map(object).is_ok() && parser.end().is_ok()
}

struct FlatObject<'r, 'b> {
    columns: &'r Columns,
    column_of: &'r HashMap<Box<str>, usize>,
    row: &'r mut FlatDraft<'b>,
}

impl<'de> Visitor<'de> for FlatObject<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut key = Key {
            columns: self.columns,
            column_of: self.column_of,
            guess: 0,
        };
        while let Some(column) = map.next_key_seed(&key)? {
            map.next_value_seed(Cell {
                row: self.row,
                column,
            })?;
            key.guess = column + 1;
        }
        Ok(())
    }
}

/// The column of a key. Objects of one export mostly have the same keys in the same order: then the guess is right.
struct Key<'r> {
    columns: &'r Columns,
    column_of: &'r HashMap<Box<str>, usize>,
    guess: usize,
}

impl<'de> DeserializeSeed<'de> for &Key<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<usize, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for &Key<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        let guessed = self.columns.names.get(self.guess);
        if guessed.is_some_and(|name| **name == *key) {
            return Ok(self.guess);
        }
        let known = self.column_of.get(key).copied();
        known.ok_or_else(|| E::custom("a new key"))
    }
}

/// The value of a key, which stands in an object once.
struct Cell<'r, 'b> {
    row: &'r mut FlatDraft<'b>,
    column: usize,
}

impl Cell<'_, '_> {
    fn put<E: Error>(self, value: Scalar<'_>) -> Result<(), E> {
        match self.row.put(self.column, value) {
            true => Ok(()),
            false => Err(E::custom("a repeated key")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Cell<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number or a flag")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.put(Scalar::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<(), E> {
        self.put(Scalar::Flag(flag))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.put(Scalar::Text(text))
    }

    /// Numbers come as maps, so that they keep their digits.
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let value = Json::deserialize(MapAccessDeserializer::new(map))?;
        match Scalar::of(&value) {
            Some(number) => self.put(number),
            None => Err(A::Error::custom("an object")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, RowBatch};

    fn read(text: &str) -> Option<String> {
        let names: [Box<str>; 3] = ["a", "b.c", "d"].map(Box::from);
        let column_of = names.iter().cloned().zip(0..).collect();
        let columns = Columns {
            names: names.to_vec(),
        };
        let mut batch = RowBatch::of_json();
        let place = Place { line: 1, record: 1 };
        let is_read = batch.push_flat(place, |row| read_flat(text, &columns, &column_of, row));
        assert_eq!(batch.len(), usize::from(is_read), "{text}");
        is_read.then(|| {
            let row = batch.row(0);
            let flat = row.flat().expect("a flat row");
            format!("{:?}", [0, 1, 2].map(|column| flat.cell(column)))
        })
    }

    #[test]
    fn texts_numbers_and_flags_come_as_they_are_written() {
        assert_eq!(
            read(r#" {"d" : "x\\y\u00e9" , "a":-12345678901234567890.10e+2,"b.c":false}"#).unwrap(),
            r#"[Some(Number("-12345678901234567890.10e+2")), Some(Flag(false)), Some(Text("x\\yé"))]"#
        );
        assert_eq!(read(r#"{"b.c":null}"#).unwrap(), "[None, Some(Null), None]");
        assert_eq!(read("{}").unwrap(), "[None, None, None]");
    }

    #[test]
    fn whatever_else_there_is_goes_the_whole_way() {
        for text in [
            r#"{"new":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"a":[]}"#,
            r#"{"a":{}}"#,
            r#"{"a":01}"#,
            r#"{"a":1,}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":tru}"#,
            "{\"a\":\"\t\"}",
            r#"{"a":1}{"#,
            r#"["a"]"#,
            r#""a""#,
            "",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
