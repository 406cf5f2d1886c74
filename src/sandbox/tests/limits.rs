//! Rate limits as a client sees them.

use serde_json::json;

use super::{BULK, Server, start_with};
use crate::sandbox::{FaultScript, SandboxOptions};

async fn limited(limits: &str, script: &str) -> Server {
    start_with(SandboxOptions {
        limits: limits.parse().unwrap(),
        faults: FaultScript::from_json(script).unwrap(),
        ..SandboxOptions::default()
    })
    .await
}

#[tokio::test]
async fn over_the_limit_is_429_and_not_carried_out() {
    let server = limited("bulk=2/1h", "{}").await;
    for (id, status, remaining) in [("a", 200, "1"), ("b", 200, "0"), ("c", 429, "0")] {
        let answer = server.bulk(json!([{"UserID": id}])).await;
        assert_eq!(
            (answer.status, answer.header("x-ratelimit-limit")),
            (status, Some("2"))
        );
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(remaining));
        let reset: u64 = answer.header("x-ratelimit-reset").unwrap().parse().unwrap();
        assert!(
            (3_000..=3_600).contains(&reset),
            "seconds left, not an epoch: {reset}"
        );
        assert_eq!(
            answer.header("retry-after"),
            (status == 429).then(|| answer.header("x-ratelimit-reset").unwrap())
        );
    }
    assert_eq!(server.ids().await, ["a", "b"]);
    // Other endpoints have their own windows.
    assert_eq!(server.get("/seiapi/v3/trans/User/a").await.status, 200);
    assert_eq!(server.statuses().await, [200, 200, 429, 200]);
}

#[tokio::test]
async fn calls_without_credentials_do_not_count_but_struck_ones_do() {
    let server = limited(
        "bulk=1/1h",
        r#"{"faults":[{"do":{"answer":{"status":503}}}]}"#,
    )
    .await;
    assert_eq!(
        server
            .try_call(&format!("POST {BULK}"), "", "{}")
            .await
            .unwrap()
            .status,
        401
    );
    assert_eq!(server.bulk(json!([])).await.status, 503);
    assert_eq!(server.bulk(json!([])).await.status, 429);
    let headers = "x-access-token: t\r\n";
    server
        .try_call("POST /sandbox/reset", headers, "")
        .await
        .unwrap();
    assert_eq!(server.bulk(json!([])).await.status, 503);
}
