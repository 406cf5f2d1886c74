//! Who is protected loses no access by hand either.

use serde_json::json;

use super::{sandbox, writes};
use crate::support::{Done, Sandbox, World};

/// Runs a command in the name of Ann herself, with every yes.
fn as_ann(world: &World, sandbox: &Sandbox, arguments: &[&str]) -> Done {
    let mut command = world.command_on(sandbox.url(), arguments);
    command
        .env_remove("CREWSYNC_TOKEN")
        .env("CREWSYNC_USERNAME", "T-1")
        .env("CREWSYNC_PASSWORD", "ann's own");
    Done::of(command.output().expect("it runs"))
}

#[test]
fn our_own_account_loses_no_access() {
    let world = World::new();
    let sandbox = sandbox(&world);
    nobody_takes_access(&world, &sandbox, as_ann);
    let mail = world.file("mail.json", r#"{"UserID":"T-1","Email":"new@example.com"}"#);
    as_ann(&world, &sandbox, &["user", "put", &mail]).exits(0);
    as_ann(&world, &sandbox, &["user", "delete", "T-3", "--yes"]).exits(0);
}

#[test]
fn whom_the_configuration_protects_loses_no_access() {
    let world = World::new();
    let sandbox = sandbox(&world);
    world.file("crewsync.toml", "[protect]\nusers = [\"t-1*\"]\n");
    nobody_takes_access(&world, &sandbox, World::run_on);
    let delete = ["user", "delete", "T-3", "--yes"];
    world.run_on(&sandbox, &delete).exits(0);
}

/// Every command by hand that would take access from T-1 is refused, and nothing is sent.
fn nobody_takes_access(
    world: &World,
    sandbox: &Sandbox,
    run: impl Fn(&World, &Sandbox, &[&str]) -> Done,
) {
    sandbox.put_users(&json!([{"UserID": "T-3"}]));
    world
        .json(sandbox, &["user", "roles", "set", "T-1", "A"])
        .exits(0);
    let before = (writes(sandbox), sandbox.users());
    let off = world.file("off.json", r#"{"UserID":"T-1","Activated":false}"#);
    let password = world.file("password.txt", "another\n");
    for command in [
        &["user", "put", &off, "--yes"][..],
        &["user", "delete", "T-1", "--yes"],
        &["user", "delete", "t-1", "--yes"],
        &["user", "reset-password", "T-1", "--yes"],
        &[
            "user",
            "change-password",
            "T-1",
            "--yes",
            "--password-file",
            &password,
        ],
        &["user", "roles", "set", "T-1", "--yes"],
        &["user", "service-teams", "set", "T-1", "--yes"],
        &["role", "users", "set", "A", "T-3", "--yes"],
        &["role", "users", "remove", "A", "T-1", "--yes"],
    ] {
        let done = run(world, sandbox, command).exits(4);
        assert!(
            done.stderr.contains("T-1 is protected") || done.stderr.contains("t-1 is protected"),
            "{}",
            done.stderr
        );
    }
    assert_eq!(
        (writes(sandbox), sandbox.users()),
        before,
        "nothing was sent"
    );
}
