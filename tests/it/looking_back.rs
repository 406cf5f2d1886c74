//! `history`, `report` and `status`: what the state directory tells of the past, without a tenant.

use serde_json::{Value as Json, json};

use crate::support::{Sandbox, World};

/// A run that created two users, beside one row that was refused.
fn first_night() -> (World, Sandbox, Json) {
    let world = World::new();
    let sandbox = world.sandbox();
    let export = world.file(
        "people.csv",
        "UserID,Email\nann,a@x.example\nbob,b@x.example\n,c@x.example\n",
    );
    let run = world.json(&sandbox, &["sync", &export]).exits(3).document();
    (world, sandbox, run)
}

#[test]
fn a_report_is_told_again_as_it_was() {
    let (world, sandbox, run) = first_night();
    let export = world.file(
        "people.csv",
        "UserID,Email\nann,new@x.example\nbob,b@x.example\n",
    );
    world.json(&sandbox, &["sync", &export]).exits(0);
    let id = run["run"].as_str().unwrap();
    let again = world.run(&["report", id, "--json"]);
    assert_eq!(again.exits(0).document(), run);
    let newest = world.run(&["report", "--json"]).exits(0).document();
    assert_eq!(newest["summary"]["updated"], 1);
    let text = world.run(&["report", id]).exits(0).stdout;
    assert!(
        text.contains("created") && text.contains("rejected before sending"),
        "{text}"
    );
}

#[test]
fn a_report_can_be_written_again() {
    let (world, _sandbox, run) = first_night();
    let id = run["run"].as_str().unwrap();
    world.run(&["report", "--out", "told"]).exits(0);
    let file = std::fs::read(world.path(&format!("told/run-{id}.json"))).expect("the report");
    assert_eq!(serde_json::from_slice::<Json>(&file).unwrap(), run);
    let unknown = world.run(&["report", "zz"]).exits(2);
    assert!(
        unknown.stderr.contains("crewsync history"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn history_lists_runs_and_calls_by_hand_newest_first() {
    let (world, sandbox, run) = first_night();
    world
        .run_on(&sandbox, &["user", "delete", "bob", "--yes"])
        .exits(0);
    let export = world.file("people.csv", "UserID,Email\nann,a@x.example\n");
    world.json(&sandbox, &["sync", &export]).exits(0);
    let history = world.run(&["history", "--json"]).exits(0).document();
    let runs = history["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[1]["run"], run["run"]);
    assert_eq!(
        (&runs[1]["how"], &runs[1]["exit_code"]),
        (&json!("completed"), &json!(3))
    );
    assert_eq!(runs[1]["summary"]["created"], 2);
    assert_eq!(history["calls"][0]["user_ids"], json!(["bob"]));
    let text = world.run(&["history"]).exits(0).stdout;
    let places: Vec<_> = ["1 unchanged", "by hand: DELETE", "2 created"]
        .iter()
        .map(|part| {
            text.find(part)
                .unwrap_or_else(|| panic!("{part} is missing in {text}"))
        })
        .collect();
    assert!(places.is_sorted(), "{text}");
    let one = world
        .run(&["history", "--last", "1", "--json"])
        .exits(0)
        .document();
    assert_eq!(one["runs"].as_array().unwrap().len(), 1);
}

#[test]
fn without_a_store_nothing_ran() {
    let world = World::new();
    for command in ["history", "report"] {
        let none = world.run(&[command]).exits(1);
        assert!(none.stderr.contains("no run stands in"), "{}", none.stderr);
    }
    let status = world.run(&["status", "--json"]).exits(1);
    assert_eq!(status.document()["status"], "never");
    assert!(
        !world.path(".crewsync").exists(),
        "looking back writes nothing"
    );
}

#[test]
fn a_monitor_hears_of_a_late_a_failed_and_a_refused_run() {
    let (world, sandbox, _) = first_night();
    let status = |arguments: &[&str]| world.run(&[&["status", "--json"], arguments].concat());
    let fine = status(&[]).exits(0).document();
    assert_eq!(
        fine["status"], "ok",
        "rows that were refused fail no run: {fine}"
    );
    assert_eq!(
        status(&["--max-age", "1ms"]).exits(1).document()["status"],
        "late"
    );

    let empty = world.file("people.csv", "UserID,Email\n");
    world.json(&sandbox, &["sync", &empty]).exits(4);
    let refused = status(&[]).exits(1);
    assert_eq!(refused.document()["status"], "failed");
    assert!(
        refused.stderr.contains("error: the last run"),
        "{}",
        refused.stderr
    );
    assert!(refused.document()["last_success"].is_string());

    let export = world.file(
        "people.csv",
        "UserID,Email\nann,a@x.example\nbob,b@x.example\n",
    );
    world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!(status(&[]).exits(0).document()["status"], "ok");
}
