//! Answers that hold something else than users: ids, an entity, a token, or only that it was done.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::model::Detail;
use crate::wire::users::{kind, read_json, unreadable};
use crate::wire::{Answer, Details, Entity, Token, Unreadable, read_details};

/// Reads a list of ids: `["a",…]`, or an object that holds it under `key`. Elements may also be objects with a
/// `UserID`, as some pages of the vendor show members.
pub fn read_ids(answer: &Answer, key: &str) -> Result<Vec<String>, Unreadable> {
    let elements = match read_json(answer)? {
        Json::Array(elements) => elements,
        Json::Object(mut object) => match object.remove(key) {
            Some(Json::Array(elements)) => elements,
            _ => {
                let why = format!("the answer is an object without a list `{key}`");
                return Err(unreadable(why));
            }
        },
        other => {
            let why = format!("the answer is {}, not a list of ids", kind(&other));
            return Err(unreadable(why));
        }
    };
    let id = |(index, element): (usize, Json)| match element {
        Json::String(id) => Ok(id),
        Json::Object(object) => match object.get("UserID") {
            Some(Json::String(id)) => Ok(id.clone()),
            _ => Err(unreadable(format!(
                "element {index} is an object without a UserID"
            ))),
        },
        other => Err(unreadable(format!("element {index} is {}", kind(&other)))),
    };
    elements.into_iter().enumerate().map(id).collect()
}

/// Reads an entity: a JSON object whose known properties have their types.
pub fn read_entity(answer: &Answer) -> Result<Entity, Unreadable> {
    match read_json(answer)? {
        object @ Json::Object(_) => typed(object, "an entity"),
        other => Err(unreadable(format!(
            "the answer is {}, not an entity",
            kind(&other)
        ))),
    }
}

/// Reads a token. The vendor's pages spell the key both ways.
pub fn read_token(answer: &Answer) -> Result<Token, Unreadable> {
    let Json::Object(object) = read_json(answer)? else {
        return Err(unreadable("the answer is no object with a token"));
    };
    let token = object.get("token").or_else(|| object.get("Token"));
    match token.and_then(Json::as_str).map(str::trim) {
        Some(token) if !token.is_empty() => Ok(Token(token.into())),
        _ => Err(unreadable("the answer holds no token")),
    }
}

/// Reads that something was done, and the warnings that came with it. An empty body says nothing against it.
pub fn read_done(answer: &Answer) -> Result<Vec<Detail>, Unreadable> {
    if answer.body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    match read_details(answer) {
        Details::Clean => Ok(Vec::new()),
        Details::Unreadable(why) => Err(Unreadable { why }),
        Details::Told(details) => {
            match details
                .iter()
                .find(|detail| !(200..300).contains(&detail.code))
            {
                None => Ok(details),
                Some(bad) => Err(unreadable(format!(
                    "the status is {}, but the body speaks of {}",
                    answer.status, bad.code
                ))),
            }
        }
    }
}

fn typed<T: DeserializeOwned>(json: Json, what: &str) -> Result<T, Unreadable> {
    // The library's text would quote the value.
    serde_json::from_value(json).map_err(|_| {
        unreadable(format!(
            "a property of the answer has not the type that it has in {what}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::AnswerHeaders;
    use secrecy::ExposeSecret;

    fn answer(body: &str) -> Answer {
        Answer {
            status: 200,
            headers: AnswerHeaders::default(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn ids_come_bare_or_in_an_envelope_and_without_holes() {
        for (body, want) in [
            ("[]", Some(vec![])),
            (r#"["a","b"]"#, Some(vec!["a", "b"])),
            (r#"{"Users":["a"],"Total":1}"#, Some(vec!["a"])),
            (
                r#"[{"UserID":"a","LastName":"Ek"},"b"]"#,
                Some(vec!["a", "b"]),
            ),
            (r#"{"Roles":["a"]}"#, None),
            (r#"["a",null]"#, None),
            (r#"[{"Name":"a"}]"#, None),
            ("7", None),
            ("<html>", None),
            ("", None),
        ] {
            let ids = read_ids(&answer(body), "Users").ok();
            assert_eq!(ids.as_deref().map(Vec::from), want.map(owned), "{body}");
        }
    }

    fn owned(ids: Vec<&str>) -> Vec<String> {
        ids.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_token_is_a_text_under_either_spelling() {
        for (body, want) in [
            (r#"{"token":"t"}"#, Some("t")),
            (r#"{"Token":" t\n"}"#, Some("t")),
            (r#"{"Token":""}"#, None),
            (r#"{"Token":7}"#, None),
            (r#"["t"]"#, None),
        ] {
            let token = read_token(&answer(body)).ok();
            let token = token.map(|Token(token)| token.expose_secret().to_owned());
            assert_eq!(token.as_deref(), want, "{body}");
        }
    }

    #[test]
    fn done_is_believed_unless_the_body_speaks_against_it() {
        for (body, warnings) in [
            ("", Some(0)),
            ("{}", Some(0)),
            (r#"{"code":200,"detail":{"message":"old"}}"#, Some(1)),
            (r#"{"code":400,"detail":{"message":"no"}}"#, None),
            ("<html>", None),
            (r#"{"code":200"#, None),
        ] {
            let done = read_done(&answer(body)).ok().map(|details| details.len());
            assert_eq!(done, warnings, "{body}");
        }
    }

    #[test]
    fn an_entity_of_other_types_is_refused_without_its_values() {
        let error = read_entity(&answer(r#"{"Name":{"secret":"planted"}}"#)).unwrap_err();
        assert!(!error.why.contains("planted"), "{error}");
        assert!(read_entity(&answer("[]")).is_err());
        assert_eq!(
            read_entity(&answer(r#"{"Name":null}"#)),
            Ok(Entity::default())
        );
    }
}
