//! The public contract: JSON documents, exit codes, streams, options.

#[path = "contract/exits.rs"]
mod exits;
#[path = "contract/manual.rs"]
mod manual;
#[path = "contract/mistakes.rs"]
mod mistakes;
#[path = "contract/options.rs"]
mod options;
#[path = "contract/plan_ids.rs"]
mod plan_ids;
#[path = "contract/shape.rs"]
mod shape;

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::support::{Done, Recorder, Sandbox, World, sample};
use shape::misfits;

/// The figures that a plan and a run have in common.
const FIGURES: [&str; 15] = [
    "rows",
    "unchanged",
    "create",
    "update",
    "deactivate",
    "reactivate",
    "delete",
    "held",
    "rejected",
    "duplicate",
    "out_of_scope",
    "not_yet_effective",
    "absent",
    "absent_deprovision",
    "calls",
];

/// What a run has beside them.
const FIGURES_OF_A_RUN: [&str; 12] = [
    "created",
    "updated",
    "deactivated",
    "reactivated",
    "restored",
    "deleted",
    "not_sent",
    "unconfirmed",
    "skipped",
    "warnings",
    "requests",
    "retries",
];

#[test]
fn a_plan_as_json_has_every_key() {
    let world = World::new();
    let dirty = sample("people-dirty.csv");
    let plan = [
        "plan",
        &dirty,
        "--against",
        &sample("current.json"),
        "--json",
    ];
    let plan = world.run(&plan).exits(3).document();
    assert_eq!(misfits(&plan, &plan_example()), [""; 0]);

    let words = |list: &str, key: &str| words(&plan[list], key);
    for action in ["create", "update", "deactivate", "reactivate", "restore"] {
        assert!(words("changes", "action").contains(action), "{action}");
    }
    for effect in ["gains_access", "loses_access", "none"] {
        assert!(words("changes", "effect").contains(effect), "{effect}");
    }
    assert_eq!(words("problems", "severity").len(), 2);
    assert!(words("changes", "held").contains("storage_location"));
    assert!(!plan["guards"].as_array().unwrap().is_empty());
    assert_eq!(plan["absence"]["state"], "suspended");
    rows_add_up(&plan["summary"], &PLANNED);
}

#[test]
fn a_change_shows_the_value_before_and_after_as_the_tenant_has_it() {
    let world = World::new();
    let now = world.file(
        "now.json",
        r#"[{"UserID":"a","Email":"old@x.example","Activated":true,"Extensions":{"Site":"Köln"}}]"#,
    );
    let export = world.file(
        "people.csv",
        "UserID,Email,Activated,Extensions.Site,Phones.Mobile\na,new@x.example,no,Köln,+49 1\nb,,yes,,\n",
    );
    let plan = world.run(&["plan", &export, "--against", &now, "--json"]);
    let plan = plan.exits(0).document();
    assert_eq!(
        plan["changes"],
        json!([
            {"action": "deactivate", "effect": "loses_access", "user_id": "a", "line": 2, "record": 1, "held": null, "fields": [
                {"field": "Activated", "from": true, "to": false},
                {"field": "Email", "from": "old@x.example", "to": "new@x.example"},
                {"field": "Phones.Mobile", "from": null, "to": "+49 1"},
            ]},
            {"action": "create", "effect": "gains_access", "user_id": "b", "line": 3, "record": 2, "held": null, "fields": [
                {"field": "Activated", "from": null, "to": true},
            ]},
        ])
    );
}

