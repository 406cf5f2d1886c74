//! When the tenant does not simply answer.

use serde_json::json;

use super::{sandbox, writes};
use crate::support::{Done, World};

const PUT: &str = r#"{"UserID":"T-1","Email":"new@example.com"}"#;

#[test]
fn a_lost_answer_is_read_back() {
    for (when, code) in [("after", 0), ("before", 1)] {
        let world = World::new();
        let sandbox = sandbox(&world);
        let lose = json!({"faults": [{"route": "user_put", "times": 1, "do": {"reset": when}}]});
        sandbox.faults(&lose);
        let file = world.file("ann.json", PUT);
        let done = world.json(&sandbox, &["user", "put", &file]).exits(code);
        assert_eq!(writes(&sandbox).len(), 1, "{when}: sent once");
        if code != 0 {
            assert!(
                done.stderr.contains("nothing has changed"),
                "{}",
                done.stderr
            );
        }
    }
}

#[test]
fn a_mail_of_which_nobody_knows_is_never_sent_again() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let lose =
        json!({"faults": [{"route": "reset_password", "times": 1, "do": {"reset": "after"}}]});
    sandbox.faults(&lose);
    let done = world
        .json(&sandbox, &["user", "reset-password", "T-1", "--yes"])
        .exits(1);
    assert!(
        done.stderr.contains("nobody knows whether"),
        "{}",
        done.stderr
    );
    assert_eq!(
        sandbox.get("/sandbox/mails").as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn what_was_not_carried_out_is_sent_again() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let wait = json!({"faults": [{"route": "user_put", "times": 1, "do": {"throttle": {"retry_after": "1"}}}]});
    sandbox.faults(&wait);
    let file = world.file("ann.json", PUT);
    world.json(&sandbox, &["user", "put", &file]).exits(0);
    assert_eq!(writes(&sandbox).len(), 2);
    assert_eq!(sandbox.users()["T-1"]["Email"], "new@example.com");
}

#[test]
fn a_login_is_renewed_once() {
    for (times, code, logins) in [(1, 0, 2), (2, 1, 2)] {
        let world = World::new();
        let sandbox = sandbox(&world);
        let expire = json!({"faults": [{"route": "user_put", "times": times, "do": {"answer": {"status": 401}}}]});
        sandbox.faults(&expire);
        let file = world.file("ann.json", PUT);
        let mut command = world.command_on(sandbox.url(), &["user", "put", &file]);
        command
            .env_remove("CREWSYNC_TOKEN")
            .env("CREWSYNC_USERNAME", "T-1")
            .env("CREWSYNC_PASSWORD", "ann's own");
        Done::of(command.output().expect("it runs")).exits(code);
        let requests = sandbox.requests();
        let of_login = requests
            .iter()
            .filter(|request| request["path"] == "/createjwt");
        assert_eq!(of_login.count(), logins);
    }
}

#[test]
fn the_tenants_reasons_are_told_with_their_place() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let file = world.file("ann.json", r#"{"UserID":"T-1","Locked":"perhaps"}"#);
    let done = world.json(&sandbox, &["user", "put", &file]).exits(1);
    assert!(done.stderr.contains("(at /Locked)"), "{}", done.stderr);
    let file = world.file("ann.json", r#"{"UserID":"T-1","EntityEmployeeNumber":"7"}"#);
    let done = world.json(&sandbox, &["user", "put", &file]).exits(0);
    assert!(done.stderr.contains("the tenant says:"), "{}", done.stderr);
    assert_eq!(
        done.document()["warnings"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn a_tenant_that_is_not_there_is_given_up() {
    let world = World::new();
    let file = world.file("ann.json", PUT);
    let done = world
        .run_at("http://127.0.0.1:9", &["user", "put", &file])
        .exits(1);
    assert!(done.stderr.contains("cannot be reached"), "{}", done.stderr);
}
