//! What goes back: the vendor's bodies, made of findings.

use std::error::Error as _;

use axum::http::header::{CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue};
use serde_json::{Value as Json, json};

use crate::sandbox::delivery::Delivery;
use crate::sandbox::storage::StorageError;
use crate::sandbox::switches::{DataPath, Details, ErrorFormat};
use crate::wire::{clean_body, format_a, format_b, write_data_path, write_path};

/// Something the server has to say about a request: a refusal, or (status below 300) a warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The HTTP status that it calls for.
    pub status: u16,
    /// For people.
    pub message: String,
    /// The key/values that caused it; boxed, because findings travel as errors.
    pub params: Box<Json>,
    /// The place in the request body.
    pub spot: Spot,
}

/// A place in a request body, in no notation yet. Properties have `/` between their parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Spot {
    /// None: the request as a whole, or a call without a body.
    Nowhere,
    /// The body itself.
    Body,
    /// A property of a row of a bulk call; "" is the row.
    Row(usize, String),
    /// A property of a body that is one object.
    Property(String),
    /// Already written.
    Verbatim(String),
}

/// How findings become a body.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// The form of error bodies.
    pub format: ErrorFormat,
    /// The notation of places.
    pub data_path: DataPath,
    /// The first, or all.
    pub details: Details,
}

/// An answer, and how it is delivered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers, in order; a later one of a name replaces an earlier one.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Vec<u8>,
    /// How it travels.
    pub delivery: Delivery,
}

impl Finding {
    /// A finding about the request as a whole.
    pub fn new(status: u16, message: impl Into<String>) -> Finding {
        Finding {
            status,
            message: message.into(),
            params: Box::new(json!({})),
            spot: Spot::Nowhere,
        }
    }

    /// Names its place.
    pub fn at(self, spot: Spot) -> Finding {
        Finding { spot, ..self }
    }

    /// Names its cause.
    pub fn params(self, params: Json) -> Finding {
        Finding {
            params: Box::new(params),
            ..self
        }
    }

    /// Whether the request was carried out in spite of it.
    pub fn is_warning(&self) -> bool {
        self.status < 300
    }

    fn data_path(&self, DataPath(notation): DataPath) -> Option<String> {
        match &self.spot {
            Spot::Nowhere => None,
            Spot::Verbatim(text) => Some(text.clone()),
            Spot::Body => Some(write_path(notation?, "")),
            Spot::Row(index, property) => Some(write_data_path(notation?, *index, property)),
            Spot::Property(property) => Some(write_path(notation?, property)),
        }
    }

    fn body(&self, status: u16, style: Style) -> Json {
        let path = self.data_path(style.data_path);
        match style.format {
            ErrorFormat::B if status >= 300 => {
                format_b(status, &self.message, &self.params, path.as_deref())
            }
            _ => format_a(
                status,
                &self.message,
                (*self.params).clone(),
                path.as_deref(),
            ),
        }
    }
}

/// The storage failing is an error inside the server.
impl From<StorageError> for Finding {
    fn from(error: StorageError) -> Finding {
        let cause = error.source().map(|source| format!(": {source}"));
        Finding::new(500, format!("{error}{}", cause.unwrap_or_default()))
    }
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Reply {
        let json = HeaderValue::from_static("application/json");
        Reply {
            status,
            headers: vec![(CONTENT_TYPE, json)],
            body: body.into(),
            delivery: Delivery::Whole,
        }
    }

    /// Done: the vendor's clean body, or its warnings under 200.
    pub fn done(warnings: &[Finding], style: Style) -> Reply {
        let all = Style {
            details: Details::All,
            ..style
        };
        match warnings {
            [] => Reply::json(200, clean_body().to_string()),
            warnings => Reply::of_findings(200, warnings, all),
        }
    }

    /// Refused: the status is the first finding's.
    pub fn refused(findings: &[Finding], style: Style) -> Reply {
        let status = findings.first().map_or(500, |finding| finding.status);
        Reply::of_findings(status, findings, style)
    }

    /// Refused for one reason.
    pub fn refusal(finding: Finding, style: Style) -> Reply {
        Reply::refused(&[finding], style)
    }

    /// No answer at all.
    pub fn none(delivery: Delivery) -> Reply {
        Reply {
            status: 0,
            headers: Vec::new(),
            body: Vec::new(),
            delivery,
        }
    }

