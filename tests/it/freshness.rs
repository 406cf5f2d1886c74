//! An export that is old, not complete, or not the whole of what was sent is not taken for what people are today.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use serde_json::Value as Json;

use super::support::{Done, Sandbox, World};

const PEOPLE: &str = "UserID,Exported\nT-1,2026-01-05\nT-2,2026-01-07T06:00:00Z\n";

/// Makes the file as old as that.
fn age(world: &World, name: &str, hours: u64) {
    let then = SystemTime::now() - Duration::from_secs(hours * 60 * 60);
    let file = File::options().write(true).open(world.path(name));
    file.and_then(|file| file.set_modified(then)).expect(name);
}

fn planned(world: &World, export: &str, source: &str) -> Done {
    let config = world.file("set.toml", format!("[source]\n{source}\n"));
    let empty = ["--config", &config, "--against", "empty", "--json"];
    world.run(&[&["plan", export], &empty[..]].concat())
}

/// The reading of a guard.
fn reading(done: &Done, guard: &str) -> Json {
    let document = done.document();
    let guards = document["guards"].as_array().expect("guards");
    let reading = guards.iter().find(|reading| reading["guard"] == guard);
    reading.cloned().unwrap_or_default()
}

#[track_caller]
fn is_refused(done: &Done, guard: &str, figure: &str) {
    let reading = reading(done, guard);
    assert_eq!(reading["verdict"], "refused", "{reading}");
    let said = reading.to_string();
    assert!(said.contains(figure), "{figure}: {said}");
}

#[test]
fn an_export_that_is_too_old_is_planned_and_not_sent() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off"]);
    let export = world.file("people.csv", PEOPLE);
    age(&world, "people.csv", 30);
    let config = world.file("set.toml", "[source]\nmax_age = '26h'\n");
    let sync = ["sync", &export, "--config", &config];
    let run = world.json(&sandbox, &sync).exits(4);
    is_refused(&run, "max_age", "by the time of its last change");
    assert_eq!(sandbox.users().len(), 0);
    age(&world, "people.csv", 25);
    let run = world.json(&sandbox, &sync).exits(0);
    assert_eq!(reading(&run, "max_age")["verdict"], "ok");
    assert_eq!(sandbox.users().len(), 2);
}

#[test]
fn the_age_is_told_by_the_name_or_by_a_column_as_well() {
    let world = World::new();
    let old = world.file("people-20200101.csv", PEOPLE);
    let by_name = "max_age = '2d'\nnewest_by = { name = 'people-%Y%m%d.csv' }";
    is_refused(&planned(&world, &old, by_name).exits(4), "max_age", "2020");
    let unnamed = world.file("people.csv", PEOPLE);
    let unknown = planned(&world, &unnamed, by_name).exits(4);
    is_refused(&unknown, "max_age", "not known by its name");

    let by_column = "max_age = '2d'\nnewest_by = { column = 'Exported' }";
    let done = planned(&world, &unnamed, by_column).exits(4);
    is_refused(
        &done,
        "max_age",
        "of 2026-01-07T06:00:00Z by its column Exported",
    );
    let other = world.file("other.csv", "UserID,Exported\nT-1,07.01.2026\n");
    is_refused(
        &planned(&world, &other, by_column).exits(4),
        "max_age",
        "not known",
    );
    let german = "max_age = '2d'\nnewest_by = { column = 'Exported', format = '%d.%m.%Y' }";
    is_refused(
        &planned(&world, &other, german).exits(4),
        "max_age",
        "of 2026-01-0",
    );
    let young = planned(&world, &other, &german.replace("2d", "36500d")).exits(0);
    assert_eq!(reading(&young, "max_age")["verdict"], "ok");
}

