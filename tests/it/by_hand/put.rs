//! `user put`.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use super::{sandbox, writes, yes};
use crate::support::{Done, World};

#[test]
fn what_the_file_does_not_mention_stays() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let file = world.file(
        "ann.json",
        r#"{"UserID":"T-1","Email":"new@example.com","Extensions":{"Site":"North"}}"#,
    );
    let done = world.json(&sandbox, &["user", "put", &file]).exits(0);
    let ann = &sandbox.users()["T-1"];
    assert_eq!(ann["Email"], "new@example.com");
    assert_eq!(
        (&ann["FirstName"], &ann["Custom"]),
        (&json!("Ann"), &json!(7.50))
    );
    assert_eq!(ann["Extensions"], json!({"Grade": "3", "Site": "North"}));
    let fields: Vec<String> = done.document()["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .map(|change| change["field"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(fields, ["Email", "Extensions"]);
    let before = writes(&sandbox).len();
    let again = world.json(&sandbox, &["user", "put", &file]).exits(0);
    assert_eq!(again.document()["status"], "unchanged");
    assert_eq!(writes(&sandbox).len(), before, "nothing was sent");
}

#[test]
fn replacing_sends_the_file_as_it_stands_and_asks_where_it_takes_access() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let file = world.file("ann.json", r#"{"UserID":"T-1","FirstName":"Ann"}"#);
    let put = ["user", "put", &file, "--replace"];
    let asked = world.run_on(&sandbox, &put).exits(2);
    assert!(
        asked.stderr.contains("Take access from T-1"),
        "{}",
        asked.stderr
    );
    assert_eq!(sandbox.users()["T-1"]["Custom"], json!(7.50));
    yes(&world, &sandbox, &put).exits(0);
    let ann = &sandbox.users()["T-1"];
    assert!(
        ann.get("Custom").is_none() && ann["IsMobileWorker"] != true,
        "{ann}"
    );
}

#[test]
fn a_new_user_comes_from_standard_input_and_is_mailed_only_when_told_so() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let put = |id: &str, options: &[&str]| {
        let arguments = [&["user", "put", "-", "--json"], options].concat();
        let mut command = world.command_on(sandbox.url(), &arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut stdin = child.stdin.take().expect("its stdin");
        let user = json!({"UserID": id, "Email": "n@example.com", "Password": "planted-4711"});
        stdin
            .write_all(user.to_string().as_bytes())
            .expect("it reads");
        drop(stdin);
        Done::of(child.wait_with_output().expect("it ends"))
    };
    let mails = || sandbox.get("/sandbox/mails").as_array().map_or(0, Vec::len);
    let quiet = put("N-1", &[]).exits(0);
    assert_eq!(mails(), 0);
    put("N-2", &["--notify"]).exits(2);
    assert!(!sandbox.users().contains_key("N-2"), "nothing was sent");
    put("N-2", &["--notify", "--yes"]).exits(0);
    assert_eq!(mails(), 1);
    assert!(!format!("{}{}", quiet.stdout, quiet.stderr).contains("planted-4711"));
}

#[test]
fn a_name_that_nobody_knows_is_pointed_out() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let file = world.file("ann.json", r#"{"UserID":"T-1","Emial":"x","Custom":8}"#);
    let done = world.json(&sandbox, &["user", "put", &file]).exits(0);
    assert!(
        done.stderr.contains("\"Emial\" is no property"),
        "{}",
        done.stderr
    );
    assert!(!done.stderr.contains("Custom"), "{}", done.stderr);
}

#[test]
fn a_file_that_is_no_user_is_refused_without_being_repeated() {
    let world = World::new();
    let sandbox = sandbox(&world);
    for (text, said) in [
        (
            r#"{"UserID":"T-1","Password":"planted-4711""#,
            "ends too early",
        ),
        (r#"[{"Password":"planted-4711"}]"#, "another shape"),
        (r#"{"Password":"planted-4711"}"#, "has no UserID"),
    ] {
        let file = world.file("bad.json", text);
        let done = world.json(&sandbox, &["user", "put", &file]).exits(2);
        assert!(done.stderr.contains(said), "{said}: {}", done.stderr);
        assert!(!done.stderr.contains("planted"), "{}", done.stderr);
    }
    assert_eq!(writes(&sandbox), [""; 0]);
}
