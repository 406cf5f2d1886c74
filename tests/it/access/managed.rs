//! What a person says of a source: `adopt`, `disown`, `pause`, `unpause`.

use super::{AT_ONCE, Company, rows, texts};

#[test]
fn who_is_adopted_counts_as_absent_and_who_is_disowned_does_not() {
    let company = Company::new(5, AT_ONCE);
    company.sync("first.csv", &rows(1..=3)).exits(0);
    let managed = |document: &serde_json::Value| document["managed"].as_u64();

    let list = company.world.file("list.txt", "p-004\np-003\n");
    let adopted = company.run(&["adopt", &list]).exits(0).document();
    assert_eq!(
        (adopted["adopted"].as_u64(), managed(&adopted)),
        (Some(1), Some(4))
    );
    assert_eq!(adopted["unchanged"], 1);
    let plan = company.plan("next.csv", &rows(1..=3)).exits(0);
    assert_eq!(plan.figure("absent_deprovision"), 1);
    let users = plan.document()["absence"]["users"].clone();
    assert_eq!(texts(&users, "user_id"), ["p-004"]);

    let gone = company
        .world
        .run(&["disown", &list, "--json"])
        .exits(0)
        .document();
    assert_eq!(
        (gone["disowned"].as_u64(), managed(&gone)),
        (Some(2), Some(2))
    );
    let plan = company.plan("next.csv", &rows(1..=2)).exits(0);
    assert_eq!(plan.figure("absent_deprovision"), 0);
    let again = company
        .world
        .run(&["disown", &list, "--json"])
        .exits(0)
        .document();
    assert_eq!(
        (again["disowned"].as_u64(), again["unchanged"].as_u64()),
        (Some(0), Some(2))
    );
}

#[test]
fn nobody_is_adopted_by_a_file_with_a_stranger_in_it() {
    let company = Company::new(3, AT_ONCE);
    let list = company.world.file("list.txt", "p-001\np-1\nnobody\n");
    let refused = company.run(&["adopt", &list]).exits(2);
    let message = "the tenant has no user nobody, p-1";
    assert_eq!(refused.document()["error"]["message"], message);
    let adopted = company.world.file("one.txt", "p-001\n");
    assert_eq!(company.run(&["adopt", &adopted]).document()["managed"], 1);
}

#[test]
fn a_paused_source_sends_nothing_until_it_is_unpaused() {
    let company = Company::managed(4, AT_ONCE);
    let world = &company.world;
    let moved = rows(1..=4).replace("@x.", "@new.");
    let plan = company.plan("moved.csv", &moved).exits(0).document();
    let plan = plan["plan"].as_str().expect("an id").to_owned();
    let saved = world.path("plan.jsonl").display().to_string();
    company
        .on("plan", "moved.csv", &moved, &["--out", &saved])
        .exits(0);

    world.run(&["pause", "--reason", " "]).exits(2);
    let paused = world
        .run(&["pause", "--reason", "HR moves", "--json"])
        .exits(0)
        .document();
    assert_eq!(
        (&paused["paused"], &paused["changed"]),
        (&true.into(), &true.into())
    );
    let sent = company.sandbox.bulk_calls().len();
    for command in [
        &["sync", "moved.csv"][..],
        &["apply", &saved],
        &["apply", &saved, "--approved-by", "Ada"],
        &["resume"],
    ] {
        let refused = company.run(command).exits(4);
        let error = &refused.document()["error"];
        assert_eq!(
            error["message"], "the source default is paused, so nothing is sent",
            "{command:?}"
        );
        assert!(
            error["causes"][0]
                .as_str()
                .is_some_and(|cause| cause.ends_with("HR moves"))
        );
    }
    assert_eq!(company.sandbox.bulk_calls().len(), sent);
    assert_eq!(
        company.plan("moved.csv", &moved).exits(0).document()["plan"],
        plan
    );
    let status = world.run(&["status", "--json"]).document();
    assert_eq!(status["paused"], "HR moves");
    let other = world.file(
        "other.toml",
        format!("{AT_ONCE}[source]\nid = \"contractors\"\n"),
    );
    company
        .run(&["sync", "moved.csv", "--only", "p-001", "--config", &other])
        .exits(3);

    let unpaused = world.run(&["unpause", "--json"]).exits(0).document();
    assert_eq!(
        (&unpaused["reason"], &unpaused["changed"]),
        (&"HR moves".into(), &true.into())
    );
    company.run(&["apply", &saved]).exits(0);
    assert_eq!(
        world.run(&["unpause", "--json"]).document()["changed"],
        false
    );
}

#[test]
fn there_is_nothing_to_pause_before_the_first_run() {
    let company = Company::new(1, "");
    for command in [&["pause", "--reason", "why"][..], &["unpause"]] {
        let refused = company.world.run(command).exits(1);
        assert!(
            refused.stderr.contains("nothing is stored in"),
            "{}",
            refused.stderr
        );
    }
}
