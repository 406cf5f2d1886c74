//! JSON that was written about many people, without one of them.

use serde_json::{Map, Value as Json};

use crate::model::UserKey;

/// Stands where the id of a person who was forgotten stood.
pub const FORGOTTEN: &str = "(forgotten)";

/// Texts that may quote him.
const TEXTS: [&str; 6] = ["message", "value", "hint", "why", "reason", "figure"];

/// The person who is taken out.
#[derive(Clone, Debug)]
pub struct Person {
    key: UserKey,
    /// Spellings of his id, and his mail addresses.
    names: Vec<String>,
}

impl Person {
    /// `names` are the spellings of his id and his mail addresses.
    pub fn new(key: UserKey, names: Vec<String>) -> Person {
        let names = names.into_iter().filter(|name| !name.is_empty()).collect();
        Person { key, names }
    }

    /// Whether the id is his, in any spelling.
    pub fn is(&self, user_id: &str) -> bool {
        UserKey::of(user_id) == self.key
    }

    /// The text without his names where they stand as words; `None` if it names him nowhere.
    pub fn taken_out_of(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        let mut names_him = false;
        for name in &self.names {
            let mut from = 0;
            while let Some(found) = text[from..].find(name.as_str()) {
                let (start, end) = (from + found, from + found + name.len());
                let is_word = !text[..start].ends_with(char::is_alphanumeric)
                    && !text[end..].starts_with(char::is_alphanumeric);
                from = match is_word {
                    true => {
                        text.replace_range(start..end, FORGOTTEN);
                        names_him = true;
                        start + FORGOTTEN.len()
                    }
                    false => end,
                };
            }
        }
        names_him.then_some(text)
    }

    /// Takes him out of a JSON value; whether it named him.
    pub fn take_out(&self, json: &mut Json) -> bool {
        match json {
            Json::Object(object) => self.take_out_of_object(object),
            // What stands in a list is an id, or a parameter of a message.
            Json::Array(items) => items.iter_mut().fold(false, |found, item| {
                let is_him = matches!(item, Json::String(id) if self.is(id));
                if is_him {
                    *item = FORGOTTEN.into();
                }
                self.take_out(item) | is_him | found
            }),
            _ => false,
        }
    }

    fn take_out_of_object(&self, object: &mut Map<String, Json>) -> bool {
        let is_about_him = matches!(object.get("user_id"), Some(Json::String(id)) if self.is(id));
        let mut found = is_about_him;
        for (name, value) in object.iter_mut() {
            match value {
                Json::String(text) if name == "user_id" && is_about_him => {
                    *text = FORGOTTEN.to_owned();
                }
                Json::String(text) if TEXTS.contains(&name.as_str()) => {
                    if is_about_him && name != "hint" {
                        *text = FORGOTTEN.to_owned();
                    } else if let Some(without) = self.taken_out_of(text) {
                        *text = without;
                        found = true;
                    }
                }
                other => found |= self.take_out(other),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ann() -> Person {
        Person::new(
            UserKey::of("Ann"),
            vec!["Ann".to_owned(), "ann@x.example".to_owned()],
        )
    }

    #[test]
    fn only_whole_words_are_his_name() {
        let out = |text| ann().taken_out_of(text);
        assert_eq!(
            out("twins: Ann and Bob").as_deref(),
            Some("twins: (forgotten) and Bob")
        );
        assert_eq!(
            out("ann@x.example, Ann").as_deref(),
            Some("(forgotten), (forgotten)")
        );
        assert_eq!(out("Anna and Joann"), None);
    }

    #[test]
    fn what_is_about_him_keeps_no_word_and_the_rest_stays() {
        let mut json = json!({
            "figure": "3 of 20",
            "problems": [
                {"code": "invalid_email", "user_id": "ANN", "value": "secret", "message": "no address", "line": 2},
                {"code": "twins", "user_id": "bob", "message": "as Ann"},
            ],
            "review": {"excluded": ["Ann", "bob"]},
        });
        assert!(ann().take_out(&mut json));
        assert_eq!(
            json,
            json!({
                "figure": "3 of 20",
                "problems": [
                    {"code": "invalid_email", "user_id": FORGOTTEN, "value": FORGOTTEN, "message": FORGOTTEN, "line": 2},
                    {"code": "twins", "user_id": "bob", "message": "as (forgotten)"},
                ],
                "review": {"excluded": [FORGOTTEN, "bob"]},
            })
        );
        assert!(!ann().take_out(&mut json));
    }
}
