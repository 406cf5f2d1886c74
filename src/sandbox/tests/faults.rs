//! Every kind of fault, as a client meets it.

use std::io::ErrorKind;

use serde_json::{Value as Json, json};

use super::{Server, eventually, start};

/// A bulk call of one user under one fault: the answer, or how the connection ended; and whether it was carried out.
async fn under(fault: Json) -> (Result<super::Answer, ErrorKind>, bool) {
    let server = start("", json!({"faults": [fault]})).await;
    let answer = bulk_of(&server, "a").await;
    let done = !server.ids().await.is_empty();
    (answer, done)
}

async fn bulk_of(server: &Server, id: &str) -> Result<super::Answer, ErrorKind> {
    let body = json!({"Users": [{"UserID": id}]}).to_string();
    let head = format!("POST {}", super::BULK);
    let answer = server.try_call(&head, "x-access-token: t\r\n", &body).await;
    answer.map_err(|error| error.kind())
}

#[tokio::test]
async fn connections_are_reset_before_or_after_the_commit() {
    for (when, done) in [("before", false), ("after", true)] {
        let (answer, was_done) = under(json!({"do": {"reset": when}})).await;
        assert_eq!(answer.unwrap_err(), ErrorKind::ConnectionReset, "{when}");
        assert_eq!(was_done, done);
    }
}

#[tokio::test]
async fn connections_are_closed_before_or_after_the_commit() {
    for (when, done) in [("before", false), ("after", true)] {
        let (answer, was_done) = under(json!({"do": {"close": when}})).await;
        let answer = answer.unwrap();
        assert_eq!((answer.head.as_str(), was_done), ("", done), "{when}");
    }
}

#[tokio::test]
async fn lost_answers_stay_null_in_the_log() {
    let server = start(
        "",
        json!({"faults": [{"times": 1, "do": {"reset": "after"}}]}),
    )
    .await;
    let _ = bulk_of(&server, "a").await;
    assert_eq!(bulk_of(&server, "a").await.unwrap().status, 200);
    assert_eq!(server.statuses().await, [Json::Null, json!(200)]);
}

#[tokio::test]
async fn any_answer_can_stand_in_for_the_right_one() {
    let html = "<html>proxy</html>";
    for (answer, status, content_type, body, done) in [
        (
            json!({"status": 502, "content_type": "text/html", "body": html}),
            502,
            Some("text/html"),
            html,
            false,
        ),
        (
            json!({"status": 200, "content_type": "text/html", "body": html, "commit": true}),
            200,
            Some("text/html"),
            html,
            true,
        ),
        (
            json!({"status": 200, "body": ""}),
            200,
            Some("application/json"),
            "",
            false,
        ),
        (
            json!({"status": 200, "body": {"code": 500}, "content_type": ""}),
            200,
            None,
            r#"{"code":500}"#,
            false,
        ),
        (
            json!({"status": 200, "body": "{\"code\":200}junk"}),
            200,
            Some("application/json"),
            "{\"code\":200}junk",
            false,
        ),
        (
            json!({"status": 204, "body": ""}),
            204,
            Some("application/json"),
            "",
            false,
        ),
    ] {
        let (got, was_done) = under(json!({"do": {"answer": answer}})).await;
        let got = got.unwrap();
        assert_eq!(
            (got.status, got.header("content-type")),
            (status, content_type)
        );
        assert_eq!(
            (String::from_utf8(got.body).unwrap().as_str(), was_done),
            (body, done)
        );
    }
    for status in [400, 401, 403, 404, 405, 413, 415, 500, 503, 504] {
        let (got, was_done) = under(json!({"do": {"answer": {"status": status}}})).await;
        let got = got.unwrap();
        assert_eq!(
            (got.status, got.json()["code"].clone(), was_done),
            (status, json!(status), false)
        );
    }
}

#[tokio::test]
async fn an_answer_breaks_off_after_the_commit() {
    for bytes in [0, 10] {
        let (answer, done) = under(json!({"do": {"truncate": {"bytes": bytes}}})).await;
        let answer = answer.unwrap();
        let promised: usize = answer.header("content-length").unwrap().parse().unwrap();
        assert_eq!((answer.status, answer.body.len(), done), (200, bytes, true));
        assert!(promised > 10);
    }
}

#[tokio::test]
async fn an_answer_drips_but_arrives_whole() {
    let (answer, done) = under(json!({"do": {"trickle": {"bytes": 7, "pause_ms": 1}}})).await;
    let answer = answer.unwrap();
    assert_eq!((answer.json()["code"].clone(), done), (json!(200), true));
    let drops = json!({"faults": [{"do": {"trickle": {"bytes": 1, "pause_ms": 3_600_000}}}]});
    let server = start("", drops).await;
    let _open = server
        .send(
            &format!("POST {}", super::BULK),
            "x-access-token: t\r\n",
            r#"{"Users":[{"UserID":"a"}]}"#,
        )
        .await;
    eventually(async || !server.ids().await.is_empty()).await;
}

