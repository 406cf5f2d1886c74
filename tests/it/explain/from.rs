//! A user followed through an export that has not been sent.

use serde_json::json;

use crate::support::{Sandbox, World, sample};

#[test]
fn a_user_is_followed_from_his_cells_to_what_would_be_sent() {
    let world = World::new();
    let (export, config) = (sample("hr-export.csv"), sample("crewsync.toml"));
    let current = sample("current.json");
    let first = world.run(&[
        "plan",
        &export,
        "--config",
        &config,
        "--against",
        &current,
        "--json",
    ]);
    let plan = first.document();
    let update = plan["changes"].as_array().unwrap().iter();
    let update = update
        .clone()
        .find(|change| change["action"] == "update" && change["held"].is_null())
        .unwrap();
    let user_id = update["user_id"].as_str().unwrap();
    let arguments = [
        "explain",
        user_id,
        "--from",
        &export,
        "--config",
        &config,
        "--against",
        &current,
    ];
    let told = world
        .run(&[&arguments[..], &["--json"]].concat())
        .exits(0)
        .document();
    let row = &told["rows"][0];
    assert_eq!(row["line"], update["line"]);
    let id = row["cells"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell[0] == "Employee No")
        .unwrap();
    assert_eq!(id[1], user_id);
    let values = row["values"].as_array().unwrap();
    let mail = values
        .iter()
        .find(|value| value["field"] == "Email")
        .unwrap();
    assert_eq!(mail["column"], "Work E-Mail");
    assert_eq!(
        mail["rule"],
        r#"{"source":{"column":"Work E-Mail"},"transform":["trim","lower"]}"#
    );
    assert_eq!(told["change"]["fields"], update["fields"]);
    assert_eq!(
        (&told["sent"]["UserID"], &told["sent"]["ResetPassword"]),
        (&json!(user_id), &json!(false))
    );
    let text = world.run(&arguments).exits(0).stdout;
    for part in ["by the rule", "What would be done", "What would be sent"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn who_is_not_there_is_said_to_be_absent_or_unknown() {
    let world = World::new();
    let sandbox = Sandbox::start(&["--limits", "off"]);
    let two = world.file("two.csv", "UserID,IsMobileWorker\na,true\nb,true\n");
    world.json(&sandbox, &["sync", &two]).exits(0);
    let one = world.file("one.csv", "UserID,IsMobileWorker\na,true\n");
    let gone = world
        .run_on(&sandbox, &["explain", "b", "--from", &one])
        .exits(0);
    for part in [
        "b is in no row of",
        "Absent from the export: waiting, [deprovision] on_absent is report.",
    ] {
        assert!(gone.stdout.contains(part), "{}", gone.stdout);
    }
    let same = world
        .run_on(&sandbox, &["explain", "a", "--from", &one])
        .exits(0);
    assert!(
        same.stdout.contains("Nothing would change."),
        "{}",
        same.stdout
    );
    let calls = sandbox.bulk_calls().len();
    assert_eq!(calls, 1);
}

#[test]
fn a_row_that_is_left_out_says_why() {
    let world = World::new();
    world.file(
        "crewsync.toml",
        "[scope]\ninclude = \"country == 'US'\"\n[effective]\nstarts_on = \"start\"\n",
    );
    let export = world.file(
        "a.csv",
        "UserID,country,start\na,DE,\nb,US,2999-01-01\nc,US,soon\n",
    );
    for (user_id, why) in [
        ("a", "out of scope"),
        ("b", "not yet effective"),
        ("c", "refused"),
    ] {
        let arguments = ["explain", user_id, "--from", &export, "--against", "empty"];
        let told = world.run(&arguments).exits(0);
        assert!(told.stdout.contains(why), "{}", told.stdout);
    }
}
