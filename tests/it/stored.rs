//! The stored state of the tenant's users: refreshed, compared with, written to a file and read again.

use serde_json::{Value as Json, json};

use crate::support::{Done, Sandbox, World};

/// A tenant with three users, known from a first refresh.
fn known() -> (World, Sandbox) {
    let (world, sandbox) = (World::new(), Sandbox::start(&["--limits", "off"]));
    sandbox.put_users(&json!([
        {"UserID": "ann", "Email": "ann@x.example", "FirstName": "Ann", "Grade": 7, "Password": "planted",
            "Phones": [{"PhoneNum": "1", "PhoneType": "Mobile"}], "Extensions": {"Badge": "B1"}},
        {"UserID": "bob", "Email": "bob@x.example"},
        {"UserID": "cid", "Email": "cid@x.example"},
    ]));
    let first = refresh(&world, &sandbox).exits(0);
    assert_eq!(first.document()["first"], true);
    assert_eq!(first.figure("new"), 3);
    assert_eq!(first.document()["drift"], json!([]), "nobody drifted yet");
    (world, sandbox)
}

fn refresh(world: &World, sandbox: &Sandbox) -> Done {
    world.json(sandbox, &["refresh"])
}

/// Like a hand in the console: the whole object replaced, over a REST call.
fn by_hand(sandbox: &Sandbox, user: Json) {
    sandbox.put_users(&json!([user]));
}

/// `ann changed Email, Phones.Mobile` and so on.
fn told(refreshed: &Done) -> Vec<String> {
    let document = refreshed.document();
    let drift = document["drift"].as_array().expect("a list");
    let told = drift.iter().map(|drift| {
        let text = |key: &str| drift[key].as_str().unwrap_or_default().to_owned();
        let fields = drift["fields"].as_array().expect("a list");
        let fields = fields.iter().map(|field| {
            format!(
                " {} {} → {}",
                field["field"].as_str().unwrap(),
                field["from"],
                field["to"]
            )
        });
        format!(
            "{} {}{}",
            text("user_id"),
            text("kind"),
            fields.collect::<String>()
        )
    });
    told.collect()
}

#[test]
fn a_tenant_that_did_not_change_has_not_drifted_and_nothing_is_written() {
    let (world, sandbox) = known();
    let rows = |world: &World| {
        let store = std::fs::read(world.path(".crewsync/state.db")).expect("the store");
        String::from_utf8_lossy(&store)
            .matches("ann@x.example")
            .count()
    };
    let before = rows(&world);
    let again = refresh(&world, &sandbox).exits(0);
    assert_eq!(told(&again), [""; 0]);
    assert_eq!((again.figure("unchanged"), again.figure("users")), (3, 3));
    assert_eq!(rows(&world), before);
    let store = std::fs::read(world.path(".crewsync/state.db")).expect("the store");
    assert!(
        !store.windows(7).any(|bytes| bytes == b"planted"),
        "a password was stored"
    );
}