#[test]
fn a_run_as_json_has_every_key() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &sample("current.json")]);
    sandbox.faults(&json!({"faults": [
        {"route": "bulk", "do": {"reject": {"users": ["T-1028"], "status": 409, "property": "Email"}}},
        {"route": "bulk", "do": {"reject": {"users": ["T-1029"], "status": 200, "message": "noted"}}},
    ]}));
    let run = world.json(&sandbox, &["sync", &sample("people-dirty.csv")]);
    let run = run.exits(3).document();
    assert_eq!(misfits(&run, &run_example()), [""; 0]);
    let statuses = words(&run["outcomes"], "status");
    let known = BTreeSet::from(["applied", "rejected"].map(str::to_owned));
    assert!(statuses.is_superset(&known), "{statuses:?}");
    let rejected = run["outcomes"].as_array().unwrap().iter();
    let rejected: Vec<&Json> = rejected.filter(|end| end["status"] == "rejected").collect();
    assert_eq!(rejected.len(), 1);
    assert_eq!(
        (&rejected[0]["user_id"], &rejected[0]["code"]),
        (&json!("T-1028"), &json!(409))
    );
    assert_eq!(rejected[0]["data_path"], "/Users/0/Email", "it was alone");
    assert!(run["summary"]["warnings"].as_u64() > Some(0));
    rows_add_up(&run["summary"], &ENDED);
}

#[test]
fn the_documents_of_validate_and_preview_have_every_key() {
    let world = World::new();
    let dirty = sample("people-dirty.csv");
    let found = world
        .run(&["validate", &dirty, "--json"])
        .exits(3)
        .document();
    let counts = ["rows", "accepted", "rejected", "duplicate", "blank_lines"];
    let example =
        json!({"file": "text", "summary": figures(&counts), "problems": [problem_example()]});
    assert_eq!(misfits(&found, &example), [""; 0]);
    assert_eq!(found["summary"]["rows"], 206);

    let rows = world
        .run(&["preview", &dirty, "--json"])
        .exits(3)
        .document();
    let example =
        json!({"dialect": ["text"], "rows": [{"UserID": "text"}], "problems": [problem_example()]});
    assert_eq!(misfits(&rows, &example), [""; 0]);
    assert_eq!(rows["rows"].as_array().unwrap().len(), 204);
}