/// The export that a plan was made from.
fn chosen(done: Done) -> String {
    let said = done
        .stderr
        .lines()
        .find(|line| line.contains("is the newest export there"));
    let path = said
        .unwrap_or_default()
        .split_whitespace()
        .next()
        .unwrap_or_default();
    let name = Path::new(path).file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[test]
fn the_newest_file_of_a_directory_is_taken_if_it_is_said_how_that_is_known() {
    let world = World::new();
    std::fs::create_dir(world.path("in")).expect("a directory");
    let directory = world.path("in").display().to_string();
    let none = planned(&world, &directory, "").exits(1);
    assert!(
        none.stderr.contains("[source] newest_by"),
        "{}",
        none.stderr
    );
    let empty = planned(&world, &directory, "newest_by = 'mtime'").exits(1);
    assert!(
        empty.stderr.contains("there is no export"),
        "{}",
        empty.stderr
    );
    for (name, hours) in [
        ("people-20261123.csv", 1),
        ("people-20261124.csv", 2),
        ("people-20261122.csv", 3),
        ("people-20261129.csv.part", 0),
        (".people-20261128.csv", 0),
    ] {
        world.file(&format!("in/{name}"), PEOPLE);
        age(&world, &format!("in/{name}"), hours);
    }
    let by_name = "newest_by = { name = 'people-%Y%m%d.csv' }";
    let taken = chosen(planned(&world, &directory, by_name).exits(0));
    assert_eq!(taken, "people-20261124.csv");
    let by_time = "newest_by = { name = '*.csv' }";
    let taken = chosen(planned(&world, &directory, by_time).exits(0));
    assert_eq!(taken, "people-20261123.csv");
    let by_column = "newest_by = { column = 'Exported' }";
    planned(&world, &directory, by_column).exits(1);
    world.file("in/people-2026-11-24.csv", PEOPLE);
    let two = "newest_by = { name = 'people-%Y*%m%d.csv' }";
    planned(&world, &directory, two).exits(2);
    let same = File::options()
        .write(true)
        .open(world.path("in/people-20261123.csv"));
    let time = std::fs::metadata(world.path("in/people-20261124.csv")).and_then(|it| it.modified());
    same.and_then(|file| file.set_modified(time?))
        .expect("a time");
    std::fs::remove_file(world.path("in/people-2026-11-24.csv")).expect("removed");
    let tie = planned(&world, &directory, by_time).exits(1);
    assert!(tie.stderr.contains("equally new"), "{}", tie.stderr);
    let shown = world
        .run(&[
            "preview",
            &directory,
            "--explain",
            "--config",
            &world.file("by-name.toml", format!("[source]\n{by_name}\n")),
        ])
        .exits(0);
    assert!(
        shown.stdout.contains("people-20261124.csv, by its name"),
        "{}",
        shown.stdout
    );
}

#[test]
fn an_export_is_read_once_its_ready_file_says_so() {
    let world = World::new();
    let export = world.file("people.csv", PEOPLE);
    let source = "ready_file = '{stem}.done'";
    let refused = planned(&world, &export, source).exits(1);
    assert!(
        refused.stderr.contains("people.done is not there"),
        "{}",
        refused.stderr
    );
    world.file("people.done", "");
    planned(&world, &export, source).exits(0);
    age(&world, "people.done", 1);
    let refused = planned(&world, &export, source).exits(1);
    assert!(
        refused.stderr.contains("changed after its ready file"),
        "{}",
        refused.stderr
    );
    planned(&world, "-", source).exits(1);
    // It is no export itself.
    std::fs::create_dir(world.path("in")).expect("a directory");
    world.file("in/a.csv", PEOPLE);
    age(&world, "in/a.csv", 1);
    world.file("in/a.done", "");
    let directory = world.path("in").display().to_string();
    let both = format!("newest_by = 'mtime'\n{source}");
    assert_eq!(chosen(planned(&world, &directory, &both).exits(0)), "a.csv");
}

#[test]
fn rows_that_are_missing_are_found_by_the_control_total() {
    let world = World::new();
    let export = world.file("people.csv", PEOPLE);
    let by_file = "control_total = '{name}.ctl'";
    let missing = planned(&world, &export, by_file).exits(4);
    is_refused(&missing, "control_total", "people.csv.ctl is not there");
    for (text, said) in [
        ("rows=3\n", "3 rows"),
        ("2 of 2", "one whole number"),
        ("", "one whole"),
    ] {
        world.file("people.csv.ctl", text);
        let done = planned(&world, &export, by_file).exits(4);
        is_refused(&done, "control_total", said);
    }
    world.file("people.csv.ctl", "rows: 2\r\n");
    let done = planned(&world, &export, by_file).exits(0);
    assert_eq!(reading(&done, "control_total")["verdict"], "ok");

    let by_footer = "control_total = 'footer'\nskip_footer = 1";
    planned(&world, &export, "control_total = 'footer'").exits(2);
    for (footer, exit) in [
        ("Total,2", 0),
        ("Total,\"3\"", 4),
        ("2,2", 4),
        ("Total,none", 4),
    ] {
        let export = world.file("total.csv", format!("{PEOPLE}{footer}\n"));
        planned(&world, &export, by_footer).exits(exit);
    }
}

#[test]
fn a_json_document_says_how_many_rows_it_holds() {
    let world = World::new();
    let people = |total: &str| {
        let text = format!(
            r#"{{"meta":{{"page":{{"total":{total}}}}},"data":{{"workers":[{{"UserID":"T-1"}},{{"UserID":"T-2"}}]}}}}"#
        );
        world.file("people.json", text)
    };
    let source = "path = '$.data.workers'\ncontrol_total = '$.meta.page.total'";
    for (total, figure, exit) in [
        ("2", "2 rows", 0),
        ("\"2\"", "2 rows", 0),
        ("3", "3 rows", 4),
        ("null", "no whole number stands at $.meta.page.total", 4),
    ] {
        let done = planned(&world, &people(total), source).exits(exit);
        let said = reading(&done, "control_total").to_string();
        assert!(said.contains(figure), "{said}");
    }
    let users = "{\"Users\":[{\"UserID\":\"T-1\"}],\"total\":1}";
    let users = world.file("users.json", users);
    planned(&world, &users, "control_total = '$.total'").exits(0);
    planned(&world, &users, "control_total = '$.Users'").exits(4);
    planned(&world, &users, "control_total = '$total'").exits(2);
}

#[test]
fn settings_that_say_nothing_are_refused() {
    let world = World::new();
    let export = world.file("people.csv", PEOPLE);
    for source in [
        "max_age = '26'",
        "max_age = '-1h'",
        "newest_by = 'name'",
        "newest_by = { name = 'a', column = 'b' }",
        "newest_by = { name = 'in/x-%Y.csv' }",
        "ready_file = '{name}'",
        "ready_file = ''",
        "control_total = '{stem}.csv'",
    ] {
        planned(&world, &export, source).exits(2);
    }
}

#[test]
fn the_same_bytes_as_last_time_are_said_to_be_so() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off"]);
    let export = world.file("people.csv", PEOPLE);
    let says_so = |command: &str, export: &str| {
        let done = world.run_on(&sandbox, &[command, export]).exits(0);
        done.stderr
            .contains("has the same bytes as the export of the last run")
    };
    assert!(!says_so("plan", &export));
    assert!(!says_so("sync", &export));
    let renamed = world.file("other.csv", PEOPLE);
    assert!(says_so("plan", &renamed));
    assert!(says_so("sync", &renamed));
    let changed = world.file("people.csv", format!("{PEOPLE}T-3,2026-01-08\n"));
    assert!(!says_so("sync", &changed));
    let old = world.run_on(&sandbox, &["sync", &renamed]).exits(4);
    assert!(
        !old.stderr
            .contains("has the same bytes as the export of the last run"),
        "the run before last is not the last"
    );
    assert!(
        old.stderr.contains("guard old_file refused"),
        "{}",
        old.stderr
    );
}
