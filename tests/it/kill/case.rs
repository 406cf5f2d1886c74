//! One tenant, one state directory, and processes that die over them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crewsync::store::{Store, TenantIdentity};

use crate::support::fault_server::{Act, BulkCall, Dialect, FaultServer};
use crate::support::mortal::{Mortal, mortal};
use crate::support::{Done, World};

use super::trap::{Moment, Spot, Trap};

/// The time between two bulk calls. A restart takes less, so only what is remembered can keep it.
const BETWEEN: Duration = Duration::from_millis(100);
const LIMITS: &str = "bulk=1/100ms,default=1000/s";

/// What no process has disturbed.
pub struct Undisturbed {
    users: BTreeMap<String, Json>,
    report: Report,
    code: i32,
    /// For each arrival whether it is a bulk call.
    bulk: Vec<bool>,
}

/// A report as far as it does not tell how often something had to be sent.
#[derive(Debug, PartialEq)]
struct Report {
    summary: Json,
    outcomes: Vec<(String, Json, String, String, Json)>,
    problems: Json,
    resumable: bool,
}

impl Undisturbed {
    pub fn learn() -> Undisturbed {
        let case = Case::new();
        let done = case.live(None, "sync").expect("nobody kills it").exits(3);
        let report = Report::of(&done);
        assert_eq!(report.summary["updated"], 5, "{}", done.stdout);
        assert_eq!(report.summary["deactivated"], 2, "{}", done.stdout);
        assert_eq!(report.summary["created"], 5, "{}", done.stdout);
        assert_eq!(report.summary["rejected"], 1, "{}", done.stdout);
        let arrivals = case.server.arrivals();
        Undisturbed {
            users: case.server.users(),
            report,
            code: done.code,
            bulk: arrivals.iter().map(|arrival| arrival.is_bulk()).collect(),
        }
    }

    pub fn arrivals(&self) -> usize {
        self.bulk.len()
    }

    pub fn is_bulk(&self, arrival: usize) -> bool {
        self.bulk[arrival - 1]
    }

    /// One kill at each arrival; at a bulk call in each of its moments.
    pub fn every_spot(&self) -> Vec<Vec<Spot>> {
        let mut spots = Vec::new();
        for arrival in 1..=self.arrivals() {
            let moments = match self.is_bulk(arrival) {
                true => &Moment::ALL[..],
                false => &[Moment::Arrived],
            };
            let at = |&moment| vec![Spot { arrival, moment }];
            spots.extend(moments.iter().map(at));
        }
        spots
    }
}

/// A tenant and those who work on it.
pub struct Case {
    world: World,
    export: String,
    trap: Arc<Trap>,
    mortal: Mortal,
    server: FaultServer,
}

impl Case {
    pub fn new() -> Case {
        let world = World::new();
        let export = world.file("people.csv", export());
        let (killer, mortal) = mortal();
        let trap = Arc::new(Trap::new(killer));
        let (on_bulk, on_read) = (trap.clone(), trap.clone());
        let server = FaultServer::watched(
            &people(),
            move |call| match refusal(call) {
                Some(refusal) => on_bulk.bulk(refusal, false),
                None => on_bulk.bulk(Act::confirm(), true),
            },
            move |_| on_read.read(),
        );
        Case {
            world,
            export,
            trap,
            mortal,
            server,
        }
    }

    /// One process; `None` if it was killed.
    fn live(&self, spot: Option<Spot>, command: &str) -> Option<Done> {
        self.trap.set(spot);
        let mut arguments = vec![command];
        if command == "sync" {
            arguments.push(&self.export);
        }
        arguments.extend(["--json", "--limits", LIMITS, "--chunk-users", "4"]);
        let mut command = self.world.command(&arguments);
        command
            .env("CREWSYNC_TOKEN", "test")
            .env("CREWSYNC_BASE_URL", self.server.base_url());
        self.mortal.run(&mut command)
    }

    /// Kills process after process at these spots, then lets one finish. Gives the number of kills.
    pub fn survive(&self, chain: &[Spot], undisturbed: &Undisturbed) -> usize {
        let mut kills = 0;
        let mut command = "sync";
        let mut starts = Vec::new();
        let mut spots = chain.iter().copied();
        let done = loop {
            starts.push(self.server.arrivals().len());
            match self.live(spots.next(), command) {
                None => {
                    kills += 1;
                    command = "resume";
                }
                Some(done) if done.code == 0 && done.document()["run"].is_null() => {
                    // It was killed before there was a plan.
                    assert_eq!(self.server.bulk_calls().len(), 0, "{chain:?}");
                    command = "sync";
                }
                Some(done) => break done,
            }
        };
        self.check_report(&done, undisturbed, chain);
        self.check_tenant(undisturbed, chain);
        self.check_limit(&starts, chain);
        kills
    }

