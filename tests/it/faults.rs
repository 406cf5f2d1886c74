//! What a bulk call can meet and survive: in the end the tenant is as planned, nothing was sent twice that had
//! arrived, and nothing left earlier than allowed.

use serde_json::{Value as Json, json};

use super::support::crowd::Crowd;

/// The canary with 5, then 35.
const UPDATES: usize = 30;
const CREATES: usize = 10;

/// Whether a call that met the fault was carried out.
#[derive(Clone, Copy, PartialEq)]
enum Executed {
    Yes,
    No,
}

use Executed::{No, Yes};

#[test]
fn accidents_are_survived_and_nobody_is_sent_twice_who_had_arrived() {
    let crowd = Crowd::new(UPDATES, CREATES);
    let impatient = crowd.impatient();
    for (index, (executed, accident)) in accidents().into_iter().enumerate() {
        // The canary, or the other call; those that lose the connection, both.
        let both = index < LOSING_THE_CONNECTION;
        for from in [1, 2] {
            if !both && from != index % 2 + 1 {
                continue;
            }
            let what = format!("{accident} from {from}");
            let mut fault = accident.clone();
            fault["route"] = json!("bulk");
            fault["from"] = json!(from);
            fault["times"] = json!(1);
            crowd.begin(&json!({"faults": [fault]}));
            let done = crowd.sync(&["--config", &impatient]);
            assert_eq!(done.code, 0, "{what}: {}", done.stderr);
            crowd.assert_all_but(&[], &what);
            let calls = if executed == Yes { 2 } else { 3 };
            assert_eq!(crowd.sandbox.bulk_calls().len(), calls, "{what}");
            let sent_twice = crowd
                .times_sent()
                .values()
                .filter(|times| **times > 1)
                .count();
            let expected = match (executed, from) {
                (Yes, _) => 0,
                (No, 1) => 5,
                (No, _) => UPDATES + CREATES - 5,
            };
            assert_eq!(sent_twice, expected, "{what}");
            let retries = u64::from(executed == No);
            assert_eq!(
                (done.figure("retries"), done.figure("unconfirmed")),
                (retries, 0),
                "{what}"
            );
        }
    }
}

/// So many of [`accidents`] come first.
const LOSING_THE_CONNECTION: usize = 5;

/// What one call meets, and whether it was executed.
fn accidents() -> Vec<(Executed, Json)> {
    let answer = |answer: Json| json!({"do": {"answer": answer}});
    let mut accidents = vec![
        (No, json!({"do": {"reset": "before"}})),
        (Yes, json!({"do": {"reset": "after"}})),
        (No, json!({"do": {"close": "before"}})),
        (Yes, json!({"do": {"close": "after"}})),
        (Yes, json!({"do": {"truncate": {"bytes": 1}}})),
        // Slow, but in time; and too slow.
        (Yes, json!({"do": {"trickle": {"bytes": 1, "pause_ms": 5}}})),
        (
            Yes,
            json!({"do": {"trickle": {"bytes": 1, "pause_ms": 900}}}),
        ),
        (Yes, json!({"delay_answer_ms": 30_000})),
        (No, answer(json!({"status": 503}))),
        (No, answer(json!({"status": 429}))),
        (No, json!({"do": {"throttle": {"retry_after": "0"}}})),
        (No, json!({"do": {"throttle": {"retry_after": "-1"}}})),
        (No, json!({"do": {"throttle": {"retry_after": "soon"}}})),
    ];
    for (executed, commit) in [(Yes, true), (No, false)] {
        for said in [
            json!({"status": 200, "content_type": "text/html", "body": "<html>All is well</html>"}),
            json!({"status": 200, "content_type": "text/html", "body": "{}"}),
            json!({"status": 200, "body": {"code": 400, "detail": {"message": "no", "dataPath": "/Users/0/Email"}}}),
            json!({"status": 200, "body": {"error": "backend timeout"}}),
            json!({"status": 200, "body": {"success": false}}),
            json!({"status": 200, "body": []}),
            json!({"status": 200, "body": ""}),
            json!({"status": 200, "body": "{\"code\":200}}"}),
            json!({"status": 202, "body": {"code": 202}}),
            json!({"status": 204, "content_type": "", "body": ""}),
            json!({"status": 408}),
            json!({"status": 502, "content_type": "text/html", "body": "<html>Bad gateway</html>"}),
            json!({"status": 504}),
        ] {
            let mut said = said;
            said["commit"] = json!(commit);
            accidents.push((executed, answer(said)));
        }
    }
    accidents
}

#[test]
fn a_server_that_failed_once_is_asked_in_parts() {
    let crowd = Crowd::new(UPDATES, CREATES);
    for (commit, from, sizes) in [
        (true, 1, vec![5, 35]),
        (true, 2, vec![5, 35]),
        // Another canary shows that the server is well; then the halves of the first.
        (false, 1, vec![5, 5, 3, 2, 30]),
        // There is no other chunk: its halves testify for each other.
        (false, 2, vec![5, 35, 18, 17]),
    ] {
        let fails = json!({"answer": {"status": 500, "commit": commit}});
        crowd.begin(&json!({"faults": [{"route": "bulk", "from": from, "times": 1, "do": fails}]}));
        crowd.sync(&["--config", &crowd.impatient()]).exits(0);
        crowd.assert_all_but(&[], &format!("{commit} {from}"));
        assert_eq!(crowd.bulk_sizes(), sizes, "{commit} {from}");
    }
}

