//! What people get wrong on the first day: the message says what is wrong and where (with scheme, host and port,
//! or file and line), the hint says what to do, and nothing was sent.

use std::fs::File;
use std::net::TcpListener;

use serde_json::json;

use crate::support::strace::{can_trace, traced};
use crate::support::{Done, Sandbox, World, sample};

/// What is said must stand there, a line for each.
#[track_caller]
fn says(done: &Done, lines: &[&str]) {
    for line in lines {
        let stands = done.stderr.lines().any(|told| told == *line);
        assert!(stands, "{line:?} is not said:\n{}", done.stderr);
    }
}

/// Nobody was written, and nothing but reads arrived.
#[track_caller]
fn nothing_was_sent(sandbox: &Sandbox) {
    let requests = sandbox.requests();
    let only_reads = requests.iter().all(|request| request["method"] == "GET");
    assert!(only_reads, "{requests:?}");
    assert_eq!(sandbox.get("/sandbox/users"), json!({"Users": []}));
}

/// Nothing arrived at all.
#[track_caller]
fn nothing_was_asked(sandbox: &Sandbox) {
    assert_eq!(sandbox.requests(), [json!(null); 0]);
}

#[test]
fn a_wrong_token() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off", "--token", "right"]);
    for command in ["plan", "sync"] {
        let done = world
            .run_on(&sandbox, &[command, &sample("people.csv")])
            .exits(1);
        let error = format!("error: {} refuses the credentials (401)", sandbox.url());
        says(
            &done,
            &[
                &error,
                "hint: check the token, or the user name and password, and whether it has expired",
            ],
        );
        assert!(!done.stderr.contains("test"), "the token: {}", done.stderr);
        nothing_was_sent(&sandbox);
    }
}

#[test]
fn no_credentials() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = sample("people.csv");
    let sync = [
        "sync",
        &people,
        "--base-url",
        sandbox.url(),
        "--limits",
        "off",
    ];
    says(
        &world.run(&sync).exits(2),
        &[
            "error: there are no credentials for the tenant",
            "hint: set CREWSYNC_TOKEN (or CREWSYNC_USERNAME and CREWSYNC_PASSWORD), or name a token_file under \
             [tenant.auth]; to try things without a tenant, use --sandbox",
        ],
    );
    nothing_was_asked(&sandbox);
}

