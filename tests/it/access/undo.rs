//! A run taken back: everything that it did, and nothing that somebody has done since.

use serde_json::json;

use super::{AT_ONCE, Company, row, rows, texts};
use crate::support::Done;

/// One is deactivated, one is deleted, one moves, one is new.
fn night() -> String {
    let rows = (1..=7).map(|number| match number {
        1 => row(1).replace("true", "false"),
        2 => String::new(),
        3 => row(3).replace("@x.", "@new."),
        _ => row(number),
    });
    format!("UserID,Email,Activated\n{}", rows.collect::<String>())
}

/// Six users, managed, and the run of that night.
fn company() -> (Company, String) {
    let settings = AT_ONCE.replace("\"deactivate\"", "\"delete\"");
    let company = Company::managed(6, &settings);
    let done = company.sync("night.csv", &night()).exits(0);
    let figures = ["created", "updated", "deactivated", "deleted"].map(|name| done.figure(name));
    assert_eq!(figures, [1, 1, 1, 1]);
    let run = run_of(&done);
    (company, run)
}

fn run_of(done: &Done) -> String {
    done.document()["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_is_taken_back_whole() {
    let (company, run) = company();
    let before = company.sandbox.users();
    let calls = company.sandbox.bulk_calls().len();

    let plan = company.run(&["undo", &run]).exits(0);
    let actions = texts(&plan.document()["changes"], "action");
    assert_eq!(actions, ["reactivate", "update", "delete", "create"]);
    assert_eq!(company.sandbox.bulk_calls().len(), calls);
    assert_eq!(company.sandbox.users(), before);

    let done = company.run(&["undo", &run[..13], "--apply"]).exits(0);
    let figures = ["created", "updated", "reactivated", "deleted"].map(|name| done.figure(name));
    assert_eq!(figures, [1, 1, 1, 1]);
    let users = company.sandbox.users();
    let mails: Vec<&str> = users
        .values()
        .map(|user| user["Email"].as_str().unwrap())
        .collect();
    let wanted: Vec<String> = (1..=6)
        .map(|number| format!("{}@x.example", super::id(number)))
        .collect();
    assert_eq!(mails, wanted);
    assert_eq!(company.off(), Vec::<String>::new());
    assert_eq!(users["p-002"]["LastName"], "Person 2");

    // Then there is nothing left to take back, and the export of the day before finds nothing to do.
    let again = company.run(&["undo", &run, "--apply"]).exits(0);
    assert_eq!((again.figure("rows"), again.figure("unchanged")), (4, 4));
    let same = format!("{}\n", rows(1..=6));
    company
        .on("plan", "same.csv", &same, &["--exit-code"])
        .exits(0);
}

#[test]
fn what_somebody_has_changed_since_stays() {
    let (company, run) = company();
    let users = company.sandbox.users();
    let by_hand = ["p-003", "p-007"].map(|user_id| {
        let mut user = users[user_id].clone();
        user["Email"] = json!("by@hand.example");
        user
    });
    company.sandbox.put_users(&json!(by_hand));
    let done = company.run(&["undo", &run, "--apply"]).exits(3);
    let document = done.document();
    assert_eq!(
        texts(&document["problems"], "code"),
        ["changed_since", "changed_since"]
    );
    assert_eq!(texts(&document["problems"], "user_id"), ["p-003", "p-007"]);
    let users = company.sandbox.users();
    assert_eq!(users["p-003"]["Email"], "by@hand.example");
    assert_eq!(users["p-007"]["Email"], "by@hand.example");
    assert!(users.contains_key("p-002") && company.off().is_empty());
}

#[test]
fn the_same_guards_hold() {
    let company = Company::new(0, AT_ONCE);
    let created = company.sync("all.csv", &rows(1..=9)).exits(0);
    let held = company
        .run(&["undo", &run_of(&created), "--apply"])
        .exits(4);
    assert_eq!((held.figure("held"), held.figure("deleted")), (9, 0));
    assert_eq!(company.sandbox.users().len(), 9);
    let plan = held.document()["plan"].as_str().unwrap().to_owned();
    let approved = company
        .run(&["apply", &plan, "--approved-by", "Ada"])
        .exits(0);
    assert_eq!(
        (approved.figure("deleted"), company.sandbox.users().len()),
        (9, 0)
    );
}

#[test]
fn only_a_run_that_is_known_and_over_is_taken_back() {
    let (company, _) = company();
    let unknown = company.run(&["undo", "nonsense"]).exits(2);
    assert!(
        unknown.stderr.contains("the journal knows no run nonsense"),
        "{}",
        unknown.stderr
    );
    let saved = company.world.path("undo.jsonl").display().to_string();
    company.run(&["undo", "0", "--out", &saved]);
    let both = company
        .run(&["undo", "0", "--out", &saved, "--apply"])
        .exits(2);
    assert!(both.stderr.contains("--apply"), "{}", both.stderr);
}
