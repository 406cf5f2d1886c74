//! Secrets that are planted everywhere they may stand appear nowhere else: not on the terminal, not in reports, plans,
//! the store with its log and its free pages; in no form.

#[path = "secrets/scan.rs"]
mod scan;

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::{Sandbox, World};
use scan::{Secret, leaks_in, leaks_under};

/// As awkward as a header allows.
const TOKEN: &str = "pl4nted/\"tok\\en+1=&2";
const PASSWORD: &str = "pl4nted \"pass\\wörd/3?&";
const CODE: &str = "pl4nted \"code\\4/ü&+";
/// Of a user, in a file that is put.
const USERS_OWN: &str = "pl4nted 'own' \\5 <é>";

fn planted() -> Vec<Secret> {
    [TOKEN, PASSWORD, CODE, USERS_OWN].map(Secret::new).into()
}

/// A world with an export of two, beside a tenant that knows one of them and the account that logs on.
struct Scene {
    world: World,
    sandbox: Sandbox,
    secrets: Vec<Secret>,
}

#[derive(Clone, Copy, Debug)]
enum Who {
    Token,
    Login,
    Customer,
}

impl Scene {
    fn new() -> Scene {
        let world = World::new();
        let sandbox = world.sandbox();
        sandbox.put_users(&json!([
            {"UserID": "hr", "Password": PASSWORD},
            {"UserID": "T-1", "FirstName": "Ann", "Activated": true, "IsMobileWorker": true},
        ]));
        world.file("people.csv", "UserID,FirstName\nT-1,Anna\nT-2,Bo\n");
        std::fs::create_dir(world.path("private")).expect("a folder");
        world.file("crewsync.toml", "[delivery]\nattempts_max = 1\n");
        world.file("private/own", USERS_OWN);
        let user = json!({"UserID": "T-3", "Password": USERS_OWN});
        world.file("private/user.json", user.to_string());
        Scene {
            world,
            sandbox,
            secrets: planted(),
        }
    }

    fn command(&self, who: Who, url: &str, arguments: &[&str]) -> Command {
        let mut command = self.world.command_on(url, arguments);
        command.env_remove("CREWSYNC_TOKEN");
        match who {
            Who::Token => command.env("CREWSYNC_TOKEN", TOKEN),
            Who::Login => command
                .env("CREWSYNC_USERNAME", "hr")
                .env("CREWSYNC_PASSWORD", PASSWORD),
            Who::Customer => command
                .env("CREWSYNC_CUSTOMER_ID", "sandbox")
                .env("CREWSYNC_CUSTOMER_CODE", CODE),
        };
        command
    }

    /// Runs a command, whatever its end, and scans what it says.
    #[track_caller]
    fn runs(&self, who: Who, arguments: &[&str]) {
        self.runs_at(who, self.sandbox.url(), arguments);
    }

    #[track_caller]
    fn runs_at(&self, who: Who, url: &str, arguments: &[&str]) {
        for further in [&["--verbose"][..], &["--json"]] {
            let arguments = [arguments, further].concat();
            let mut command = self.command(who, url, &arguments);
            command
                .env("RUST_BACKTRACE", "full")
                .env("RUST_LOG", "trace");
            let output = command.output().expect("it runs");
            for said in [&output.stdout, &output.stderr] {
                let leaks = leaks_in(said, &self.secrets);
                let said = String::from_utf8_lossy(said);
                assert_eq!(leaks, [""; 0], "{who:?} {arguments:?}: {said}");
            }
        }
        self.keeps();
    }

    /// Scans every file that is not one of ours.
    #[track_caller]
    fn keeps(&self) {
        let folder = self.world.path("");
        let ours = [folder.join("private")];
        assert_eq!(leaks_under(&folder, &ours, &self.secrets), [""; 0]);
    }

