//! `doctor`: each thing that can be wrong is found, with what to do about it.

#[path = "doctor/probe.rs"]
mod probe;

use serde_json::{Value as Json, json};

use crate::support::{Done, Sandbox, World};

/// The finding of that check, if there is one.
fn finding(done: &Done, check: &str) -> Option<(String, String)> {
    let document = done.document();
    let findings = document["findings"].as_array().expect("findings").clone();
    let found = findings.iter().find(|finding| finding["check"] == check)?;
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    Some((text("verdict"), text("message")))
}

#[track_caller]
fn finds(done: &Done, check: &str, verdict: &str, said: &str) {
    let found = finding(done, check).unwrap_or_else(|| panic!("no {check}: {}", done.stdout));
    assert_eq!(found.0, verdict, "{check}: {}", found.1);
    assert!(found.1.contains(said), "{check}: {}", found.1);
}

fn look(world: &World, sandbox: &Sandbox) -> Done {
    world.json(sandbox, &["doctor"])
}

#[test]
fn where_all_is_well_everything_is_named_and_nothing_is_changed() {
    let world = World::new();
    let sandbox = world.sandbox();
    let done = look(&world, &sandbox).exits(0);
    assert_eq!(done.document()["verdict"], "ok");
    for (check, said) in [
        ("configuration", "defaults hold"),
        ("credentials", "a fixed token"),
        ("state", "can be made"),
        ("disk", "MB are free"),
        ("store", "no store yet"),
        ("reachability", "410"),
        ("clock", "agree"),
        ("rate limit", "tell no rate limit"),
        ("query", "a bare list"),
    ] {
        finds(&done, check, "ok", said);
    }
    let findings = done.document()["findings"]
        .as_array()
        .expect("findings")
        .clone();
    let has_hint = |finding: &Json| {
        finding["hint"]
            .as_str()
            .is_some_and(|hint| !hint.is_empty())
    };
    assert!(findings.iter().all(has_hint), "{findings:?}");
    assert!(!world.path(".crewsync").exists(), "it only looks");
    let is_read = |request: &Json| request["method"] == "GET";
    assert!(sandbox.requests().iter().all(is_read));
    let text = world.run_on(&sandbox, &["doctor"]).exits(0).stdout;
    assert!(text.contains("ok       reachability: "), "{text}");
}

#[test]
fn what_the_answers_tell_is_heard() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "bulk=1/30s,user=1/30s,default=5/s"]);
    let ask = [
        "doctor",
        "--json",
        "--base-url",
        sandbox.url(),
        "--limits",
        "default=15/s",
    ];
    let mut command = world.command(&ask);
    command.env("CREWSYNC_TOKEN", "test");
    let done = Done::of(command.output().expect("it runs")).exits(0);
    finds(
        &done,
        "rate limit",
        "warning",
        "X-RateLimit-Limit 5, 4 left",
    );
    for (date, way) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "ahead of"),
        ("Fri, 06 Nov 2099 08:49:37 GMT", "behind"),
    ] {
        sandbox.faults(&json!({"faults": [{"headers": {"Date": date}}]}));
        let done = look(&world, &sandbox).exits(0);
        finds(&done, "clock", "warning", way);
    }
    sandbox.faults(&json!({"switches": {"absent_get": 404, "query_status": 403}}));
    let done = look(&world, &sandbox).exits(0);
    finds(&done, "reachability", "warning", "404");
    finds(&done, "query", "warning", "403");
    assert!(done.stderr.contains("warning:"));
}

#[test]
fn a_tenant_that_does_not_answer_as_one_is_an_error() {
    let world = World::new();
    let sandbox = world.sandbox();
    for (script, said) in [
        (
            json!({"answer": {"status": 401}}),
            "refuses the credentials",
        ),
        (
            json!({"redirect": {"location": "http://127.0.0.1:9/"}}),
            "redirect",
        ),
        (json!({"answer": {"status": 403}}), "answers 403"),
    ] {
        sandbox.faults(&json!({"faults": [{"route": "user_get", "do": script}]}));
        let done = look(&world, &sandbox).exits(1);
        finds(&done, "reachability", "error", said);
    }
    let page = json!({"answer": {"status": 200, "content_type": "text/html", "body": "<html>"}});
    sandbox.faults(&json!({"faults": [{"route": "query", "do": page}]}));
    finds(
        &look(&world, &sandbox).exits(1),
        "query",
        "error",
        "cannot be read",
    );
    let done = world
        .run_at("http://127.0.0.1:9", &["doctor", "--json"])
        .exits(1);
    finds(&done, "reachability", "error", "cannot be reached");
}

#[test]
fn what_is_wrong_on_this_machine_is_found_without_asking_anybody() {
    let world = World::new();
    let sandbox = world.sandbox();
    let bad = world.file("bad.toml", "[tennant]\n");
    let done = world.json(&sandbox, &["doctor", "--config", &bad]).exits(1);
    finds(&done, "configuration", "error", "bad.toml");
    let no_folder = world.file("file", "");
    let state = format!("{no_folder}/state");
    let done = world
        .json(&sandbox, &["doctor", "--state", &state])
        .exits(1);
    finds(&done, "state", "error", "cannot be written");
    let nameless = world.run(&["doctor", "--json"]).exits(1);
    finds(&nameless, "tenant", "error", "no tenant is named");
    std::fs::create_dir(world.path("broken")).expect("a folder");
    world.file("broken/state.db", "junk that is no database at all");
    let done = world
        .json(&sandbox, &["doctor", "--state", "broken"])
        .exits(1);
    finds(&done, "store", "error", "state.db");
}