#[test]
fn a_call_that_is_carried_out_after_the_client_gave_up_does_no_harm() {
    let crowd = Crowd::new(UPDATES, CREATES);
    crowd.begin(&json!({"faults": [{"route": "bulk", "from": 2, "times": 1, "delay_ms": 1500}]}));
    crowd.sync(&["--config", &crowd.impatient()]).exits(0);
    crowd.assert_all_but(&[], "late");
}

#[test]
fn an_overloaded_tenant_gets_smaller_chunks() {
    let crowd = Crowd::new(0, 40);
    crowd.begin(
        &json!({"faults": [{"route": "bulk", "times": 2, "do": {"answer": {"status": 503}}}]}),
    );
    let done = crowd
        .sync(&["--config", &crowd.impatient(), "--chunk-users", "16"])
        .exits(0);
    crowd.assert_all_but(&[], "503 twice");
    let calls = crowd.sandbox.bulk_calls();
    assert_eq!(done.figure("retries"), calls_after_a_503(&calls));
    let last = calls.last().expect("calls");
    assert!(last["users"].as_array().expect("ids").len() < 16, "{last}");
}

/// How many calls carried a user whose call before was answered 503.
fn calls_after_a_503(calls: &[Json]) -> u64 {
    let mut overloaded = std::collections::BTreeSet::new();
    let mut again = 0;
    for call in calls {
        let users: Vec<String> = serde_json::from_value(call["users"].clone()).expect("ids");
        again += u64::from(users.iter().any(|user| overloaded.contains(user)));
        for user in users {
            match call["status"] == 503 {
                true => overloaded.insert(user),
                false => overloaded.remove(&user),
            };
        }
    }
    again
}

#[test]
fn what_was_too_large_once_is_not_tried_again() {
    let crowd = Crowd::new(30, 130);
    for limit in [
        json!({"chunk_users_max": 15}),
        json!({"chunk_bytes_max": 6_000}),
    ] {
        crowd.begin(&json!({"switches": limit}));
        // One call at a time, so that each knows what came of those before.
        let options = ["--chunk-users", "50", "--in-flight", "1"];
        crowd.sync(&options).exits(0);
        crowd.assert_all_but(&[], &limit.to_string());
        let calls = crowd.sandbox.bulk_calls();
        let is_too_large = calls.iter().map(|call| call["status"] == 413);
        let sizes = crowd.bulk_sizes();
        let too_large = std::iter::zip(&sizes, is_too_large);
        let too_large: Vec<usize> = too_large
            .filter(|(_, is)| *is)
            .map(|(size, _)| *size)
            .collect();
        let halved = too_large.windows(2).all(|pair| pair[1] < pair[0]);
        assert!(halved && !too_large.is_empty(), "{limit}: {sizes:?}");
        // 155 users behind the canary, in chunks of at least a third of what fits (50 → 25 → 13 or 12).
        assert!(sizes.len() <= 20, "{limit}: {sizes:?}");
    }
}

#[test]
fn nothing_leaves_before_the_time_that_an_answer_names() {
    let crowd = Crowd::new(UPDATES, CREATES);
    let date = |seconds: u8| format!("Sun, 06 Nov 1994 08:49:{seconds:02} GMT");
    let throttle = |retry_after: &str| json!({"throttle": {"retry_after": retry_after}});
    let again = |status: u16| json!({"answer": {"status": status}});
    for (headers, action) in [
        (json!({}), throttle("1")),
        // Counted from the tenant's own clock.
        (json!({"Date": date(37)}), throttle(&date(38))),
        (json!({"Retry-After": "1"}), again(503)),
        (json!({"X-RateLimit-Reset": "1"}), again(429)),
        (
            json!({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}),
            Json::Null,
        ),
        (json!({"Retry-After": "1"}), Json::Null),
    ] {
        let what = format!("{headers} {action}");
        let mut fault = json!({"route": "bulk", "times": 1, "headers": headers});
        if !action.is_null() {
            fault["do"] = action;
        }
        crowd.begin(&json!({"faults": [fault]}));
        crowd.sync(&["--config", &crowd.impatient()]).exits(0);
        crowd.assert_all_but(&[], &what);
        let at = crowd.bulk_arrivals_ms();
        assert!(at[1] - at[0] >= 1000, "{what}: {at:?}");
    }
}

#[test]
fn calls_keep_their_distance_also_across_runs_and_when_rows_are_refused() {
    // The journal says when a call left; how long it travelled is not ours.
    const SPACING_MS: u64 = 600;
    const TRAVEL_MS_MAX: u64 = 150;
    let crowd = Crowd::new(0, 8);
    let limits = [
        "--limits",
        "bulk=1/600ms,default=1000/s",
        "--chunk-users",
        "4",
    ];
    crowd.begin(&json!({"faults": [
        {"route": "bulk", "do": {"reject": {"users": ["T-0002"], "property": "Email"}}}
    ]}));
    crowd.sync(&limits).exits(3);
    crowd.assert_all_but(&["T-0002"], "the first run");
    let again = [&limits[..], &["--retry-quarantined"]].concat();
    crowd.sync_again(&again).exits(3);
    let at = crowd.bulk_arrivals_ms();
    // Chunk, row, rest, chunk; and the row again.
    assert_eq!(at.len(), 5, "{at:?}");
    for pair in at.windows(2) {
        assert!(pair[1] - pair[0] >= SPACING_MS - TRAVEL_MS_MAX, "{at:?}");
    }
}
