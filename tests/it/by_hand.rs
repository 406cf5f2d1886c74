//! `user`, `role` and `team`: each command in the real program, against the sandbox.

#[path = "by_hand/journal.rs"]
mod journal;
#[path = "by_hand/passwords.rs"]
mod passwords;
#[path = "by_hand/powers.rs"]
mod powers;
#[path = "by_hand/protected.rs"]
mod protected;
#[path = "by_hand/put.rs"]
mod put;
#[path = "by_hand/trouble.rs"]
mod trouble;

use serde_json::{Value as Json, json};

use crate::support::{Done, Sandbox, World};

/// Ann has all that a user can have; Bo is plain.
fn sandbox(world: &World) -> Sandbox {
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([
        {"UserID": "T-1", "FirstName": "Ann", "LastName": "Ek", "Email": "ann@example.com", "IsMobileWorker": true,
         "StorageLocationID": "VAN-1", "Password": "ann's own", "Custom": 7.50, "Extensions": {"Grade": "3"}},
        {"UserID": "T 2/é", "FirstName": "Bo", "Email": "bo@example.com"},
    ]));
    sandbox
}

/// Requests that could change something, as "PUT path", the seed's left out.
fn writes(sandbox: &Sandbox) -> Vec<String> {
    let text = |request: &Json, key: &str| request[key].as_str().unwrap_or_default().to_owned();
    sandbox
        .requests()
        .iter()
        .filter(|request| request["method"] != "GET")
        .map(|request| format!("{} {}", text(request, "method"), text(request, "path")))
        .filter(|line| !line.ends_with("/bulk/Users") && !line.ends_with("/createjwt"))
        .collect()
}

/// Runs a command whose answer is yes.
fn yes(world: &World, sandbox: &Sandbox, arguments: &[&str]) -> Done {
    world.json(sandbox, &[arguments, &["--yes"]].concat())
}

#[test]
fn a_user_is_shown_whole_and_a_missing_one_is_an_error() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let shown = world.json(&sandbox, &["user", "get", "T-1"]).exits(0);
    assert_eq!(shown.document(), sandbox.users()["T-1"]);
    let told = world.run_on(&sandbox, &["user", "get", "T 2/é"]).exits(0);
    assert!(
        told.stdout.contains("\"bo@example.com\""),
        "{}",
        told.stdout
    );
    let missing = world.json(&sandbox, &["user", "get", "t-1"]).exits(1);
    let said = missing.document()["error"]["message"].to_string();
    assert!(said.contains("has no user t-1"), "{said}");
    assert!(!world.path(".crewsync").exists(), "reading leaves no trace");
}

#[test]
fn a_query_passes_on_what_was_asked_for() {
    let world = World::new();
    let sandbox = sandbox(&world);
    for (options, found) in [
        (&[][..], vec!["T 2/é", "T-1"]),
        (&["--filter", "FirstName:Ann"], vec!["T-1"]),
        (&["--q", "bo@::in:Email"], vec!["T 2/é"]),
        (&["--sort", "-UserID"], vec!["T-1", "T 2/é"]),
        (&["--sort", "UserID", "--limit", "1"], vec!["T 2/é"]),
        (&["--sort", "UserID", "--start", "1"], vec!["T-1"]),
    ] {
        let done = world
            .json(&sandbox, &[&["user", "query"], options].concat())
            .exits(0);
        let users = done.document()["Users"].as_array().expect("users").clone();
        let ids: Vec<&str> = users
            .iter()
            .filter_map(|user| user["UserID"].as_str())
            .collect();
        assert_eq!(ids, found, "{options:?}");
    }
    let table = world.run_on(&sandbox, &["user", "query"]).exits(0);
    assert!(table.stdout.contains("Ann Ek") && table.stdout.ends_with("2 users\n"));
}

