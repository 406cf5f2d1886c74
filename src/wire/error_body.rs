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
