//! `doctor --probe` tells the position of every switch of the sandbox, leaves nobody behind, and what it found
//! out is heeded.

use serde_json::{Map, Value as Json, json};

use crate::support::{Done, Sandbox, World};

const PROBE: &str = "crewsync-Probe";

/// Chunks are probed up to here.
const CONFIG: &str = "[delivery]\nchunk_users_max = 40\nchunk_bytes_max = 6400\n";

/// A world whose tenant knows three users, of whom one has a storage location and one may log on.
fn world() -> (World, Sandbox) {
    let world = World::new();
    world.file("crewsync.toml", CONFIG);
    let users = json!([
        {"UserID": "T-1", "StorageLocationID": "VAN-1"},
        {"UserID": "T-2"},
        {"UserID": "hr", "Password": "let me in"},
    ]);
    let seed = world.file("seed.json", users.to_string());
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &seed]);
    (world, sandbox)
}

fn probe(world: &World, sandbox: &Sandbox, options: &[&str]) -> Done {
    let arguments = [&["doctor", "--json", "--probe", PROBE], options].concat();
    let mut command = world.command_on(sandbox.url(), &arguments);
    command
        .env_remove("CREWSYNC_TOKEN")
        .env("CREWSYNC_USERNAME", "hr")
        .env("CREWSYNC_PASSWORD", "let me in");
    Done::of(command.output().expect("it runs"))
}

/// What is found out of a sandbox whose switches are as they begin.
fn as_it_begins() -> Map<String, Json> {
    let habits = json!({
        "absent_get": 410, "absent_delete": 200, "deleted": "hard", "omitted": "cleared", "null": "cleared",
        "empty": "cleared", "bulk": "atomic", "duplicates": "in_order", "user_ids": "exact",
        "chunk_users_max": {"passed": 40, "is_limit": false},
        "chunk_bytes_max": {"passed": 6400, "is_limit": false},
        "shared_locations": false, "knows_teams": false, "tidies": false, "get_omits": [], "query_status": null,
        "query_shape": "bare", "query_page_max": {"passed": 4, "is_limit": false}, "query_lacks": [],
        "query_renames": {}, "query_shows_all": true, "error_format": "a", "data_path": "pointer",
        "details": "first", "token_lifetime_s": 3600,
    });
    habits.as_object().expect("an object").clone()
}

/// Switches of which the answer is the position itself, under the same name.
fn told_as_they_are() -> Vec<Json> {
    let mut switches = vec![
        json!({}),
        json!({"bulk": "partial"}),
        json!({"bulk": "stops"}),
        json!({"omitted": "kept"}),
        json!({"deleted": "soft"}),
        json!({"duplicates": "refused"}),
        json!({"user_ids": "any_case"}),
        json!({"absent_get": 404}),
        json!({"absent_delete": 410}),
        json!({"shared_locations": true}),
        json!({"tidies": true}),
        json!({"get_omits": ["Extensions", "SMS"]}),
        json!({"query_shape": "envelope"}),
        json!({"query_renames": {"SMS": "Text"}}),
        json!({"error_format": "b"}),
        json!({"details": "all"}),
        json!({"token_lifetime_s": 77}),
    ];
    for notation in [
        "javascript",
        "dot_javascript",
        "dollar",
        "bracket",
        "fragment",
        "none",
    ] {
        switches.push(json!({ "data_path": notation }));
    }
    switches
}

/// Switches of which something else is found out.
fn told_otherwise() -> Vec<(Json, Json)> {
    let page = |passed: u64, is_limit: bool| json!({"passed": passed, "is_limit": is_limit});
    let not_shown = |page| json!({"query_shows_all": false, "query_page_max": page, "query_lacks": null, "query_renames": null});
    vec![
        (
            json!({"chunk_users_max": 7}),
            json!({"chunk_users_max": page(7, true)}),
        ),
        (
            json!({"known_teams": ["EAST"]}),
            json!({"knows_teams": true}),
        ),
        (
            json!({"query_status": 403}),
            json!({"query_status": 403, "query_shape": null, "query_page_max": null, "query_lacks": null,
                   "query_renames": null, "query_shows_all": null, "shared_locations": null}),
        ),
        (
            json!({"query_page_max": 2}),
            json!({"query_page_max": page(2, true)}),
        ),
        (
            json!({"query_visible": "UserID:T-1"}),
            not_shown(page(1, false)),
        ),
        (json!({"query_hidden": [PROBE]}), not_shown(page(3, false))),
    ]
}

