//! `resume` by itself: what it takes up, what it refuses, and what it holds.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crewsync::model::Plan;
use crewsync::store::{StateDir, Store, TenantIdentity};

use super::support::fault_server::{Act, FaultServer};
use super::support::mortal::mortal;
use super::support::{Done, World, http};

#[test]
fn without_a_run_there_is_nothing_to_resume_and_nothing_is_made() {
    let world = World::new();
    let done = world.run(&["resume"]).exits(0);
    assert_eq!(done.stdout, "nothing to resume\n");
    let document = world.run(&["resume", "--json"]).exits(0).document();
    assert_eq!(
        (&document["run"], &document["resumable"]),
        (&Json::Null, &json!(false))
    );
    assert_eq!(document["summary"]["not_sent"], 0);
    assert!(!world.path(".crewsync").exists());
}

#[test]
fn a_finished_run_is_left_alone_and_an_unknown_one_is_a_mistake() {
    let world = World::new();
    let server = FaultServer::start(&people(), |_| Act::confirm());
    let done = on(&world, &server, &["sync", &export(&world), "--json"]).exits(0);
    let run = done.document()["run"].as_str().expect("a run").to_owned();
    let calls = server.bulk_calls().len();
    let nothing = on(&world, &server, &["resume"]).exits(0);
    assert_eq!(nothing.stdout, "nothing to resume\n");
    let named = on(&world, &server, &["resume", &run]).exits(0);
    assert!(named.stdout.ends_with("is complete\n"), "{}", named.stdout);
    let unknown = on(&world, &server, &["resume", "no-such-run"]).exits(2);
    assert!(
        unknown.stderr.contains("no run no-such-run"),
        "{}",
        unknown.stderr
    );
    assert_eq!(server.bulk_calls().len(), calls);
}

#[test]
fn who_changed_in_the_meantime_is_held_and_another_tenant_is_refused() {
    let world = World::new();
    let server = killed_before_the_second_call(&world);
    let host = server.base_url().replace("http://", "");
    let by_hand = json!({"Users": [{"UserID": "T-5", "Email": "hand@example.com"}]});
    let path = "/seiapi/v3/bulk/Users";
    assert_eq!(http(&host, "POST", path, &by_hand.to_string()).0, 200);

    let other = FaultServer::start(&people(), |_| Act::confirm());
    let foreign = on(&world, &other, &["resume"]).exits(1);
    assert!(
        foreign.stderr.contains("belongs to the tenant"),
        "{}",
        foreign.stderr
    );
    assert_eq!(other.arrivals().len(), 0);

    let done = on(&world, &server, &["resume", "--json"]).exits(3);
    assert_eq!((done.figure("updated"), done.figure("held")), (5, 1));
    let outcomes = &done.document()["outcomes"];
    assert_eq!(outcomes[4]["reason"], "drift", "{outcomes}");
    assert_eq!(server.users()["T-5"]["Email"], "hand@example.com");
}

#[test]
fn the_report_and_the_text_tell_of_the_whole_run() {
    let world = World::new();
    let server = killed_before_the_second_call(&world);
    let done = on(&world, &server, &["resume"]).exits(0);
    let told = "3 of 6 changes are through, 3 were in flight";
    assert!(done.stderr.contains(told), "{}", done.stderr);
    assert!(done.stdout.contains('6'), "{}", done.stdout);
}

#[test]
fn a_run_of_yesterday_is_left_to_sync() {
    let world = World::new();
    let server = FaultServer::start(&people(), |_| Act::confirm());
    let identity = TenantIdentity {
        name: String::new(),
        base_url: server.base_url(),
        customer: None,
    };
    let plan = on(&world, &server, &["plan", &export(&world), "--json"]).exits(0);
    let plan: Plan = serde_json::from_str(&plan.stdout).expect("a plan");
    {
        let dir = StateDir::open(&world.path(".crewsync")).expect("a state directory");
        let lock = dir.lock("test").expect("its lock");
        let mut store = Store::open(&lock, &identity).expect("a store");
        let began = Timestamp::now() - SignedDuration::from_hours(13);
        store
            .begin_run("old", &plan, "default", began)
            .expect("a run");
    }
    for arguments in [&["resume"][..], &["resume", "old"]] {
        let refused = on(&world, &server, arguments).exits(6);
        assert!(
            refused.stderr.contains("more than 12 hours ago"),
            "{}",
            refused.stderr
        );
        assert!(
            refused.stderr.contains("hint: run sync"),
            "{}",
            refused.stderr
        );
    }
    assert_eq!(server.bulk_calls().len(), 0);
    let healed = on(&world, &server, &["sync", &export(&world)]).exits(0);
    assert!(
        healed.stderr.contains("the run old had not been finished"),
        "{}",
        healed.stderr
    );
    let nothing = on(&world, &server, &["resume", "old"]).exits(0);
    assert!(
        nothing.stdout.contains("was superseded"),
        "{}",
        nothing.stdout
    );
}

#[test]
fn a_tenant_that_is_gone_leaves_the_run_to_be_resumed() {
    let world = World::new();
    let server = killed_before_the_second_call(&world);
    let base_url = server.base_url();
    drop(server);
    let gone = Done::of(
        world
            .command_on(&base_url, &["resume", "--json"])
            .output()
            .expect("runs"),
    );
    let gone = gone.exits(1);
    let document = gone.document();
    assert_eq!(document["resumable"], true, "{document}");
    assert_eq!(gone.figure("unconfirmed"), 3, "{document}");
}

/// A run of six changes in two calls, of which the second arrives and is never carried out.
fn killed_before_the_second_call(world: &World) -> FaultServer {
    let (killer, mortal) = mortal();
    let server = FaultServer::start(&people(), move |call| match call.number {
        2 => {
            let killer = killer.clone();
            Act::call(false, move || killer.kill())
        }
        _ => Act::confirm(),
    });
    let arguments = ["sync", &export(world), "--chunk-users", "3"];
    let killed = mortal.run(&mut world.command_on(&server.base_url(), &arguments));
    assert!(killed.is_none(), "it was killed");
    server
}

fn on(world: &World, server: &FaultServer, arguments: &[&str]) -> Done {
    let mut command = world.command_on(&server.base_url(), arguments);
    Done::of(command.output().expect("the program runs"))
}

fn export(world: &World) -> String {
    let rows = (1..=6).map(|n| format!("T-{n},new{n}@example.com\n"));
    world.file(
        "people.csv",
        format!("UserID,Email\n{}", rows.collect::<String>()),
    )
}

fn people() -> Vec<Json> {
    (1..=6)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": format!("old{n}@example.com")}))
        .collect()
}
