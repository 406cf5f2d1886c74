//! Bodies of answers as the tenant writes them, for the sandbox. `details` reads them back.

use serde_json::{Map, Value as Json, json};

use crate::wire::parse_data_path;

/// The body of a request that was processed and about which there is nothing to say.
pub fn clean_body() -> Json {
    format_a(200, "", json!({"value": ""}), Some(""))
}

/// Format A (the vendor's "Bulk Users" page): one detail object. `data_path` `None` leaves the key out.
pub fn format_a(code: u16, message: &str, params: Json, data_path: Option<&str>) -> Json {
    let mut detail = Map::new();
    detail.insert("message".to_owned(), message.into());
    detail.insert("params".to_owned(), params);
    if let Some(data_path) = data_path {
        detail.insert("dataPath".to_owned(), data_path.into());
    }
    json!({"code": code, "detail": detail})
}

/// Format B (problem details, RFC 9457, with the vendor's `invalidParams`): `detail` is a text, and the place
/// stands in one invalid parameter; without a `data_path` there is none.
pub fn format_b(status: u16, message: &str, params: &Json, data_path: Option<&str>) -> Json {
    let invalid: Vec<Json> = data_path
        .map(|path| {
            let property = parse_data_path(path).and_then(|pointer| pointer.property);
            json!({
                "name": property.unwrap_or_default(),
                "reason": message,
                "path": path,
                "value": params.get("value").unwrap_or(params),
            })
        })
        .into_iter()
        .collect();
    json!({
        "type": "about:blank",
        "title": title(status),
        "status": status,
        "detail": message,
        "invalidParams": invalid,
    })
}

fn title(status: u16) -> &'static str {
    match status {
        200..=299 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Detail;
    use crate::wire::{Answer, AnswerHeaders, Details, read_details};

    fn read(status: u16, body: &Json) -> Details {
        read_details(&Answer {
            status,
            headers: AnswerHeaders::default(),
            body: body.to_string().into_bytes(),
        })
    }

    #[test]
    fn a_clean_body_is_read_as_clean() {
        assert_eq!(read(200, &clean_body()), Details::Clean);
    }

    #[test]
    fn both_formats_are_read_back() {
        let path = Some("Users[1].Email");
        for (name, body, params) in [
            (
                "A",
                format_a(400, "no address", json!({"value": "x"}), path),
                json!({"value": "x"}),
            ),
            (
                "B",
                format_b(400, "no address", &json!({"value": "x"}), path),
                json!({"name": "Email", "value": "x"}),
            ),
        ] {
            let want = Detail {
                code: 400,
                message: "no address".to_owned(),
                params,
                data_path: path.map(str::to_owned),
            };
            assert_eq!(read(400, &body), Details::Told(vec![want]), "{name}");
        }
    }

    #[test]
    fn without_a_place_none_is_read() {
        for body in [
            format_a(409, "taken", Json::Null, None),
            format_b(409, "taken", &Json::Null, None),
        ] {
            let want = Detail {
                code: 409,
                message: "taken".to_owned(),
                params: Json::Null,
                data_path: None,
            };
            assert_eq!(read(409, &body), Details::Told(vec![want]), "{body}");
        }
    }
}
