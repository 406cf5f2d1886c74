//! What HR systems really export, through the program: options and settings reach the reader, and a refusal
//! says what would settle it.

use crate::support::{World, sample};

/// The rows that `preview` understood, one JSON object a line.
fn rows(world: &World, arguments: &[&str]) -> String {
    let arguments = [&["preview", "--as", "ndjson"], arguments].concat();
    world.run(&arguments).exits(0).stdout
}

#[test]
fn an_encoding_is_declared_by_option_or_setting_and_never_assumed() {
    let world = World::new();
    let export = world.file("people.csv", b"UserID,LastName\nT-1,M\xFCller\n");
    let want = "{\"UserID\":\"T-1\",\"LastName\":\"M\u{fc}ller\"}\n";

    let refused = world.run(&["preview", &export]).exits(1);
    for said in [
        "line 2: not valid UTF-8: byte 0xFC at byte 21",
        "it would say \"M\u{fc}ller\" here",
        "--encoding windows-1252",
    ] {
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    assert_eq!(rows(&world, &[&export, "--encoding", "windows-1252"]), want);
    let config = world.file("set.toml", "[source]\nencoding = 'latin1'\n");
    assert_eq!(rows(&world, &[&export, "--config", &config]), want);
    let wrong = world
        .run(&["preview", &export, "--encoding", "klingon"])
        .exits(2);
    assert!(
        wrong.stderr.contains("\"klingon\" is no encoding"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_dialect_in_doubt_is_refused_with_the_option_that_settles_it() {
    let world = World::new();
    let export = world.file(
        "people.csv",
        "Staff list\n\nUserID;Note;\nT-1;\"C:\\\\dir\";\nT-2;x;\nTotal;2;\n",
    );
    let refused = |options: &[&str], said: &str| {
        let arguments = [&["preview", &export], options].concat();
        let done = world.run(&arguments).exits(1);
        assert!(done.stderr.contains(said), "{}", done.stderr);
    };
    refused(&[], "--escape none, or --escape");
    refused(
        &["--escape", "none"],
        "--skip-rows 2, or [source] skip_rows = 2",
    );
    refused(
        &["--escape", "none", "--skip-rows", "2"],
        "[source] columns",
    );
    let config = world.file(
        "set.toml",
        "[source]\nescape = 'none'\nskip_rows = 2\ncolumns = ['UserID', 'Note', '']\n",
    );
    let told = world
        .run(&["preview", &export, "--config", &config])
        .exits(3);
    assert!(
        told.stderr.contains("reads like a total"),
        "{}",
        told.stderr
    );
    let settled = [&*export, "--config", &config, "--skip-footer", "1"];
    let want =
        "{\"UserID\":\"T-1\",\"Note\":\"C:\\\\\\\\dir\"}\n{\"UserID\":\"T-2\",\"Note\":\"x\"}\n";
    assert_eq!(rows(&world, &settled), want);
    let explained = world
        .run(&[&["preview", "--explain"], &settled[..]].concat())
        .exits(0);
    for said in [
        "delimiter: semicolon",
        "quote: double quote",
        "escape: none, as told",
        "lines: 4 by LF",
    ] {
        assert!(explained.stdout.contains(said), "{}", explained.stdout);
    }
    let none = world
        .run(&["preview", &export, "--header-rows", "0"])
        .exits(2);
    assert!(none.stderr.contains("[source] columns"), "{}", none.stderr);
}

#[test]
fn a_wrapped_json_export_is_read_by_its_path() {
    let world = World::new();
    let export = world.file(
        "people.json",
        r#"{"meta":{"total":1},"data":{"workers":[{"UserID":"T-1","name":{"last":"Roe"}}]}}"#,
    );
    let config = world.file(
        "set.toml",
        "[source]\npath = '$.data.workers'\n[map]\nUserID = 'UserID'\nLastName = 'name.last'\n",
    );
    let planned = world
        .run(&[
            "plan",
            &export,
            "--config",
            &config,
            "--against",
            "empty",
            "--json",
        ])
        .exits(0);
    let change = &planned.document()["changes"][0];
    assert_eq!(change["user_id"], "T-1");
    assert!(change["fields"].to_string().contains("Roe"), "{change}");
    let wrong = world.file("wrong.toml", "[source]\npath = 'data.workers'\n");
    world
        .run(&["preview", &export, "--config", &wrong])
        .exits(2);
}

#[test]
fn a_wrapped_json_export_whose_path_is_not_said_is_told_where_its_people_are() {
    let world = World::new();
    let wrapped = r#"{"d":{"__count":"2","results":[{"UserID":"T-1"},{"UserID":"T-2"}]}}"#;
    let export = world.file("people.json", wrapped);
    let mapped = world.file("map.toml", "[map]\nUserID = 'UserID'\n");
    let plan = ["plan", &export, "--against", "empty"];
    for more in [&[][..], &["--config", &mapped]] {
        let refused = world.run(&[&plan, more].concat()).exits(1);
        let hint = "[source] path = \"$.d.results\"";
        assert!(refused.stderr.contains(hint), "{}", refused.stderr);
    }
    let config = world.file(
        "set.toml",
        "[source]\npath = '$.d.results'\ncontrol_total = '$.d.__count'\n",
    );
    let planned = world
        .run(&[&plan[..], &["--json", "--config", &config]].concat())
        .exits(0);
    assert_eq!(planned.figure("create"), 2);
}

#[test]
fn a_workbook_reads_as_the_same_people() {
    let world = World::new();
    let (workbook, csv) = (sample("people.xlsx"), sample("people.csv"));
    assert_eq!(rows(&world, &[&workbook]), rows(&world, &[&csv]));
    let config = world.file("set.toml", "[source]\nsheet = 'Notes'\n");
    let note = "{\"Note\":\"Everything here is invented.\"}\n";
    assert_eq!(rows(&world, &[&workbook, "--config", &config]), note);
    let told = [&*workbook, "--config", &config, "--sheet", "People"];
    assert_eq!(rows(&world, &told), rows(&world, &[&csv]));
    let none = world
        .run(&["preview", &workbook, "--sheet", "Staff"])
        .exits(1);
    assert!(
        none.stderr.contains("\"People\", \"Notes\""),
        "{}",
        none.stderr
    );
}