#[test]
fn roles_are_read_and_set_from_both_sides_and_taking_one_is_asked_about() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let roles = |user: &str| {
        let done = world
            .json(&sandbox, &["user", "roles", "get", user])
            .exits(0);
        done.document()["roles"].clone()
    };
    world
        .json(&sandbox, &["user", "roles", "set", "T-1", "A", "B"])
        .exits(0);
    assert_eq!(roles("T-1"), json!(["A", "B"]));
    let before = writes(&sandbox);
    let again = world
        .json(&sandbox, &["user", "roles", "set", "T-1", "B", "A"])
        .exits(0);
    assert_eq!(again.document()["status"], "unchanged");
    let asked = world
        .run_on(&sandbox, &["user", "roles", "set", "T-1", "A"])
        .exits(2);
    assert!(asked.stderr.contains("Take B from T-1"), "{}", asked.stderr);
    assert_eq!(writes(&sandbox), before, "nothing was sent");
    let done = yes(&world, &sandbox, &["user", "roles", "set", "T-1", "A"]).exits(0);
    assert_eq!(done.document()["changes"], json!([{"taken": "B"}]));

    world
        .json(&sandbox, &["role", "users", "add", "A", "T-1", "T 2/é"])
        .exits(0);
    let members = || {
        let done = world
            .json(&sandbox, &["role", "users", "get", "A"])
            .exits(0);
        done.document()["users"].clone()
    };
    assert_eq!(members(), json!(["T 2/é", "T-1"]));
    world
        .run_on(&sandbox, &["role", "users", "remove", "A", "T-1"])
        .exits(2);
    assert_eq!(members(), json!(["T 2/é", "T-1"]));
    yes(
        &world,
        &sandbox,
        &["role", "users", "remove", "A", "T-1", "T-9"],
    )
    .exits(0);
    assert_eq!((members(), roles("T-1")), (json!(["T 2/é"]), json!([])));
    world
        .run_on(&sandbox, &["role", "users", "set", "A", "T-1"])
        .exits(2);
    yes(&world, &sandbox, &["role", "users", "set", "A", "T-1"]).exits(0);
    assert_eq!((members(), roles("T-1")), (json!(["T-1"]), json!(["A"])));
}

#[test]
fn teams_are_read_and_set_from_both_sides() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let members = |team: &str| {
        let done = world
            .json(&sandbox, &["team", "users", "get", team])
            .exits(0);
        done.document()["users"].clone()
    };
    world
        .json(
            &sandbox,
            &["user", "service-teams", "set", "T-1", "EAST", "WEST"],
        )
        .exits(0);
    assert_eq!(
        (members("EAST"), members("WEST")),
        (json!(["T-1"]), json!(["T-1"]))
    );
    world
        .run_on(&sandbox, &["team", "users", "set", "EAST", "T 2/é"])
        .exits(2);
    assert_eq!(members("EAST"), json!(["T-1"]));
    yes(&world, &sandbox, &["team", "users", "set", "EAST", "T 2/é"]).exits(0);
    assert_eq!(members("EAST"), json!(["T 2/é"]));
    world
        .run_on(&sandbox, &["user", "service-teams", "set", "T-1"])
        .exits(2);
    yes(&world, &sandbox, &["user", "service-teams", "set", "T-1"]).exits(0);
    assert_eq!(members("WEST"), json!([]));
}

#[test]
fn an_entity_goes_in_and_comes_out() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let entity = json!({"Name": "Ek & Co", "SystemID": "E-1", "Addresses": [{"City": "Montréal", "Lat": 45.50}]});
    let file = world.file("entity.json", entity.to_string());
    world
        .json(&sandbox, &["user", "entity", "put", "T-1", &file])
        .exits(0);
    let found = world
        .json(&sandbox, &["user", "entity", "get", "T-1"])
        .exits(0)
        .document();
    for (name, value) in entity.as_object().expect("an object") {
        assert_eq!(found[name], *value, "{name}");
    }
    let told = world
        .run_on(&sandbox, &["user", "entity", "get", "T-1"])
        .exits(0);
    assert!(told.stdout.contains("Addresses.0.City"), "{}", told.stdout);
    let missing = world
        .json(&sandbox, &["user", "entity", "put", "T-9", &file])
        .exits(1);
    assert!(missing.stderr.contains("410"), "{}", missing.stderr);
}

#[test]
fn a_storage_location_changes_with_what_comes_along_and_dropping_all_is_asked_about() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let move_to = ["user", "change-storage-location", "T-1", "VAN-2"];
    let location = || sandbox.users()["T-1"]["StorageLocationID"].clone();
    let asked = world.run_on(&sandbox, &move_to).exits(2);
    assert!(
        asked.stderr.contains("drop all items of VAN-1"),
        "{}",
        asked.stderr
    );
    assert_eq!(location(), "VAN-1");
    let options = ["--migrate-inventory", "--migrate-stock-levels-data"];
    world
        .json(&sandbox, &[&move_to[..], &options].concat())
        .exits(0);
    assert_eq!(location(), "VAN-2");
    let taken = ["user", "change-storage-location", "T 2/é", "VAN-2"];
    let refused = world.json(&sandbox, &taken).exits(1);
    assert!(refused.stderr.contains("409"), "{}", refused.stderr);
}

#[test]
fn a_user_is_deleted_only_after_a_yes() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let asked = world
        .run_on(&sandbox, &["user", "delete", "T 2/é"])
        .exits(2);
    assert!(
        asked.stderr.contains("Delete T 2/é (Bo)"),
        "{}",
        asked.stderr
    );
    assert_eq!(sandbox.users().len(), 2);
    let done = yes(&world, &sandbox, &["user", "delete", "T 2/é"]).exits(0);
    assert_eq!(done.document()["status"], "applied");
    assert!(!sandbox.users().contains_key("T 2/é"));
    yes(&world, &sandbox, &["user", "delete", "T 2/é"]).exits(1);
}
