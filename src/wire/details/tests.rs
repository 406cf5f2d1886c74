//! Tables of bodies, and what is read from them.

use serde_json::json;

use super::*;
use crate::wire::AnswerHeaders;

fn read(status: u16, body: &str) -> Details {
    read_details(&Answer {
        status,
        headers: AnswerHeaders::default(),
        body: body.as_bytes().to_vec(),
    })
}

fn one(code: i64, message: &str, params: Json, path: Option<&str>) -> Detail {
    Detail {
        code,
        message: message.to_owned(),
        params,
        data_path: path.map(str::to_owned),
    }
}

#[test]
fn a_body_without_code_and_detail_is_clean() {
    for body in [
        "{}",
        r#"{"code":200}"#,
        r#"{"code":201,"detail":null}"#,
        r#"{"code":null,"detail":{}}"#,
        r#"{"code":"200","detail":[]}"#,
        r#"{"detail":""}"#,
        r#"{"detail":[null,{},""]}"#,
        r#"{"code":200,"detail":{"message":"","params":{"value":""},"dataPath":""}}"#,
        r#"{"code":200,"detail":{"message":" ","params":{},"dataPath":null,"requestId":"r1"}}"#,
        r#"{"code":200,"detail":[{"message":"","params":{"value":""}}]}"#,
        r#"{"type":"about:blank","title":"OK","status":200,"detail":"","invalidParams":[]}"#,
        r#"{"Users":[{"UserID":"a"}],"requestId":"r1"}"#,
        r#"{"errors":[],"error":null,"failed":0,"success":true,"status":"ok"}"#,
    ] {
        assert_eq!(read(200, body), Details::Clean, "{body}");
    }
}

#[test]
fn format_a_in_all_its_shapes() {
    let value = || json!({"value": "\"Zoë\""});
    for (status, body, want) in [
        (
            400,
            r#"{"code":400,"detail":{"message":"bad","params":{"value":"\"Zoë\""},"dataPath":"/Users/0/Email"}}"#,
            vec![one(400, "bad", value(), Some("/Users/0/Email"))],
        ),
        (
            200,
            r#"{"code":200,"detail":{"message":"deprecated","params":{"value":"\"Zoë\""},"dataPath":"/Users/1"},"x":1}"#,
            vec![one(200, "deprecated", value(), Some("/Users/1"))],
        ),
        (
            400,
            r#"{"code":400,"detail":[{"message":"one"},{},{"code":409,"message":"two","dataPath":"/Users/2"}]}"#,
            vec![
                one(400, "one", Json::Null, None),
                one(409, "two", Json::Null, Some("/Users/2")),
            ],
        ),
        (
            400,
            r#"{"detail":{"message":"no code","dataPath":""}}"#,
            vec![one(400, "no code", Json::Null, Some(""))],
        ),
        (
            400,
            r#"{"code":400,"detail":{"instancePath":"/Users/3/SMS","message":"ajv 8"}}"#,
            vec![one(400, "ajv 8", Json::Null, Some("/Users/3/SMS"))],
        ),
        (
            400,
            r#"{"code":400,"detail":{"params":{"key":"Email"},"dataPath":"/Users/1"}}"#,
            vec![one(400, "", json!({"key": "Email"}), Some("/Users/1"))],
        ),
        (
            400,
            r#"{"code":400,"detail":{"message":{"en":"bad"},"dataPath":["Users",0]}}"#,
            vec![one(
                400,
                r#"{"en":"bad"}"#,
                Json::Null,
                Some(r#"["Users",0]"#),
            )],
        ),
        (
            200,
            r#"{"code":200,"detail":{"warnings":["of another make"]}}"#,
            vec![one(
                200,
                r#"{"warnings":["of another make"]}"#,
                Json::Null,
                None,
            )],
        ),
        (
            500,
            r#"{"code":500,"detail":[7]}"#,
            vec![one(500, "7", Json::Null, None)],
        ),
    ] {
        assert_eq!(read(status, body), Details::Told(want), "{body}");
    }
}

#[test]
fn format_b_in_all_its_shapes() {
    for (body, want) in [
        (
            r#"{"type":"t","title":"Bad Request","status":400,"detail":"two things","invalidParams":[
                {"name":"Email","reason":"no address","path":"/Users/0/Email","value":"x"},
                {"name":"/Users/1/SMS","value":7},{}]}"#,
            vec![
                one(
                    400,
                    "no address",
                    json!({"name": "Email", "value": "x"}),
                    Some("/Users/0/Email"),
                ),
                one(
                    400,
                    "two things",
                    json!({"name": "/Users/1/SMS", "value": 7}),
                    Some("/Users/1/SMS"),
                ),
            ],
        ),
        (
            r#"{"title":"Bad Request","status":400,"detail":"as text"}"#,
            vec![one(400, "as text", Json::Null, None)],
        ),
        (
            r#"{"title":"Bad Request","status":400,"invalidParams":"junk"}"#,
            vec![one(400, "Bad Request", Json::Null, None)],
        ),
        (
            r#"{"title":"Bad Request","status":400,"invalidParams":[{"reason":"odd"},"plain text"]}"#,
            vec![
                one(400, "odd", Json::Null, None),
                one(400, "plain text", Json::Null, None),
            ],
        ),
    ] {
        assert_eq!(read(400, body), Details::Told(want), "{body}");
    }
}

