//! A tenant that refuses one row after the other is not asked for hours: the rest of the chunk is left alone, and
//! where nothing else passes either, the run ends and can be resumed.

use serde_json::{Value as Json, json};

use super::support::Done;
use super::support::crowd::{Crowd, user_id};

const CREATES: usize = 100;
const CHUNK: usize = 20;
const CHUNKS: [&str; 4] = ["--chunk-users", "20", "--in-flight", "1"];

/// Ten rows that the tenant names, and three that nobody has named.
const REFUSED: usize = 13;

/// Each bad row takes a call of its own and one for the rest; the chunk itself comes on top.
const CALLS_MAX: usize = 2 * REFUSED + 1;

/// Refuses those users in that way of carrying out a call.
fn refuse(crowd: &Crowd, bad: &[usize], switches: &Json, more: &Json) {
    let users: Vec<String> = bad.iter().map(|&number| user_id(number)).collect();
    let mut reject = json!({"users": users, "status": 409, "message": "taken"});
    for (key, value) in more.as_object().expect("an object") {
        reject[key] = value.clone();
    }
    crowd.begin(
        &json!({"switches": switches, "faults": [{"route": "bulk", "do": {"reject": reject}}]}),
    );
}

fn ended(done: &Done, status: &str, reason: &str) -> usize {
    let document = done.document();
    let outcomes = document["outcomes"].as_array().expect("outcomes").iter();
    outcomes
        .filter(|outcome| outcome["status"] == status && outcome["reason"] == reason)
        .count()
}

#[test]
fn a_tenant_that_refuses_every_row_is_left_alone_soon_and_the_rest_can_be_resumed() {
    let crowd = Crowd::new(0, CREATES);
    let all: Vec<usize> = (1..=CREATES).collect();
    for pointers in [json!({"property": "Email"}), json!({"data_path": "none"})] {
        refuse(&crowd, &all, &json!({}), &pointers);
        let done = crowd.sync(&CHUNKS).exits(1);
        assert_eq!(done.document()["resumable"], true);
        for said in [
            format!(
                "error: {} refuses one row after the other and takes none, so nothing more was sent",
                crowd.sandbox.url()
            ),
            "caused by: of the last one it says: taken".to_owned(),
        ] {
            assert!(done.stderr.contains(&said), "{}", done.stderr);
        }
        assert_eq!(ended(&done, "rejected", "refused_alone"), 2 * REFUSED);
        assert_eq!(done.figure("not_sent"), (CREATES - 2 * REFUSED) as u64);
        let calls = crowd.sandbox.bulk_calls().len();
        // Without pointers, five halvings lead to a row; the probes take none.
        assert!(calls <= 2 * CALLS_MAX, "{pointers}: {calls}");

        crowd.sandbox.faults(&json!({}));
        let resumed = crowd.resume().exits(3);
        assert_eq!(resumed.figure("created"), (CREATES - 2 * REFUSED) as u64);
        assert_eq!(resumed.figure("not_sent"), 0);
    }
}

#[test]
fn of_a_chunk_that_is_refused_row_by_row_the_rest_is_held_and_the_others_arrive() {
    let crowd = Crowd::new(0, CREATES);
    let bad: Vec<usize> = (CHUNK + 1..=2 * CHUNK).collect();
    refuse(&crowd, &bad, &json!({}), &json!({"property": "Email"}));
    let done = crowd.sync(&CHUNKS).exits(3);
    assert_eq!(ended(&done, "rejected", "refused_alone"), REFUSED);
    assert_eq!(ended(&done, "held", "chunk_refused"), CHUNK - REFUSED);
    let bad: Vec<String> = bad.into_iter().map(user_id).collect();
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    crowd.assert_all_but(&bad, "the others");
    let calls = crowd.sandbox.bulk_calls().len();
    assert!(calls < CREATES / CHUNK + CALLS_MAX, "{calls}");
}

#[test]
fn bad_rows_among_good_ones_are_all_found_however_many() {
    let crowd = Crowd::new(0, CREATES);
    let bad: Vec<usize> = (1..=CREATES).filter(|number| number % 3 == 0).collect();
    let ids: Vec<String> = bad.iter().copied().map(user_id).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for details in ["first", "all"] {
        let switches = json!({"details": details});
        refuse(&crowd, &bad, &switches, &json!({"property": "Email"}));
        let done = crowd.sync(&["--chunk-users", "100"]).exits(3);
        assert_eq!(ended(&done, "rejected", "refused_alone"), bad.len());
        assert_eq!(done.figure("held"), 0, "{details}");
        crowd.assert_all_but(&ids, details);
        // A probe for every ten bad rows, and two more if it meets bad ones itself.
        let calls = crowd.sandbox.bulk_calls().len();
        let calls_max = 2 * bad.len() + 1 + bad.len() / 10 * 3;
        assert!(calls <= calls_max, "{details}: {calls}");
    }
}

#[test]
fn what_a_refused_call_carried_out_all_the_same_is_not_held() {
    let crowd = Crowd::new(0, CHUNK);
    // Seven good ones in the middle: whoever is named stands before them, whoever is tried behind them.
    let bad: Vec<usize> = (1..=10).chain(18..=20).collect();
    let pointer = json!({"property": "Email"});
    for (bulk, applied, held) in [("partial", 7, 0), ("atomic", 0, 7)] {
        refuse(&crowd, &bad, &json!({"bulk": bulk}), &pointer);
        let done = crowd.sync(&CHUNKS).exits(3);
        assert_eq!(ended(&done, "rejected", "refused_alone"), bad.len());
        assert_eq!(done.figure("created"), applied, "{bulk}");
        assert_eq!(ended(&done, "held", "chunk_refused"), held, "{bulk}");
        let there = crowd.sandbox.users().len();
        assert_eq!(there, applied as usize, "{bulk}");
    }
}
