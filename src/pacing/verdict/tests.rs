//! Tables of answers, and what they mean.

use serde_json::Value as Json;

use super::*;
use crate::wire::AnswerHeaders;

const HTML: &str = "<html><body>Bad gateway</body></html>";
const DETAIL: &str = r#"{"code":400,"detail":{"message":"bad","dataPath":"/Users/0"}}"#;
const WARNING: &str = r#"{"code":200,"detail":{"message":"deprecated","dataPath":"/Users/0"}}"#;

type Exchange = Result<Answer, TransportError>;

fn answer(status: u16, body: &str) -> Exchange {
    Ok(Answer {
        status,
        headers: AnswerHeaders::default(),
        body: body.as_bytes().to_vec(),
    })
}

fn not_sent(kind: Unreachable) -> Exchange {
    Err(TransportError::NotSent {
        kind,
        text: "no way".to_owned(),
    })
}

fn broken() -> Exchange {
    Err(TransportError::Ambiguous {
        text: "reset".to_owned(),
    })
}

fn too_large() -> Exchange {
    Err(TransportError::TooLarge { limit_bytes: 7 })
}

fn details(code: i64, message: &str) -> Vec<Detail> {
    vec![Detail {
        code,
        message: message.to_owned(),
        params: Json::Null,
        data_path: Some("/Users/0".to_owned()),
    }]
}

fn unsure(why: &str, server_error: Option<u16>, details: Vec<Detail>) -> Verdict {
    Verdict::Ambiguous {
        why: why.to_owned(),
        server_error,
        details,
    }
}

#[test]
fn only_a_clean_200_confirms() {
    for (body, want) in [
        ("{}", Verdict::Applied),
        (r#"{"code":200,"detail":null}"#, Verdict::Applied),
        (
            WARNING,
            Verdict::AppliedWithDetails(details(200, "deprecated")),
        ),
        (
            DETAIL,
            unsure(
                "the answer says code 400 under status 200",
                None,
                details(400, "bad"),
            ),
        ),
        ("", unsure("the answer has no body", None, vec![])),
        (HTML, unsure("the answer is a page, not JSON", None, vec![])),
        ("[]", unsure("the answer is an array", None, vec![])),
        ("\"ok\"", unsure("the answer is a string", None, vec![])),
        (
            r#"{"code":20"#,
            unsure(
                "the answer ends too early (line 1, column 10)",
                None,
                vec![],
            ),
        ),
        (
            r#"{"error":"x"}"#,
            unsure("the answer speaks of an error in `error`", None, vec![]),
        ),
    ] {
        assert_eq!(bulk_verdict(&answer(200, body)), want, "{body}");
    }
}

#[test]
fn every_other_status_of_a_bulk_call() {
    let wrong = |status| Verdict::Misconfigured {
        status,
        details: vec![],
    };
    let failed = |status: u16| {
        unsure(
            &format!("the tenant answered {status}"),
            Some(status),
            vec![],
        )
    };
    let refused = |status| Verdict::Refused {
        status,
        details: vec![],
    };
    for (status, want) in [
        (301, Verdict::Redirected { status: 301 }),
        (307, Verdict::Redirected { status: 307 }),
        (400, refused(400)),
        (409, refused(409)),
        (410, refused(410)),
        (401, Verdict::Unauthorized),
        (403, wrong(403)),
        (404, wrong(404)),
        (405, wrong(405)),
        (415, wrong(415)),
        (422, wrong(422)),
        (413, Verdict::TooLarge),
        (429, Verdict::Throttled { status: 429 }),
        (503, Verdict::Throttled { status: 503 }),
        (500, failed(500)),
        (502, failed(502)),
        (504, failed(504)),
        (599, failed(599)),
    ] {
        assert_eq!(bulk_verdict(&answer(status, HTML)), want, "{status}");
    }
    for status in [0, 100, 201, 202, 204, 408, 600] {
        let verdict = bulk_verdict(&answer(status, "{}"));
        let is_unsure = matches!(
            verdict,
            Verdict::Ambiguous {
                server_error: None,
                ..
            }
        );
        assert!(is_unsure, "{status}: {verdict:?}");
    }
}

#[test]
fn details_come_with_a_refusal() {
    for status in [400, 409, 410, 404, 500] {
        let verdict = bulk_verdict(&answer(status, DETAIL));
        assert_eq!(verdict.details(), details(400, "bad"), "{status}");
    }
}

#[test]
fn without_an_answer_it_matters_whether_anything_left() {
    assert_eq!(
        bulk_verdict(&not_sent(Unreachable::Dns)),
        Verdict::NotSent {
            kind: Unreachable::Dns,
            text: "no way".to_owned()
        }
    );
    assert_eq!(bulk_verdict(&broken()), unsure("reset", None, vec![]));
    let why = "the answer is longer than 7 bytes";
    assert_eq!(bulk_verdict(&too_large()), unsure(why, None, vec![]));
}

#[test]
fn reads_of_one_user() {
    let user = r#"{"UserID":"a"}"#;
    let id = |verdict| match verdict {
        ReadVerdict::Present(user) => format!("Present({})", User::user_id(&user)),
        other => format!("{other:?}"),
    };
    for (result, want) in [
        (answer(200, user), "Present(a)"),
        (
            answer(200, HTML),
            r#"Retry("the answer is a page, not JSON")"#,
        ),
        (
            answer(200, DETAIL),
            r#"Retry("the answer holds an object without a UserID")"#,
        ),
        (answer(204, ""), r#"Retry("the tenant answered 204")"#),
        (
            answer(302, user),
            r#"Fatal("the tenant answered 302, a redirect, which is never followed")"#,
        ),
        (answer(400, HTML), "Refused { status: 400, details: [] }"),
        (answer(403, HTML), "Refused { status: 403, details: [] }"),
        (answer(405, HTML), "Refused { status: 405, details: [] }"),
        (answer(401, HTML), "Unauthorized"),
        (answer(404, HTML), "NotFound"),
        (answer(410, DETAIL), "Absent"),
        (answer(429, HTML), "Throttled { status: 429 }"),
        (answer(503, HTML), "Throttled { status: 503 }"),
        (
            answer(408, ""),
            r#"Retry("the tenant gave up waiting for the request (408)")"#,
        ),
        (answer(500, user), r#"Retry("the tenant answered 500")"#),
        (broken(), r#"Retry("reset")"#),
        (too_large(), r#"Fatal("the answer is longer than 7 bytes")"#),
        (not_sent(Unreachable::Tls), r#"Fatal("no way")"#),
        (not_sent(Unreachable::Declined), r#"Fatal("no way")"#),
        (
            not_sent(Unreachable::Refused),
            r#"Unreachable { kind: Refused, text: "no way" }"#,
        ),
    ] {
        assert_eq!(id(get_verdict(&result)), want, "{result:?}");
    }
}

#[test]
fn reads_of_a_page() {
    let two = r#"{"Users":[{"UserID":"a"},{"UserID":"b"}]}"#;
    match query_verdict(&answer(200, two)) {
        ReadVerdict::Present(users) => assert_eq!(users.len(), 2),
        other => panic!("{other:?}"),
    }
    let empty = query_verdict(&answer(200, "[]"));
    assert_eq!(empty, ReadVerdict::Present(vec![]));
    let holed = query_verdict(&answer(200, r#"[{"UserID":"a"},{}]"#));
    assert!(matches!(holed, ReadVerdict::Retry(_)), "{holed:?}");
    assert_eq!(query_verdict(&answer(404, "")), ReadVerdict::NotFound);
}
