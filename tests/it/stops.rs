//! What a bulk call can meet that ends the run: at once or within a bounded number of calls, with nothing lost,
//! nobody blamed, and the next run able to finish.

use std::net::TcpListener;

use serde_json::{Value as Json, json};

use super::support::Done;
use super::support::crowd::{Crowd, GUARDS_OFF};

const CREATES: usize = 40;

/// Ten users a call, and no canary: several calls could be under way at once.
fn crowd() -> Crowd {
    Crowd::new(1, CREATES - 1)
}

const CHUNKS: [&str; 2] = ["--chunk-users", "10"];

/// The first call of [`crowd`] is the canary with one update and four creates.
const FIRST: usize = 5;

#[test]
fn a_wrong_address_or_right_costs_one_call_and_is_a_matter_of_configuration() {
    let crowd = Crowd::new(0, CREATES);
    for status in [402, 403, 404, 405, 406, 415, 422] {
        crowd.begin(&json!({"faults": [{"route": "bulk", "delay_ms": 50, "do": {"answer": {"status": status}}}]}));
        let done = crowd.sync(&CHUNKS);
        assert_eq!(done.code, 2, "{status}: {}", done.stderr);
        assert_eq!(crowd.sandbox.bulk_calls().len(), 1, "{status}");
        assert_eq!(done.figure("not_sent"), CREATES as u64, "{status}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere
        .set_nonblocking(true)
        .expect("a listener that does not wait");
    let location = format!(
        "http://{}/seiapi/v3/bulk/Users",
        elsewhere.local_addr().expect("an address")
    );
    let crowd = Crowd::new(0, CREATES);
    for status in [301, 302, 303, 307, 308] {
        let redirect = json!({"redirect": {"status": status, "location": location}});
        crowd.begin(&json!({"faults": [{"route": "bulk", "do": redirect}]}));
        let done = crowd.sync(&CHUNKS);
        assert_eq!(done.code, 2, "{status}: {}", done.stderr);
        assert_eq!(crowd.sandbox.bulk_calls().len(), 1, "{status}");
    }
    let connections = elsewhere.accept();
    assert!(connections.is_err(), "{connections:?}");
}

#[test]
fn a_token_that_is_refused_in_mid_run_stops_at_once_and_the_next_run_finishes() {
    let crowd = crowd();
    crowd.begin(
        &json!({"faults": [{"route": "bulk", "from": 2, "do": {"answer": {"status": 401}}}]}),
    );
    let done = crowd
        .sync(&["--in-flight", "1", "--chunk-users", "10"])
        .exits(1);
    assert_eq!(done.document()["resumable"], true);
    assert_eq!(crowd.sandbox.bulk_calls().len(), 2);
    assert_eq!(
        (done.figure("created"), done.figure("updated")),
        (FIRST as u64 - 1, 1)
    );
    assert_eq!(done.figure("not_sent"), (CREATES - FIRST) as u64);
    finishes(&crowd, &[]);
}

#[test]
fn who_can_sign_in_again_does_so_once() {
    let crowd = crowd();
    let logins = || {
        let requests = crowd.sandbox.requests();
        requests
            .iter()
            .filter(|request| request["path"] == "/createjwt")
            .count()
    };
    let run = || {
        Done::of(
            crowd
                .command_signing_in(&CHUNKS)
                .output()
                .expect("the program runs"),
        )
    };
    // Two calls under way meet the end of the same token.
    crowd.begin(&json!({"faults": [
        {"route": "bulk", "from": 2, "times": 2, "delay_ms": 200, "do": {"answer": {"status": 401}}}
    ]}));
    run().exits(0);
    crowd.assert_all_but(&[], "renewed");
    assert_eq!(logins(), 2);
    // The new token is refused as well: it ends there.
    crowd.begin(
        &json!({"faults": [{"route": "bulk", "from": 2, "do": {"answer": {"status": 401}}}]}),
    );
    let done = run().exits(1);
    assert_eq!(done.document()["resumable"], true);
    assert_eq!(logins(), 2);
    assert!(crowd.sandbox.bulk_calls().len() <= 5);
}

#[test]
fn a_wait_beyond_what_is_allowed_ends_the_run_and_is_kept_by_the_next() {
    let crowd = crowd();
    for headers in [
        json!({"Retry-After": "1000000000"}),
        json!({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "900"}),
    ] {
        crowd.begin(&json!({"faults": [
            {"route": "bulk", "from": 2, "headers": headers, "do": {"answer": {"status": 429}}}
        ]}));
        let done = crowd
            .sync(&["--in-flight", "1", "--chunk-users", "10"])
            .exits(1);
        assert_eq!(done.document()["resumable"], true, "{headers}");
        assert_eq!(crowd.sandbox.bulk_calls().len(), 2, "{headers}");
        // The time has not come yet, so not even one call is made.
        crowd.sandbox.faults(&json!({}));
        let done = crowd.sync_again(&CHUNKS).exits(1);
        assert_eq!(done.document()["resumable"], true, "{headers}");
        assert_eq!(crowd.sandbox.bulk_calls().len(), 2, "{headers}");
    }
}

#[test]
fn the_deadline_ends_the_sending() {
    let crowd = Crowd::new(0, CREATES);
    let deadline = crowd.world.file(
        "deadline.toml",
        format!("[delivery]\ndeadline_s = 1\n{GUARDS_OFF}"),
    );
    let limits = "bulk=1/600ms,default=1000/s";
    let done = crowd.sync(&[
        "--config", &deadline, "--limits", limits, CHUNKS[0], CHUNKS[1],
    ]);
    assert_eq!(
        (done.code, &done.document()["resumable"]),
        (1, &json!(true)),
        "{}",
        done.stderr
    );
    // The third of four calls would leave 1.2 s after the first.
    let calls = crowd.sandbox.bulk_calls().len();
    assert!(calls <= 2, "{calls} calls");
    assert_eq!(done.figure("not_sent"), (CREATES - 10 * calls) as u64);
    finishes(&crowd, &[]);
}

#[test]
fn a_sick_server_is_left_alone_soon_and_nobody_is_blamed() {
    let crowd = crowd();
    let impatient = crowd.impatient();
    let answer = |status: u16| json!({"answer": {"status": status}});
    for action in [
        answer(500),
        answer(502),
        answer(503),
        answer(429),
        json!({"reset": "before"}),
        json!({"throttle": {"retry_after": "0"}}),
        json!({"answer": {"status": 200, "body": "<html>Please wait</html>", "content_type": "text/html"}}),
    ] {
        // From the beginning, in the middle, and for the last call.
        for from in [1, 3, 5] {
            let what = format!("{action} from {from}");
            crowd.begin(&json!({"faults": [{"route": "bulk", "from": from, "do": action}]}));
            let done = crowd.sync(&["--config", &impatient, CHUNKS[0], CHUNKS[1]]);
            assert_eq!(done.code, 1, "{what}: {}", done.stderr);
            let document = done.document();
            assert_eq!(document["resumable"], true, "{what}");
            // Those that passed, eleven failures in a row, and what was under way beside the first and the last.
            let calls = crowd.sandbox.bulk_calls().len();
            assert!(calls <= from - 1 + 11 + 3, "{what}: {calls} calls");
            let applied = assert_all_applied(&document, &what);
            let there = crowd.sandbox.users();
            let wanted = crowd.expected_without(&[]);
            let as_wanted = wanted
                .iter()
                .filter(|(id, user)| there.get(*id) == Some(user))
                .count();
            assert_eq!(applied, as_wanted, "{what}");
            assert_eq!(
                done.figure("not_sent"),
                (CREATES - applied) as u64,
                "{what}"
            );
            if from == 3 {
                finishes(&crowd, &["--config", &impatient]);
            }
        }
    }
}

/// Whatever has an end was applied; gives how many.
#[track_caller]
fn assert_all_applied(document: &Json, what: &str) -> usize {
    let outcomes = document["outcomes"].as_array().expect("outcomes");
    for outcome in outcomes {
        assert_eq!(outcome["status"], "applied", "{what}: {outcome}");
    }
    outcomes.len()
}

/// Once the tenant is well, the next run under the same state sends what is missing, and no more.
#[track_caller]
fn finishes(crowd: &Crowd, options: &[&str]) {
    let wanted = crowd.expected_without(&[]);
    let before = crowd.sandbox.users();
    let missing = wanted
        .iter()
        .filter(|(id, user)| before.get(*id) != Some(user))
        .count();
    crowd.sandbox.faults(&json!({}));
    let done = crowd.sync_again(options).exits(0);
    assert_eq!(
        done.figure("created") + done.figure("updated"),
        missing as u64
    );
    crowd.assert_all_but(&[], "the next run");
}
