//! A thousand technicians, and every export that should never have been sent: nobody loses access, and the message
//! says why and what to do. Then the leavers of an honest export go on time.

use serde_json::{Value as Json, json};

use super::{Company, id};
use crate::support::Done;

const USERS: usize = 1_000;

/// Absent users lose access with the first run that misses them: the guards alone stand between.
const HARSH: &str =
    "[deprovision]\non_absent = \"delete\"\nafter_runs = 1\n[protect]\nusers = [\"boss\"]\n";

const HEAD: &str = "UserID,FirstName,LastName,Email,Activated\n";

fn row(number: usize) -> String {
    let user_id = id(number);
    format!("{user_id},Pat,Person {number},{user_id}@x.example,true\n")
}

fn export(numbers: impl Iterator<Item = usize>) -> String {
    format!("{HEAD}{}", numbers.map(row).collect::<String>())
}

fn whole() -> String {
    export(1..=USERS)
}

/// A thousand users, managed by two good runs.
fn company() -> Company {
    let company = Company::new(USERS, HARSH);
    company.sync("first.csv", &whole()).exits(0);
    company
        .sync(
            "second.csv",
            &whole().replace("Pat,Person 7,", "Pit,Person 7,"),
        )
        .exits(0);
    company
}

/// A broken export: what is wrong with it, its text, the exit, and a word of the message.
type Broken = (&'static str, String, i32, &'static str);

/// Exports of which a part is missing.
fn cut() -> Vec<Broken> {
    let whole = whole();
    let half = whole[..whole.len() / 2].to_owned();
    let people: Vec<Json> = (1..=USERS)
        .map(|number| json!({"UserID": id(number)}))
        .collect();
    let people = json!(people).to_string();
    let half_json = people[..people.len() / 2].to_owned();
    let other = export(USERS + 1..=2 * USERS);
    vec![
        ("an empty file", String::new(), 1, "empty"),
        ("a header only", HEAD.to_owned(), 4, "min_rows"),
        ("half the file", export(1..=USERS / 2), 4, "max_row_drop"),
        ("cut within a row", half, 4, "max_row_drop"),
        ("last week's file", whole, 4, "old_file"),
        ("the other department's", other, 4, "max_row_drop"),
        ("a delta", export(1..=20), 4, "max_row_drop"),
        ("blank ids", with_blank_ids(), 3, "no readable UserID"),
        ("a truncated JSON", half_json, 1, "complete"),
    ]
}

/// Exports that list everybody, and say something wrong of them.
fn spoilt() -> Vec<Broken> {
    let whole = whole();
    let with = |from: &str, to: &str| whole.replace(from, to);
    let other_delimiter = with(",", ";").replacen(';', ",", 4);
    let gone = with(",true\n", "\n").replace(",Activated", "");
    let swapped = with("FirstName,LastName", "LastName,FirstName");
    vec![
        (
            "no values in a column",
            with(",true\n", ",\n"),
            4,
            "lost_columns",
        ),
        ("a column that is gone", gone, 4, "lost_columns"),
        ("another delimiter", other_delimiter, 1, "unlike the others"),
        ("two columns swapped", swapped, 4, "max_field_change"),
        (
            "all inactive",
            with(",true\n", ",false\n"),
            4,
            "max_field_change",
        ),
        (
            "an unknown status",
            with(",true\n", ",Karenz\n"),
            4,
            "max_rejected",
        ),
    ]
}

/// Thirty rows without their UserID, and a user who is missing.
fn with_blank_ids() -> String {
    let all = whole();
    let lines = all.lines().enumerate();
    let lines = lines.map(|(number, line)| match number {
        100..130 => format!("{}\n", line.replacen(&id(number), "", 1)),
        500 => String::new(),
        _ => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn no_broken_export_takes_access_from_anybody() {
    let company = company();
    for (what, text, exit, word) in cut().into_iter().chain(spoilt()) {
        let calls = company.sandbox.bulk_calls().len();
        let done = company.sync("broken", &text);
        assert_eq!(done.code, exit, "{what}: {}\n{}", done.stdout, done.stderr);
        assert_eq!(company.off(), Vec::<String>::new(), "{what}");
        assert!(
            is_said(&done, word),
            "{what}: {word}: {}\n{}",
            done.stdout,
            done.stderr
        );
        if exit != 3 {
            assert_eq!(company.sandbox.bulk_calls().len(), calls, "{what}");
        }
    }
}

#[test]
fn no_tenant_that_shows_itself_badly_takes_access_from_anybody() {
    let company = company();
    let answer =
        |users: usize| json!({"answer": {"status": 200, "body": {"Users": seen(&company, users)}}});
    for (what, faults, exit, word) in [
        (
            "half a list",
            json!([{"route": "query", "from": 1, "times": 1, "do": answer(USERS / 2)},
            {"route": "query", "do": answer(0)}]),
            4,
            "max_users_drop",
        ),
        (
            "a list that breaks off",
            json!([{"route": "query", "from": 3, "do": {"answer": {"status": 500}}}]),
            1,
            "500",
        ),
    ] {
        company.sandbox.faults(&json!({ "faults": faults }));
        let next = whole().replace("Pat,Person 8,", "Pit,Person 8,");
        let done = company.sync("next.csv", &next);
        assert_eq!(done.code, exit, "{what}: {}\n{}", done.stdout, done.stderr);
        assert_eq!(company.off(), Vec::<String>::new(), "{what}");
        assert!(
            is_said(&done, word),
            "{what}: {}\n{}",
            done.stdout,
            done.stderr
        );
    }
}

#[test]
fn honest_leavers_go_on_time_beside_a_bad_row() {
    let company = company();
    let next = whole()
        .replace("p-400@x.example,true", "p-400@x.example,false")
        .replace("p-500,Pat,Person 500,p-500@x.example,true\n", "")
        .replace("p-600@x.example", "p-600 at x.example");
    let done = company.sync("next.csv", &next).exits(0);
    assert_eq!((done.figure("deactivated"), done.figure("deleted")), (1, 1));
    assert_eq!(company.off(), ["p-400"]);
    let users = company.sandbox.users();
    assert!(!users.contains_key("p-500") && users.len() == USERS - 1);
    let document = done.document();
    assert_eq!(document["problems"][0]["user_id"], "p-600");
    assert_eq!(document["absence"]["state"], "evaluated");
}

/// The first users, as a list of the tenant shows them.
fn seen(company: &Company, users: usize) -> Vec<Json> {
    company.sandbox.users().into_values().take(users).collect()
}

/// Whether a guard of that name has spoken, or the word stands in what was told.
fn is_said(done: &Done, word: &str) -> bool {
    let document = done.document();
    let guards = document["guards"].as_array().into_iter().flatten();
    let spoke = |reading: &Json| reading["guard"] == word && reading["verdict"] != "ok";
    guards.into_iter().any(spoke) || done.stderr.contains(word) || done.stdout.contains(word)
}
