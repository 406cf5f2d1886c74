//! Options: where they stand, what they do to the streams.

use crate::support::{World, sample};

use super::one_document;

#[test]
fn options_stand_anywhere_after_the_subcommand() {
    let world = World::new();
    let (people, now) = (sample("people.csv"), sample("current.json"));
    let plan = |arguments: &[&str]| {
        let done = world.run(arguments).exits(3);
        one_document(&done);
        done.stdout
    };
    let first = plan(&["plan", "--json", "--quiet", "--against", &now, &people]);
    assert_eq!(
        first,
        plan(&["plan", &people, "--against", &now, "--quiet", "--json"])
    );
    assert_eq!(
        first,
        plan(&["plan", "--against", &now, &people, "--json", "-q"])
    );
}

#[test]
fn quiet_leaves_results_warnings_and_errors() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = sample("people.csv");
    let talkative = world.run_on(&sandbox, &["plan", &people]).exits(0);
    assert!(
        talkative.stderr.contains("read 202 rows"),
        "{}",
        talkative.stderr
    );
    let quiet = world
        .run_on(&sandbox, &["plan", &people, "--quiet"])
        .exits(0);
    assert_eq!(quiet.stderr, "");
    assert_eq!(quiet.stdout, talkative.stdout);
    let quiet = world
        .run_on(&sandbox, &["sync", &people, "--quiet"])
        .exits(0);
    assert_eq!(quiet.stderr, "");
    assert!(
        quiet.stdout.contains("Run: 202 created"),
        "{}",
        quiet.stdout
    );
    let dirty = sample("people-dirty.csv");
    let warned = world.run(&["validate", &dirty, "--quiet"]).exits(3);
    assert_eq!(warned.stderr.lines().count(), 1, "{}", warned.stderr);
}

#[test]
fn verbose_lists_everything() {
    let world = World::new();
    let plan = ["plan", &sample("people.csv"), "--against", "empty"];
    let short = world.run(&plan).exits(0).stdout;
    assert_eq!(short.matches("\n  + create").count(), 10);
    assert!(
        short.contains("and 192 more to create; --verbose"),
        "{short}"
    );
    let long = world
        .run(&[&plan[..], &["--verbose"]].concat())
        .exits(0)
        .stdout;
    assert_eq!(long.matches("\n  + create").count(), 202);
    assert_eq!(long.matches("LastName: ").count(), 202);
    assert!(!long.contains("more"), "nothing is left out");
    world
        .run(&[&plan[..], &["--verbose", "--quiet"]].concat())
        .exits(2);
}

#[test]
fn results_go_to_stdout_and_everything_else_to_stderr() {
    let world = World::new();
    let sandbox = world.sandbox();
    let sync = ["sync", &sample("people.csv"), "--progress", "always"];
    for progress in ["always", "never", "auto"] {
        let sync = [&sync[..3], &[progress]].concat();
        let done = world.run_on(&sandbox, &sync).exits(0);
        assert!(done.stdout.starts_with("Comparing "), "{}", done.stdout);
        for words in ["read 202", "through", "Report:", "\r", "\u{1b}"] {
            assert!(!done.stdout.contains(words), "{words:?} in {}", done.stdout);
        }
        let told = done.stderr.contains("rows of the export\n");
        assert_eq!(told, progress == "auto", "{progress}: {}", done.stderr);
        assert!(!done.stderr.contains("Plan:"), "{}", done.stderr);
    }
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let world = World::new();
    let plan = ["plan", &sample("people-dirty.csv"), "--against", "empty"];
    let plain = world.run(&plan).exits(3);
    assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'));
    let colored = world
        .run(&[&plan[..], &["--color", "always"]].concat())
        .exits(3);
    assert!(colored.stdout.contains("\u{1b}[32m+"), "{}", colored.stdout);
    assert!(colored.stderr.contains('\u{1b}'), "{}", colored.stderr);
    let never = world
        .run(&[&plan[..], &["--color", "never"]].concat())
        .exits(3);
    assert_eq!(never.stdout, plain.stdout);
}

#[test]
fn help_and_version_are_no_failures() {
    let world = World::new();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["sync", "--help"],
        &["plan", "-h"],
    ] {
        let done = world.run(arguments).exits(0);
        assert!(
            !done.stdout.is_empty() && done.stderr.is_empty(),
            "{arguments:?}"
        );
    }
    let help = world.run(&["plan", "--help"]).exits(0).stdout;
    for option in [
        "--config",
        "--profile",
        "--state",
        "--json",
        "--quiet",
        "--verbose",
    ] {
        assert!(help.contains(option), "{option}");
    }
}

#[test]
fn a_reader_that_has_gone_ends_nothing() {
    let world = World::new();
    let people = sample("people.csv");
    for command in [
        &["preview", &people][..],
        &["plan", &people, "--against", "empty"],
    ] {
        let mut child = world
            .command(command)
            .arg("--quiet")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(0),
            "{command:?}"
        );
    }
}
