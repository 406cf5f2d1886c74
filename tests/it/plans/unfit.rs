//! Plans that are refused (exit 6), each with the reason and a way out, and without a call to the tenant.

use serde_json::json;

use crate::support::{Sandbox, World};

use super::{EXPORT, plan, tenant};

#[test]
fn an_altered_byte_is_noticed_wherever_it_is() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    let bytes = std::fs::read(world.path("plan.jsonl")).expect("the plan");
    let calls = sandbox.requests().len();
    for at in (0..bytes.len() - 1).step_by(bytes.len() / 20) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        world.file("altered.jsonl", altered);
        refused(&world, &sandbox, &["altered.jsonl"], "");
    }
    let first_line = bytes.iter().position(|byte| *byte == b'\n');
    let first_line = first_line.expect("lines");
    world.file(
        "cut.jsonl",
        &bytes[..first_line + (bytes.len() - first_line) / 2],
    );
    refused(
        &world,
        &sandbox,
        &["cut.jsonl"],
        "altered after it was saved",
    );
    let export = world.file("people.csv", EXPORT);
    refused(&world, &sandbox, &[&export], "is no saved plan");
    assert_eq!(sandbox.requests().len(), calls, "no request");
}

#[test]
fn a_plan_that_expired_is_refused() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    // As if it had been saved four days ago: the time is no part of what the id stands for.
    let text = std::fs::read_to_string(world.path("plan.jsonl")).expect("the plan");
    let (first, rest) = text.split_once('\n').expect("lines");
    let mut header: serde_json::Value = serde_json::from_str(first).expect("JSON");
    header["expires_at"] = json!("2026-01-01T00:00:00Z");
    let (rest, _) = rest.split_at(rest.rfind("{\"checksum\"").expect("a checksum"));
    let body = format!("{header}\n{rest}");
    let checksum = blake3::hash(body.as_bytes()).to_hex();
    world.file(
        "old.jsonl",
        format!("{body}{{\"checksum\":\"{checksum}\"}}\n"),
    );
    refused(
        &world,
        &sandbox,
        &["old.jsonl"],
        "it was good until 2026-01-01",
    );
}

#[test]
fn a_plan_for_something_else_is_refused() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    let other = tenant(&world);
    refused(&world, &other, &["plan.jsonl"], "made for another tenant");

    for (text, why) in [
        (
            "[source]\nid = \"other\"\n",
            "made of another source: \"default\"",
        ),
        ("[map]\nUserID = \"UserID\"\n", "the mapping has changed"),
        (
            "[create]\nconfirm_absent = \"trust\"\n",
            "settings that decide what may be sent",
        ),
    ] {
        let config = world.file("other.toml", text);
        let arguments = ["plan.jsonl", "--config", &config, "--state", ".crewsync"];
        refused(&world, &sandbox, &arguments, why);
    }
    // How hard the tenant is talked to is no matter of the plan.
    let patient = [
        "apply",
        "plan.jsonl",
        "--chunk-users",
        "2",
        "--in-flight",
        "1",
    ];
    world.run_on(&sandbox, &patient).exits(0);
}

#[test]
fn a_plan_without_a_tenant_is_for_nobody() {
    let world = World::new();
    let sandbox = tenant(&world);
    let export = world.file("people.csv", EXPORT);
    world
        .run(&["plan", &export, "--against", "empty", "--out", "plan.jsonl"])
        .exits(0);
    refused(&world, &sandbox, &["plan.jsonl"], "made for no tenant");
    let missing = world.run_on(&sandbox, &["apply", "c0ffee"]).exits(2);
    assert!(
        missing.stderr.contains("there is no plan c0ffee"),
        "{}",
        missing.stderr
    );
}

/// Exit 6, with that reason and a hint; nothing is sent and no state is made.
#[track_caller]
fn refused(world: &World, sandbox: &Sandbox, arguments: &[&str], why: &str) {
    let calls = sandbox.bulk_calls().len();
    let done = world
        .run_on(sandbox, &[&["apply"], arguments].concat())
        .exits(6);
    assert!(done.stderr.contains(why), "{}", done.stderr);
    assert!(done.stderr.contains("hint: "), "{}", done.stderr);
    assert_eq!(sandbox.bulk_calls().len(), calls);
}
