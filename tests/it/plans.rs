//! Saved plans: what is refused, what is held, what a person decides, and what is left after a kill.

#[path = "plans/review.rs"]
mod review;
#[path = "plans/unfit.rs"]
mod unfit;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::support::fault_server::{Act, FaultServer};
use crate::support::mortal::mortal;
use crate::support::{Sandbox, World};

/// An export that makes three users anew, changes two of four, and switches one off.
const EXPORT: &str = "UserID,Email,Activated\nn-1,n1@x.example,\nn-2,n2@x.example,\nn-3,n3@x.example,\n\
    a,new-a@x.example,\nb,new-b@x.example,\nc,c@x.example,no\nd,d@x.example,\n";

/// A sandbox with a, b, c and d.
fn tenant(world: &World) -> Sandbox {
    let sandbox = world.sandbox();
    let user =
        |id: &str| json!({"UserID": id, "Email": format!("{id}@x.example"), "Activated": true});
    sandbox.put_users(&json!(["a", "b", "c", "d"].map(user)));
    sandbox
}

/// Saves a plan as `plan.jsonl`.
fn plan(world: &World, sandbox: &Sandbox) -> Json {
    let export = world.file("people.csv", EXPORT);
    let done = world.json(sandbox, &["plan", &export, "--out", "plan.jsonl"]);
    done.exits(0).document()
}

fn reasons(run: &Json, status: &str) -> Vec<(String, String)> {
    let outcomes = run["outcomes"].as_array().expect("outcomes").iter();
    let ended = outcomes.filter(|outcome| outcome["status"] == status);
    let text = |outcome: &Json, key: &str| outcome[key].as_str().unwrap_or_default().to_owned();
    ended
        .map(|outcome| (text(outcome, "user_id"), text(outcome, "reason")))
        .collect()
}

#[test]
fn a_saved_plan_needs_nothing_but_itself_and_leaves_nothing_to_change() {
    let world = World::new();
    let sandbox = tenant(&world);
    let planned = plan(&world, &sandbox);
    assert!(!world.path(".crewsync").exists(), "plan writes no state");
    assert_eq!(mode(&world.path("plan.jsonl")), 0o600);
    let calls = sandbox.bulk_calls().len();
    std::fs::remove_file(world.path("people.csv")).expect("the export goes");

    let done = world.json(&sandbox, &["apply", "plan.jsonl"]).exits(0);
    let run = done.document();
    assert_eq!(run["plan"], planned["plan"]);
    assert_eq!(run["review"], Json::Null);
    assert_eq!(done.figure("created"), 3);
    assert_eq!((done.figure("updated"), done.figure("deactivated")), (2, 1));
    assert!(sandbox.bulk_calls().len() > calls);
    let export = world.file("people.csv", EXPORT);
    let again = world
        .json(&sandbox, &["plan", &export, "--exit-code"])
        .exits(0);
    assert_eq!(again.figure("unchanged"), 7);
}

#[test]
fn a_sync_saves_its_plan_before_it_sends_and_its_id_is_enough() {
    let world = World::new();
    let sandbox = tenant(&world);
    let export = world.file("people.csv", EXPORT);
    sandbox.faults(&json!({"faults": [{"route": "bulk", "do": {"answer": {"status": 403}}}]}));
    let failed = world.json(&sandbox, &["sync", &export]).exits(2).document();
    let id = failed["plan"].as_str().expect("an id");
    let file = world.path(".crewsync/plans").join(format!("{id}.jsonl"));
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(file.parent().expect("its folder")), 0o700);

    sandbox.faults(&json!({"faults": []}));
    let done = world.json(&sandbox, &["apply", &id[..6]]).exits(0);
    assert_eq!((done.figure("created"), done.figure("not_sent")), (3, 0));
}