#[test]
fn every_failure_is_one_document_of_the_same_shape() {
    let world = World::new();
    let people = sample("people.csv");
    let nobody = world.file("nobody.csv", "Name\nAnn\n");
    let script = world.file("faults.json", "{\"faultz\": []}");
    for (arguments, code, said) in [
        (vec!["--json"], 2, "subcommand"),
        (vec!["sync", "--json"], 2, "<EXPORT>"),
        (vec!["plan", &people, "--jsno", "--json"], 2, "--jsno"),
        (vec!["undo", "--json"], 2, "undo"),
        (
            vec!["plan", &people, "--limits", "x", "--json"],
            2,
            "limits",
        ),
        (vec!["plan", &people, "--json"], 2, "no tenant is named"),
        (
            vec!["sync", &people, "--config", "x.toml", "--json"],
            2,
            "x.toml",
        ),
        (
            vec!["plan", "no.csv", "--against", "empty", "--json"],
            1,
            "no.csv",
        ),
        (
            vec!["plan", &people, "--against", "no.json", "--json"],
            1,
            "no.json",
        ),
        (vec!["validate", &nobody, "--json"], 1, "mapped"),
        (vec!["preview", "no.csv", "--json"], 1, "no.csv"),
        (
            vec!["sandbox", "--faults", &script, "--json"],
            2,
            "faults.json",
        ),
    ] {
        let done = world.run(&arguments).exits(code);
        assert!(done.stderr.contains("error: "), "{}", done.stderr);
        let document = done.document();
        let error = json!({"message": "text", "causes": ["text"], "hint": "text?"});
        let example = json!({"error": error, "resumable": "flag", "problems": [problem_example()]});
        assert_eq!(misfits(&document, &example), [""; 0], "{arguments:?}");
        assert_eq!(document["resumable"], false, "{arguments:?}");
        let error = document["error"].to_string();
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
}

#[test]
fn a_run_that_was_stopped_still_tells_everything() {
    let world = World::new();
    let sandbox = world.sandbox();
    let recorder = Recorder::before(&sandbox);
    sandbox.faults(&json!({"faults": [{"route": "bulk", "do": {"answer": {"status": 401}}}]}));
    let url = recorder.url();
    let run = world
        .run_at(&url, &["sync", &sample("people.csv"), "--json"])
        .exits(1);
    let document = run.document();
    assert_eq!(misfits(&document, &run_example()), [""; 0]);
    let error = json!({"error": {"message": "text", "causes": ["text"], "hint": "text?"}});
    assert_eq!(misfits(&document, &error), [""; 0]);
    assert_eq!(document["resumable"], true);
    assert_eq!(run.figure("not_sent"), 202);
    rows_add_up(&document["summary"], &ENDED);
}

#[test]
fn a_sandbox_says_as_json_where_it_listens() {
    let sandbox = Sandbox::start(&["--json"]);
    assert!(sandbox.url().starts_with("http://127.0.0.1:"));
    assert_eq!(sandbox.get("/sandbox/users"), json!({"Users": []}));
}

/// Where a row can stand in a plan.
const PLANNED: [&str; 12] = [
    "unchanged",
    "create",
    "update",
    "deactivate",
    "reactivate",
    "restore",
    "delete",
    "held",
    "rejected",
    "duplicate",
    "out_of_scope",
    "not_yet_effective",
];

/// Where a row can end.
const ENDED: [&str; 15] = [
    "unchanged",
    "created",
    "updated",
    "deactivated",
    "reactivated",
    "restored",
    "deleted",
    "held",
    "skipped",
    "rejected",
    "unconfirmed",
    "not_sent",
    "duplicate",
    "out_of_scope",
    "not_yet_effective",
];

fn rows_add_up(summary: &Json, places: &[&str]) {
    let sum: u64 = places
        .iter()
        .filter_map(|place| summary[place].as_u64())
        .sum();
    assert_eq!(Some(sum), summary["rows"].as_u64(), "{summary}");
}

fn words(list: &Json, key: &str) -> BTreeSet<String> {
    let list = list.as_array().expect("a list");
    let words = list.iter().filter_map(|element| element[key].as_str());
    words.map(str::to_owned).collect()
}

fn figures(names: &[&str]) -> Json {
    names
        .iter()
        .map(|name| (name.to_string(), json!("count")))
        .collect()
}

fn plan_example() -> Json {
    let mut summary = figures(&FIGURES);
    summary["estimated_seconds"] = json!("number");
    json!({
        "plan": "text",
        "summary": summary,
        "absence": {"state": "evaluated|suspended|baseline|unknown", "why": "text"},
        "guards": [{"guard": "text", "limit": "text", "figure": "text", "verdict": "ok|held|refused"}],
        "changes": [{
            "action": "create|update|deactivate|reactivate|restore|delete",
            "effect": "gains_access|loses_access|none",
            "user_id": "text",
            "line": "count?",
            "fields": [{"field": "text", "from": "any", "to": "any"}],
            "held": "text?",
        }],
        "problems": [problem_example()],
    })
}

fn run_example() -> Json {
    let mut summary = figures(&[&FIGURES[..], &FIGURES_OF_A_RUN].concat());
    summary["estimated_seconds"] = json!("number");
    let plan = plan_example();
    json!({
        "run": "text",
        "plan": "text",
        "resumable": "flag",
        "summary": summary,
        "absence": plan["absence"],
        "guards": plan["guards"],
        "outcomes": [{
            "user_id": "text",
            "line": "count?",
            "action": "create|update|deactivate|reactivate|restore|delete",
            "status": "applied|rejected|unconfirmed|held|skipped",
            "reason": "text?",
            "code": "number?",
            "message": "text?",
            "data_path": "text?",
        }],
        "problems": [problem_example()],
    })
}

fn problem_example() -> Json {
    json!({
        "severity": "error|warning",
        "code": "text",
        "file": "text?",
        "line": "count?",
        "column": "text?",
        "user_id": "text?",
        "value": "text?",
        "message": "text",
        "hint": "text?",
    })
}

/// The whole of stdout is one document, and nothing of the progress is in it.
fn one_document(done: &Done) {
    assert_eq!(done.stdout.matches('\n').count(), 1, "{}", done.stdout);
    assert!(done.document().is_object());
}
