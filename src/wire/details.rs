//! What the body of an answer says about a request: both error formats, and the warnings that come with a 200.
//!
//! Format A (vendor, "Bulk Users"): `{"code":400,"detail":{"message":"","params":{"value":""},"dataPath":""}}`.
//! Format B (other vendor pages): `{"type":"","title":"","status":400,"detail":"text","invalidParams":[…]}`.
//! The type of `detail` tells them apart, and both may be incomplete.

use serde_json::{Map, Value as Json, json};

use crate::model::Detail;
use crate::wire::users::{kind, read_json};
use crate::wire::{Answer, parse_data_path};

/// What the body of an answer says.
#[derive(Clone, Debug, PartialEq)]
pub enum Details {
    /// A JSON object that holds nothing against the request: no code but 2xx, and no detail.
    Clean,
    /// At least one detail. If the tenant sent only a bad code, that code is the one detail.
    Told(Vec<Detail>),
    /// Not a body that the tenant's API writes, and why. Never quotes it.
    Unreadable(String),
}

impl Details {
    /// The details; none if the body is clean or unreadable.
    pub fn into_vec(self) -> Vec<Detail> {
        match self {
            Details::Told(details) => details,
            Details::Clean | Details::Unreadable(_) => Vec::new(),
        }
    }
}

/// Reads the body of an answer of any status; the status fills in where the body names no code.
pub fn read_details(answer: &Answer) -> Details {
    let body = match read_json(answer) {
        Ok(Json::Object(body)) => body,
        Ok(other) => return Details::Unreadable(format!("the answer is {}", kind(&other))),
        Err(unreadable) => return Details::Unreadable(unreadable.why),
    };
    let Some(code) = code(&body, answer.status) else {
        return Details::Unreadable("the answer's code is not a number".to_owned());
    };
    let mut details = match body.get("detail") {
        Some(Json::Array(items)) => items.iter().filter_map(|item| told(item, code)).collect(),
        Some(item @ Json::Object(_)) => Vec::from_iter(told(item, code)),
        _ => problem(&body, code),
    };
    if details.is_empty() && !is_good(code) {
        let message = text_of(body.get("title")).unwrap_or_default();
        details.push(detail(code, message, Json::Null, None));
    }
    if details.is_empty()
        && let Some(key) = sign_of_error(&body)
    {
        return Details::Unreadable(format!("the answer speaks of an error in `{key}`"));
    }
    match details.is_empty() {
        true => Details::Clean,
        false => Details::Told(details),
    }
}

/// `code`, else `status` (format B), else the HTTP status; of the first two rather one that is not 2xx.
/// `None` if a good answer has a `code` that is no number.
fn code(body: &Map<String, Json>, status: u16) -> Option<i64> {
    let own = match body.get("code") {
        None | Some(Json::Null) => None,
        Some(code) => match integer(code) {
            None if is_good(i64::from(status)) => return None,
            code => code,
        },
    };
    let codes = [own, body.get("status").and_then(integer)];
    let mut named = codes.into_iter().flatten();
    let first = named.next().unwrap_or_else(|| i64::from(status));
    match named.find(|code| !is_good(*code)) {
        Some(bad) if is_good(first) => Some(bad),
        _ => Some(first),
    }
}

fn is_good(code: i64) -> bool {
    (200..=299).contains(&code)
}

