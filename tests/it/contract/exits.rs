//! Exit codes, and which of several is shown.

use serde_json::json;

use crate::support::{World, sample};

use super::one_document;

const CLEAN: &str = "UserID,Email\na,a@x.example\n";
const ONE_BAD_ROW: &str = "UserID,Activated\na,yes\nb,maybe\n";
const ALL_BAD_ROWS: &str = "UserID,Activated\na,maybe\n";

#[test]
fn each_command_ends_as_its_work_did() {
    let world = World::new();
    let clean = world.file("clean.csv", CLEAN);
    let bad_row = world.file("bad-row.csv", ONE_BAD_ROW);
    let bad = world.file("bad.csv", ALL_BAD_ROWS);
    let header = world.file("header.csv", "UserID,Email\n");
    let broken = world.file("broken.csv", "UserID,Email\na,\"a@x.example\n");
    let state = world.file("now.json", r#"[{"UserID":"a","Email":"a@x.example"}]"#);
    for (arguments, code) in [
        (vec!["validate", &clean], 0),
        (vec!["preview", &clean], 0),
        (vec!["plan", &clean, "--against", "empty"], 0),
        (vec!["plan", &clean, "--against", &state], 0),
        (vec!["plan", &clean, "--against", &state, "--exit-code"], 0),
        (
            vec!["plan", &clean, "--against", "empty", "--exit-code"],
            10,
        ),
        (vec!["validate", &bad_row], 3),
        (vec!["plan", &bad_row, "--against", "empty"], 3),
        (vec!["validate", &bad], 3),
        (vec!["validate", &header], 0),
        (vec!["plan", &header, "--against", "empty"], 4),
        (vec!["validate", &broken], 1),
        (vec!["preview", &broken], 1),
        (vec!["plan", &broken, "--against", "empty"], 1),
        (vec!["plan", &clean], 2),
        // Of several, the first in the order 2, 1, 6, 5, 4, 3, 10.
        (
            vec!["plan", &bad_row, "--against", "empty", "--exit-code"],
            3,
        ),
        (vec!["plan", &bad, "--against", "empty", "--exit-code"], 4),
        (
            vec!["plan", &broken, "--against", "empty", "--exit-code"],
            1,
        ),
        (
            vec!["plan", &broken, "--against", "empty", "--chunk-users", "0"],
            2,
        ),
    ] {
        world.run(&arguments).exits(code);
        let as_json = [&arguments[..], &["--json"]].concat();
        one_document(&world.run(&as_json).exits(code));
        let quiet = [&arguments[..], &["--quiet"]].concat();
        world.run(&quiet).exits(code);
    }
}

#[test]
fn a_run_ends_as_its_rows_did() {
    let rejected =
        json!({"faults": [{"route": "bulk", "do": {"reject": {"users": ["a"], "status": 409}}}]});
    let stopped =
        json!({"faults": [{"route": "bulk", "from": 2, "do": {"answer": {"status": 401}}}]});
    let misconfigured = json!({"faults": [{"route": "bulk", "do": {"answer": {"status": 403}}}]});
    for (export, script, code) in [
        (CLEAN, json!({}), 0),
        (ONE_BAD_ROW, json!({}), 3),
        (ALL_BAD_ROWS, json!({}), 4),
        (CLEAN, rejected, 3),
        (ONE_BAD_ROW, misconfigured, 2),
        ("UserID,Activated\na,yes\nb,maybe\nc,yes\n", stopped, 1),
    ] {
        let world = World::new();
        let sandbox = world.sandbox();
        sandbox.faults(&script);
        let export = world.file("people.csv", export);
        let sync = ["sync", &export, "--chunk-users", "1"];
        let done = world.json(&sandbox, &sync).exits(code);
        one_document(&done);
        let (world, sandbox) = (World::new(), world.sandbox());
        sandbox.faults(&script);
        let text = world.run_on(&sandbox, &sync).exits(code);
        assert!(text.stdout.contains("\nRun: "), "{}", text.stdout);
    }
}

#[test]
fn a_refused_run_has_the_document_of_a_run_and_sends_nothing() {
    let world = World::new();
    let sandbox = world.sandbox();
    let export = world.file("people.csv", "UserID,Email\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(4).document();
    assert_eq!(super::misfits(&run, &super::run_example()), [""; 0]);
    assert_eq!(run["guards"][0]["verdict"], "refused");
    assert!(sandbox.bulk_calls().is_empty());
}

#[test]
fn a_second_run_is_kept_out_and_told_by_whom() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.faults(&json!({"faults": [{"route": "bulk", "times": 1, "delay_ms": 600_000}]}));
    let people = sample("people.csv");
    let tenant = [
        "--base-url",
        sandbox.url(),
        "--limits",
        "off",
        "--progress",
        "never",
    ];
    let mut first = world.command(&[&["sync", &people], &tenant[..]].concat());
    let mut first = first
        .env("CREWSYNC_TOKEN", "test")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the first run starts");
    sandbox.wait_for_bulk_call();
    let second = world.json(&sandbox, &["sync", &people]).exits(5);
    one_document(&second);
    let pid = first.id().to_string();
    assert!(second.stderr.contains(&pid), "{}", second.stderr);
    assert_eq!(sandbox.bulk_calls().len(), 1);
    // A plan takes no lock.
    world.run_on(&sandbox, &["plan", &people]).exits(0);
    first.kill().expect("it runs");
    first.wait().expect("it ended");
}
