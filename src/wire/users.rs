//! Users out of answers of reads.

use serde_json::{Map, Value as Json};
use thiserror::Error;

use crate::model::User;
use crate::wire::Answer;

/// Why an answer is not what was asked for. It never quotes the body: that may be a page, or personal data.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{why}")]
pub struct Unreadable {
    /// As a part of a sentence: "the answer is an HTML page".
    pub why: String,
}

/// Reads the one user of `GET User`: a JSON object with a UserID. The status is not looked at, nor whether it is
/// the user that was asked for.
pub fn read_user(answer: &Answer) -> Result<User, Unreadable> {
    match read_json(answer)? {
        Json::Object(object) => user(object),
        other => Err(unreadable(format!(
            "the answer is {}, not a user",
            kind(&other)
        ))),
    }
}

/// Reads a page of the query: a bare array, or `{"Users":[…]}` with other keys beside.
///
/// One element that is no user makes the whole page unreadable: a list with a hole must not pass for whole.
pub fn read_users(answer: &Answer) -> Result<Vec<User>, Unreadable> {
    let elements = match read_json(answer)? {
        Json::Array(elements) => elements,
        Json::Object(mut object) => match object.remove("Users") {
            Some(Json::Array(elements)) => elements,
            _ => return Err(unreadable("the answer is an object without a list `Users`")),
        },
        other => {
            let why = format!("the answer is {}, not a list of users", kind(&other));
            return Err(unreadable(why));
        }
    };
    elements
        .into_iter()
        .enumerate()
        .map(|(index, element)| match element {
            Json::Object(object) => user(object),
            other => Err(unreadable(format!("element {index} is {}", kind(&other)))),
        })
        .collect()
}

/// The body as JSON, after its content type and its first characters were looked at.
pub(super) fn read_json(answer: &Answer) -> Result<Json, Unreadable> {
    let body = answer.body.strip_prefix(b"\xEF\xBB\xBF");
    let body = body.unwrap_or(&answer.body).trim_ascii();
    if body.is_empty() {
        return Err(unreadable("the answer has no body"));
    }
    if body.starts_with(b"<") {
        return Err(unreadable("the answer is a page, not JSON"));
    }
    if !answer.may_be_json() {
        return Err(unreadable("the answer's content type is not JSON"));
    }
    serde_json::from_slice(body).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "ends too early",
            _ => "is not valid JSON",
        };
        unreadable(format!(
            "the answer {what} (line {}, column {})",
            error.line(),
            error.column()
        ))
    })
}

/// What a JSON value is, with its article.
pub(super) fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

pub(super) fn unreadable(why: impl Into<String>) -> Unreadable {
    Unreadable { why: why.into() }
}

fn user(object: Map<String, Json>) -> Result<User, Unreadable> {
    User::new(object).map_err(|_| unreadable("the answer holds an object without a UserID"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::AnswerHeaders;

    fn answer(content_type: Option<&str>, body: &[u8]) -> Answer {
        Answer {
            status: 200,
            headers: AnswerHeaders {
                content_type: content_type.map(str::to_owned),
                ..AnswerHeaders::default()
            },
            body: body.to_vec(),
        }
    }

    #[test]
    fn a_user_is_an_object_with_an_id() {
        let json = Some("application/json");
        let good: [(Option<&str>, &[u8]); 3] = [
            (json, br#"{"UserID":"a","Grade":1.50,"New":{"x":[null]}}"#),
            (None, b" {\"UserID\":\"a\"}\r\n"),
            (Some("text/json"), b"\xEF\xBB\xBF{\"UserID\":\"a\"}"),
        ];
        for (content_type, body) in good {
            let user = read_user(&answer(content_type, body)).expect("readable");
            assert_eq!(user.user_id(), "a");
        }
        let bad: [(Option<&str>, &[u8], &str); 12] = [
            (json, b"", "no body"),
            (json, b" \n", "no body"),
            (json, b"<html>\"UserID\"", "a page"),
            (
                Some("text/html"),
                br#"{"UserID":"a"}"#,
                "content type is not JSON",
            ),
            (json, br#"{"UserID":"a""#, "ends too early"),
            (
                json,
                br#"{"UserID":"a"} trailing"#,
                "is not valid JSON (line 1, column 16)",
            ),
            (json, b"{\"UserID\":\"\xFF\"}", "is not valid JSON"),
            (json, br#"[{"UserID":"a"}]"#, "an array, not a user"),
            (json, b"null", "null, not a user"),
            (json, br#"{"UserID":""}"#, "without a UserID"),
            (json, br#"{"UserID":7}"#, "without a UserID"),
            (json, br#"{"code":410,"detail":null}"#, "without a UserID"),
        ];
        for (content_type, body, want) in bad {
            let error = read_user(&answer(content_type, body)).unwrap_err();
            assert!(error.why.contains(want), "{want}: {error}");
        }
        let deep = [b"[".repeat(5_000), b"]".repeat(5_000)].concat();
        assert!(read_user(&answer(json, &deep)).is_err());
    }

    #[test]
    fn digits_and_unknown_properties_are_kept() {
        let body = br#"{"UserID":"a","Grade":1.50,"Big":12345678901234567890123}"#;
        let user = read_user(&answer(None, body)).expect("readable");
        assert_eq!(serde_json::to_vec(user.object()).unwrap(), body);
    }

    #[test]
    fn a_page_is_a_list_in_either_shape_and_never_has_holes() {
        let ids = |body: &[u8]| {
            let users = read_users(&answer(None, body));
            users.map(|users| {
                users
                    .iter()
                    .map(|u| u.user_id().to_owned())
                    .collect::<Vec<_>>()
            })
        };
        let empty: [&[u8]; 2] = [b"[]", br#"{"Users":[]}"#];
        for body in empty {
            assert_eq!(ids(body), Ok(vec![]));
        }
        let two: [&[u8]; 2] = [
            br#"[{"UserID":"a"},{"UserID":"b"}]"#,
            br#"{"Total":2,"Users":[{"UserID":"a"},{"UserID":"b"}]}"#,
        ];
        for body in two {
            assert_eq!(ids(body), Ok(vec!["a".to_owned(), "b".to_owned()]));
        }
        let bad: [(&[u8], &str); 5] = [
            (br#"[{"UserID":"a"},{}]"#, "without a UserID"),
            (br#"[{"UserID":"a"},null]"#, "element 1 is null"),
            (br#"{"users":[]}"#, "without a list `Users`"),
            (br#"{"Users":null}"#, "without a list `Users`"),
            (b"\"a\"", "a string, not a list"),
        ];
        for (body, want) in bad {
            let error = ids(body).unwrap_err();
            assert!(error.why.contains(want), "{want}: {error}");
        }
    }
}
