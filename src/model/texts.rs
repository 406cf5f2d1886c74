//! Many short texts in one place.

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Texts one after the other: a million ids need no million places in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    /// Adds a text.
    pub fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    /// The texts in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(&0).chain(&self.ends);
        let ranges = starts.zip(&self.ends);
        ranges.map(|(start, end)| &self.all[*start..*end])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Lets go of all texts, not of their place.
    pub fn clear(&mut self) {
        self.all.clear();
        self.ends.clear();
    }
}

impl<'t> FromIterator<&'t str> for Texts {
    fn from_iter<I: IntoIterator<Item = &'t str>>(texts: I) -> Texts {
        let mut all = Texts::default();
        texts.into_iter().for_each(|text| all.push(text));
        all
    }
}

/// As a list of texts.
impl Serialize for Texts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Texts, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Texts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Texts, A::Error> {
                let mut all = Texts::default();
                while let Some(text) = texts.next_element::<std::borrow::Cow<'de, str>>()? {
                    all.push(&text);
                }
                Ok(all)
            }
        }
        deserializer.deserialize_seq(Each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_out_and_back_as_they_were() {
        let texts: Texts = ["", "a\"b", "é"].into_iter().collect();
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["", "a\"b", "é"]);
        let json = serde_json::to_string(&texts).unwrap();
        assert_eq!(json, r#"["","a\"b","é"]"#);
        assert_eq!(serde_json::from_str::<Texts>(&json).unwrap(), texts);
        assert_eq!((texts.len(), texts.is_empty()), (3, false));
    }
}