    /// Every call is answered with a body that repeats what it came with.
    fn repeats(&self, who: Who, status: u16) {
        let fault = |route: Option<&str>, said: String| {
            let detail =
                json!({"message": said, "params": {"value": said}, "dataPath": "/Users/0/Email"});
            let body = json!({"code": status, "detail": detail});
            let mut fault = json!({"do": {"answer": {"status": status, "body": body}}});
            if let Some(route) = route {
                fault["route"] = json!(route);
            }
            fault
        };
        let own = who.secret();
        let both = format!("{own} and {USERS_OWN}");
        let faults = [
            fault(Some("user_put"), both.clone()),
            fault(Some("change_password"), both),
            fault(Some("login"), own.to_owned()),
            fault(None, own.to_owned()),
        ];
        // Whoever logs on gets in, unless it is that which is refused.
        let faults = match (who, status) {
            (Who::Login, 401) | (Who::Token | Who::Customer, _) => &faults[..],
            (Who::Login, _) => &faults[..2],
        };
        self.sandbox.faults(&json!({ "faults": faults }));
    }
}

impl Who {
    fn secret(self) -> &'static str {
        match self {
            Who::Token => TOKEN,
            Who::Login => PASSWORD,
            Who::Customer => CODE,
        }
    }
}

const COMMANDS: [&[&str]; 8] = [
    &["plan", "people.csv", "--out", "plan.jsonl"],
    &["sync", "people.csv"],
    &["apply", "plan.jsonl"],
    &["resume"],
    &["doctor"],
    &["user", "get", "T-1"],
    &["user", "put", "private/user.json", "--yes"],
    &[
        "user",
        "change-password",
        "T-1",
        "--yes",
        "--password-file",
        "private/own",
    ],
];

#[test]
fn in_a_good_night_no_secret_is_told_or_kept() {
    for who in [Who::Token, Who::Login] {
        let scene = Scene::new();
        for command in COMMANDS {
            scene.runs(who, command);
        }
        assert!(scene.sandbox.users().contains_key("T-3"), "it worked");
    }
}

#[test]
fn in_a_bad_night_no_secret_is_told_or_kept() {
    for who in [Who::Token, Who::Login, Who::Customer] {
        let scene = Scene::new();
        for command in COMMANDS {
            scene.runs_at(who, "http://127.0.0.1:9", command);
        }
        for fault in [
            json!({"answer": {"status": 500, "body": "<html>"}}),
            json!({"redirect": {"location": format!("http://127.0.0.1:9/?customercode={CODE}")}}),
            json!({"reset": "before"}),
        ] {
            scene.sandbox.faults(&json!({"faults": [{"do": fault}]}));
            scene.runs(who, &["user", "get", "T-1"]);
            scene.runs(who, &["plan", "people.csv"]);
        }
    }
}

#[test]
fn a_tenant_that_repeats_secrets_is_not_repeated() {
    for who in [Who::Token, Who::Login, Who::Customer] {
        let scene = Scene::new();
        for status in [200, 400, 401, 403, 500] {
            scene.repeats(who, status);
            for command in COMMANDS {
                scene.runs(who, command);
            }
        }
    }
}

#[test]
fn what_is_wrong_in_the_configuration_is_told_without_the_secret() {
    let scene = Scene::new();
    let toml = |secret: &str| serde_json::to_string(secret).expect("JSON strings are TOML strings");
    for text in [
        format!("[tenant.auth]\ntoken = {}\n", toml(TOKEN)),
        format!(
            "[tenant]\nproxy = {}\n",
            toml(&format!("http://me:{TOKEN}@[bad"))
        ),
        format!(
            "[tenant]\nbase_url = {}\n",
            toml(&format!("https://me:{TOKEN}@h"))
        ),
        format!(
            "[tenant.auth]\ntoken_file = 7\npassword = {}\n",
            toml(PASSWORD)
        ),
    ] {
        scene.world.file("private/bad.toml", text);
        scene.runs(Who::Token, &["doctor", "--config", "private/bad.toml"]);
        scene.runs(
            Who::Token,
            &["plan", "people.csv", "--config", "private/bad.toml"],
        );
    }
}