    /// Kills a sync and lets the next one find its way.
    pub fn heal(&self, spot: Spot, undisturbed: &Undisturbed) {
        let killed = self.live(Some(spot), "sync");
        assert!(killed.is_none(), "{spot:?} was not reached");
        let starts = [0, self.server.arrivals().len()];
        let done = self.live(None, "sync").expect("nobody kills it");
        assert_eq!(done.code, undisturbed.code, "{spot:?}: {}", done.stderr);
        assert!(
            done.stderr.contains("has taken its place"),
            "{spot:?}: {}",
            done.stderr
        );
        self.check_tenant(undisturbed, &[spot]);
        self.check_limit(&starts, &[spot]);
        let identity = TenantIdentity {
            name: String::new(),
            base_url: self.server.base_url(),
            customer: None,
        };
        let store = Store::open_to_read(&self.world.path(".crewsync"), &identity);
        let store = store.expect("a whole store").expect("a store");
        let unsettled = store.unsettled_attempts().expect("it can be read");
        assert_eq!(unsettled, [], "{spot:?}");
        let resume = self.live(None, "resume").expect("nobody kills it").exits(0);
        assert!(resume.document()["run"].is_null(), "{}", resume.stdout);
    }

    fn check_report(&self, done: &Done, undisturbed: &Undisturbed, chain: &[Spot]) {
        assert_eq!(done.code, undisturbed.code, "{chain:?}: {}", done.stderr);
        assert_eq!(Report::of(done), undisturbed.report, "{chain:?}");
        let run = done.document()["run"].as_str().expect("a run").to_owned();
        let file = self
            .world
            .path(&format!(".crewsync/reports/run-{run}.json"));
        let kept = std::fs::read_to_string(file).expect("its report");
        let kept: Json = serde_json::from_str(&kept).expect("JSON");
        assert_eq!(kept, done.document(), "{chain:?}");
    }

    /// The tenant ends as it would have, everything happened once, and nobody was sent again whose call had been
    /// carried out.
    fn check_tenant(&self, undisturbed: &Undisturbed, chain: &[Spot]) {
        assert_eq!(self.server.users(), undisturbed.users, "{chain:?}");
        let ledger = self.server.ledger();
        for (number, call) in (1..).zip(self.server.bulk_calls()) {
            for user_id in call.users {
                let done_before = ledger
                    .iter()
                    .any(|entry| entry.user_id == user_id && entry.call < number);
                assert!(!done_before, "{chain:?}: {user_id} in call {number}");
            }
        }
    }

    /// The first bulk call of a process keeps its distance from the last one of the process before.
    fn check_limit(&self, starts: &[usize], chain: &[Spot]) {
        let arrivals = self.server.arrivals();
        for &start in starts {
            let (before, after) = arrivals.split_at(start);
            let last = before.iter().rfind(|arrival| arrival.is_bulk());
            let first = after.iter().find(|arrival| arrival.is_bulk());
            if let (Some(last), Some(first)) = (last, first) {
                let between = first.at - last.at;
                assert!(between >= BETWEEN, "{chain:?}: {between:?} over a restart");
            }
        }
    }

    /// Nobody keeps a record of reads, so a process waits before its first.
    pub fn restart_while_reading(&self) {
        let limits = ["plan", &self.export, "--base-url", &self.server.base_url()];
        let limits = [&limits[..], &["--limits", "default=2/s"]].concat();
        for _ in 0..2 {
            self.trap.set(Some(Spot {
                arrival: 1,
                moment: Moment::Arrived,
            }));
            let mut command = self.world.command(&limits);
            let killed = self.mortal.run(command.env("CREWSYNC_TOKEN", "test"));
            assert!(killed.is_none(), "it was killed");
        }
        let arrivals = self.server.arrivals();
        let between = arrivals[1].at - arrivals[0].at;
        assert!(
            between >= Duration::from_millis(500),
            "{between:?} over a restart"
        );
    }

