//! What people do in the tenant stands: nobody is switched on whom they switched off, nobody comes back whom they removed.

use serde_json::json;

use super::{Company, id, rows, texts};
use crate::support::{Done, http};

/// The same file may come again: here it is the tenant that changes.
const SETTINGS: &str = "[guards]\nold_file = \"off\"\n";

/// An export that lists two users, the first of them active or not.
fn first(active: bool) -> String {
    format!("UserID,Email,Activated\np-001,p-001@x.example,{active}\np-002,p-002@x.example,true\n")
}

fn company() -> Company {
    Company::managed(2, SETTINGS)
}

impl Company {
    fn switch_by_hand(&self, number: usize, activated: bool) {
        let user = json!({"UserID": id(number), "Activated": activated});
        self.sandbox.put_users(&json!([user]));
    }

    fn remove_by_hand(&self, number: usize) {
        let path = format!("/seiapi/v3/trans/User/{}", id(number));
        let (status, answer) = http(self.sandbox.host(), "DELETE", &path, "");
        assert_eq!(status, 200, "{answer}");
    }
}

/// What the run held, as user and reason.
fn held(done: &Done) -> Vec<(String, String)> {
    let outcomes = done.document()["outcomes"].clone();
    let users = texts(&outcomes, "user_id").into_iter();
    let all = users.zip(texts(&outcomes, "reason"));
    let statuses = texts(&outcomes, "status").into_iter();
    let held = all.zip(statuses).filter(|(_, status)| status == "held");
    held.map(|(one, _)| one).collect()
}

fn one(user_id: &str, reason: &str) -> Vec<(String, String)> {
    vec![(user_id.to_owned(), reason.to_owned())]
}

#[test]
fn who_was_switched_off_by_hand_stays_off_until_somebody_switches_him_on() {
    let company = company();
    company.switch_by_hand(1, false);
    for night in ["one.csv", "two.csv"] {
        let done = company.sync(night, &first(true)).exits(3);
        assert_eq!(held(&done), one("p-001", "suspended_by_hand"));
        assert_eq!(company.off(), ["p-001"]);
    }
    company.switch_by_hand(1, true);
    company.sync("three.csv", &first(true)).exits(0);
}

#[test]
fn the_first_run_switches_nobody_on_either() {
    let company = Company::new(2, SETTINGS);
    company.switch_by_hand(2, false);
    let done = company.sync("first.csv", &rows(1..=2)).exits(3);
    assert_eq!(held(&done), one("p-002", "suspended_by_hand"));
}

#[test]
fn whom_we_switched_off_we_switch_on_again() {
    let company = company();
    company.sync("leave.csv", &first(false)).exits(0);
    assert_eq!(company.off(), ["p-001"]);
    let back = company.sync("back.csv", &first(true)).exits(0);
    assert_eq!(back.figure("reactivated"), 1);
    // That is forgotten with his return.
    company.switch_by_hand(1, false);
    company.sync("again.csv", &first(true)).exits(3);
}

#[test]
fn whom_somebody_switched_on_in_between_is_his() {
    let company = company();
    company.sync("leave.csv", &first(false)).exits(0);
    company.switch_by_hand(1, true);
    company.sync("back.csv", &first(true)).exits(0);
    company.switch_by_hand(1, false);
    let done = company.sync("again.csv", &first(true)).exits(3);
    assert_eq!(held(&done), one("p-001", "suspended_by_hand"));
}

#[test]
fn who_was_created_without_access_gets_it_when_his_row_says_so() {
    let company = company();
    let hired = |active: bool| format!("{}p-003,p-003@x.example,{active}\n", first(true));
    company.sync("hired.csv", &hired(false)).exits(0);
    assert_eq!(company.off(), ["p-003"]);
    let begun = company.sync("begun.csv", &hired(true)).exits(0);
    assert_eq!(begun.figure("reactivated"), 1);
}

#[test]
fn who_vanished_comes_back_only_once_he_is_disowned() {
    let company = company();
    company.remove_by_hand(1);
    let done = company.sync("gone.csv", &first(true)).exits(3);
    assert_eq!(held(&done), one("p-001", "vanished"));
    let list = company.world.file("list.txt", "p-001\n");
    company.world.run(&["disown", &list]).exits(0);
    let back = company.sync("new.csv", &first(true)).exits(0);
    assert_eq!(back.figure("created") + back.figure("restored"), 1);
    assert_eq!(company.off(), Vec::<String>::new());
}

#[test]
fn a_leaver_who_is_gone_already_is_nothing_to_talk_about() {
    let company = company();
    company.remove_by_hand(1);
    let done = company.sync("left.csv", &first(false)).exits(0);
    assert_eq!((done.figure("unchanged"), held(&done)), (2, Vec::new()));
}

#[test]
fn a_plan_against_a_file_knows_of_no_hands() {
    let company = company();
    let off = json!([{"UserID": "p-001", "Activated": false}, {"UserID": "p-002"}]);
    let file = company.world.file("state.json", off.to_string());
    let plan = company
        .on("plan", "on.csv", &first(true), &["--against", &file])
        .exits(0);
    assert_eq!(plan.figure("reactivate"), 1);
}
