//! Pollutions of JSON: one element in three forms of the file, and paths to the array.

use super::*;

const ELEMENTS: &[(&str, &str, Result<&str, &str>)] = &[
    (
        "a long id",
        r#"{"id":123456789012345678901,"n":"x"}"#,
        Ok(r#"123456789012345678901|"x""#),
    ),
    ("a fraction", r#"{"id":1.10,"n":null}"#, Ok("1.10|null")),
    (
        "escapes",
        r#"{"id":"\u00e9\ud834\udd1e","n":"a\/b"}"#,
        Ok("\"é𝄞\"|\"a/b\""),
    ),
    (
        "nested",
        r#"{"id":"1","n":{"a":[1,{"b":2}]}}"#,
        Ok(r#""1"|{"a":[1,{"b":2}]}"#),
    ),
    ("a key twice", r#"{"id":"1","id":"2"}"#, Err("repeated_key")),
    (
        "a key twice within",
        r#"{"id":"1","n":{"a":1,"a":2}}"#,
        Err("repeated_key"),
    ),
    ("no object", "[1,2]", Err("not_an_object")),
    ("null", "null", Err("not_an_object")),
    ("a comma too many", r#"{"id":"1",}"#, Err("invalid_json")),
    ("single quotes", "{'id':'1'}", Err("invalid_json")),
    ("a bare word", r#"{"id":NaN}"#, Err("invalid_json")),
    ("leading zero", r#"{"id":007}"#, Err("invalid_json")),
    (
        "half a surrogate",
        r#"{"id":"\ud834"}"#,
        Err("invalid_json"),
    ),
    (
        "a tab in a string",
        "{\"id\":\"a\tb\"}",
        Err("invalid_json"),
    ),
];

#[test]
fn one_polluted_element_anywhere_is_read_as_meant_or_refused_by_name() {
    let deep = format!("{{\"id\":{}{}}}", "[".repeat(64), "]".repeat(64));
    let mut elements: Vec<(&str, &str, Result<&str, &str>)> = ELEMENTS.to_vec();
    elements.push(("too deep", &deep, Err("too_deep")));
    for (name, element, outcome) in elements {
        for at in [0, 2, 4] {
            let mut texts: Vec<String> = (0..5)
                .map(|n| format!("{{\"id\":\"{n}\",\"n\":1}}"))
                .collect();
            let mut want: Vec<String> = (0..5).map(|n| format!("\"{n}\"|1")).collect();
            texts[at] = element.to_owned();
            match outcome {
                Ok(cells) => cells.clone_into(&mut want[at]),
                Err(_) => drop(want.remove(at)),
            }
            let all = texts.join(",\n");
            // A first element that is no object would be taken for another format.
            for (format, text) in [
                (None, format!("[{all}]")),
                (
                    None,
                    format!("{{\"total\":5,\"Users\":[{all}],\"next\":null}}"),
                ),
                (Some(Format::Ndjson), texts.join("\n")),
            ] {
                let options = ReadOptions {
                    format,
                    ..ReadOptions::default()
                };
                let found = tell(text.as_bytes(), &options);
                let codes: Vec<&str> = found.codes.iter().map(String::as_str).collect();
                assert_eq!(found.file, None, "{name} at {at}: {text}");
                assert_eq!(found.rows, want, "{name} at {at}: {text}");
                let code: Vec<&str> = outcome.err().into_iter().collect();
                assert_eq!(codes, code, "{name} at {at}: {text}");
            }
        }
    }
}

fn by_path(path: &str, text: &str) -> Told {
    let options = ReadOptions {
        path: json_path(path),
        ..ReadOptions::default()
    };
    tell(text.as_bytes(), &options)
}

#[test]
fn a_path_leads_to_the_array_wherever_it_stands() {
    let text = r#"{"data":{"page":{"workers":[{"id":"no"}]},"workers":[{"id":"1"},
        {"id":"2"}],"more":[{"workers":[]}]},"workers":[{"id":"no"}],"Users":[{"id":"no"}]}"#;
    assert_eq!(by_path("$.data.workers", text).rows, ["\"1\"", "\"2\""]);
    assert_eq!(by_path("$['Users'][*]", text).rows, ["\"no\""]);
    for (path, text, code) in [
        ("$.data.people", text, "json_path"),
        ("$.data.Workers", text, "json_path"),
        ("$.data", text, "json_path"),
        ("$.data.more.workers", text, "json_path"),
        ("$.a", "[{\"a\":[]}]", "json_frame"),
        ("$.a", "id,b\n1,2\n", "json_frame"),
        ("$.a", "{\"a\":[{}],\"a\":[{}]}", "json_frame"),
        ("$.a.b", "{\"a\":{\"b\":[{}]},\"a\":{}}", "json_frame"),
        ("$.a.b", "{\"a\":{\"b\":[{}]}", "json_truncated"),
        ("$.a.b", "{\"a\":{\"b\":[{}]}}}", "json_junk"),
    ] {
        assert_eq!(
            by_path(path, text).file.as_deref(),
            Some(code),
            "{path} {text}"
        );
    }
}

#[test]
fn a_bad_element_is_named_by_its_index_and_line() {
    let file = file_of(b"[{\"a\":1},\n{\"a\":2},\n3]");
    let mut export = Export::open(file.path(), &ReadOptions::default()).unwrap();
    let batches: Vec<_> = export.batches().unwrap().map(Result::unwrap).collect();
    let problem = &batches[0].refused[0].problems[0];
    assert_eq!(
        (&*problem.message, problem.line),
        ("element 3 is not a JSON object", Some(3))
    );
}

#[test]
fn a_page_of_an_answer_is_told_to_be_one() {
    for (text, want) in [
        (
            "{\"Users\":[{\"id\":\"1\"}],\"@odata.nextLink\":\"https://x.example/?skip=1\"}",
            &["more_pages"][..],
        ),
        ("{\"next\":\"p2\",\"Users\":[]}", &["more_pages"]),
        (
            "{\"next\":null,\"Users\":[{\"id\":\"1\",\"next\":\"x\"}]}",
            &[],
        ),
    ] {
        assert_eq!(
            tell(text.as_bytes(), &ReadOptions::default()).warned,
            want,
            "{text}"
        );
        let in_blocks = read_with(text.as_bytes(), &ReadOptions::default(), 5).unwrap();
        assert_eq!(in_blocks.warned, want, "{text}");
    }
}
