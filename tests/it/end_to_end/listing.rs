//! What the query shows is a hint of who changed, never the truth: it may be narrowed, renamed, paged or refused.

use serde_json::{Value as Json, json};

use crate::support::{Done, Sandbox, World};

use super::changes_nothing;

/// Twenty users, as the tenant has them; the export says the same of them.
fn settled(world: &World) -> (Sandbox, String) {
    let sandbox = world.sandbox();
    let users: Vec<Json> = (0..20)
        .map(|n| json!({"UserID": format!("T-{n:02}"), "LastName": format!("L{n}"), "ServiceTeamID": team(n), "StorageLocationID": format!("VAN-{n}")}))
        .collect();
    sandbox.put_users(&json!(users));
    let rows = (0..20).map(|n| format!("T-{n:02},L{n},{},VAN-{n}\n", team(n)));
    let rows: String = rows.collect();
    let export = format!("UserID,LastName,ServiceTeamID,StorageLocationID\n{rows}");
    (sandbox, world.file("people.csv", export))
}

fn team(n: u32) -> &'static str {
    if n.is_multiple_of(2) { "EAST" } else { "WEST" }
}

#[test]
fn whatever_the_query_looks_like_no_change_is_made_up() {
    for switches in [
        json!({}),
        json!({"query_shape": "envelope"}),
        json!({"query_page_max": 7}),
        json!({"query_page_max": 1}),
        json!({"query_fields": ["UserID"]}),
        json!({"query_fields": ["UserID", "LastName"]}),
        json!({"query_renames": {"StorageLocationID": "StorageLocation", "ServiceTeamID": "Team"}}),
        json!({"query_visible": "ServiceTeamID:EAST"}),
        json!({"query_hidden": ["T-00", "T-07", "T-19"]}),
        json!({"query_visible": "ServiceTeamID:NOBODY"}),
        json!({"query_shape": "envelope", "query_page_max": 3, "query_fields": ["UserID", "LastName"], "query_hidden": ["T-05"]}),
    ] {
        let world = World::new();
        let (sandbox, export) = settled(&world);
        sandbox.faults(&json!({"switches": switches}));
        let plan = world.json(&sandbox, &["plan", &export]).exits(0);
        changes_nothing(&plan, 20);
        assert_eq!(plan.figure("absent"), 0, "{switches}");
        let run = world.json(&sandbox, &["sync", &export]).exits(0);
        assert_eq!(run.figure("requests"), 0, "{switches}");
    }
}

