//! The main job from export to tenant, on the real program and a real server.

#[path = "end_to_end/against.rs"]
mod against;
#[path = "end_to_end/listing.rs"]
mod listing;
#[path = "end_to_end/merging.rs"]
mod merging;
#[path = "end_to_end/samples.rs"]
mod samples;

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Done, Sandbox, World, sample};

/// Figures of a plan or run that count a change.
const CHANGES: [&str; 7] = [
    "create",
    "update",
    "deactivate",
    "reactivate",
    "restore",
    "delete",
    "held",
];

#[test]
fn the_first_run_creates_everybody_and_the_second_changes_nothing() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = sample("people.csv");
    let first = world.json(&sandbox, &["sync", &people]).exits(0);
    assert_eq!(first.figure("created"), 202);
    assert_eq!(first.figure("requests"), 1);
    assert_eq!(sandbox.bulk_calls().len(), 1);
    let users = sandbox.users();
    assert_eq!(users.len(), 202);
    let user = &users["T-1003"];
    assert_eq!(user["LastName"], "Fraser");
    assert_eq!(user["IsMobileWorker"], true);
    assert_eq!(
        user["Phones"],
        json!([{"PhoneNum": "+44 7700 901003", "PhoneType": "Mobile"}])
    );
    assert_eq!(
        user["Extensions"]["JobTitle"],
        "Lead Technician, \"Red\" Crew"
    );
    assert_eq!(sandbox.get("/sandbox/mails"), json!([]));

    let second = world.json(&sandbox, &["sync", &people]).exits(0);
    changes_nothing(&second, 202);
    assert_eq!(second.figure("requests"), 0);
    assert_eq!(sandbox.bulk_calls().len(), 1, "no second call");
    assert_eq!(sandbox.users(), users);
}

#[test]
fn the_built_in_sandbox_keeps_its_users_between_commands() {
    let world = World::new();
    let people = sample("people.csv");
    let sync = ["sync", &people, "--sandbox", "--limits", "off", "--json"];
    assert_eq!(world.run(&sync).exits(0).figure("created"), 202);
    changes_nothing(&world.run(&sync).exits(0), 202);
    let plan = ["plan", &people, "--sandbox", "--limits", "off", "--json"];
    changes_nothing(&world.run(&plan).exits(0), 202);
    // Another state directory is another sandbox.
    let elsewhere = [&plan[..], &["--state", "elsewhere"]].concat();
    assert_eq!(world.run(&elsewhere).exits(0).figure("create"), 202);
}

#[test]
fn the_built_in_sandbox_begins_with_the_seed_if_it_is_empty() {
    let world = World::new();
    let (people, seed) = (sample("people.csv"), sample("current.json"));
    let sync = [
        "sync",
        &people,
        "--sandbox",
        "--sandbox-seed",
        &seed,
        "--limits",
        "off",
        "--json",
    ];
    let first = world.run(&sync).exits(3);
    assert_eq!((first.figure("created"), first.figure("updated")), (9, 17));
    let second = world.run(&sync).exits(3);
    assert_eq!(second.figure("unchanged"), 199, "the seed came once");
    let note = "so --sandbox-seed changed nothing";
    assert!(second.stderr.contains(note), "{}", second.stderr);
    assert!(!first.stderr.contains(note), "{}", first.stderr);
}

#[test]
fn a_plan_only_reads() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &sample("current.json")]);
    let before = sandbox.users();
    world
        .json(&sandbox, &["plan", &sample("people.csv")])
        .exits(3);
    let requests = sandbox.requests();
    assert!(requests.len() > 2, "it asked: {requests:?}");
    for request in requests {
        assert_eq!(request["method"], "GET", "{request}");
    }
    assert_eq!(sandbox.users(), before);
    assert!(!world.path(".crewsync").exists(), "no state was written");
}

#[test]
fn a_plan_tells_by_its_exit_whether_there_is_something_to_do() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = sample("people.csv");
    let plan = ["plan", &people, "--exit-code"];
    world.run_on(&sandbox, &plan).exits(10);
    world.run_on(&sandbox, &["sync", &people]).exits(0);
    world.run_on(&sandbox, &plan).exits(0);
}