#[test]
fn drift_is_told_field_by_field_with_who_is_new_gone_and_back() {
    let (world, sandbox) = known();
    by_hand(
        &sandbox,
        json!({"UserID": "ann", "Email": "ann@y.example", "FirstName": "Ann", "Grade": 7,
            "Phones": [{"PhoneNum": "2", "PhoneType": "Mobile"}], "Extensions": {"Badge": "B1"}}),
    );
    by_hand(&sandbox, json!({"UserID": "bob", "Deleted": true}));
    by_hand(&sandbox, json!({"UserID": "dan"}));
    let changed = refresh(&world, &sandbox).exits(0);
    let want = [
        r#"ann changed Email "ann@x.example" → "ann@y.example" Phones.Mobile "1" → "2""#,
        "dan new",
        "bob gone",
    ];
    assert_eq!(told(&changed), want);
    let figures = ["users", "unchanged", "changed", "new", "gone"];
    assert_eq!(
        figures.map(|figure| changed.figure(figure)),
        [3, 1, 1, 1, 1]
    );
    assert_eq!(
        told(&refresh(&world, &sandbox).exits(0)),
        [""; 0],
        "told once"
    );
    by_hand(&sandbox, json!({"UserID": "bob", "Email": "bob@z.example"}));
    let back = refresh(&world, &sandbox).exits(0);
    assert_eq!(
        told(&back),
        [r#"bob back Email "bob@x.example" → "bob@z.example""#]
    );
    let text = world.run_on(&sandbox, &["refresh"]).exits(0);
    assert!(
        text.stdout
            .starts_with("Refreshed: 4 users; 4 unchanged since "),
        "{}",
        text.stdout
    );
}

#[test]
fn whoever_is_hidden_from_the_list_is_not_gone_and_what_it_hides_is_no_drift() {
    let (world, sandbox) = known();
    let hiding =
        json!({"switches": {"query_hidden": ["bob"], "query_fields": ["UserID", "Email"]}});
    sandbox.faults(&hiding);
    let hidden = refresh(&world, &sandbox).exits(0);
    let gone: Vec<String> = told(&hidden)
        .into_iter()
        .filter(|told| told.contains("gone"))
        .collect();
    assert_eq!(gone, [""; 0]);
    assert_eq!((hidden.figure("users"), hidden.figure("unlisted")), (3, 1));

    // A tenant whose list never showed more: what only a GET shows stays known.
    let (world, sandbox) = (World::new(), world.sandbox());
    sandbox.put_users(&json!([{"UserID": "ann", "Email": "old@x.example", "FaceTime": "f"}]));
    sandbox.faults(&hiding);
    refresh(&world, &sandbox).exits(0);
    let export = world.file("people.csv", "UserID,Email\nann,new@x.example\n");
    world.json(&sandbox, &["sync", &export]).exits(0);
    assert_eq!(told(&refresh(&world, &sandbox).exits(0)), [""; 0]);
    let out = world.path("users.json").display().to_string();
    world.json(&sandbox, &["refresh", "--out", &out]).exits(0);
    let users: Json = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(users["Users"][0]["FaceTime"], "f", "{users}");
}

#[test]
fn a_list_that_breaks_off_is_no_list_and_goes_on_the_next_time() {
    let world = World::new();
    let sandbox = world.sandbox();
    let users: Vec<Json> = (0..30)
        .map(|n| json!({"UserID": format!("T-{n:02}")}))
        .collect();
    sandbox.put_users(&json!(users));
    sandbox.faults(&json!({"switches": {"query_page_max": 10},
        "faults": [{"route": "query", "from": 3, "do": {"answer": {"status": 400}}}]}));
    let broken = refresh(&world, &sandbox).exits(1);
    assert!(broken.document()["error"]["message"].is_string());
    let export = world.file("people.csv", "UserID\nT-01\n");
    let plan = ["plan", &export, "--against", "store"];
    let refused = world.json(&sandbox, &plan).exits(1);
    assert!(
        refused.stderr.contains("hint: run refresh first"),
        "{}",
        refused.stderr
    );
    sandbox.faults(&json!({}));
    let whole = refresh(&world, &sandbox).exits(0);
    assert_eq!(
        (
            whole.figure("users"),
            whole.figure("unchanged"),
            whole.figure("new")
        ),
        (30, 20, 10)
    );
    assert_eq!(whole.document()["first"], true);
}

#[test]
fn a_tenant_that_lacks_most_of_the_known_users_is_taken_for_another_one() {
    let world = World::new();
    let sandbox = world.sandbox();
    let users = |word: &str| -> Vec<Json> {
        (0..30)
            .map(|n| json!({"UserID": format!("{word}-{n:02}")}))
            .collect()
    };
    sandbox.put_users(&json!(users("T")));
    refresh(&world, &sandbox).exits(0);
    sandbox.post("/sandbox/reset", &json!({}));
    sandbox.put_users(&json!(users("X")));
    let refused = refresh(&world, &sandbox).exits(1);
    assert!(
        refused.stderr.contains("does not list most of the users"),
        "{}",
        refused.stderr
    );
    let out = world.path("users.ndjson").display().to_string();
    sandbox.put_users(&json!(users("T")));
    world.json(&sandbox, &["refresh", "--out", &out]).exits(0);
    assert_eq!(
        std::fs::read_to_string(&out).unwrap().lines().count(),
        60,
        "nobody was taken for gone"
    );
}

#[test]
fn a_plan_against_the_store_asks_only_for_those_who_differ_and_says_how_old_it_is() {
    let (world, sandbox) = known();
    let export = world.file(
        "people.csv",
        "UserID,Email,FirstName\nann,ann@x.example,Ann\nbob,new@x.example,\ndan,dan@x.example,\n",
    );
    let before = sandbox.requests().len();
    let plan = ["plan", &export, "--against", "store"];
    let planned = world.json(&sandbox, &plan).exits(0);
    let figures = ["unchanged", "update", "create", "absent"];
    assert_eq!(figures.map(|figure| planned.figure(figure)), [1, 1, 1, 1]);
    assert!(
        planned.stderr.contains("listed under 1 s ago"),
        "{}",
        planned.stderr
    );
    let asked: Vec<String> = sandbox.requests()[before..]
        .iter()
        .map(|request| {
            request["path"]
                .as_str()
                .unwrap()
                .replace("/seiapi/v3/trans/User/", "")
        })
        .collect();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(
        ["bob", "dan"]
            .iter()
            .all(|id| asked.iter().any(|path| path == id)),
        "{asked:?}"
    );

    // What the store does not know yet is no change: the tenant is asked before the plan is shown.
    by_hand(&sandbox, json!({"UserID": "bob", "Email": "new@x.example"}));
    by_hand(&sandbox, json!({"UserID": "dan", "Email": "dan@x.example"}));
    let planned = world.json(&sandbox, &plan).exits(0);
    assert_eq!(figures.map(|figure| planned.figure(figure)), [3, 0, 0, 1]);
}

#[test]
fn a_sync_against_the_store_brings_the_tenant_in_step() {
    let (world, sandbox) = known();
    let export = world.file(
        "people.csv",
        "UserID,Email\nann,ann@x.example\nbob,new@x.example\ndan,d@x.example\n",
    );
    let sync = ["sync", &export, "--against", "store"];
    let run = world.json(&sandbox, &sync).exits(0);
    let figures = ["unchanged", "updated", "created", "unconfirmed"];
    assert_eq!(figures.map(|figure| run.figure(figure)), [1, 1, 1, 0]);
    assert_eq!(sandbox.users()["bob"]["Email"], "new@x.example");
}

#[test]
fn a_plan_against_the_store_takes_no_lock_and_needs_a_list() {
    let world = World::new();
    let sandbox = world.sandbox();
    let export = world.file("people.csv", "UserID\nann\n");
    let plan = ["plan", &export, "--against", "store"];
    let refused = world.run_on(&sandbox, &plan).exits(1);
    assert!(
        refused
            .stderr
            .contains("holds no list of the tenant's users"),
        "{}",
        refused.stderr
    );
    assert_eq!(sandbox.requests().len(), 0);
    assert!(!world.path(".crewsync").exists(), "a plan writes nothing");
}

#[test]
fn what_was_written_to_a_file_can_be_read_again_in_each_way() {
    for name in ["users.csv", "users.json", "users.ndjson"] {
        let (world, sandbox) = known();
        sandbox.put_users(&json!([
            {"UserID": "o'neil, \"x\"", "FirstName": "Zo\u{eb}\n2", "Activated": false, "Locked": true},
        ]));
        let out = world.path(name).display().to_string();
        let refreshed = world.run_on(&sandbox, &["refresh", "--out", &out]).exits(0);
        assert!(refreshed.stderr.contains("4 users"), "{}", refreshed.stderr);
        assert_eq!(mode(&out), 0o600, "{name}");
        for against in ["live", "store", &out] {
            let plan = world
                .json(&sandbox, &["plan", &out, "--against", against])
                .exits(0);
            let figures = ["unchanged", "create", "update", "absent"];
            assert_eq!(
                figures.map(|figure| plan.figure(figure)),
                [4, 0, 0, 0],
                "{name} {against}"
            );
        }
    }
}

#[test]
fn a_file_that_cannot_be_written_leaves_what_was_there() {
    let (world, sandbox) = known();
    let out = world.path("no/such/users.csv").display().to_string();
    let refused = world.json(&sandbox, &["refresh", "--out", &out]).exits(1);
    assert!(
        refused.stderr.contains("cannot write"),
        "{}",
        refused.stderr
    );
    let out = world.path("users.xlsx").display().to_string();
    let before = sandbox.requests().len();
    world.json(&sandbox, &["refresh", "--out", &out]).exits(2);
    assert_eq!(
        sandbox.requests().len(),
        before,
        "said before anything was asked"
    );
}

fn mode(path: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path)
        .expect("the file")
        .permissions()
        .mode()
        & 0o777
}
