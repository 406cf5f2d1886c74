//! Writes by hand stand in the journal, under the lock, with what came of them.

use rusqlite::Connection;
use serde_json::json;

use super::{sandbox, yes};
use crate::support::World;

/// Endpoint, users, whether a hash of the body is kept, reason, verdict.
type Call = (String, String, bool, Option<String>, Option<String>);

fn calls(world: &World) -> Vec<Call> {
    let store = Connection::open(world.path(".crewsync/state.db")).expect("the store");
    let mut statement = store
        .prepare(
            "SELECT endpoint_class, user_ids, body_hash IS NOT NULL, reason, verdict
             FROM calls LEFT JOIN call_ends USING (number) ORDER BY number",
        )
        .expect("its tables");
    let rows = statement.query_map([], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            row.get(3)?,
            row.get(4)?,
        ))
    });
    rows.and_then(Iterator::collect).expect("its rows")
}

#[test]
fn every_write_is_on_record_and_no_password_leaves_a_trace() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let ann = world.file("ann.json", r#"{"UserID":"T-1","Email":"new@example.com"}"#);
    let secret = world.file("bo.json", r#"{"UserID":"N-1","Password":"planted-4711"}"#);
    let password = world.file("password.txt", "planted-4712\n");
    world.json(&sandbox, &["user", "put", &ann]).exits(0);
    world.json(&sandbox, &["user", "put", &secret]).exits(0);
    yes(
        &world,
        &sandbox,
        &[
            "user",
            "change-password",
            "T-1",
            "--password-file",
            &password,
        ],
    )
    .exits(0);
    let power = [
        "--reason",
        "ticket 4711",
        "--show-token",
        "--as",
        "T-1",
        "--password-file",
        &password,
    ];
    world
        .json(
            &sandbox,
            &[&["user", "impersonate", "T 2/é"], &power[..]].concat(),
        )
        .exits(0);
    world
        .json(&sandbox, &["team", "users", "set", "EAST", "T-1"])
        .exits(0);
    yes(&world, &sandbox, &["user", "delete", "T-1"]).exits(0);
    let applied = || Some("applied".to_owned());
    let row = |class: &str, users: &str, hash, reason: Option<&str>| {
        (
            class.to_owned(),
            users.to_owned(),
            hash,
            reason.map(str::to_owned),
            applied(),
        )
    };
    assert_eq!(
        calls(&world),
        [
            row("user_put", r#"["T-1"]"#, true, None),
            row("user_put", r#"["N-1"]"#, false, None),
            row("change_password", r#"["T-1"]"#, false, None),
            row(
                "impersonate",
                r#"["T 2/é","T-1"]"#,
                false,
                Some("ticket 4711")
            ),
            row("team_users_set", r#"["T-1"]"#, true, None),
            row("user_delete", r#"["T-1"]"#, false, None),
        ]
    );
}

#[test]
fn a_user_is_kept_as_he_was_before() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let ann = world.file("ann.json", r#"{"UserID":"T-1","Email":"new@example.com"}"#);
    world.json(&sandbox, &["user", "put", &ann]).exits(0);
    let store = Connection::open(world.path(".crewsync/state.db")).expect("the store");
    let before: String = store
        .query_row("SELECT before FROM calls WHERE number = 1", [], |row| {
            row.get(0)
        })
        .expect("the user as he was");
    assert!(before.contains("ann@example.com"), "{before}");
}

#[test]
fn a_write_waits_for_no_run_and_a_store_is_of_one_tenant() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let ann = world.file("ann.json", r#"{"UserID":"T-1","Email":"new@example.com"}"#);
    world.json(&sandbox, &["user", "put", &ann]).exits(0);
    let lock = std::fs::File::open(world.path(".crewsync/lock")).expect("the lock");
    lock.lock().expect("nobody holds it");
    world
        .json(&sandbox, &["team", "users", "set", "EAST", "T-1"])
        .exits(5);
    world.json(&sandbox, &["user", "get", "T-1"]).exits(0);
    lock.unlock().expect("it is ours");
    let other = super::sandbox(&world);
    let foreign = world.json(&other, &["user", "put", &ann]).exits(1);
    assert!(
        foreign.stderr.contains("belongs to the tenant"),
        "{}",
        foreign.stderr
    );
}

#[test]
fn a_call_that_its_process_did_not_live_to_see_answered_is_told_once() {
    let world = World::new();
    let sandbox = sandbox(&world);
    sandbox.faults(&json!({"faults": [{"route": "user_put", "delay_ms": 600_000}]}));
    let ann = world.file("ann.json", r#"{"UserID":"T-1","Email":"new@example.com"}"#);
    let mut child = world
        .command_on(sandbox.url(), &["user", "put", &ann])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    let arrived = || {
        sandbox
            .requests()
            .iter()
            .any(|request| request["method"] == "PUT")
    };
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !arrived() {
        assert!(std::time::Instant::now() < deadline, "no call arrived");
    }
    child.kill().expect("it lives");
    child.wait().expect("it ends");
    sandbox.faults(&json!({}));
    let told = "nobody knows what came of an earlier call: PUT /seiapi/v3/trans/User/T-1";
    let next = world.json(&sandbox, &["user", "put", &ann]).exits(0);
    assert!(next.stderr.contains(told), "{}", next.stderr);
    let after = world.json(&sandbox, &["user", "put", &ann]).exits(0);
    assert!(!after.stderr.contains(told), "{}", after.stderr);
    assert_eq!(calls(&world)[0].4.as_deref(), Some("unknown"));
}

#[test]
fn the_next_call_keeps_its_distance_although_another_process_makes_it() {
    let world = World::new();
    let sandbox = crate::support::Sandbox::start(&["--limits", "user=1/2s"]);
    for (number, mail) in ["one@example.com", "two@example.com", "three@example.com"]
        .into_iter()
        .enumerate()
    {
        let text = json!({"UserID": "T-1", "Email": mail}).to_string();
        let file = world.file(&format!("{number}.json"), text);
        let arguments = [
            "user",
            "put",
            &file,
            "--base-url",
            sandbox.url(),
            "--limits",
            "user=1/2s",
        ];
        let mut command = world.command(&arguments);
        command.env("CREWSYNC_TOKEN", "test");
        crate::support::Done::of(command.output().expect("it runs")).exits(0);
    }
    let puts: Vec<(i64, i64)> = sandbox
        .requests()
        .iter()
        .filter(|request| request["method"] == "PUT")
        .map(|request| {
            (
                request["at_ms"].as_i64().unwrap_or(0),
                request["status"].as_i64().unwrap_or(0),
            )
        })
        .collect();
    assert_eq!(
        puts.iter().map(|put| put.1).collect::<Vec<_>>(),
        [200; 3],
        "no 429"
    );
    for pair in puts.windows(2) {
        assert!(pair[1].0 - pair[0].0 >= 2_000, "{puts:?}");
    }
}
