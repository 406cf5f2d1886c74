//! An export of one JSON object that is no person but holds the list of them: where that list stands.

use serde_json::Value as Json;

use crate::model::{RawRow, RawValue};

/// How deep a list is looked for; services wrap their answers in two or three objects.
const DEPTH_MAX: usize = 4;

/// The path to the longest list of objects in a row, as `[source] path` is written.
pub(super) fn list_of_objects(row: &RawRow<'_>) -> Option<String> {
    let names = row.columns().names.iter().enumerate();
    let lists = names.filter_map(|(column, name)| match row.cell(column) {
        RawValue::Json(value) => longest(value, format!("${}", step(name)), 1),
        RawValue::Missing | RawValue::Text(_) => None,
    });
    lists
        .max_by_key(|(length, _)| *length)
        .map(|(_, path)| path)
}

fn longest(value: &Json, path: String, depth: usize) -> Option<(usize, String)> {
    match value {
        Json::Array(values) => {
            let is_list = !values.is_empty() && values.iter().all(Json::is_object);
            is_list.then_some((values.len(), path))
        }
        Json::Object(object) if depth < DEPTH_MAX => {
            let below = object.iter();
            let below = below
                .filter_map(|(key, value)| longest(value, path.clone() + &step(key), depth + 1));
            below.max_by_key(|(length, _)| *length)
        }
        _ => None,
    }
}

fn step(key: &str) -> String {
    let is_word =
        |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '@' | ':');
    match !key.is_empty() && key.chars().all(is_word) {
        true => format!(".{key}"),
        false => format!("['{key}']"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::model::{Columns, Place, RowBatch};

    use super::*;

    #[test]
    fn the_list_is_found_where_services_put_it() {
        for (text, want) in [
            (r#"{"value":[{"id":1}],"@odata.count":1}"#, Some("$.value")),
            (
                r#"{"d":{"results":[{"id":1},{"id":2}],"old":[{"id":3}]}}"#,
                Some("$.d.results"),
            ),
            (
                r#"{"a":{"all workers":[{"id":1}]}}"#,
                Some("$.a['all workers']"),
            ),
            (r#"{"a":{"b":{"c":{"d":{"e":[{}]}}}}}"#, None),
            (r#"{"id":"1","tags":["x"],"none":[]}"#, None),
        ] {
            let Ok(Json::Object(object)) = serde_json::from_str(text) else {
                panic!("an object: {text}");
            };
            let (names, values): (Vec<Box<str>>, Vec<Option<Json>>) = object
                .into_iter()
                .map(|(key, value)| (key.into_boxed_str(), Some(value)))
                .unzip();
            let mut batch = RowBatch::of_json();
            batch.push_json(Place { line: 1, record: 1 }, values);
            batch.columns = Arc::new(Columns { names });
            let found = batch.rows().find_map(|row| list_of_objects(&row));
            assert_eq!(found.as_deref(), want, "{text}");
        }
    }
}