#[test]
fn every_position_of_every_switch_is_told_and_nobody_is_left() {
    let (world, sandbox) = world();
    let as_they_are = told_as_they_are().into_iter();
    let positions = as_they_are.map(|switches| (switches.clone(), switches));
    for (switches, found_out) in positions.chain(told_otherwise()) {
        sandbox.post("/sandbox/reset", &json!({}));
        sandbox.faults(&json!({ "switches": switches }));
        let before = sandbox.users();
        let done = probe(&world, &sandbox, &["--yes"]);
        assert_eq!(done.code, 0, "{switches}: {} {}", done.stdout, done.stderr);
        let mut expected = as_it_begins();
        expected.extend(found_out.as_object().expect("an object").clone());
        let mut habits = done.document()["habits"]
            .as_object()
            .expect("habits")
            .clone();
        if let Some(omitted) = habits["get_omits"].as_array_mut() {
            omitted.sort_by_key(Json::to_string);
        }
        for (question, answer) in &expected {
            assert_eq!(&habits[question], answer, "{switches}: {question}");
        }
        assert_eq!(
            habits.len(),
            expected.len(),
            "a question that is not looked at here"
        );
        let mut after = sandbox.users();
        if switches.get("deleted").is_some() {
            assert_eq!(after[PROBE]["Deleted"], true);
            after.remove(PROBE);
        }
        assert_eq!(
            after, before,
            "{switches}: nobody is left, nobody has changed"
        );
        assert_eq!(
            sandbox.get("/sandbox/mails"),
            json!([]),
            "{switches}: nobody is mailed"
        );
    }
}

#[test]
fn a_limit_of_bytes_and_what_the_query_lacks_are_told() {
    let (world, sandbox) = world();
    sandbox.faults(
        &json!({"switches": {"chunk_bytes_max": 2000, "query_fields": ["UserID", "Email"]}}),
    );
    let done = probe(&world, &sandbox, &["--yes"]).exits(0);
    let habits = &done.document()["habits"];
    let bytes = habits["chunk_bytes_max"]["passed"]
        .as_u64()
        .expect("a limit");
    assert!((1_900..=2_000).contains(&bytes), "{bytes}");
    let lacks = habits["query_lacks"].as_array().expect("a list");
    assert!(
        lacks.contains(&json!("LastName")) && !lacks.contains(&json!("Email")),
        "{lacks:?}"
    );
}

#[test]
fn nobody_is_made_without_a_yes_and_nobody_who_exists_is_touched() {
    let (world, sandbox) = world();
    let asked = probe(&world, &sandbox, &[]).exits(2);
    assert!(
        asked.stderr.contains("Make and delete the user"),
        "{}",
        asked.stderr
    );
    sandbox.put_users(&json!([{"UserID": PROBE, "Email": "a@example.com"}]));
    let before = sandbox.users();
    let exists = probe(&world, &sandbox, &["--yes"]).exits(1);
    assert!(
        exists
            .stdout
            .contains("there is a user crewsync-Probe already"),
        "{}",
        exists.stdout
    );
    assert_eq!(sandbox.users(), before);
}

#[test]
fn a_probe_that_breaks_off_leaves_nobody_and_keeps_no_answers() {
    let (world, sandbox) = world();
    for from in [2, 4, 7] {
        let fail = json!({"faults": [{"route": "bulk", "from": from, "times": 1, "do": {"reset": "after"}}]});
        sandbox.faults(&fail);
        let done = probe(&world, &sandbox, &["--yes"]).exits(1);
        assert!(
            done.stdout.contains("the answers so far are not kept"),
            "{}",
            done.stdout
        );
        assert!(!sandbox.users().contains_key(PROBE), "{from}");
    }
}

#[test]
fn runs_go_by_what_was_found_out() {
    let (world, sandbox) = world();
    let rows: String = (0..20).map(|n| format!("N-{n},Ann\n")).collect();
    let people = world.file("people.csv", format!("UserID,FirstName\n{rows}"));
    let switches =
        json!({"switches": {"chunk_users_max": 7, "absent_get": 404, "query_status": 403}});
    sandbox.faults(&switches);
    let calls = |done: &Done| done.figure("calls");
    let before = world.json(&sandbox, &["plan", &people]);
    probe(&world, &sandbox, &["--yes"]).exits(0);
    assert_eq!(before.code, 2, "404 of all users: {}", before.stderr);
    let plan = world.json(&sandbox, &["plan", &people]).exits(0);
    assert_eq!(calls(&plan), 3, "at most 7 users in a call");
    let seen = sandbox.bulk_calls().len();
    world.json(&sandbox, &["sync", &people]).exits(0);
    let chunks = sandbox.bulk_calls().split_off(seen);
    let sizes = chunks
        .iter()
        .map(|call| call["users"].as_array().map_or(0, Vec::len));
    assert!(sizes.max() <= Some(7), "{chunks:?}");
    assert!(
        chunks.iter().all(|call| call["status"] == 200),
        "no 413: {chunks:?}"
    );
}
