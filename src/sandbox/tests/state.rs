//! What a sandbox is started with, keeps and forgets.

use serde_json::json;

use super::{read_seed, start, start_with};
use crate::pacing::Limits;
use crate::sandbox::{FaultScript, Sandbox, SandboxOptions};

#[tokio::test]
async fn users_and_mails_survive_a_restart_and_the_seed_fills_an_empty_file_only() {
    let folder = tempfile::tempdir().unwrap();
    let options = |seed: &str| SandboxOptions {
        db: Some(folder.path().join("sandbox.db")),
        seed: read_seed(seed),
        limits: Limits::OFF,
        ..SandboxOptions::default()
    };
    let server = start_with(options(r#"{"UserID":"seed"}"#)).await;
    server
        .bulk(json!([{"UserID": "a", "ResetPassword": true}]))
        .await;
    server.stop().await;
    let server = start_with(options(r#"{"UserID":"late"}"#)).await;
    assert_eq!(server.ids().await, ["a", "seed"]);
    assert_eq!(server.own("mails").await[0]["user_id"], json!("a"));
    assert_eq!(server.own("requests").await, json!([]));
}

#[tokio::test]
async fn a_reset_is_a_fresh_start() {
    let script = json!({"why": "start", "faults": [{"route": "bulk", "times": 1, "do": {"answer": {"status": 500}}}]});
    let server = start(r#"{"UserID":"seed"}"#, script.clone()).await;
    assert_eq!(server.bulk(json!([])).await.status, 500);
    server
        .set_faults(json!({"switches": {"omitted": "kept"}}))
        .await;
    server
        .bulk(json!([{"UserID": "a", "ResetPassword": true}]))
        .await;
    let answer = server
        .try_call("POST /sandbox/reset", "", "")
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(
        (server.ids().await, server.own("mails").await),
        (vec!["seed".to_owned()], json!([]))
    );
    assert_eq!(server.own("requests").await, json!([]));
    assert_eq!(
        server.bulk(json!([])).await.status,
        500,
        "the first script plays again"
    );
    assert_eq!(server.own("faults").await["why"], json!("start"));
}

#[tokio::test]
async fn a_new_script_replaces_the_old_and_a_wrong_one_changes_nothing() {
    let server = start("", json!({"faults": [{"do": {"answer": {"status": 503}}}]})).await;
    let wrong = server
        .set_faults(json!({"faults": [{"do": {"explode": true}}]}))
        .await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.message().contains("explode"), "{}", wrong.message());
    assert_eq!(server.bulk(json!([])).await.status, 503);
    assert_eq!(server.set_faults(json!({})).await.status, 200);
    assert_eq!(server.bulk(json!([])).await.status, 200);
}

#[test]
fn seeds_need_ids_that_differ() {
    for (seed, word) in [
        (r#"[{"UserID":"a"},{}]"#, "user 2"),
        (r#"[{"UserID":"a"},{"UserID":"a"}]"#, "twice"),
    ] {
        let options = SandboxOptions {
            seed: read_seed(seed),
            ..SandboxOptions::default()
        };
        let error = Sandbox::open(options).err().unwrap().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn the_manual_holds_right_scripts_and_every_switch() {
    let manual = include_str!("../../../docs/sandbox.md");
    let scripts: Vec<&str> = manual
        .split("```json\n")
        .skip(1)
        .filter_map(|part| part.split("```").next())
        .collect();
    assert_eq!(scripts.len(), 2);
    for script in scripts {
        FaultScript::from_json(script).unwrap();
    }
    let script = serde_json::to_value(FaultScript::default()).unwrap();
    for name in script["switches"].as_object().unwrap().keys() {
        assert!(manual.contains(&format!("`{name}`")), "{name}");
    }
}
