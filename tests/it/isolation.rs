//! Bad rows among many: exactly they are rejected, each after it was refused in a call of its own; all others
//! arrive, in few calls.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::support::crowd::{Crowd, user_id};
use super::support::{Done, Sandbox};

/// Of 1,000 rows: the canary with 5, then 400, 400 and 195.
const UPDATES: usize = 700;
const CREATES: usize = 300;
const CALLS_UNDISTURBED: usize = 4;
const CHUNK_USERS_MAX: usize = 400;

/// A way in which the tenant refuses a row.
struct Refusal {
    name: &'static str,
    reject: Json,
    pointers: Pointers,
}

#[derive(Clone, Copy)]
enum Pointers {
    Honest,
    None,
    Lying,
}

impl Pointers {
    /// The most calls for `bad` bad rows in one chunk of `users`, the refused chunk itself included.
    ///
    /// Honest pointers: the chunk, then for each bad row itself alone and the rest again. None: every halving
    /// on the way to a bad row costs two calls, and ⌈log₂ n⌉ halvings lead to it. A lie costs the call in which
    /// the suspect passes; after that pointers are not believed.
    fn calls_max(self, bad: usize, users: usize) -> usize {
        let halvings = users.next_power_of_two().ilog2() as usize;
        match self {
            Pointers::Honest => 2 * bad + 1,
            Pointers::None => 2 * bad * halvings + bad,
            Pointers::Lying => 2 * bad * halvings + bad + 1,
        }
    }
}

fn refusals() -> Vec<Refusal> {
    let refusal = |name, pointers, reject| Refusal {
        name,
        reject,
        pointers,
    };
    vec![
        refusal(
            "400 with a pointer",
            Pointers::Honest,
            json!({"property": "Email"}),
        ),
        refusal(
            "400 without one",
            Pointers::None,
            json!({"data_path": "none"}),
        ),
        refusal(
            "400 that points at a neighbour",
            Pointers::Lying,
            json!({"property": "Email", "points_at": "other"}),
        ),
        refusal(
            "400 that points beyond",
            Pointers::None,
            json!({"points_at": "beyond"}),
        ),
        refusal(
            "400 with a stale pointer",
            Pointers::Lying,
            json!({"points_at": {"verbatim": "/Users/1/Email"}}),
        ),
        refusal(
            "409",
            Pointers::Honest,
            json!({"status": 409, "property": "StorageLocationID"}),
        ),
        refusal(
            "410 on an update",
            Pointers::Honest,
            json!({"status": 410, "property": "ServiceTeamID"}),
        ),
        refusal(
            "500 on every chunk that holds it",
            Pointers::None,
            json!({"status": 500, "data_path": "none"}),
        ),
    ]
}

#[test]
fn one_bad_row_among_a_thousand() {
    let crowd = Crowd::new(UPDATES, CREATES);
    let calls_max =
        |pointers: Pointers| CALLS_UNDISTURBED - 1 + pointers.calls_max(1, CHUNK_USERS_MAX);
    for (turn, bulk) in ["atomic", "partial", "stops"].into_iter().enumerate() {
        for (index, refusal) in refusals().iter().enumerate() {
            // In the canary, in the middle of a chunk, and the last one of all.
            let number = [3, 450, 1000][(index + turn) % 3];
            let calls_max = calls_max(refusal.pointers);
            isolate(&crowd, refusal, bulk, &[number], calls_max);
        }
    }
}

#[test]
fn bad_rows_in_several_chunks() {
    let crowd = Crowd::new(UPDATES, CREATES);
    // One in the canary, one in the next chunk, two in the one after that.
    let bad = [2, 77, 500, 501];
    let calls_max = |pointers: Pointers| {
        let calls = [(1, 5), (1, CHUNK_USERS_MAX), (2, CHUNK_USERS_MAX)];
        let calls = calls.map(|(bad, users)| pointers.calls_max(bad, users));
        CALLS_UNDISTURBED - 3 + calls.iter().sum::<usize>()
    };
    let bulks = ["atomic", "partial", "stops"].into_iter().cycle();
    for (refusal, bulk) in refusals().iter().zip(bulks) {
        isolate(&crowd, refusal, bulk, &bad, calls_max(refusal.pointers));
    }
}

/// Has the tenant refuse those rows in that way, and checks all that must hold.
fn isolate(crowd: &Crowd, refusal: &Refusal, bulk: &str, bad: &[usize], calls_max: usize) {
    let ids: Vec<String> = bad.iter().map(|&number| user_id(number)).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let what = format!("{}, {bulk}, {ids:?}", refusal.name);
    crowd.begin(&script(&ids, &refusal.reject, bulk));
    let done = crowd.sync(&[]);
    assert_eq!(done.code, 3, "{what}: {}", done.stderr);
    assert_rejected(&done, bad, &what);
    assert_refused_alone(&crowd.sandbox, &ids, &what);
    crowd.assert_all_but(&ids, &what);
    let calls = crowd.sandbox.bulk_calls().len();
    assert!(
        calls <= calls_max,
        "{what}: {calls} calls, at most {calls_max}"
    );
}

fn script(bad: &[&str], reject: &Json, bulk: &str) -> Json {
    let mut reject = reject.clone();
    reject["users"] = json!(bad);
    json!({"switches": {"bulk": bulk}, "faults": [{"route": "bulk", "do": {"reject": reject}}]})
}

/// Exactly those were rejected, on their lines, and all others applied.
#[track_caller]
fn assert_rejected(done: &Done, bad: &[usize], what: &str) {
    let document = done.document();
    let outcomes = document["outcomes"].as_array().expect("outcomes");
    let mut rejected = BTreeSet::new();
    for outcome in outcomes {
        match outcome["status"].as_str() {
            Some("applied") => {}
            Some("rejected") => {
                rejected.insert((
                    outcome["user_id"].as_str().expect("an id").to_owned(),
                    outcome["line"].as_u64(),
                ));
            }
            _ => panic!("{what}: {outcome}"),
        }
    }
    let expected: BTreeSet<_> = bad
        .iter()
        .map(|&number| (user_id(number), Some(number as u64 + 1)))
        .collect();
    assert_eq!(rejected, expected, "{what}");
    assert_eq!(outcomes.len(), UPDATES + CREATES, "{what}");
}

/// Those, and only those, failed in a call of their own.
#[track_caller]
fn assert_refused_alone(sandbox: &Sandbox, bad: &[&str], what: &str) {
    let mut refused: Vec<String> = Vec::new();
    for call in sandbox.bulk_calls() {
        let users = call["users"].as_array().expect("ids");
        if let ([user], Some(400..)) = (users.as_slice(), call["status"].as_u64()) {
            refused.push(user.as_str().expect("an id").to_owned());
        }
    }
    refused.sort();
    assert_eq!(refused, bad, "{what}: refused in calls of their own");
}
