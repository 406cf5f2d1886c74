//! Who is meant: pointers in every notation, notes on the right lines, causes that several rows share.

use serde_json::{Value as Json, json};

use super::support::World;
use super::support::crowd::{Crowd, user_id};

#[test]
fn every_notation_in_both_formats_leads_straight_to_the_rows() {
    // Nothing but creates: one chunk, no canary.
    let crowd = Crowd::new(0, 20);
    let bad = [6, 17].map(user_id);
    for data_path in [
        "pointer",
        "javascript",
        "dot_javascript",
        "dollar",
        "bracket",
        "fragment",
    ] {
        for format in ["a", "b"] {
            for details in ["first", "all"] {
                let what = format!("{data_path}, {format}, {details}");
                crowd.begin(&json!({
                    "switches": {"data_path": data_path, "error_format": format, "details": details},
                    "faults": [{"route": "bulk", "do": {"reject": {
                        "users": bad, "property": "Email", "message": "taken"
                    }}}]
                }));
                let done = crowd.sync(&[]);
                assert_eq!((done.code, done.figure("rejected")), (3, 2), "{what}");
                crowd.assert_all_but(&[&bad[0], &bad[1]], &what);
                // The chunk; then each bad row alone and the rest again, or both alone and the rest once.
                let calls = if details == "first" { 5 } else { 4 };
                assert_eq!(crowd.sandbox.bulk_calls().len(), calls, "{what}");
                let document = done.document();
                for note in document["answers"].as_array().expect("answers") {
                    let line = if note["user_id"] == bad[0] { 7 } else { 18 };
                    assert_eq!(note["line"], line, "{what}: {note}");
                    assert_eq!(note["message"], "taken", "{what}: {note}");
                }
            }
        }
    }
}

#[test]
fn notes_stand_on_the_lines_of_the_export_however_the_rows_are_sent() {
    // Sent in another order than they stand: updates go before creates, and a line is blank.
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([
        {"UserID": "old", "Email": "a@example.com"},
        {"UserID": "deprecated", "EntityEmployeeNumber": "7"}
    ]));
    let export = "UserID,Email\nnew,n@example.com\n\nbad,b@example.com\ndeprecated,d@example.com\nold,o@example.com\n";
    let file = world.file("people.csv", export);
    sandbox.faults(&json!({"faults": [{"route": "bulk", "do": {"reject": {"users": ["bad"], "property": "Email"}}}]}));
    let done = world.json(&sandbox, &["sync", &file]).exits(3);
    let document = done.document();
    let notes: Vec<(&str, u64, u64)> = document["answers"]
        .as_array()
        .expect("answers")
        .iter()
        .map(|note| {
            (
                note["user_id"].as_str().expect("a user"),
                note["status"].as_u64().expect("a status"),
                note["line"].as_u64().expect("a line"),
            )
        })
        .collect();
    // The canary holds all four; then the suspect goes alone, and the rest.
    assert_eq!(
        notes,
        [("bad", 400, 4), ("bad", 400, 4), ("deprecated", 200, 5)]
    );
}

#[test]
fn three_rows_bad_for_one_cause_hold_the_others_with_it() {
    let world = World::new();
    for details in ["first", "all"] {
        let sandbox = world.sandbox();
        let rows = (1..=60).map(|number| {
            let team = if number % 3 == 0 { "NOPE" } else { "EAST" };
            format!("T-{number:04},{team}\n")
        });
        let file = format!("UserID,ServiceTeamID\n{}", rows.collect::<String>());
        let file = world.file("people.csv", file);
        sandbox.faults(&json!({
            "switches": {"details": details},
            "faults": [{"route": "bulk", "do": {"reject": {"having": {"ServiceTeamID": "NOPE"}, "property": "ServiceTeamID"}}}]
        }));
        let state = world.path(details).display().to_string();
        let done = world
            .json(&sandbox, &["sync", &file, "--state", &state])
            .exits(3);
        let document = done.document();
        let ended = |status: &str, reason: &str| {
            let outcomes = document["outcomes"].as_array().expect("outcomes");
            let is_so =
                |outcome: &&Json| outcome["status"] == status && outcome["reason"] == reason;
            outcomes.iter().filter(is_so).count()
        };
        assert_eq!(ended("applied", "sent"), 40, "{details}");
        assert_eq!(ended("rejected", "refused_alone"), 3, "{details}");
        assert_eq!(ended("held", "same_cause"), 17, "{details}");
        let teams = sandbox.users().into_values();
        let teams: Vec<Json> = teams.map(|user| user["ServiceTeamID"].clone()).collect();
        assert_eq!(teams, vec![json!("EAST"); 40], "{details}");
        // The chunk, three rows alone, and the rest: again after each row, or once.
        let calls = sandbox.bulk_calls().len();
        assert!(calls <= 8, "{details}: {calls}");
    }
}
