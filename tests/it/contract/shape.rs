//! The shape of a JSON document, told by an example with words for leaves.
//!
//! `"text"`, `"count"`, `"number"`, `"flag"`, `"any"`; a question mark allows null as well; words with bars
//! between them are the only texts allowed. A list holds one example, which all its elements follow. An
//! object names the keys that must be there; more may be there.

use serde_json::Value as Json;

/// Where the document differs from the example, one line each.
pub fn misfits(document: &Json, example: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare(document, example, "$", &mut found);
    found
}

fn compare(value: &Json, example: &Json, path: &str, found: &mut Vec<String>) {
    match (value, example) {
        (Json::Object(object), Json::Object(keys)) => {
            for (key, example) in keys {
                match object.get(key) {
                    Some(value) => compare(value, example, &format!("{path}.{key}"), found),
                    None => found.push(format!("{path}.{key} is missing")),
                }
            }
        }
        (Json::Array(list), Json::Array(examples)) => {
            for (index, value) in list.iter().enumerate() {
                compare(value, &examples[0], &format!("{path}[{index}]"), found);
            }
        }
        (value, Json::String(word)) if is(value, word) => {}
        _ => found.push(format!("{path} is {value}, not {example}")),
    }
}

fn is(value: &Json, word: &str) -> bool {
    match word.strip_suffix('?') {
        Some(_) if value.is_null() => true,
        Some(word) => is(value, word),
        None => match word {
            "text" => value.is_string(),
            "count" => value.is_u64(),
            "number" => value.is_number(),
            "flag" => value.is_boolean(),
            "any" => true,
            words => value
                .as_str()
                .is_some_and(|text| words.split('|').any(|word| word == text)),
        },
    }
}

#[test]
fn a_misfit_is_found_wherever_it_stands() {
    use serde_json::json;
    let example = json!({"a": [{"b": "count", "c": "x|y?"}], "d": "text"});
    let fits = json!({"a": [{"b": 1, "c": null}, {"b": 2, "c": "y"}], "d": "", "more": 1});
    assert_eq!(misfits(&fits, &example), [""; 0]);
    let document = json!({"a": [{"b": -1, "c": "z"}, {"c": "x"}], "d": null});
    assert_eq!(
        misfits(&document, &example),
        [
            "$.a[0].b is -1, not \"count\"",
            "$.a[0].c is \"z\", not \"x|y?\"",
            "$.a[1].b is missing",
            "$.d is null, not \"text\""
        ]
    );
}
