//! One person under a new id: suspected, held, and settled by what people are known by.

use serde_json::{Value as Json, json};

use super::{AT_ONCE, Company, texts};
use crate::support::Done;

const BY_NUMBER: &str = "[match]\nby = [\"UserID\", \"Extensions.EmployeeNo\"]\n";

/// The people of HR: id, mail, employee number.
fn people(rows: &[(&str, &str, &str)]) -> String {
    let rows = rows
        .iter()
        .map(|(id, mail, number)| format!("{id},{mail}@x.example,{number},true,true\n"));
    let head = "UserID,Email,Extensions.EmployeeNo,Activated,IsMobileWorker\n";
    format!("{head}{}", rows.collect::<String>())
}

const ANN: (&str, &str, &str) = ("ann.bell", "ann.bell", "17");
const BOB: (&str, &str, &str) = ("bob", "bob", "18");
/// Ann after her marriage.
const ANN_COX: (&str, &str, &str) = ("ann.cox", "ann.bell", "17");

/// Ann and Bob, managed by HR.
fn company(settings: &str) -> Company {
    let company = Company::new(0, &format!("{AT_ONCE}{settings}"));
    company.sync("first.csv", &people(&[ANN, BOB])).exits(0);
    company
}

fn codes(done: &Done) -> Vec<String> {
    texts(&done.document()["problems"], "code")
}

fn user(company: &Company, user_id: &str) -> Option<Json> {
    company.sandbox.users().remove(user_id)
}

#[test]
fn a_new_id_with_a_known_mail_or_number_is_held_with_what_would_happen_to_the_old_one() {
    for renamed in [
        ANN_COX,
        ("ann.cox", "ann.cox", "17"),
        ("ann.cox", "ann.bell", "99"),
    ] {
        let company = company("");
        let done = company.sync("next.csv", &people(&[renamed, BOB])).exits(3);
        let outcomes = done.document()["outcomes"].clone();
        assert_eq!(texts(&outcomes, "user_id"), ["ann.cox", "ann.bell"]);
        assert_eq!(texts(&outcomes, "reason"), ["rename", "rename"]);
        assert_eq!(codes(&done), ["suspected_rename"]);
        assert_eq!(company.off(), Vec::<String>::new());
        assert_eq!(user(&company, "ann.cox"), None);
    }
}

#[test]
fn a_leaver_and_a_new_colleague_are_two_people() {
    let company = company("");
    let next = people(&[("cid", "cid", "19"), BOB]);
    let done = company.sync("next.csv", &next).exits(0);
    assert_eq!((done.figure("created"), done.figure("deactivated")), (1, 1));
}

#[test]
fn who_is_known_by_his_number_keeps_his_id_and_stays() {
    let company = company(BY_NUMBER);
    let married = ("ann.cox", "ann.cox", "17");
    let done = company.sync("next.csv", &people(&[married, BOB])).exits(0);
    assert_eq!((done.figure("updated"), done.figure("absent")), (1, 0));
    let ann = user(&company, "ann.bell").expect("she stays");
    assert_eq!(
        (&ann["Email"], &ann["Activated"]),
        (&json!("ann.cox@x.example"), &json!(true))
    );
    assert_eq!(user(&company, "ann.cox"), None);

    let again = company.sync("next.csv", &people(&[married, BOB])).exits(0);
    assert_eq!(again.figure("unchanged"), 2);
    // When she leaves, it is she who leaves.
    let left = company.sync("left.csv", &people(&[BOB])).exits(0);
    assert_eq!(left.figure("deactivated"), 1);
    assert_eq!(company.off(), ["ann.bell"]);
}

#[test]
fn the_id_comes_before_the_number() {
    let company = company(BY_NUMBER);
    let swapped = people(&[("ann.bell", "ann.bell", "18"), ("bob", "bob", "17")]);
    let done = company.sync("next.csv", &swapped).exits(0);
    assert_eq!(done.figure("updated"), 2);
    assert_eq!(
        user(&company, "bob").unwrap()["Extensions"]["EmployeeNo"],
        "17"
    );
}

#[test]
fn a_number_that_two_users_have_tells_nobody_from_another() {
    let company = company(BY_NUMBER);
    let twins = json!([
        {"UserID": "one", "Extensions": {"EmployeeNo": "20"}}, {"UserID": "two", "Extensions": {"EmployeeNo": "20"}},
    ]);
    company.sandbox.put_users(&twins);
    let next = people(&[ANN, BOB, ("cid", "cid", "20")]);
    let done = company.sync("next.csv", &next).exits(3);
    assert_eq!(texts(&done.document()["outcomes"], "reason"), ["twins"]);
}

#[test]
fn two_people_with_one_mail_are_two_people_if_ids_alone_count() {
    let company = company("[match]\nby = [\"UserID\"]\n");
    let done = company.sync("next.csv", &people(&[ANN_COX, BOB])).exits(0);
    assert_eq!((done.figure("created"), done.figure("deactivated")), (1, 1));
    assert_eq!(codes(&done), ["same_person"]);
}

#[test]
fn what_people_are_known_by_begins_with_the_id() {
    for by in ["[]", "[\"Email\"]", "[\"UserID\", \"Mail\"]"] {
        let company = Company::new(1, &format!("[match]\nby = {by}\n"));
        let refused = company.plan("a.csv", &people(&[ANN])).exits(2);
        let message = refused.document()["error"]["message"].to_string();
        assert!(message.contains("[match] by"), "{message}");
    }
}
