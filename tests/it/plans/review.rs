//! What a person decides about a saved plan: whom he leaves out, which actions he lets through, what he approves.

use serde_json::json;

use crate::support::World;

use super::{plan, reasons, tenant};

#[test]
fn who_is_excluded_and_what_is_not_named_is_left_out_and_says_so() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    let arguments = [
        "apply",
        "plan.jsonl",
        "--exclude",
        "N-1, a",
        "--actions",
        "create,update",
    ];
    let done = world.json(&sandbox, &arguments).exits(0);
    let run = done.document();
    let left_out = ["n-1", "a", "c"].map(|id| (id.to_owned(), "excluded".to_owned()));
    assert_eq!(reasons(&run, "skipped"), left_out);
    assert_eq!(run["review"]["excluded"], json!(["a", "n-1"]));
    assert_eq!(run["review"]["actions"], json!(["create", "update"]));
    assert_eq!((done.figure("created"), done.figure("updated")), (2, 1));
    assert_eq!((done.figure("not_sent"), done.figure("rows")), (0, 7));
    assert!(!sandbox.users().contains_key("n-1"));

    // What was left out is not done, so it can be let through later.
    let rest = world.run_on(&sandbox, &["apply", "plan.jsonl"]).exits(0);
    for told in ["3 done by an earlier run", "1 created", "1 deactivated"] {
        let told = told.split(' ').next_back().expect("a word");
        assert!(rest.stdout.contains(told), "{told}: {}", rest.stdout);
    }
    assert_eq!(sandbox.users()["c"]["Activated"], false);
}

#[test]
fn a_slip_of_the_pen_excludes_nobody_and_sends_nobody() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    let calls = sandbox.bulk_calls().len();
    for (option, value, why) in [
        ("--exclude", "a,n-9", "not in the plan"),
        ("--actions", "creates", "the actions are create"),
        ("--approved-by", " ", "the name of a person"),
    ] {
        let done = world
            .run_on(&sandbox, &["apply", "plan.jsonl", option, value])
            .exits(2);
        assert!(done.stderr.contains(why), "{}", done.stderr);
    }
    assert_eq!(sandbox.bulk_calls().len(), calls);
}

#[test]
fn an_approval_stands_in_the_report_and_counts_once() {
    let world = World::new();
    let sandbox = tenant(&world);
    plan(&world, &sandbox);
    let approve = ["apply", "plan.jsonl", "--approved-by", "Ada Lovelace"];
    let first = world
        .run_on(&sandbox, &[&approve[..], &["--exclude", "a"]].concat())
        .exits(0);
    assert!(
        first.stdout.contains("Approved by Ada Lovelace at 20"),
        "{}",
        first.stdout
    );
    assert!(
        first.stdout.contains("Left out: 1 user: a"),
        "{}",
        first.stdout
    );

    let calls = sandbox.bulk_calls().len();
    let second = world.run_on(&sandbox, &approve).exits(6);
    assert!(
        second.stderr.contains("by Ada Lovelace at 20"),
        "{}",
        second.stderr
    );
    assert_eq!(sandbox.bulk_calls().len(), calls);

    // The same plan, saved again, may be approved again.
    plan(&world, &sandbox);
    world.run_on(&sandbox, &approve).exits(0);
    assert_eq!(sandbox.users()["a"]["Email"], "new-a@x.example");
}