#[test]
fn what_a_plan_shows_is_what_a_run_does() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off", "--seed", &sample("current.json")]);
    let people = sample("people-dirty.csv");
    let plan = world.json(&sandbox, &["plan", &people]).exits(3);
    let run = world.json(&sandbox, &["sync", &people]).exits(3);
    assert_eq!(plan.document()["plan"], run.document()["plan"]);
    for (planned, done) in [
        ("create", "created"),
        ("update", "updated"),
        ("deactivate", "deactivated"),
        ("reactivate", "reactivated"),
        ("restore", "restored"),
        ("held", "held"),
        ("rejected", "rejected"),
        ("unchanged", "unchanged"),
        ("duplicate", "duplicate"),
        ("calls", "requests"),
    ] {
        assert_eq!(plan.figure(planned), run.figure(done), "{planned}");
    }
}

#[test]
fn an_export_comes_through_a_pipe_as_well() {
    let world = World::new();
    let sandbox = world.sandbox();
    let piped = |command: &str| {
        let tenant = ["--base-url", sandbox.url(), "--limits", "off", "--json"];
        let mut child = world
            .command(&[&[command, "-"], &tenant[..]].concat())
            .env("CREWSYNC_TOKEN", "test")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let people = std::fs::read(sample("people.csv")).expect("the sample");
        let mut stdin = child.stdin.take().expect("its stdin is ours");
        stdin.write_all(&people).expect("it reads");
        drop(stdin);
        Done::of(child.wait_with_output().expect("it ends"))
    };
    assert_eq!(piped("sync").exits(0).figure("created"), 202);
    changes_nothing(&piped("plan").exits(0), 202);
}

#[test]
fn the_report_files_say_what_became_of_each_row() {
    let world = World::new();
    let sandbox = world.sandbox();
    let reject = |user: &str, status: u16, message: &str| {
        json!({"route": "bulk", "do": {"reject": {
            "users": [user], "status": status, "message": message, "property": "Email"}}})
    };
    let faults = [reject("T-1005", 409, "taken"), reject("T-1006", 200, "odd")];
    sandbox.faults(&json!({ "faults": faults }));
    let run = world
        .run_on(&sandbox, &["sync", &sample("people.csv")])
        .exits(3);
    let files: Vec<&str> = run
        .stderr
        .lines()
        .filter_map(|line| {
            line.trim_start_matches("Report:")
                .trim()
                .strip_prefix(".crewsync/")
        })
        .collect();
    let [as_json, as_csv] = files[..] else {
        panic!("two files are named: {}", run.stderr);
    };
    let read = |name| std::fs::read_to_string(world.path(".crewsync").join(name)).expect(name);
    let report: serde_json::Value = serde_json::from_str(&read(as_json)).expect("JSON");
    assert_eq!(report["summary"]["created"], 200);
    assert_eq!(
        report["summary"]["unconfirmed"], 1,
        "a 200 that left him out"
    );
    // The chunk, the row alone, and a detail of the 200 for the rest: each detail whole, and on its line.
    let table = read(as_csv);
    let answers = report["answers"].as_array().expect("answers");
    let told: Vec<_> = answers.iter().map(|note| &note["user_id"]).collect();
    assert_eq!(told, ["T-1005", "T-1005", "T-1006"]);
    for note in answers {
        let (code, message, line) = match note["user_id"].as_str() {
            Some("T-1005") => (409, "taken", 6),
            _ => (200, "odd", 7),
        };
        let said = (&note["code"], &note["message"], &note["line"]);
        assert_eq!(said, (&json!(code), &json!(message), &json!(line)));
        let path = note["dataPath"].as_str().expect("a path");
        assert!(path.ends_with("/Email"), "{path}");
        let params = note["params"].to_string();
        assert!(params.contains("fieldworks.example"), "{params}");
        let quoted = params.replace('"', "\"\"");
        let user = note["user_id"].as_str().expect("a user");
        let is_it = |row: &&str| {
            row.starts_with(&format!("answer,{line},{user},"))
                && [message, path, &quoted]
                    .iter()
                    .all(|said| row.contains(said))
        };
        assert!(table.lines().any(|row| is_it(&row)), "{note} in {table}");
    }
    #[cfg(unix)]
    for name in [as_json, as_csv] {
        let path = world.path(".crewsync").join(name);
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

/// Every row is unchanged.
#[track_caller]
fn changes_nothing(done: &Done, rows: u64) {
    for change in CHANGES {
        assert_eq!(done.figure(change), 0, "{change}");
    }
    assert_eq!(done.figure("unchanged"), rows);
}