#[tokio::test]
async fn a_throttle_says_what_the_script_says() {
    for retry_after in [
        json!("30"),
        json!("-1"),
        json!("Wed, 21 Oct 2026 07:28:00 GMT"),
        json!("soon"),
        Json::Null,
    ] {
        let (answer, done) = under(json!({"do": {"throttle": {"retry_after": retry_after}}})).await;
        let answer = answer.unwrap();
        assert_eq!(
            (answer.status, answer.header("retry-after"), done),
            (429, retry_after.as_str(), false)
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_carried_out() {
    let (answer, done) =
        under(json!({"do": {"redirect": {"location": "http://127.0.0.1:9/x"}}})).await;
    let answer = answer.unwrap();
    assert_eq!(
        (answer.status, answer.header("location"), done),
        (307, Some("http://127.0.0.1:9/x"), false)
    );
    let (answer, _) = under(json!({"do": {"redirect": {"status": 302, "location": "/y"}}})).await;
    assert_eq!(answer.unwrap().status, 302);
}

#[tokio::test]
async fn headers_go_on_any_answer() {
    let (answer, done) =
        under(json!({"headers": {"X-RateLimit-Remaining": "0", "Content-Type": "text/plain"}}))
            .await;
    let answer = answer.unwrap();
    assert_eq!((answer.status, done), (200, true));
    assert_eq!(answer.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert!(
        !answer.head.contains("application/json"),
        "it replaces: {}",
        answer.head
    );
}

#[tokio::test]
async fn a_delayed_call_is_carried_out_even_if_its_client_has_gone() {
    let server = start("", json!({"faults": [{"delay_ms": 30}]})).await;
    let body = r#"{"Users":[{"UserID":"a"}]}"#;
    let open = server
        .send(
            &format!("POST {}", super::BULK),
            "x-access-token: t\r\n",
            body,
        )
        .await
        .unwrap();
    eventually(async || !server.statuses().await.is_empty()).await;
    drop(open);
    eventually(async || !server.ids().await.is_empty()).await;
}

#[tokio::test]
async fn a_call_is_done_before_its_delayed_answer_and_not_before_its_delayed_beginning() {
    let late = json!({"faults": [{"users": ["a"], "delay_answer_ms": 3_600_000}, {"users": ["b"], "delay_ms": 3_600_000}]});
    let server = start("", late).await;
    let head = format!("POST {}", super::BULK);
    let _b = server
        .send(
            &head,
            "x-access-token: t\r\n",
            r#"{"Users":[{"UserID":"b"}]}"#,
        )
        .await
        .unwrap();
    let _a = server
        .send(
            &head,
            "x-access-token: t\r\n",
            r#"{"Users":[{"UserID":"a"}]}"#,
        )
        .await
        .unwrap();
    eventually(async || server.statuses().await.len() == 2).await;
    eventually(async || !server.ids().await.is_empty()).await;
    assert_eq!(server.ids().await, ["a"]);
    assert_eq!(server.statuses().await, [Json::Null, Json::Null]);
}

#[tokio::test]
async fn users_are_refused_by_id_or_by_value() {
    let reject = json!({"users": ["b"], "having": {"ServiceTeamID": "NOPE"}, "property": "ServiceTeamID", "status": 409, "message": "No"});
    let server = start(
        "",
        json!({"faults": [{"route": "bulk", "do": {"reject": reject}}]}),
    )
    .await;
    let a = json!({"UserID": "a"});
    for (users, index) in [
        (json!([a, {"UserID": "b", "ServiceTeamID": "T"}]), 1),
        (json!([{"UserID": "c", "ServiceTeamID": "NOPE"}, a]), 0),
    ] {
        let answer = server.bulk(users.clone()).await;
        assert_eq!((answer.status, answer.message()), (409, "No".to_owned()));
        assert_eq!(
            answer.data_path(),
            json!(format!("/Users/{index}/ServiceTeamID"))
        );
        assert_eq!(
            answer.json()["detail"]["params"]["value"],
            users[index]["ServiceTeamID"]
        );
    }
    assert_eq!(server.bulk(json!([a])).await.status, 200);
    assert_eq!(server.ids().await, ["a"]);
}

#[tokio::test]
async fn a_refusal_chooses_status_form_notation_pointer_and_what_is_left() {
    let users = json!([{"UserID": "a"}, {"UserID": "b"}, {"UserID": "c"}]);
    for (more, status, path, left) in [
        (
            json!({"status": 500, "data_path": "none"}),
            500,
            Json::Null,
            vec![],
        ),
        (
            json!({"status": 410, "data_path": "dollar", "bulk": "partial"}),
            410,
            json!("$.Users[1]"),
            vec!["a", "c"],
        ),
        (
            json!({"points_at": "other", "bulk": "stops"}),
            400,
            json!("/Users/2"),
            vec!["a"],
        ),
        (
            json!({"points_at": "beyond"}),
            400,
            json!("/Users/3"),
            vec![],
        ),
        (
            json!({"points_at": {"verbatim": "Users.b"}}),
            400,
            json!("Users.b"),
            vec![],
        ),
        (
            json!({"status": 200}),
            200,
            json!("/Users/1"),
            vec!["a", "c"],
        ),
    ] {
        let mut reject = json!({"users": ["b"], "params": {"k": 1}});
        reject
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let server = start("", json!({"faults": [{"do": {"reject": reject}}]})).await;
        let answer = server.bulk(users.clone()).await;
        assert_eq!(
            (answer.status, answer.data_path()),
            (status, path),
            "{more}"
        );
        assert_eq!(answer.json()["detail"]["params"], json!({"k": 1}));
        assert_eq!(server.ids().await, left, "{more}");
    }
    let reject = json!({"users": ["a", "c"], "format": "b", "details": "all"});
    let server = start("", json!({"faults": [{"do": {"reject": reject}}]})).await;
    let answer = server.bulk(users).await.json();
    let paths: Vec<&Json> = answer["invalidParams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["path"])
        .collect();
    assert_eq!(
        (&answer["status"], paths),
        (&json!(400), vec![&json!("/Users/0"), &json!("/Users/2")])
    );
}

#[tokio::test]
async fn refusals_hold_for_single_calls_too() {
    let reject = json!({"users": ["a"], "status": 409, "property": "Email"});
    let seed = r#"{"UserID":"a"}"#;
    let server = start(seed, json!({"faults": [{"do": {"reject": reject}}]})).await;
    let path = "/seiapi/v3/trans/User/a";
    let put = server
        .call(&format!("PUT {path}"), r#"{"Email":"e"}"#)
        .await;
    assert_eq!((put.status, put.data_path()), (409, json!("/Email")));
    assert_eq!(server.call(&format!("DELETE {path}"), "").await.status, 409);
    assert_eq!(server.get(path).await.status, 409);
    assert_eq!(server.users_with("Email").await, ["a:"]);
}

#[tokio::test]
async fn faults_of_one_call_work_together() {
    let script = json!({"faults": [
        {"do": {"reject": {"users": ["b"], "bulk": "partial"}}},
        {"do": {"reject": {"users": ["c"], "status": 410}}},
        {"from": 2, "do": {"reset": "after"}},
        {"do": {"truncate": {"bytes": 3}}},
    ]});
    let server = start("", script).await;
    let users = json!([{"UserID": "a"}, {"UserID": "b"}, {"UserID": "c"}]);
    let answer = server.bulk(users.clone()).await;
    assert_eq!((answer.status, answer.body.len()), (400, 3));
    assert_eq!(server.ids().await, ["a"]);
    assert_eq!(
        bulk_of(&server, "d").await.unwrap_err(),
        ErrorKind::ConnectionReset
    );
    assert_eq!(server.ids().await, ["a", "d"]);
}

#[tokio::test]
async fn the_sample_script_plays_as_it_says() {
    let script: Json = serde_json::from_str(include_str!("../../../samples/faults.json")).unwrap();
    let server = start("", script).await;
    let users = json!([{"UserID": "T-1001"}, {"UserID": "T-1002"}]);
    assert_eq!(bulk_of(&server, "T-1001").await.unwrap().status, 200);
    let body = json!({"Users": users}).to_string();
    let head = format!("POST {}", super::BULK);
    let lost = server.try_call(&head, "x-access-token: t\r\n", &body).await;
    assert_eq!(lost.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(server.ids().await, ["T-1001", "T-1002"]);
    let busy = server.bulk(users.clone()).await;
    assert_eq!((busy.status, busy.header("retry-after")), (429, Some("2")));
    assert_eq!(server.bulk(users).await.status, 200);
    let refused = server
        .bulk(json!([{"UserID": "T-1001"}, {"UserID": "T-1014"}]))
        .await;
    assert_eq!(
        (refused.status, refused.data_path()),
        (409, json!("$.Users[1].Email"))
    );
    assert_eq!(server.ids().await, ["T-1001", "T-1002"]);
}