/// An integer, also as text.
fn integer(json: &Json) -> Option<i64> {
    match json {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// One detail of format A, with its own code if it has one; `None` if it says nothing.
fn told(item: &Json, code: i64) -> Option<Detail> {
    let Json::Object(object) = item else {
        return text_of(Some(item)).map(|text| detail(code, text, Json::Null, None));
    };
    let code = object.get("code").and_then(integer).unwrap_or(code);
    // ajv 8 writes `instancePath` where its forerunners wrote `dataPath`.
    let path = object
        .get("dataPath")
        .or_else(|| object.get("instancePath"));
    let params = object.get("params");
    let message = object.get("message");
    if path.is_none() && params.is_none() && message.is_none() {
        // Of an unknown make: kept whole, as text.
        return (!is_blank(item)).then(|| detail(code, item.to_string(), Json::Null, None));
    }
    if [path, params, message].into_iter().flatten().all(is_blank) {
        return None;
    }
    let params = params.cloned().unwrap_or(Json::Null);
    let message = text_of(message).unwrap_or_default();
    Some(detail(code, message, params, path))
}

/// The details of format B: one for each invalid parameter, else one for the text; none if all is blank.
///
/// A title alone says nothing that the code does not say. A gateway's `message` beside the code is a text too.
fn problem(body: &Map<String, Json>, code: i64) -> Vec<Detail> {
    let text = ["detail", "message", "Message"]
        .into_iter()
        .find_map(|key| text_of(body.get(key)));
    let invalid = match body.get("invalidParams") {
        Some(Json::Array(invalid)) => invalid.as_slice(),
        _ => &[],
    };
    let details: Vec<Detail> = invalid
        .iter()
        .filter(|parameter| !is_blank(parameter))
        .map(|parameter| {
            let itself = parameter.is_string().then_some(parameter);
            let reason = text_of(parameter.get("reason").or(itself)).or_else(|| text.clone());
            detail(
                code,
                reason.unwrap_or_default(),
                parameter_values(parameter),
                parameter_path(parameter),
            )
        })
        .collect();
    match (details.is_empty(), text) {
        (true, Some(text)) => vec![detail(code, text, Json::Null, None)],
        _ => details,
    }
}

/// Name and value of an invalid parameter, as far as it has them.
fn parameter_values(parameter: &Json) -> Json {
    let mut values = Map::new();
    for key in ["name", "value"] {
        if let Some(value) = parameter.get(key) {
            values.insert(key.to_owned(), value.clone());
        }
    }
    match values.is_empty() {
        true => Json::Null,
        false => Json::Object(values),
    }
}

/// Its path; else its name, where that is written as a path.
fn parameter_path(parameter: &Json) -> Option<&Json> {
    parameter.get("path").or_else(|| {
        parameter
            .get("name")
            .filter(|name| name.as_str().and_then(parse_data_path).is_some())
    })
}

fn detail(code: i64, message: String, params: Json, path: Option<&Json>) -> Detail {
    Detail {
        code,
        message,
        params,
        data_path: path.and_then(|path| match path {
            Json::Null => None,
            Json::String(path) => Some(path.clone()),
            other => Some(other.to_string()),
        }),
    }
}

/// The text of a value, other values as their JSON; `None` if it is blank.
fn text_of(json: Option<&Json>) -> Option<String> {
    match json? {
        Json::String(text) if !text.trim().is_empty() => Some(text.clone()),
        other if is_blank(other) => None,
        other => Some(other.to_string()),
    }
}

/// Null, "", and collections of nothing but blanks.
fn is_blank(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.iter().all(is_blank),
        Json::Object(object) => object.values().all(is_blank),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The top-level key by which a body that has neither code nor detail nevertheless speaks of a failure: a
/// gateway or another API may answer 200 and mean the opposite.
fn sign_of_error(body: &Map<String, Json>) -> Option<&str> {
    const BAD_IF_SET: [&str; 8] = [
        "error",
        "errors",
        "errorcode",
        "errormessage",
        "exception",
        "fault",
        "faults",
        "failed",
    ];
    const BAD_IF_FALSE: [&str; 3] = ["success", "succeeded", "ok"];
    const BAD_STATUS: [&str; 5] = ["error", "fail", "failed", "failure", "rejected"];
    let is_sign = |key: &str, value: &Json| {
        let key = key.to_ascii_lowercase();
        let is_set = !is_blank(value) && *value != Json::Bool(false) && *value != json!(0);
        let status = value.as_str().map(str::to_ascii_lowercase);
        (BAD_IF_SET.contains(&key.as_str()) && is_set)
            || (BAD_IF_FALSE.contains(&key.as_str()) && *value == Json::Bool(false))
            || (key == "status" && status.is_some_and(|word| BAD_STATUS.contains(&&*word)))
    };
    body.iter()
        .find(|(key, value)| is_sign(key, value))
        .map(|(key, _)| key.as_str())
}

#[cfg(test)]
mod tests;