#[test]
fn a_dead_server() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let dead = format!("http://{}", listener.local_addr().expect("its address"));
    drop(listener);
    let done = world
        .run_at(&dead, &["sync", &sample("people.csv")])
        .exits(1);
    let error = format!("error: {dead} cannot be reached");
    says(
        &done,
        &[
            &error,
            "hint: check the base URL, the network and the proxy setting",
        ],
    );
    assert!(
        done.stderr.contains("Connection refused"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_base_url_that_leads_elsewhere() {
    let world = World::new();
    let sandbox = world.sandbox();
    let wrong = format!("{}/tenant7", sandbox.url());
    let done = world
        .run_at(&wrong, &["sync", &sample("people.csv")])
        .exits(2);
    let said = format!("error: {wrong} answers 404 for ");
    assert!(done.stderr.contains(&said), "{}", done.stderr);
    says(
        &done,
        &["hint: check host, port and path of the base URL: it is what stands before /seiapi"],
    );
    nothing_was_sent(&sandbox);
}

#[test]
fn a_base_url_that_cannot_be_right() {
    let world = World::new();
    let sandbox = world.sandbox();
    let whole = format!("{}/seiapi/v3", sandbox.url());
    for (url, said) in [
        (
            "http://example.com/",
            "error: the base URL http://example.com:80 is refused: http is allowed on this machine only \
             (127.0.0.1, ::1, localhost); use https",
        ),
        (
            "sm.example.com",
            "error: the base URL is refused: it has no scheme; write https:// in front of the host",
        ),
        (
            &whole,
            &format!(
                "error: the base URL {} is refused: leave out /seiapi and what follows; crewsync adds it",
                sandbox.url()
            ),
        ),
    ] {
        let done = world.run_at(url, &["sync", &sample("people.csv")]).exits(2);
        says(&done, &[said]);
    }
    nothing_was_asked(&sandbox);
}

#[test]
fn https_to_a_server_that_speaks_http() {
    let world = World::new();
    let sandbox = world.sandbox();
    let https = sandbox.url().replace("http:", "https:");
    let done = world
        .run_at(&https, &["sync", &sample("people.csv")])
        .exits(2);
    let error = format!("error: the list of users could not be read from {https}");
    says(&done, &[&error]);
    let cause = "caused by: the server does not speak TLS on this port";
    assert!(done.stderr.contains(cause), "{}", done.stderr);
    nothing_was_asked(&sandbox);
}

#[test]
fn an_export_that_cannot_be_used() {
    let world = World::new();
    let sandbox = world.sandbox();
    world.file("empty.csv", "");
    world.file("header.csv", "UserID,Email\n");
    world.file(
        "quote.csv",
        "UserID,Email\na,a@x.example\nb,\"b@x.example\n",
    );
    world.file("names.csv", "Name,Mail\nAnn,a@x.example\n");
    std::fs::create_dir(world.path("folder")).expect("a folder");
    for (export, code, lines) in [
        (
            "no.csv",
            1,
            &[
                "error: no.csv: there is no such file",
                "hint: check the path; it stands relative to the working directory",
            ][..],
        ),
        (
            "folder",
            1,
            &[
                "error: folder: it is a directory",
                "hint: name one file in it, or say how the newest is known: [source] newest_by",
            ],
        ),
        (
            "empty.csv",
            1,
            &[
                "error: empty.csv: it is empty",
                "hint: an export without people has at least a header, or []",
            ],
        ),
        (
            "header.csv",
            4,
            &[
                "warning: guard min_rows refused everything, nothing was sent: 0 of 0 rows; the limit is at least 1 readable row",
            ],
        ),
        (
            "quote.csv",
            1,
            &["error: quote.csv, line 3: the quote that opens on this line is never closed"],
        ),
        ("names.csv", 1, &["error: the export cannot be mapped"]),
    ] {
        let done = world.run_on(&sandbox, &["sync", export]).exits(code);
        says(&done, lines);
        assert!(sandbox.bulk_calls().is_empty(), "{export}");
    }
    nothing_was_sent(&sandbox);
}

#[cfg(unix)]
#[test]
fn an_export_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let sandbox = world.sandbox();
    let export = world.file("people.csv", "UserID\na\n");
    std::fs::set_permissions(&export, PermissionsExt::from_mode(0o000)).expect("its mode");
    let mut command = world.command_on(sandbox.url(), &["sync", &export]);
    if File::open(&export).is_ok() {
        // Root may read everything, so the system has to refuse in another way.
        if !can_trace("a file that may not be read") {
            return;
        }
        let refuse = ["-P", &export, "-e", "inject=openat:error=EACCES"];
        command = traced(&command, &world.path("trace"), &refuse);
    }
    let done = Done::of(command.output().expect("the program runs")).exits(1);
    says(
        &done,
        &[
            &format!("error: {export}: this account may not read it"),
            "caused by: Permission denied (os error 13)",
            "hint: give the account that runs crewsync the right to read it",
        ],
    );
    nothing_was_asked(&sandbox);
}

#[test]
fn an_unknown_column_is_named_with_the_one_that_was_meant_and_never_sent() {
    let world = World::new();
    let sandbox = world.sandbox();
    let recorder = crate::support::Recorder::before(&sandbox);
    let export = world.file(
        "people.csv",
        "UserID,Emial,Shoe,LastName\na,secret@x.example,47-shoe,Ek\n",
    );
    for command in ["validate", "plan", "sync"] {
        let done = match command {
            "validate" => world.run(&[command, &export]),
            _ => world.run_at(&recorder.url(), &[command, &export]),
        };
        let told = words(&done.exits(0).stdout);
        for said in [
            "warning: this column is no User property, so it is not sent (column \"Emial\", unknown_column)",
            "hint: did you mean Email? to send it: [map] Email = \"Emial\"",
            "(column \"Shoe\", unknown_column)",
        ] {
            assert!(told.contains(said), "{command}: {said:?} is not in {told}");
        }
    }
    let sent = String::from_utf8(recorder.bytes()).expect("text");
    assert!(sent.contains("\"LastName\":\"Ek\""));
    assert!(!sent.contains("secret@x.example") && !sent.contains("47-shoe"));
}

/// The text without its line breaks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_wrong_option() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = sample("people.csv");
    for (wrong, lines) in [
        (
            &["--in-flights", "2"][..],
            &[
                "error: unexpected argument '--in-flights' found",
                "hint: a similar argument exists: '--in-flight'",
                "  For more information, try '--help'.",
            ][..],
        ),
        (
            &["--limit", "off"],
            &["error: invalid value 'off' for '--limit <N>': it is no whole number"],
        ),
        (
            &["--chunk-users", "many"],
            &["error: invalid value 'many' for '--chunk-users <N>': it is no whole number"],
        ),
        (
            &["--in-flight", "0"],
            &["error: invalid value '0' for '--in-flight <N>': it must be 1 or more"],
        ),
        (
            &["--config", "/no/such.toml"],
            &[
                "error: cannot read the configuration /no/such.toml",
                "hint: check --config or CREWSYNC_CONFIG; without them crewsync.toml is used, if there is one",
            ],
        ),
        (
            &["--against", "/no/such.json"],
            &[
                "error: /no/such.json: there is no such file",
                "hint: check the path; it stands relative to the working directory",
            ],
        ),
    ] {
        let arguments = [&["sync", &people], wrong].concat();
        let done = world.run_on(&sandbox, &arguments);
        assert_ne!(done.code, 0);
        says(&done, lines);
    }
    let done = world.run(&["syn", &people]).exits(2);
    says(
        &done,
        &[
            "error: unrecognized subcommand 'syn'",
            "hint: a similar subcommand exists: 'sync'",
        ],
    );
    nothing_was_asked(&sandbox);
}

#[test]
fn a_broken_configuration() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = sample("people.csv");
    for (text, lines) in [
        (
            "[tenant\nname = 'x'\n",
            &["error: crewsync.toml, line 1: unclosed table, expected `]`"][..],
        ),
        (
            "[deliveri]\nverify = 'all'\n",
            &[
                "error: crewsync.toml, line 1: unknown key `deliveri`",
                "hint: did you mean `delivery`?",
            ],
        ),
        (
            "[delivery]\nverify = 'some'\n",
            &[
                "error: crewsync.toml, line 2: unknown value `some`",
                "hint: did you mean `none`? possible here: all, sample, none",
            ],
        ),
    ] {
        world.file("crewsync.toml", text);
        let done = world.run_on(&sandbox, &["sync", &people]).exits(2);
        says(&done, lines);
    }
    nothing_was_asked(&sandbox);
}
