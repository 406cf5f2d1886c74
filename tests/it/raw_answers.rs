//! The program against answers that the sandbox cannot give, byte by byte.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value as Json, json};

use super::support::fault_server::{Act, Dialect, FaultServer};
use super::support::{Done, World};

/// The canary with 5, then 2.
const USERS: usize = 7;

#[test]
fn every_way_to_write_a_right_answer_is_understood() {
    for dialect in [
        Dialect::Plain,
        Dialect::Closing,
        Dialect::Http10,
        Dialect::Chunked,
        Dialect::FollowedByJunk,
    ] {
        let server = FaultServer::speaking(dialect, &people("old"), |_| Act::confirm());
        let done = sync(&server).exits(0);
        assert_eq!(done.figure("updated"), USERS as u64, "{dialect:?}");
        assert_eq!(server.bulk_calls().len(), 2, "{dialect:?}");
        assert_all_changed_once(&server, &format!("{dialect:?}"));
    }
}

#[test]
fn what_confirms_and_what_does_not() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let many: String = (0..500).map(|n| format!("X-{n}: x\r\n")).collect();
    let confirming = [
        // No reason, no type, no length.
        "HTTP/1.1 200\r\n\r\n{\"code\":200}".to_owned(),
        ok("", r#"{}"#),
        ok(
            "Content-Type: Application/JSON; charset=utf-8\r\n",
            "\u{feff}{\"code\":\"200\",\"detail\":null}",
        ),
        ok(
            "",
            r#"{"code":200,"detail":{"message":"","params":{"value":""},"dataPath":""}}"#,
        ),
        ok(
            "",
            r#"{"status":200,"title":"OK","detail":"","invalidParams":[]}"#,
        ),
        format!("HTTP/1.1 100 Continue\r\n\r\n{}", ok("", "{}")),
    ];
    let doubtful = [
        String::new(),
        "HTTP/1.1 200 OK\r\n".to_owned(),
        "SSH-2.0-OpenSSH_9.9\r\n".to_owned(),
        ok("", ""),
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{\"code\":200}".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"code\":200}".to_owned(),
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{".to_owned(),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"code\"".to_owned(),
        ok("Content-Encoding: gzip\r\n", "\u{1f}\u{8b}..."),
        ok("Content-Type: text/plain\r\n", "{}"),
        ok("", &deep),
        ok(&many, "{}"),
        ok("", "null"),
        ok("", "\"done\""),
        ok("", r#"{"code":"ok"}"#),
        ok("", r#"{"status":500,"title":"Error"}"#),
    ];
    for (confirms, answers) in [(true, &confirming[..]), (false, &doubtful[..])] {
        for (index, answer) in answers.iter().enumerate() {
            let what = &answer[..answer.len().min(80)];
            // An answer that confirms is believed; what else is said, only reading back tells.
            let commits = confirms || index % 2 == 0;
            let bytes = answer.clone().into_bytes();
            let server = FaultServer::start(&people("old"), move |call| match call.number {
                2 => Act::answer(commits, bytes.clone()),
                _ => Act::confirm(),
            });
            let done = sync(&server);
            assert_eq!(done.code, 0, "{what:?}: {}", done.stderr);
            assert_all_changed_once(&server, what);
            let calls = if commits { 2 } else { 3 };
            assert_eq!(server.bulk_calls().len(), calls, "{what:?}");
            // A doubtful answer costs a reading of each who was sent: 2 of them.
            let readings = server
                .arrivals()
                .iter()
                .filter(|arrival| arrival.path.contains("/trans/User/"))
                .count();
            let doubts = if confirms { 0 } else { 2 };
            assert_eq!(readings, USERS + 5 + doubts, "{what:?}");
        }
    }
}

#[test]
fn a_server_that_hangs_is_given_up_in_time() {
    for commits in [true, false] {
        let server = FaultServer::start(&people("old"), move |call| match call.number {
            2 => Act::hang(commits),
            _ => Act::confirm(),
        });
        sync(&server).exits(0);
        assert_all_changed_once(&server, "hangs");
        let calls = server.bulk_calls();
        assert_eq!(calls.len(), if commits { 2 } else { 3 });
        if let [_, first, again] = &calls[..] {
            // Its second begins when the call leaves: that is after the last one before it has arrived, and a
            // moment before it has arrived itself.
            let arrivals = server.arrivals();
            let before = arrivals.iter().rfind(|arrival| arrival.at < first.at);
            let apart = again.at - before.expect("the canary").at;
            assert!(apart >= Duration::from_secs(1), "resent after {apart:?}");
        }
    }
}

#[test]
fn connections_that_break_are_no_answer() {
    for commits in [true, false] {
        let breaks_later = |commits| Act::call(commits, || {});
        for act in [Act::reset, Act::close, breaks_later] {
            let server = FaultServer::start(&people("old"), move |call| match call.number {
                1 => act(commits),
                _ => Act::confirm(),
            });
            sync(&server).exits(0);
            assert_all_changed_once(&server, "breaks");
            let posts = server
                .arrivals()
                .iter()
                .filter(|arrival| arrival.method == "POST")
                .count();
            assert_eq!(posts, server.bulk_calls().len());
        }
    }
}

#[test]
fn both_formats_of_errors_name_the_row() {
    let bodies = [
        r#"{"code":409,"detail":{"message":"taken","params":{"value":"x"},"dataPath":"INDEX"}}"#,
        r#"{"code":409,"detail":[{"message":"taken","dataPath":"INDEX","more":1}],"extra":{}}"#,
        r#"{"code":409,"detail":[{"message":"taken","instancePath":"INDEX"}]}"#,
        r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"one row","invalidParams":[{"name":"Email","reason":"taken","path":"INDEX","value":"x"}]}"#,
        r#"{"title":"Conflict","status":409,"invalidParams":[{"name":"INDEX","reason":"taken"}]}"#,
    ];
    for body in bodies {
        let server = FaultServer::start(&people("old"), move |call| {
            let bad = call.users.iter().position(|user| user["UserID"] == "T-7");
            let Some(index) = bad else {
                return Act::confirm();
            };
            let body = body.replace("INDEX", &format!("/Users/{index}/Email"));
            Act::answer(false, Dialect::Plain.write(409, &body))
        });
        let done = sync(&server).exits(3);
        assert_eq!(
            (done.figure("updated"), done.figure("rejected")),
            (6, 1),
            "{body}"
        );
        let document = done.document();
        let outcomes = document["outcomes"].as_array().expect("outcomes");
        let rejected = outcomes
            .iter()
            .find(|outcome| outcome["status"] == "rejected");
        let rejected = rejected.expect("one is rejected");
        assert_eq!(
            (&rejected["user_id"], &rejected["line"]),
            (&json!("T-7"), &json!(8)),
            "{body}"
        );
        assert_eq!(
            (&rejected["code"], &rejected["message"]),
            (&json!(409), &json!("taken")),
            "{body}"
        );
        // The canary, the two others, the suspect alone, the rest.
        assert_eq!(server.bulk_calls().len(), 4, "{body}");
    }
}

#[test]
fn a_200_that_warns_is_applied_and_its_warnings_are_told() {
    let bodies = [
        r#"{"code":200,"detail":{"message":"deprecated","params":{},"dataPath":"/Users/1/Email"}}"#,
        r#"{"code":200,"detail":[{"message":"deprecated","dataPath":".Users[1].Email"}]}"#,
        r#"{"status":200,"detail":"look","invalidParams":[{"name":"Email","reason":"deprecated","path":"/Users/1/Email"}]}"#,
    ];
    for body in bodies {
        let server = FaultServer::start(&people("old"), move |call| match call.number {
            2 => Act::answer(true, Dialect::Plain.write(200, body)),
            _ => Act::confirm(),
        });
        let done = sync(&server).exits(0);
        assert_eq!(
            (done.figure("updated"), done.figure("warnings")),
            (USERS as u64, 1),
            "{body}"
        );
        let document = done.document();
        let note = &document["answers"][0];
        assert_eq!(
            (&note["message"], &note["line"]),
            (&json!("deprecated"), &json!(8)),
            "{body}"
        );
        assert_all_changed_once(&server, body);
    }
}

#[test]
fn a_200_that_left_a_row_out_is_not_taken_for_all() {
    // It names one; in truth it left out both.
    let body = r#"{"code":200,"detail":{"message":"skipped","dataPath":"/Users/0"}}"#;
    let server = FaultServer::start(&people("old"), move |call| match call.number {
        2 => Act::answer(false, Dialect::Plain.write(200, body)),
        _ => Act::confirm(),
    });
    let done = sync(&server).exits(3);
    assert_eq!((done.figure("unconfirmed"), done.figure("updated")), (2, 5));
}

fn ok(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn person(word: &str, number: usize) -> Json {
    json!({"UserID": format!("T-{number}"), "Email": format!("{word}{number}@example.com"), "Grade": number})
}

fn people(word: &str) -> Vec<Json> {
    (1..=USERS).map(|number| person(word, number)).collect()
}

/// Gives everybody a new mail address; nothing takes longer than a second.
fn sync(server: &FaultServer) -> Done {
    let world = World::new();
    let rows = (1..=USERS).map(|number| format!("T-{number},new{number}@example.com\n"));
    let file = world.file(
        "people.csv",
        format!("UserID,Email\n{}", rows.collect::<String>()),
    );
    world.file(
        "crewsync.toml",
        "[tenant]\ntotal_timeout_s = 1\n[delivery]\nbackoff_ms_base = 2\nbackoff_ms_max = 10\nverify = \"none\"\n",
    );
    let mut command = world.command_on(&server.base_url(), &["sync", &file, "--json"]);
    Done::of(command.output().expect("the program runs"))
}

/// The tenant is as planned, and by its own ledger everybody was changed once.
#[track_caller]
fn assert_all_changed_once(server: &FaultServer, what: &str) {
    for (id, user) in server.users() {
        let number = id.trim_start_matches("T-").parse().expect("a number");
        let mut wanted = person("new", number);
        wanted["Deleted"] = json!(false);
        assert_eq!(user, wanted, "{what}");
    }
    let mut changes: BTreeMap<String, usize> = BTreeMap::new();
    for entry in server.ledger() {
        if entry.changed_something() {
            *changes.entry(entry.user_id).or_default() += 1;
        }
    }
    let once: BTreeMap<String, usize> = (1..=USERS)
        .map(|number| (format!("T-{number}"), 1))
        .collect();
    assert_eq!(changes, once, "{what}");
}
