//! Every sample through every command that it is for.

use crate::support::{Sandbox, World, sample};

#[test]
fn every_export_runs_through_every_command() {
    let world = World::new();
    let config = sample("crewsync.toml");
    let with_config: &[&str] = &["--config", &config];
    let now = sample("current.json");
    for (name, options, rows, clean, against_now) in [
        ("people.csv", &[][..], 202, true, 3),
        ("people.json", &[], 202, true, 3),
        ("people-dirty.csv", &[], 206, false, 3),
        ("hr-export.csv", with_config, 42, true, 0),
    ] {
        let export = sample(name);
        let run = |arguments: &[&str], code| {
            let done = world.run(&[arguments, &[&export], options].concat());
            done.exits(code)
        };
        let code = if clean { 0 } else { 3 };
        let preview = run(&["preview", "--json"], code).document();
        let read = preview["rows"].as_array().unwrap().len()
            + preview["problems"].as_array().unwrap().len();
        assert_eq!(read, rows, "{name}");
        run(&["preview", "--explain"], code);
        let text = run(&["preview", "--as", "csv"], code);
        assert!(text.stdout.lines().count() > rows - 3, "{name}");
        let found = run(&["validate", "--json"], code);
        assert_eq!(found.figure("rows"), rows as u64, "{name}");
        let empty = run(&["plan", "--against", "empty", "--json"], code);
        let kept = empty.figure("create") + empty.figure("rejected") + empty.figure("duplicate");
        assert_eq!(kept, rows as u64, "{name}");
        let now = run(&["plan", "--against", &now, "--json"], against_now);
        assert!(
            now.figure("update") > 0 && now.figure("unchanged") > 0,
            "{name}"
        );
    }
}

#[test]
fn every_export_is_synced_and_then_nothing_is_left_to_do() {
    let config = sample("crewsync.toml");
    for (name, options, code) in [
        ("people.csv", &[][..], 3),
        ("people.json", &[], 3),
        ("people-dirty.csv", &[], 3),
        ("hr-export.csv", &["--config", &config], 0),
    ] {
        let world = World::new();
        let sandbox = Sandbox::start(&["--limits", "off", "--seed", &sample("current.json")]);
        let export = sample(name);
        let sync = [&["sync", &export, "--state", "state"], options].concat();
        let first = world.json(&sandbox, &sync).exits(code);
        let second = world.json(&sandbox, &sync).exits(code);
        assert_eq!(second.figure("requests"), 0, "{name}");
        let done = [
            "created",
            "updated",
            "deactivated",
            "reactivated",
            "restored",
        ];
        let changed: u64 = done.iter().map(|figure| first.figure(figure)).sum();
        assert!(changed > 20, "{name}");
        assert_eq!(
            second.figure("unchanged"),
            first.figure("unchanged") + changed,
            "{name}"
        );
    }
}

#[test]
fn a_sandbox_takes_every_sample_as_a_seed_and_plays_the_faults() {
    for (name, users) in [
        ("current.json", 204),
        ("people.csv", 202),
        ("people.json", 202),
    ] {
        let seed = sample(name);
        let sandbox = Sandbox::start(&["--limits", "off", "--seed", &seed]);
        assert_eq!(sandbox.users().len(), users, "{name}");
    }
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off", "--faults", &sample("faults.json")]);
    let sync = ["sync", &sample("people.csv"), "--chunk-users", "60"];
    let run = world.json(&sandbox, &sync).exits(3);
    assert_eq!((run.figure("created"), run.figure("rejected")), (201, 1));
    assert_eq!(sandbox.users().len(), 201);
}