    /// Sets a header; texts that cannot stand in one are left out (fault scripts are checked before).
    pub fn header(mut self, name: HeaderName, value: &str) -> Reply {
        self.headers.retain(|(other, _)| *other != name);
        self.headers
            .extend(value.parse().ok().map(|value| (name, value)));
        self
    }

    /// Says how it travels.
    pub fn travelling(self, delivery: Delivery) -> Reply {
        Reply { delivery, ..self }
    }

    /// Sets `Content-Type`.
    pub fn content_type(self, value: &str) -> Reply {
        self.header(CONTENT_TYPE, value)
    }

    /// Sets `Retry-After`.
    pub fn retry_after(self, value: &str) -> Reply {
        self.header(RETRY_AFTER, value)
    }

    /// Sets `Location`.
    pub fn location(self, value: &str) -> Reply {
        self.header(LOCATION, value)
    }

    /// One detail, or the details of all findings in one array.
    fn of_findings(status: u16, findings: &[Finding], style: Style) -> Reply {
        let mut bodies = findings.iter().map(|finding| finding.body(status, style));
        let Some(mut body) = bodies.next() else {
            return Reply::json(status, clean_body().to_string());
        };
        if style.details == Details::All {
            let key = if body["detail"].is_string() {
                "invalidParams"
            } else {
                "detail"
            };
            let others: Vec<Json> = bodies.map(|mut body| body[key].take()).collect();
            if !others.is_empty() {
                let first = body[key].take();
                body[key] = std::iter::once(first)
                    .chain(others)
                    .flat_map(flat)
                    .collect();
            }
        }
        Reply::json(status, body.to_string())
    }
}

fn flat(detail: Json) -> Vec<Json> {
    match detail {
        Json::Array(details) => details,
        detail => vec![detail],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Notation;

    #[test]
    fn nothing_to_say_is_the_clean_body() {
        let body = body(&Reply::done(&[], Style::default()));
        assert_eq!(body, clean_body());
    }

    #[test]
    fn places_are_written_in_the_switched_notation_or_not_at_all() {
        for (spot, notation, path) in [
            (
                Spot::Row(3, "Email".into()),
                Some(Notation::Pointer),
                json!("/Users/3/Email"),
            ),
            (
                Spot::Row(3, "Email".into()),
                Some(Notation::Bracket),
                json!("$['Users'][3]['Email']"),
            ),
            (
                Spot::Row(3, String::new()),
                Some(Notation::JavaScript),
                json!("Users[3]"),
            ),
            (Spot::Row(3, "Email".into()), None, Json::Null),
            (
                Spot::Property("Email".into()),
                Some(Notation::Dollar),
                json!("$.Email"),
            ),
            (Spot::Body, Some(Notation::Pointer), json!("")),
            (Spot::Verbatim("?".into()), None, json!("?")),
            (Spot::Nowhere, Some(Notation::Pointer), Json::Null),
        ] {
            let style = Style {
                data_path: DataPath(notation),
                ..Style::default()
            };
            let finding = Finding::new(400, "m").at(spot.clone());
            let body = body(&Reply::refusal(finding, style));
            assert_eq!(body["detail"]["dataPath"], path, "{spot:?}");
            assert_eq!(
                (&body["code"], &body["detail"]["message"]),
                (&json!(400), &json!("m"))
            );
        }
    }

    #[test]
    fn all_findings_go_into_one_body_if_switched() {
        let findings = [
            Finding::new(409, "first")
                .at(Spot::Row(0, "A".into()))
                .params(json!({"value": "x"})),
            Finding::new(410, "second").at(Spot::Row(1, "B".into())),
        ];
        let first = body(&Reply::refused(&findings, Style::default()));
        assert_eq!(first["detail"]["message"], json!("first"));
        let all = Style {
            details: Details::All,
            ..Style::default()
        };
        let both = body(&Reply::refused(&findings, all));
        assert_eq!(both["code"], json!(409));
        assert_eq!(both["detail"][1]["dataPath"], json!("/Users/1/B"));
        let b = Style {
            format: ErrorFormat::B,
            ..all
        };
        let both = body(&Reply::refused(&findings, b));
        assert_eq!(
            (&both["status"], &both["detail"]),
            (&json!(409), &json!("first"))
        );
        assert_eq!(both["invalidParams"][0]["value"], json!("x"));
        assert_eq!(both["invalidParams"][1]["path"], json!("/Users/1/B"));
    }

    fn body(reply: &Reply) -> Json {
        serde_json::from_slice(&reply.body).unwrap()
    }
}
