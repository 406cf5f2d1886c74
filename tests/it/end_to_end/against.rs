//! `--against empty` and `--against FILE`: plans that need no tenant, and runs that trust no file.

use serde_json::json;

use crate::support::{World, sample};

#[test]
fn a_plan_against_a_file_or_nobody_needs_no_tenant_and_no_state() {
    let world = World::new();
    let people = sample("people.csv");
    for (against, code) in [("empty".to_owned(), 0), (sample("current.json"), 3)] {
        // The folder cannot be written to, and no address and no credentials are known.
        let plan = [
            "plan",
            &people,
            "--against",
            &against,
            "--state",
            "/dev/null/x",
            "--json",
        ];
        let plan = world.run(&plan).exits(code);
        assert!(plan.figure("create") > 0, "{against}");
    }
    assert_eq!(std::fs::read_dir(world.path("")).unwrap().count(), 0);
}

#[test]
fn a_file_is_read_by_property_names_in_every_format_and_never_through_the_mapping() {
    let world = World::new();
    let config = world.file(
        "crewsync.toml",
        "[map]\nUserID = \"no\"\nEmail = \"mail\"\n",
    );
    let export = world.file("hr.csv", "no;mail\na;a@x.example\nb;b@x.example\n");
    for (name, text) in [
        ("now.csv", "userid,EMAIL\na,a@x.example\nz,\n"),
        (
            "now.json",
            r#"[{"UserID":"a","Email":"a@x.example"},{"UserID":"z"}]"#,
        ),
        (
            "users.json",
            r#"{"Users":[{"UserID":"a","Email":"a@x.example"},{"UserID":"z"}]}"#,
        ),
        (
            "now.ndjson",
            "{\"UserID\":\"a\",\"Email\":\"a@x.example\"}\n{\"UserID\":\"z\"}\n",
        ),
    ] {
        let now = world.file(name, text);
        let plan = [
            "plan",
            &export,
            "--config",
            &config,
            "--against",
            &now,
            "--json",
        ];
        let plan = world.run(&plan).exits(0);
        let figures = ["create", "unchanged", "absent"].map(|figure| plan.figure(figure));
        assert_eq!(figures, [1, 1, 1], "{name}");
    }
}

#[test]
fn a_file_with_a_hole_is_refused_whole() {
    let world = World::new();
    let export = world.file("people.csv", "UserID\na\n");
    for text in ["UserID,Email\na,\n,b@x.example\n", "UserID,Email\na\n"] {
        let now = world.file("now.csv", text);
        let plan = world.run(&["plan", &export, "--against", &now]).exits(1);
        assert!(plan.stderr.contains("now.csv: line"), "{}", plan.stderr);
        assert_eq!(plan.stdout, "");
    }
}

#[test]
fn users_that_drifted_since_are_held_and_those_already_as_wanted_are_skipped() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([
        {"UserID": "drifted", "Email": "hand@x.example"},
        {"UserID": "done", "Email": "new@x.example"},
        {"UserID": "same", "Email": "old@x.example"},
        {"UserID": "came", "Email": "hand@x.example"},
    ]));
    let now = world.file(
        "now.csv",
        "UserID,Email\ndrifted,old@x.example\ndone,old@x.example\nsame,old@x.example\n",
    );
    let export = world.file(
        "people.csv",
        "UserID,Email\ndrifted,new@x.example\ndone,new@x.example\nsame,new@x.example\ncame,new@x.example\n",
    );
    let before = sandbox.bulk_calls().len();
    let run = world
        .json(&sandbox, &["sync", &export, "--against", &now])
        .exits(3);
    let document = run.document();
    let ends: Vec<(&str, &str, &str)> = document["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|end| {
            let text = |key: &str| end[key].as_str().unwrap_or_default();
            (text("user_id"), text("status"), text("reason"))
        })
        .collect();
    assert_eq!(
        ends,
        [
            ("drifted", "held", "drift"),
            ("done", "skipped", "already_as_wanted"),
            ("same", "applied", "sent"),
            ("came", "held", "drift"),
        ]
    );
    assert_eq!(sandbox.bulk_calls().len(), before + 1);
    let mail = |user: &str| sandbox.users()[user]["Email"].clone();
    assert_eq!(mail("drifted"), "hand@x.example");
    assert_eq!(mail("came"), "hand@x.example");
    assert_eq!(mail("same"), "new@x.example");
}
