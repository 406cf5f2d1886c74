//! Who asks: what the program makes of credentials, against the sandbox.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use crate::support::{Done, Sandbox, World};

/// A JWT that expires so many seconds from now; nobody checks its signature.
fn token(lasts_s: i64) -> String {
    let now_s = jiff::Timestamp::now().as_second();
    let claims = json!({ "exp": now_s + lasts_s }).to_string();
    format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
}

fn logons(sandbox: &Sandbox) -> usize {
    let requests = sandbox.requests();
    let logons = requests
        .iter()
        .filter(|request| request["path"] == "/createjwt");
    logons.count()
}

/// 900 people: three bulk calls, so a minute under the vendor's limits.
fn many(world: &World) -> String {
    let rows: String = (0..900).map(|n| format!("T-{n},Ann\n")).collect();
    world.file("many.csv", format!("UserID,FirstName\n{rows}"))
}

#[test]
fn a_token_that_will_not_last_as_long_as_the_run_is_told_before_it_begins() {
    let world = World::new();
    let sandbox = world.sandbox();
    let many = many(&world);
    for (lasts_s, said) in [
        (30, Some("the run is estimated to take")),
        (-30, Some("the token expired at")),
        (86_400, None),
    ] {
        let arguments = ["plan", &many, "--base-url", sandbox.url()];
        let limits = ["--limits", "bulk=1/30s,user=1/30s,default=1000/s"];
        let mut command = world.command(&[&arguments[..], &limits].concat());
        command.env("CREWSYNC_TOKEN", token(lasts_s));
        let done = Done::of(command.output().expect("it runs")).exits(0);
        match said {
            Some(said) => assert!(done.stderr.contains(said), "{lasts_s}: {}", done.stderr),
            None => assert!(!done.stderr.contains("warning:"), "{}", done.stderr),
        }
    }
}

#[test]
fn customer_id_and_code_serve_and_are_said_to_be_deprecated_once() {
    let world = World::new();
    let sandbox = world.sandbox();
    let people = world.file("people.csv", "UserID,FirstName\nT-1,Ann\nT-2,Bo\n");
    let mut command = world.command_on(sandbox.url(), &["sync", &people]);
    command
        .env_remove("CREWSYNC_TOKEN")
        .env("CREWSYNC_CUSTOMER_ID", "sandbox")
        .env("CREWSYNC_CUSTOMER_CODE", "sandbox");
    let done = Done::of(command.output().expect("it runs")).exits(0);
    assert_eq!(done.stderr.matches("has deprecated customer id").count(), 1);
    assert_eq!(sandbox.users().len(), 2);
}

#[test]
fn a_login_of_short_tokens_works_through_a_whole_run() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([{"UserID": "hr", "Password": "let me in"}]));
    sandbox.faults(&json!({"switches": {"token_lifetime_s": 1}}));
    let password = world.file("password", "let me in\n");
    let config =
        format!("[tenant.auth]\nusername = \"hr\"\npassword_command = [\"cat\", {password:?}]");
    world.file("crewsync.toml", config);
    let many = many(&world);
    let arguments = ["sync", &many, "--chunk-users", "100"];
    let mut command = world.command_on(sandbox.url(), &arguments);
    command
        .env_remove("CREWSYNC_TOKEN")
        .env("PATH", "/usr/bin:/bin");
    Done::of(command.output().expect("it runs")).exits(0);
    assert_eq!(sandbox.users().len(), 901);
    assert!(logons(&sandbox) >= 1);
}

#[test]
fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let world = World::new();
    let done = world
        .run_at("http://tenant.example.com", &["user", "get", "T-1"])
        .exits(2);
    assert!(done.stderr.contains("use https"), "{}", done.stderr);
}

#[test]
fn the_proxy_of_the_environment_is_not_used() {
    let world = World::new();
    let sandbox = world.sandbox();
    sandbox.put_users(&json!([{"UserID": "T-1"}]));
    let proxy = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    proxy
        .set_nonblocking(true)
        .expect("a listener that does not wait");
    let address = format!("http://{}", proxy.local_addr().expect("an address"));
    let mut command = world.command_on(sandbox.url(), &["user", "get", "T-1"]);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env(name, &address);
    }
    Done::of(command.output().expect("it runs")).exits(0);
    assert!(proxy.accept().is_err(), "nobody came");
}

#[test]
fn redirects_of_any_command_lead_nowhere() {
    let world = World::new();
    let sandbox = world.sandbox();
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    elsewhere
        .set_nonblocking(true)
        .expect("a listener that does not wait");
    let location = format!("http://{}/", elsewhere.local_addr().expect("an address"));
    let redirect = json!({"redirect": {"status": 307, "location": location}});
    sandbox.faults(&json!({"faults": [{"do": redirect}]}));
    let entity = world.file("entity.json", "{}");
    let people = world.file("people.csv", "UserID,FirstName\nT-1,Ann\n");
    for arguments in [
        &["user", "get", "T-1"][..],
        &["user", "query"],
        &["user", "roles", "get", "T-1"],
        &["user", "entity", "put", "T-1", &entity],
        &["user", "service-teams", "set", "T-1", "A"],
        &["team", "users", "get", "A"],
        &["plan", &people],
        &["sync", &people],
    ] {
        let done = world.run_on(&sandbox, arguments);
        assert!(
            [1, 2].contains(&done.code),
            "{arguments:?}: {}",
            done.stderr
        );
        assert!(
            done.stderr.contains("redirect") || done.stderr.contains("elsewhere"),
            "{}",
            done.stderr
        );
    }
    let mut login = world.command_on(sandbox.url(), &["user", "get", "T-1"]);
    login
        .env_remove("CREWSYNC_TOKEN")
        .env("CREWSYNC_USERNAME", "hr")
        .env("CREWSYNC_PASSWORD", "planted");
    assert_ne!(login.output().expect("it runs").status.code(), Some(0));
    assert!(elsewhere.accept().is_err(), "nobody came");
}
