//! The main job under each position of each switch of the sandbox: whatever the real server does where no page says
//! it, the tenant ends as the export wants it, nothing else changes, and the next run has nothing to do.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::support::{Sandbox, World};

/// One to create, one to change, one to switch off, one who stays, one whom only the tenant knows.
const EXPORT: &str = "UserID,FirstName,Email,Activated\n\
    N-1,Nina,nina@example.com,true\n\
    T-1,Anna,ann@example.com,true\n\
    T-2,Bo,bo@example.com,false\n\
    T-3,Cy,cy@example.com,true\n";

/// Every position that no test of its own has to look for trouble under.
fn positions() -> Vec<Json> {
    let mut positions = vec![
        json!({}),
        json!({"bulk": "partial"}),
        json!({"bulk": "stops"}),
        json!({"omitted": "kept"}),
        json!({"deleted": "soft"}),
        json!({"duplicates": "refused"}),
        json!({"user_ids": "any_case"}),
        json!({"absent_get": 404}),
        json!({"absent_delete": 410}),
        json!({"chunk_users_max": 1}),
        json!({"chunk_bytes_max": 400}),
        json!({"shared_locations": true}),
        json!({"known_teams": ["EAST"]}),
        json!({"tidies": true}),
        json!({"get_omits": ["SMS"]}),
        json!({"query_shape": "envelope"}),
        json!({"query_page_max": 1}),
        json!({"query_fields": ["UserID", "Email"]}),
        json!({"query_renames": {"Email": "Mail"}}),
        json!({"query_visible": "UserID:T-1"}),
        json!({"query_hidden": ["T-2"]}),
        json!({"query_status": 403}),
        json!({"error_format": "b"}),
        json!({"details": "all"}),
        json!({"token_lifetime_s": 1}),
    ];
    for notation in [
        "javascript",
        "dot_javascript",
        "dollar",
        "bracket",
        "fragment",
        "none",
    ] {
        positions.push(json!({ "data_path": notation }));
    }
    positions
}

fn sandbox(world: &World) -> Sandbox {
    let users = json!([
        {"UserID": "T-1", "FirstName": "Ann", "Email": "ann@example.com", "ServiceTeamID": "EAST", "Custom": 7},
        {"UserID": "T-2", "FirstName": "Bo", "Email": "bo@example.com", "Extensions": {"Grade": "3"}},
        {"UserID": "T-3", "FirstName": "Cy", "Email": "cy@example.com"},
        {"UserID": "T-4", "FirstName": "Di", "Email": "di@example.com"},
    ]);
    let seed = world.file("seed.json", users.to_string());
    Sandbox::start(&["--limits", "off", "--seed", &seed])
}

#[test]
fn under_every_position_the_job_is_done_and_done_once() {
    let first = World::new();
    let sandbox = sandbox(&first);
    for switches in positions() {
        let world = World::new();
        sandbox.post("/sandbox/reset", &json!({}));
        sandbox.faults(&json!({ "switches": switches }));
        let people = world.file("people.csv", EXPORT);
        let before = sandbox.users();
        let done = world.json(&sandbox, &["sync", &people]);
        assert_eq!(done.code, 0, "{switches}: {}\n{}", done.stderr, done.stdout);
        let after = sandbox.users();
        assert_eq!(after["N-1"]["Email"], "nina@example.com", "{switches}");
        assert_eq!(after["T-1"]["FirstName"], "Anna", "{switches}");
        assert_eq!(after["T-2"]["Activated"], false, "{switches}");
        for (user_id, changed) in [
            ("T-1", "FirstName"),
            ("T-2", "Activated"),
            ("T-3", ""),
            ("T-4", ""),
        ] {
            let told = |users: &std::collections::BTreeMap<String, Json>| {
                let mut user = users[user_id].as_object().expect("a user").clone();
                user.shift_remove(changed);
                // What every user has may be written out or not.
                user.retain(|_, value| {
                    *value != json!(false) && *value != json!("") && *value != json!(true)
                });
                user
            };
            assert_eq!(told(&after), told(&before), "{switches}: {user_id}");
        }
        let calls = sandbox.bulk_calls().len();
        let again = world.json(&sandbox, &["sync", &people]);
        assert_eq!(again.code, 0, "{switches}: {}", again.stderr);
        assert_eq!(again.figure("unchanged"), 4, "{switches}: {}", again.stdout);
        assert_eq!(
            sandbox.bulk_calls().len(),
            calls,
            "{switches}: nothing is left to send"
        );
    }
}

#[test]
fn no_switch_is_forgotten() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let script = sandbox.get("/sandbox/faults");
    let switches = script["switches"].as_object().expect("switches");
    let tried: BTreeSet<String> = positions()
        .iter()
        .filter_map(|position| position.as_object()?.keys().next().cloned())
        .collect();
    for name in switches.keys() {
        assert!(tried.contains(name), "{name}");
    }
}

#[test]
fn a_database_outlives_its_sandbox() {
    let world = World::new();
    let options = ["--limits", "off", "--db", "tenant.db"];
    let folder = world.path("");
    let entity = world.file("entity.json", r#"{"Name":"Ek"}"#);
    let before = {
        let sandbox = Sandbox::start_in(&folder, &options);
        sandbox.put_users(
            &json!([{"UserID": "T-1", "Password": "ann's own", "ResetPassword": false}]),
        );
        for command in [
            &["user", "roles", "set", "T-1", "PLANNER"][..],
            &["user", "service-teams", "set", "T-1", "EAST", "WEST"],
            &["user", "entity", "put", "T-1", &entity],
            &["user", "send-reset-email", "T-1", "--yes"],
        ] {
            world
                .run_on(&sandbox, &[command, &["--state", "one"]].concat())
                .exits(0);
        }
        sandbox.users()
    };
    let sandbox = Sandbox::start_in(&folder, &options);
    assert_eq!(sandbox.users(), before);
    let asked = |command: &[&str]| world.json(&sandbox, command).exits(0).document();
    assert_eq!(
        asked(&["role", "users", "get", "PLANNER"])["users"],
        json!(["T-1"])
    );
    assert_eq!(
        asked(&["team", "users", "get", "WEST"])["users"],
        json!(["T-1"])
    );
    assert_eq!(asked(&["user", "entity", "get", "T-1"])["Name"], "Ek");
    assert_eq!(sandbox.get("/sandbox/mails")[0]["kind"], "reset_link");
    let logon = json!({"username": "T-1", "password": "ann's own"}).to_string();
    let (status, _) = crate::support::http(sandbox.host(), "POST", "/createjwt", &logon);
    assert_eq!(status, 200, "passwords are kept");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata(world.path("tenant.db"))
            .expect("it")
            .permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
}
