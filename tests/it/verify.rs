//! After a run written users are read again: what the tenant did not keep is said, and what it stores in a form of
//! its own is not sent every night.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crewsync::model::{Outcome, Plan, Status};
use crewsync::store::{StateDir, Store, TenantIdentity};

use super::support::crowd::GUARDS_OFF;
use super::support::fault_server::{Act, Dialect, FaultServer};
use super::support::{Done, World};

#[test]
fn what_was_confirmed_and_not_kept_is_unconfirmed() {
    let server = FaultServer::start(&people(), |call| match call.number {
        1 => Act::confirm(),
        _ => Act::answer(false, Dialect::Plain.write(200, r#"{"code":200}"#)),
    });
    let world = World::new();
    let done = on(&world, &server, &["sync", &export(&world), "--json"]).exits(3);
    assert_eq!((done.figure("updated"), done.figure("unconfirmed")), (5, 3));
    let outcomes = &done.document()["outcomes"];
    assert_eq!(outcomes[7]["reason"], "different_afterwards", "{outcomes}");
    assert!(done.stderr.contains("3 unconfirmed"), "{}", done.stderr);
    // It is not sent again on its own, and the run is over.
    let nothing = on(&world, &server, &["resume"]).exits(0);
    assert_eq!(nothing.stdout, "nothing to resume\n");
}

#[test]
fn whom_to_read_can_be_set() {
    for (verify, reads) in [("all", 8), ("sample", 8), ("none", 0)] {
        let server = FaultServer::start(&people(), |_| Act::confirm());
        let world = World::new();
        let settings = format!("[delivery]\nverify = \"{verify}\"\n");
        let config = world.file("settings.toml", settings);
        let arguments = ["sync", &export(&world), "--config", &config];
        on(&world, &server, &arguments).exits(0);
        let arrivals = server.arrivals();
        let last = arrivals.iter().rposition(|arrival| arrival.is_bulk());
        let after = &arrivals[last.expect("a bulk call") + 1..];
        assert_eq!(after.len(), reads, "{verify}");
    }
}

#[test]
fn a_tenant_that_cannot_be_read_again_leaves_a_warning() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!(people()));
    // Eight are read for the plan and five for the canary.
    let script = json!({"faults": [
        {"route": "user_get", "from": 14, "do": {"answer": {"status": 500}}},
    ]});
    sandbox.faults(&script);
    let done = world.json(&sandbox, &["sync", &export(&world)]).exits(0);
    assert_eq!(done.figure("updated"), 8);
    let problems = &done.document()["problems"];
    assert_eq!(problems[0]["code"], "not_verified", "{problems}");
}

#[test]
fn a_value_that_the_tenant_stores_in_its_own_form_is_sent_once() {
    let server = FaultServer::start(&people(), |call| {
        let mut users = call.users.clone();
        for user in &mut users {
            let mail = user["Email"].as_str().expect("a mail").to_lowercase();
            user["Email"] = json!(mail);
        }
        Act::confirm().storing(users)
    });
    let world = World::new();
    let rows = (1..=8).map(|n| format!("T-{n},New{n}@Example.com\n"));
    let export = format!("UserID,Email\n{}", rows.collect::<String>());
    let export = world.file("people.csv", export);
    let first = on(&world, &server, &["sync", &export, "--json"]).exits(0);
    assert_eq!(first.figure("updated"), 8, "{}", first.stdout);
    assert_eq!(server.users()["T-1"]["Email"], "new1@example.com");

    let calls = server.bulk_calls().len();
    let plan = on(&world, &server, &["plan", &export, "--json"]).exits(0);
    assert_eq!((plan.figure("unchanged"), plan.figure("update")), (8, 0));
    let second = on(&world, &server, &["sync", &export, "--json"]).exits(0);
    assert_eq!(second.figure("unchanged"), 8, "{}", second.stdout);
    assert_eq!(server.bulk_calls().len(), calls);

    // Another value is still a difference.
    let other = "UserID,Email\nT-1,Newer1@Example.com\n";
    world.file("crewsync.toml", GUARDS_OFF);
    let other = world.file("other.csv", other);
    let plan = on(&world, &server, &["plan", &other, "--json"]).exits(0);
    assert_eq!(plan.figure("update"), 1, "{}", plan.stdout);
}

#[test]
fn the_same_change_on_the_third_night_is_held() {
    let server = FaultServer::start(&people(), |_| Act::confirm());
    let world = World::new();
    let export = export(&world);
    let plan = on(&world, &server, &["plan", &export, "--json"]).exits(0);
    let plan: Plan = serde_json::from_str(&plan.stdout).expect("a plan");
    remember_nights(&world, &server, &plan, &[2]);
    let second = on(&world, &server, &["plan", &export, "--json"]).exits(0);
    assert_eq!((second.figure("update"), second.figure("held")), (8, 0));

    remember_nights(&world, &server, &plan, &[1]);
    let third = on(&world, &server, &["sync", &export, "--json"]).exits(3);
    assert_eq!((third.figure("update"), third.figure("held")), (0, 8));
    let changes = &on(&world, &server, &["plan", &export, "--json"])
        .exits(3)
        .document()["changes"];
    assert_eq!(changes[0]["held"], "not_converging", "{changes}");
    assert_eq!(server.bulk_calls().len(), 0);

    world.file("crewsync.toml", GUARDS_OFF);
    let other = world.file("other.csv", "UserID,Email\nT-1,other@example.com\n");
    let plan = on(&world, &server, &["plan", &other, "--json"]).exits(0);
    assert_eq!(plan.figure("update"), 1, "another value is another change");
}

/// Journals runs of so many days ago in which the plan was reported applied.
fn remember_nights(world: &World, server: &FaultServer, plan: &Plan, days_ago: &[i64]) {
    let identity = TenantIdentity {
        name: String::new(),
        base_url: server.base_url(),
        customer: None,
    };
    let dir = StateDir::open(&world.path(".crewsync")).expect("a state directory");
    let lock = dir.lock("test").expect("its lock");
    let mut store = Store::open(&lock, &identity).expect("a store");
    for days in days_ago {
        let run = format!("{days} days ago");
        let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
        store.begin_run(&run, plan, "default", at).expect("a run");
        let applied = (0..).zip(&plan.changes).map(|(seq, change)| {
            let outcome = Outcome {
                user_id: change.user_id.clone(),
                line: change.line(),
                action: change.action,
                status: Status::Applied,
                reason: None,
                code: None,
                message: None,
                data_path: None,
            };
            (seq, outcome)
        });
        let applied: Vec<(u32, Outcome)> = applied.collect();
        store.record_outcomes(&run, &applied, at).expect("its ends");
    }
}

fn on(world: &World, server: &FaultServer, arguments: &[&str]) -> Done {
    let mut command = world.command_on(&server.base_url(), arguments);
    Done::of(command.output().expect("the program runs"))
}

fn export(world: &World) -> String {
    let rows = (1..=8).map(|n| format!("T-{n},new{n}@example.com\n"));
    world.file(
        "people.csv",
        format!("UserID,Email\n{}", rows.collect::<String>()),
    )
}

fn people() -> Vec<Json> {
    (1..=8)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": format!("old{n}@example.com")}))
        .collect()
}