#[test]
fn who_changed_since_is_held_and_who_is_as_wanted_is_skipped() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    sandbox.put_users(&json!([
        // Changed by hand to something else, to what is wanted, and switched off; and whose account it is.
        {"UserID": "a", "Email": "hand@x.example", "Activated": true},
        {"UserID": "b", "Email": "b@x.example", "Activated": false},
        {"UserID": "c", "Email": "c@x.example", "Activated": true, "LastName": "Somebody Else"},
        {"UserID": "n-1", "Email": "n1@x.example", "Activated": true},
    ]));
    let done = world.json(&sandbox, &["apply", "plan.jsonl"]).exits(3);
    let run = done.document();
    let held = ["a", "b", "c"].map(|id| (id.to_owned(), "drift".to_owned()));
    assert_eq!(reasons(&run, "held"), held);
    let skipped = [("n-1".to_owned(), "already_as_wanted".to_owned())];
    assert_eq!(reasons(&run, "skipped"), skipped);
    assert_eq!(done.figure("created"), 2);
    let users = sandbox.users();
    assert_eq!(users["c"]["Activated"], true);
    assert_eq!(users["b"]["Email"], "b@x.example");
}

#[test]
fn what_a_plan_has_done_is_not_done_again_when_a_person_undid_it() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    world.run_on(&sandbox, &["apply", "plan.jsonl"]).exits(0);
    // He was no leaver: somebody switched him on again, and changed an address back.
    sandbox.put_users(&json!([
        {"UserID": "c", "Email": "c@x.example", "Activated": true},
        {"UserID": "a", "Email": "a@x.example", "Activated": true},
    ]));
    let calls = sandbox.bulk_calls().len();
    let done = world.json(&sandbox, &["apply", "plan.jsonl"]).exits(0);
    assert_eq!((done.figure("skipped"), done.figure("requests")), (6, 0));
    assert!(
        reasons(&done.document(), "skipped")
            .iter()
            .all(|(_, reason)| reason == "done_earlier")
    );
    assert_eq!(sandbox.bulk_calls().len(), calls);
    assert_eq!(sandbox.users()["c"]["Activated"], true);
}

#[test]
fn an_apply_that_was_killed_is_finished_by_resume_with_what_was_left_out_still_left_out() {
    let world = World::new();
    let (killer, mortal) = mortal();
    let server = FaultServer::start(&people(), move |call| match call.number {
        2 => {
            let killer = killer.clone();
            Act::call(false, move || killer.kill())
        }
        _ => Act::confirm(),
    });
    let url = server.base_url();
    let rows = (1..=7).map(|n| format!("T-{n},new{n}@x.example\n"));
    let export = world.file(
        "people.csv",
        format!("UserID,Email\n{}", rows.collect::<String>()),
    );
    world
        .run_at(&url, &["plan", &export, "--out", "plan.jsonl"])
        .exits(0);
    let arguments = [
        "apply",
        "plan.jsonl",
        "--exclude",
        "T-7",
        "--approved-by",
        "Ada",
    ];
    let arguments = [&arguments[..], &["--chunk-users", "3"]].concat();
    let killed = mortal.run(&mut world.command_on(&url, &arguments));
    assert!(killed.is_none(), "it was killed");

    let again = world
        .run_at(&url, &["apply", "plan.jsonl", "--approved-by", "Ada"])
        .exits(6);
    assert!(again.stderr.contains("approved before"), "{}", again.stderr);
    let done = world.run_at(&url, &["resume", "--json"]).exits(0);
    assert_eq!((done.figure("updated"), done.figure("skipped")), (6, 1));
    let run = done.document();
    assert_eq!(run["review"]["approval"]["by"], "Ada");
    assert_eq!(run["review"]["excluded"], json!(["T-7"]));
    assert_eq!(server.users()["T-7"]["Email"], "old7@x.example");
    assert_eq!(server.users()["T-6"]["Email"], "new6@x.example");
}

fn people() -> Vec<Json> {
    let user = |n| json!({"UserID": format!("T-{n}"), "Email": format!("old{n}@x.example")});
    (1..=7).map(user).collect()
}

fn mode(path: &Path) -> u32 {
    let found = std::fs::metadata(path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    found.permissions().mode() & 0o777
}