#[test]
fn a_token_for_somebody_else_is_where_it_was_asked_for_and_nowhere_else() {
    let mut scene = Scene::new();
    let ask = [
        "user",
        "impersonate",
        "T-1",
        "--reason",
        "x",
        "--token-file",
        "private/token",
    ];
    scene.runs(Who::Login, &ask);
    let token = std::fs::read_to_string(scene.world.path("private/token")).expect("a token");
    scene.secrets = vec![Secret::new(token.trim())];
    scene.runs(Who::Login, &["user", "get", "T-1"]);
    scene.keeps();
}

#[test]
fn while_a_call_is_under_way_the_log_of_the_store_holds_no_secret() {
    let scene = Scene::new();
    let hang = json!({"faults": [{"route": "bulk", "delay_answer_ms": 600_000}, {"route": "user_put", "delay_answer_ms": 600_000}]});
    scene.sandbox.faults(&hang);
    for (arguments, method) in [
        (&["sync", "people.csv"][..], "POST"),
        (&["user", "put", "private/user.json", "--yes"], "PUT"),
    ] {
        let mut child = scene
            .command(Who::Token, scene.sandbox.url(), arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
        let arrived = |request: &Json| request["method"] == method && request["status"].is_null();
        while !scene.sandbox.requests().iter().any(arrived) {
            assert!(std::time::Instant::now() < deadline, "no call arrived");
        }
        let log = scene.world.path(".crewsync/state.db-wal");
        assert!(
            log.metadata().is_ok_and(|found| found.len() > 0),
            "there is a log"
        );
        scene.keeps();
        child.kill().expect("it lives");
        child.wait().expect("it ends");
        scene.keeps();
    }
}

#[test]
fn the_scan_finds_each_form_in_each_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = planted();
    for secret in &secrets {
        for (form, bytes) in secret.forms() {
            let planted = [b"\0\xffjunk:", &bytes[..], b"\x01more"].concat();
            assert_eq!(leaks_in(&planted, &secrets).len(), 1, "{form}");
            for place in ["a.log", "deep/er/state.db-wal"] {
                let path = folder.path().join(place);
                std::fs::create_dir_all(path.parent().expect("a folder")).expect("it");
                std::fs::write(&path, &planted).expect("it");
                let found = leaks_under(folder.path(), &[], &secrets);
                assert_eq!(found.len(), 1, "{form} in {place}: {found:?}");
                std::fs::remove_file(&path).expect("it");
            }
        }
    }
    assert_eq!(leaks_in(b"nothing of the kind", &secrets), [""; 0]);
    assert_eq!(
        leaks_under(Path::new(folder.path()), &[], &secrets),
        [""; 0]
    );
}

#[test]
fn the_scan_finds_what_sqlite_has_deleted_or_not_yet_moved() {
    let folder = tempfile::tempdir().expect("a folder");
    let secrets = [Secret::new(PASSWORD)];
    let path = folder.path().join("state.db");
    let database = rusqlite::Connection::open(&path).expect("a database");
    let begin = "PRAGMA journal_mode = wal; PRAGMA secure_delete = off; CREATE TABLE t (x TEXT);";
    database.execute_batch(begin).expect("a table");
    database
        .execute("INSERT INTO t VALUES (?)", [PASSWORD.repeat(2_000)])
        .expect("a row");
    let found = leaks_under(folder.path(), &[], &secrets);
    assert!(
        found.iter().any(|leak| leak.contains("state.db-wal")),
        "{found:?}"
    );
    database
        .execute_batch("DELETE FROM t; PRAGMA wal_checkpoint(TRUNCATE);")
        .expect("no row");
    let found = leaks_under(folder.path(), &[], &secrets);
    assert!(
        found.iter().any(|leak| leak.ends_with("state.db")),
        "free pages: {found:?}"
    );
}
