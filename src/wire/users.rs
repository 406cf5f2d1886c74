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
