use super::*;

/// Elements with their lines, read through windows that grow by `step` bytes at a time.
fn split(text: &str, shape: Shape, step: usize) -> Result<Vec<(u64, String)>, Fault> {
    let mut elements = Elements::new(shape);
    let (mut start, mut end, mut found) = (0, 0, Vec::new());
    loop {
        let mut at = 0;
        let window = &text[start..end];
        match elements.step(window, &mut at, end == text.len())? {
            Step::Element(element) => {
                found.push((element.line, window[element.start..element.end].to_owned()))
            }
            Step::Incomplete => end = (end + step).min(text.len()),
            Step::End => return Ok(found),
        }
        start += at;
    }
}

fn check(text: &str, shape: Shape, want: &[(u64, &str)]) {
    let want: Vec<_> = want
        .iter()
        .map(|&(line, text)| (line, text.to_owned()))
        .collect();
    for step in [1, 2, 7, 1000] {
        assert_eq!(
            split(text, shape, step).as_deref(),
            Ok(&*want),
            "{text:?} by {step}"
        );
    }
}

fn check_fault(text: &str, shape: Shape, line: u64, code: &str) {
    for step in [1, 2, 7, 1000] {
        let fault = split(text, shape, step).expect_err(text);
        assert_eq!(
            (fault.line, fault.code),
            (line, code),
            "{text:?} by {step}: {}",
            fault.message
        );
    }
}

#[test]
fn an_array_gives_its_elements() {
    check("[]", Shape::Array, &[]);
    check(" [ ] \n", Shape::Array, &[]);
    check(
        "[{},\n{\"a\":\"]},{\"}\n]",
        Shape::Array,
        &[(1, "{}"), (2, "{\"a\":\"]},{\"}")],
    );
    check(
        "[1 , \"a,b\",[{}],null]",
        Shape::Array,
        &[(1, "1"), (1, "\"a,b\""), (1, "[{}]"), (1, "null")],
    );
    check(
        "[\r\n{\r\n\"a\":1}\r\n,\r\n{}]",
        Shape::Array,
        &[(2, "{\r\n\"a\":1}"), (5, "{}")],
    );
    check(
        "[{\"a\":\"\\\\\"},{\"b\":\"\\\"\"}]",
        Shape::Array,
        &[(1, "{\"a\":\"\\\\\"}"), (1, "{\"b\":\"\\\"\"}")],
    );
    // Balanced but invalid is the matter of the parser.
    check("[{a:,,},{}]", Shape::Array, &[(1, "{a:,,}"), (1, "{}")]);
}

#[test]
fn an_envelope_may_hold_other_keys() {
    check("{\"Users\":[]}", Shape::Envelope, &[]);
    let text = "{\"n\":1,\"x\":{\"Users\":[1]},\n\"users\" : [{}, {}],\"next\":null}";
    check(text, Shape::Envelope, &[(2, "{}"), (2, "{}")]);
    check_fault(
        "{\"n\":1x,\"Users\":[{}]}",
        Shape::Envelope,
        1,
        "json_frame",
    );
    check_fault(
        "{\"Users\":[{}],\n\"Users\":[]}",
        Shape::Envelope,
        2,
        "json_frame",
    );
    check_fault("{\"Users\":[{}]", Shape::Envelope, 1, "json_truncated");
}

#[test]
fn lines_give_one_element_each() {
    check("", Shape::Lines, &[]);
    check(
        "{}\n\n  {\"a\":1}\r\n{\n}",
        Shape::Lines,
        &[(1, "{}"), (3, "{\"a\":1}"), (4, "{\n}")],
    );
    check(
        "{}\ngarbage }\n{}\r[1]",
        Shape::Lines,
        &[(1, "{}"), (2, "garbage }"), (3, "{}"), (4, "[1]")],
    );
    check_fault("{}\n{} {}", Shape::Lines, 2, "json_junk");
    check_fault("{},\n{}", Shape::Lines, 1, "json_junk");
    check_fault("{}\n{\"a\":\n\n", Shape::Lines, 2, "json_truncated");
    check("{\n}\n", Shape::Single, &[(1, "{\n}")]);
    check_fault("{\n}\n{}", Shape::Single, 3, "json_junk");
}

#[test]
fn a_frame_that_is_uncertain_is_broken() {
    check_fault("[{},\n{\"a\":[1}]", Shape::Array, 2, "json_brackets");
    check_fault(
        "[{\"a\":\"x},\n{\"b\":\"y\"}]",
        Shape::Array,
        1,
        "json_string",
    );
    check_fault("[{}\n{}]", Shape::Array, 2, "json_frame");
    check_fault("[{},]", Shape::Array, 1, "json_frame");
    check_fault("[,{}]", Shape::Array, 1, "json_frame");
    check_fault("[1{}]", Shape::Array, 1, "json_frame");
    check_fault("[{}", Shape::Array, 1, "json_truncated");
    check_fault("[{},\n{\"a", Shape::Array, 2, "json_truncated");
    check_fault("[\n12", Shape::Array, 2, "json_truncated");
    check_fault("[{}]\n]", Shape::Array, 2, "json_junk");
    check_fault("[{}}", Shape::Array, 1, "json_frame");
}
