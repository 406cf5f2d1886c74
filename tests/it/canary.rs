//! The first chunk with updates is small and looked at closely: if the tenant does more than the plan says, the
//! others are safe.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::support::crowd::{Crowd, GUARDS_OFF};
use super::support::fault_server::{Act, Dialect, FaultServer};
use super::support::{Done, World};

const USERS: usize = 40;

#[test]
fn a_tenant_that_touches_more_than_was_planned_is_stopped_at_five_users() {
    let clears: fn(&mut Json) = |user| {
        if let Some(user) = user.as_object_mut() {
            user.shift_remove("Extensions");
        }
    };
    let rewrites: fn(&mut Json) = |user| user["Grade"] = json!(0);
    let locks_out: fn(&mut Json) = |user| user["Activated"] = json!(false);
    for (property, alter) in [
        ("Extensions.Badge", clears),
        ("Grade", rewrites),
        ("Activated", locks_out),
    ] {
        let confirms: fn() -> Act = || Act::confirm();
        let refuses: fn() -> Act = || {
            let body = r#"{"code":400,"detail":{"message":"no","dataPath":"/Users/1/Email"}}"#;
            Act::answer(true, Dialect::Plain.write(400, body))
        };
        let is_silent: fn() -> Act = || Act::reset(true);
        for (what, act) in [
            ("confirmed", confirms),
            ("refused", refuses),
            ("lost", is_silent),
        ] {
            let what = format!("{property}, {what}");
            let server = FaultServer::start(&residents(), move |_| act().altering(alter));
            let done = sync(&server);
            assert_eq!(done.code, 1, "{what}: {}", done.stderr);
            let error = done.document()["error"].to_string();
            assert!(error.contains(property), "{what}: {error}");
            let touched: BTreeSet<String> = server
                .ledger()
                .into_iter()
                .map(|entry| entry.user_id)
                .collect();
            assert!((1..=5).contains(&touched.len()), "{what}: {touched:?}");
            assert_eq!(server.bulk_calls().len(), 1, "{what}");
        }
    }
}

#[test]
fn a_canary_that_comes_back_as_planned_lets_the_others_go() {
    let server = FaultServer::start(&residents(), |_| Act::confirm());
    let done = sync(&server).exits(0);
    assert_eq!(done.figure("updated"), USERS as u64);
    let sizes: Vec<usize> = server
        .bulk_calls()
        .iter()
        .map(|call| call.users.len())
        .collect();
    assert_eq!(sizes, [5, USERS - 5]);
}

#[test]
fn a_property_that_a_reading_no_longer_shows_holds_the_user() {
    let crowd = Crowd::new(12, 0);
    crowd.begin(&json!({}));
    crowd.sync(&[]).exits(0);
    // The same people, a night later: GET no longer shows a property, and a replace would clear it.
    crowd.begin(&json!({"switches": {"omitted": "cleared", "get_omits": ["FaceTime"]}}));
    let done = crowd.sync_again(&[]).exits(3);
    assert_eq!((done.figure("held"), done.figure("updated")), (12, 0));
    assert_eq!(crowd.sandbox.bulk_calls().len(), 0);
    let reasons = done.document()["outcomes"].to_string();
    assert!(reasons.contains("lost_property"), "{reasons}");
}

#[test]
fn what_was_cleared_on_purpose_is_not_missed_later() {
    // Once with clean answers, once with answers that leave it to reading back.
    for script in [
        json!([]),
        json!([{"route": "bulk", "times": 1, "do": {"reset": "after"}}]),
        json!([{"route": "bulk", "times": 1, "do": {"reject": {"users": ["b"], "status": 500, "bulk": "partial"}}}]),
    ] {
        let world = World::new();
        let sandbox = world.sandbox();
        sandbox.put_users(&json!([
            {"UserID": "a", "FaceTime": "x", "Email": "1@example.com"},
            {"UserID": "b", "FaceTime": "y", "Email": "2@example.com"}
        ]));
        let clears = world.file(
            "clears.json",
            r#"[{"UserID":"a","FaceTime":""},{"UserID":"b","FaceTime":""}]"#,
        );
        let map =
            "[map]\nUserID = \"UserID\"\nFaceTime = { column = \"FaceTime\", blank = \"clear\" }\n";
        let map = world.file("clear.toml", map);
        sandbox.faults(&json!({"faults": script}));
        let done = world
            .json(&sandbox, &["sync", &clears, "--config", &map])
            .exits(0);
        assert_eq!(done.figure("updated"), 2, "{script}");
        // A tenant that does not return blanks.
        sandbox.faults(&json!({"switches": {"get_omits": ["FaceTime"]}}));
        let later = world.file(
            "later.csv",
            "UserID,Email\na,3@example.com\nb,4@example.com\n",
        );
        let done = world.json(&sandbox, &["sync", &later]).exits(0);
        assert_eq!(done.figure("updated"), 2, "{script}");
    }
}

fn residents() -> Vec<Json> {
    let resident = |number: usize| {
        json!({
            "UserID": format!("T-{number:02}"),
            "Email": format!("old{number}@example.com"),
            "Activated": true,
            "Grade": number,
            "Extensions": {"Badge": format!("B{number}")}
        })
    };
    (1..=USERS).map(resident).collect()
}

/// Gives every resident a new mail address.
fn sync(server: &FaultServer) -> Done {
    let world = World::new();
    let rows = (1..=USERS).map(|number| format!("T-{number:02},new{number}@example.com\n"));
    world.file("crewsync.toml", GUARDS_OFF);
    let file = world.file(
        "people.csv",
        format!("UserID,Email\n{}", rows.collect::<String>()),
    );
    let mut command = world.command_on(&server.base_url(), &["sync", &file, "--json"]);
    Done::of(command.output().expect("the program runs"))
}
