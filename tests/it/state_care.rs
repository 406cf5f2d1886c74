//! `state`: the store copied, checked, purged, and a person taken out of it.

use serde_json::json;

use crate::support::{Sandbox, World};

/// A night with Zed and Ann, and one in which Zed got another mail.
fn two_nights() -> (World, Sandbox) {
    let world = World::new();
    let sandbox = world.sandbox();
    for mail in ["quixote@x.example", "quixote@y.example"] {
        let rows = format!("UserID,LastName,Email\nZed-9,Quixote,{mail}\nann,Ann,a@x.example\n");
        let export = world.file("people.csv", &rows);
        world.json(&sandbox, &["sync", &export]).exits(0);
    }
    (world, sandbox)
}

/// Every file below the state directory that holds the text, case aside.
fn files_with(world: &World, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![world.path(".crewsync")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                let holds = String::from_utf8_lossy(&bytes)
                    .to_lowercase()
                    .contains(text);
                found.extend(holds.then(|| path.display().to_string()));
            }
        }
    }
    found
}

#[test]
fn a_copy_is_checked_and_takes_the_place_of_a_lost_store() {
    let (world, sandbox) = two_nights();
    let copied = world
        .run(&["state", "backup", "copy.db", "--json"])
        .exits(0)
        .document();
    assert_eq!(
        (&copied["runs"], &copied["managed"]),
        (&json!(2), &json!(2))
    );
    world.run(&["state", "backup", "copy.db"]).exits(1);
    let whole = world.run(&["state", "verify", "copy.db"]).exits(0);
    assert!(whole.stdout.contains("2 runs"), "{}", whole.stdout);
    world.run(&["state", "verify"]).exits(0);

    let store = world.path(".crewsync/state.db");
    std::fs::write(&store, b"scratched").unwrap();
    world.run(&["state", "verify"]).exits(1);
    for log in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{log}", store.display()));
    }
    std::fs::copy(world.path("copy.db"), &store).unwrap();
    let export = world.file("people.csv", "UserID,LastName,Email\nann,Ann,a@x.example\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(0).document();
    assert_eq!(run["absence"]["figures"]["managed"], 2);
}

#[test]
fn who_is_forgotten_stands_in_no_file_and_the_reports_are_told_without_him() {
    let (world, sandbox) = two_nights();
    assert!(!files_with(&world, "quixote").is_empty());
    let unasked = world.run(&["state", "forget", "zed-9"]).exits(2);
    assert!(unasked.stderr.contains("--yes"), "{}", unasked.stderr);
    let forgotten = world
        .run(&["state", "forget", "zed-9", "--yes", "--json"])
        .exits(0)
        .document();
    assert_eq!(forgotten["runs"].as_array().unwrap().len(), 2);
    assert_eq!(forgotten["sources"], json!(["default"]));
    for text in ["zed-9", "quixote"] {
        assert_eq!(files_with(&world, text), [""; 0], "{text}");
    }
    let again = world.run(&["report", "--json"]).exits(0).document();
    assert_eq!(again["summary"]["updated"], 1);
    assert_eq!(again["outcomes"][0]["user_id"], "(forgotten)");
    let nobody = world.run(&["state", "forget", "zed-9", "--yes"]).exits(0);
    assert!(
        nobody.stdout.contains("Nothing was stored of zed-9"),
        "{}",
        nobody.stdout
    );
    // Whom the tenant and the export still have is known again.
    let export = world.file(
        "people.csv",
        "UserID,LastName,Email\nZed-9,Quixote,z@x.example\nann,Ann,a@x.example\n",
    );
    world.json(&sandbox, &["sync", &export]).exits(0);
    assert!(!files_with(&world, "zed-9").is_empty());
}

#[test]
fn whom_a_run_has_still_to_do_with_is_not_forgotten() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.faults(
        &json!({"faults": [{"route": "bulk", "times": 1, "do": {"answer": {"status": 401}}}]}),
    );
    let export = world.file("people.csv", "UserID\nZed-9\n");
    world.json(&sandbox, &["sync", &export]).exits(1);
    let refused = world.run(&["state", "forget", "Zed-9", "--yes"]).exits(1);
    assert!(
        refused.stderr.contains("crewsync resume"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_purge_leaves_the_newest_runs_and_wants_a_month_at_least() {
    let (world, _sandbox) = two_nights();
    world
        .run(&["state", "purge", "--older-than", "7d", "--yes"])
        .exits(2);
    let purged = world
        .run(&["state", "purge", "--yes", "--json"])
        .exits(0)
        .document();
    assert_eq!(
        (&purged["runs"], &purged["files"]),
        (&json!([]), &json!([]))
    );
    let history = world.run(&["history", "--json"]).exits(0).document();
    assert_eq!(history["runs"].as_array().unwrap().len(), 2);
}