#[test]
fn a_user_that_the_query_hides_is_updated_on_his_own_object() {
    let world = World::new();
    let (sandbox, _) = settled(&world);
    sandbox.faults(
        &json!({"switches": {"query_hidden": ["T-03"], "query_fields": ["UserID", "LastName"]}}),
    );
    let export = world.file("new.csv", "UserID,LastName\nT-03,New\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!((run.figure("created"), run.figure("updated")), (0, 1));
    let user = &sandbox.users()["T-03"];
    assert_eq!(
        (&user["LastName"], &user["ServiceTeamID"]),
        (&json!("New"), &json!("WEST"))
    );
}

#[test]
fn every_page_is_read() {
    let world = World::new();
    let (sandbox, export) = settled(&world);
    sandbox.faults(&json!({"switches": {"query_page_max": 7}}));
    let few = world.file("few.csv", "UserID,LastName\nT-19,L19\n");
    let plan = world.json(&sandbox, &["plan", &few]).exits(0);
    assert_eq!((plan.figure("unchanged"), plan.figure("absent")), (1, 19));
    let queries = |request: &&Json| request["path"].as_str().unwrap().contains("/query/");
    // 7, 7, 6 and an empty one.
    assert_eq!(sandbox.requests().iter().filter(queries).count(), 4);
    world.json(&sandbox, &["plan", &export]).exits(0);
}

#[test]
fn where_the_query_is_refused_users_are_read_one_by_one_and_nobody_counts_as_absent() {
    for status in [403, 404, 405] {
        let world = World::new();
        let (sandbox, _) = settled(&world);
        sandbox.faults(&json!({"switches": {"query_status": status}}));
        let export = world.file(
            "some.csv",
            "UserID,LastName\nT-01,L1\nT-02,New\nT-99,Fresh\n",
        );
        let plan = world.json(&sandbox, &["plan", &export]).exits(0);
        assert_eq!(warned(&plan, "query_refused").len(), 1, "{status}");
        assert_eq!(plan.document()["absence"]["state"], "unknown");
        assert_eq!(plan.figure("absent"), 0);
        let figures = ["create", "update", "unchanged"].map(|figure| plan.figure(figure));
        assert_eq!(figures, [1, 1, 1], "{status}");
        assert_eq!(gets(&sandbox), 3, "{status}");
        let run = world.json(&sandbox, &["sync", &export]).exits(0);
        assert_eq!((run.figure("created"), run.figure("updated")), (1, 1));
        assert_eq!(sandbox.users().len(), 21);
    }
}

#[test]
fn a_404_for_a_user_is_absence_only_where_a_tenant_has_answered() {
    let world = World::new();
    let (sandbox, _) = settled(&world);
    sandbox.faults(&json!({"switches": {"absent_get": 404}}));
    let export = world.file("new.csv", "UserID,LastName\nT-99,Fresh\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!(run.figure("created"), 1, "the query had answered");

    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.faults(&json!({"switches": {"absent_get": 404, "query_status": 404}}));
    let export = world.file("new.csv", "UserID,LastName\nT-99,Fresh\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(2);
    assert!(run.stderr.contains("answers 404"), "{}", run.stderr);
    assert!(sandbox.bulk_calls().is_empty());
}

#[test]
fn a_user_to_create_is_asked_for_first_unless_the_list_is_trusted() {
    for (trust, asked) in [("get", 1), ("trust", 0)] {
        let world = World::new();
        let (sandbox, _) = settled(&world);
        let export = world.file("new.csv", "UserID,LastName\nT-99,Fresh\n");
        let config = world.file(
            "c.toml",
            format!("[create]\nconfirm_absent = \"{trust}\"\n"),
        );
        let run = world
            .json(&sandbox, &["sync", &export, "--config", &config])
            .exits(0);
        assert_eq!(run.figure("created"), 1);
        assert_eq!(gets(&sandbox), asked, "{trust}");
    }
}

#[test]
fn a_list_that_breaks_off_stops_before_anything_is_sent() {
    let world = World::new();
    let (sandbox, _) = settled(&world);
    let before = sandbox.bulk_calls().len();
    sandbox.faults(&json!({
        "switches": {"query_page_max": 7},
        "faults": [{"route": "query", "from": 2, "do": {"truncate": {"bytes": 20}}}],
    }));
    let export = world.file("new.csv", "UserID,LastName\nT-99,Fresh\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(1);
    assert!(run.stderr.contains("list of users"), "{}", run.stderr);
    assert_eq!(sandbox.bulk_calls().len(), before);
}

#[test]
fn two_users_of_the_tenant_under_one_id_hold_the_row() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([{"UserID": "tT-1"}, {"UserID": "Tt-1"}]));
    let export = world.file("people.csv", "UserID,LastName\nTT-1,New\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(3);
    assert_eq!((run.figure("held"), run.figure("requests")), (1, 0));
    // A spelling that is exactly one of them means that one.
    let export = world.file("people.csv", "UserID,LastName\nTt-1,New\n");
    let run = world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!(run.figure("updated"), 1);
    assert_eq!(sandbox.users()["Tt-1"]["LastName"], "New");
}

/// Reads of single users.
fn gets(sandbox: &Sandbox) -> usize {
    let is_get = |request: &&Json| {
        let path = request["path"].as_str().expect("a path");
        request["method"] == "GET" && path.contains("/trans/User/")
    };
    sandbox.requests().iter().filter(is_get).count()
}

fn warned(done: &Done, code: &str) -> Vec<Json> {
    let document = done.document();
    let problems = document["problems"].as_array().expect("problems");
    let found = problems.iter().filter(|problem| problem["code"] == code);
    found.cloned().collect()
}
