//! A run for a part of the export: `--only` and `--limit`.

use super::{AT_ONCE, Company, moved, row, rows, texts};

/// Of ten managed users the export moves five, misses two, and makes two new ones.
fn export() -> String {
    let new = "n-1,n1@x.example,true\nn-2,n2@x.example,true\n";
    format!(
        "UserID,Email,Activated\n{}{}{new}",
        moved(1..=5),
        (6..=8).map(row).collect::<String>()
    )
}

#[test]
fn only_those_who_are_named_are_sent_and_nobody_is_absent() {
    let company = Company::managed(10, AT_ONCE);
    let whole = company.plan("people.csv", &export()).exits(0);
    assert_eq!(whole.figure("absent_deprovision"), 2);
    assert_eq!((whole.figure("update"), whole.figure("create")), (5, 2));

    let only = ["--only", "P-002, n-1,p-007"];
    let plan = company.on("plan", "people.csv", &export(), &only).exits(0);
    for (figure, expected) in [
        ("rows", 10),
        ("update", 1),
        ("create", 1),
        ("unchanged", 1),
        ("out_of_scope", 7),
        ("absent", 2),
        ("absent_deprovision", 0),
    ] {
        assert_eq!(plan.figure(figure), expected, "{figure}");
    }
    let absence = &plan.document()["absence"];
    assert_eq!(absence["state"], "suspended");
    let why = "this is for the 3 users that --only names, so nobody counts as absent";
    assert_eq!(absence["why"], why);

    let file = company.world.file("pilot.txt", "p-002\nn-1\np-007\n");
    let run = company
        .on("sync", "people.csv", &export(), &["--only", &file])
        .exits(0);
    assert_eq!((run.figure("updated"), run.figure("created")), (1, 1));
    let users = company.sandbox.users();
    assert_eq!(users["p-002"]["Email"], "p-002@new.example");
    assert_eq!(users["p-001"]["Email"], "p-001@x.example");
    assert!(!users.contains_key("n-2"));
    assert_eq!(company.off(), [""; 0]);
}

#[test]
fn a_pilot_run_makes_only_its_users_managed() {
    let company = Company::new(6, AT_ONCE);
    company
        .on(
            "sync",
            "people.csv",
            &rows(1..=6),
            &["--only", "p-001,p-002"],
        )
        .exits(0);
    let plan = company.plan("next.csv", &rows(3..=6)).document();
    assert_eq!(plan["absence"]["figures"]["managed"], 2);
    assert_eq!(
        texts(&plan["absence"]["users"], "user_id"),
        ["p-001", "p-002"]
    );
}

#[test]
fn a_limit_takes_the_first_changes_of_the_export() {
    let company = Company::managed(10, AT_ONCE);
    let run = company
        .on("sync", "people.csv", &export(), &["--limit", "3"])
        .exits(0);
    for (figure, expected) in [
        ("updated", 3),
        ("created", 0),
        ("out_of_scope", 4),
        ("unchanged", 3),
        ("rows", 10),
    ] {
        assert_eq!(run.figure(figure), expected, "{figure}");
    }
    let why = "this is for the first 3 changes (--limit), so nobody counts as absent";
    assert_eq!(run.document()["absence"]["why"], why);
    let users = company.sandbox.users();
    assert_eq!(users["p-003"]["Email"], "p-003@new.example");
    assert_eq!(users["p-004"]["Email"], "p-004@x.example");

    // Three at a time, from where the last one ended, until nothing is left.
    let both = ["--limit", "3", "--only", "p-001,p-004,n-1"];
    let next = company.on("sync", "people.csv", &export(), &both).exits(0);
    assert_eq!((next.figure("updated"), next.figure("created")), (1, 1));
    assert_eq!(company.off(), [""; 0]);
}

#[test]
fn who_is_named_and_not_listed_is_told() {
    let company = Company::new(3, "");
    let only = ["--only", "p-001,p-01,p-09"];
    let plan = company
        .on("plan", "people.csv", &rows(1..=3), &only)
        .exits(0);
    let problems = plan.document()["problems"].clone();
    assert_eq!(texts(&problems, "code"), ["not_in_the_export"]);
    let told = "--only names 2 users whom the export does not list: p-01, p-09";
    assert_eq!(texts(&problems, "message"), [told]);
    for (option, value) in [("--limit", "0"), ("--only", " , ")] {
        company
            .on("plan", "people.csv", &rows(1..=3), &[option, value])
            .exits(2);
    }
}
