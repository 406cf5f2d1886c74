//! `user delegate` and `user impersonate`: tokens that act for somebody else.

use std::os::unix::fs::PermissionsExt;

use super::{sandbox, writes};
use crate::support::World;

#[test]
fn a_token_goes_to_a_file_or_where_it_is_asked_for_and_nowhere_else() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let password = world.file("password.txt", "ann's own\n");
    let of_ann = ["--as", "T-1", "--password-file", &password];
    let token_file = world.path("token.txt");
    for (command, id) in [
        (vec!["user", "impersonate", "T 2/é"], "T 2/é"),
        (vec!["user", "delegate", "E-1", "PLANNER"], "PLANNER"),
    ] {
        let reason = ["--reason", "ticket 4711"];
        let ask = |place: &[&'static str]| [&command[..], &of_ann, &reason, place].concat();
        let done = world
            .json(&sandbox, &ask(&["--token-file", "token.txt"]))
            .exits(0);
        let token = std::fs::read_to_string(&token_file).expect("the token");
        let token = token.trim();
        assert_eq!(token.split('.').count(), 3, "a JWT");
        assert!(done.stdout.contains(id) && !done.stdout.contains(token));
        assert!(!done.stderr.contains(token));
        let mode = std::fs::metadata(&token_file)
            .expect("it")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        let shown = world.json(&sandbox, &ask(&["--show-token"])).exits(0);
        assert_eq!(
            shown.document()["token"]
                .as_str()
                .map(|token| token.split('.').count()),
            Some(3)
        );
    }
}

#[test]
fn nothing_is_asked_for_without_a_reason_and_a_place() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let password = world.file("password.txt", "ann's own\n");
    for (options, said) in [
        (&["--reason", "x"][..], "--token-file"),
        (&["--show-token"], "--reason"),
        (&["--show-token", "--reason", " "], "--reason says nothing"),
        (
            &["--show-token", "--reason", "x", "--token-file", "t"],
            "cannot be used with",
        ),
    ] {
        let ask = [
            "user",
            "impersonate",
            "T-1",
            "--as",
            "T-1",
            "--password-file",
            &password,
        ];
        let done = world.json(&sandbox, &[&ask[..], options].concat()).exits(2);
        assert!(done.stderr.contains(said), "{said}: {}", done.stderr);
    }
    assert_eq!(writes(&sandbox), [""; 0]);
}

#[test]
fn a_wrong_password_is_told_and_the_login_of_the_environment_serves() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let wrong = world.file("password.txt", "wrong\n");
    let ask = [
        "user",
        "impersonate",
        "T 2/é",
        "--reason",
        "x",
        "--show-token",
        "--json",
    ];
    let of_ann = ["--as", "T-1", "--password-file", &wrong];
    let refused = world
        .json(&sandbox, &[&ask[..6], &of_ann].concat())
        .exits(1);
    assert!(
        refused.stderr.contains("refuses the user or his password"),
        "{}",
        refused.stderr
    );
    let mut command = world.command_on(sandbox.url(), &ask);
    command
        .env_remove("CREWSYNC_TOKEN")
        .env("CREWSYNC_USERNAME", "T-1")
        .env("CREWSYNC_PASSWORD", "ann's own");
    crate::support::Done::of(command.output().expect("it runs")).exits(0);
}