#[test]
fn a_bad_code_alone_is_a_detail_and_the_worse_code_counts() {
    for (status, body, want) in [
        (200, r#"{"code":500}"#, one(500, "", Json::Null, None)),
        (
            200,
            r#"{"code":"400","detail":null}"#,
            one(400, "", Json::Null, None),
        ),
        (200, r#"{"code":0}"#, one(0, "", Json::Null, None)),
        (
            200,
            r#"{"code":200,"status":503,"title":"Down"}"#,
            one(503, "Down", Json::Null, None),
        ),
        (409, "{}", one(409, "", Json::Null, None)),
        (
            409,
            r#"{"code":"E_TAKEN","message":"taken"}"#,
            one(409, "taken", Json::Null, None),
        ),
        (
            200,
            r#"{"message":"queued"}"#,
            one(200, "queued", Json::Null, None),
        ),
    ] {
        assert_eq!(read(status, body), Details::Told(vec![want]), "{body}");
    }
}

#[test]
fn junk_is_unreadable_and_is_not_quoted() {
    for (status, body, want) in [
        (200, "", "no body"),
        (200, "<html><b>secret</b>", "a page"),
        (400, "<html><b>secret</b>", "a page"),
        (200, "secret", "is not valid JSON (line 1, column 1)"),
        (
            200,
            r#"{"code":200,"detail":{"message":"secret"#,
            "ends too early",
        ),
        (200, r#"{"code":200}{"secret":1}"#, "is not valid JSON"),
        (200, r#"["secret"]"#, "the answer is an array"),
        (200, r#""secret""#, "the answer is a string"),
        (200, "null", "the answer is null"),
        (200, "true", "the answer is a boolean"),
        (200, r#"{"code":"secret"}"#, "code is not a number"),
        (200, r#"{"code":200.5}"#, "code is not a number"),
        (
            200,
            r#"{"error":"secret"}"#,
            "speaks of an error in `error`",
        ),
        (
            200,
            r#"{"Errors":["secret"]}"#,
            "speaks of an error in `Errors`",
        ),
        (
            200,
            r#"{"success":false}"#,
            "speaks of an error in `success`",
        ),
        (
            200,
            r#"{"status":"FAILED"}"#,
            "speaks of an error in `status`",
        ),
        (200, r#"{"failed":3}"#, "speaks of an error in `failed`"),
    ] {
        let Details::Unreadable(why) = read(status, body) else {
            panic!("{body} was read");
        };
        assert!(why.contains(want), "{body}: {why}");
        assert!(!why.contains("secret"), "{body}: {why}");
    }
}

#[test]
fn another_content_type_is_unreadable_whatever_it_holds() {
    let answer = Answer {
        status: 200,
        headers: AnswerHeaders {
            content_type: Some("text/plain".to_owned()),
            ..AnswerHeaders::default()
        },
        body: b"{}".to_vec(),
    };
    let want = "the answer's content type is not JSON".to_owned();
    assert_eq!(read_details(&answer), Details::Unreadable(want));
}