    /// A 429 is remembered in the moment it is learnt: the process is killed while it waits.
    pub fn keep_waiting_after_a_kill(&self) {
        let wait = Duration::from_secs(2);
        let (killer, mortal) = mortal();
        let state = self.world.path(".crewsync");
        let throttled = FaultServer::start(&people(), move |call| match call.number {
            1 => {
                let answer = throttled(wait);
                let (killer, state) = (killer.clone(), state.clone());
                Act::answer(false, answer).afterwards(move || {
                    wait_until_remembered(&state);
                    killer.kill();
                })
            }
            _ => refusal(call).unwrap_or_else(Act::confirm),
        });
        let mut arguments = vec!["sync", &self.export, "--json"];
        let killed = mortal.run(&mut self.world.command_on(&throttled.base_url(), &arguments));
        assert!(killed.is_none(), "it was killed");
        arguments.splice(0..2, ["resume"]);
        let done = mortal.run(&mut self.world.command_on(&throttled.base_url(), &arguments));
        done.expect("nobody kills it").exits(3);
        let calls = throttled.bulk_calls();
        let waited = calls[1].at - calls[0].at;
        assert!(waited >= wait, "asked to wait {wait:?}, waited {waited:?}");
    }
}

/// Looks at the store from outside, as `plan` does, until it knows of a wait.
fn wait_until_remembered(state: &std::path::Path) {
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    let file = state.join("state.db");
    let is_remembered = || {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = rusqlite::Connection::open_with_flags(&file, flags)?;
        let sql = "SELECT count(*) FROM limiter WHERE not_before IS NOT NULL";
        connection.query_row(sql, [], |row| row.get::<_, i64>(0))
    };
    while !is_remembered().is_ok_and(|rows| rows > 0) {
        assert!(
            std::time::Instant::now() < deadline,
            "it is never remembered"
        );
        std::thread::yield_now();
    }
}

fn throttled(wait: Duration) -> Vec<u8> {
    let body = r#"{"code":429}"#;
    format!(
        "HTTP/1.1 429 Slow down\r\nContent-Type: application/json\r\nRetry-After: {}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        wait.as_secs(),
        body.len()
    )
    .into_bytes()
}

impl Report {
    fn of(done: &Done) -> Report {
        let mut document = done.document();
        let mut summary = document["summary"].take();
        for told_by_the_journal in ["requests", "retries"] {
            summary[told_by_the_journal].take();
        }
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let outcomes = document["outcomes"].as_array().expect("outcomes");
        let outcomes = outcomes.iter().map(|outcome| {
            (
                text(&outcome["user_id"]),
                outcome["line"].clone(),
                text(&outcome["action"]),
                text(&outcome["status"]),
                outcome["code"].clone(),
            )
        });
        Report {
            summary,
            outcomes: outcomes.collect(),
            problems: document["problems"].clone(),
            resumable: document["resumable"] == true,
        }
    }
}

/// The tenant refuses a team that it does not know, and points at it.
fn refusal(call: &BulkCall) -> Option<Act> {
    let bad = call
        .users
        .iter()
        .position(|user| user["ServiceTeamID"] == "nowhere")?;
    let path = format!("/Users/{bad}/ServiceTeamID");
    let detail = json!({"message": "no such team", "params": {}, "dataPath": path});
    let body = json!({"code": 400, "detail": detail}).to_string();
    Some(Act::answer(false, Dialect::Plain.write(400, &body)))
}

/// Nine users that the tenant has; `T-09` is as wanted, `T-10` to `T-14` are missing.
fn people() -> Vec<Json> {
    (1..=9)
        .map(|n| {
            let mail = if n == 9 { "new" } else { "old" };
            json!({
                "UserID": format!("T-{n:02}"), "Email": format!("{mail}{n}@example.com"),
                "Activated": true, "ServiceTeamID": "north", "Grade": n,
            })
        })
        .collect()
}

/// Two leave, five get a new address, one a team that does not exist, five are new.
fn export() -> String {
    let mut text = "UserID,Email,Activated,ServiceTeamID\n".to_owned();
    for n in 1..=14 {
        let (mail, team) = match n {
            1 | 2 => ("old", "north"),
            8 => ("old", "nowhere"),
            _ => ("new", "north"),
        };
        let active = n > 2;
        text += &format!("T-{n:02},{mail}{n}@example.com,{active},{team}\n");
    }
    text
}
