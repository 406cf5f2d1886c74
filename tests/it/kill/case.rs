//! One tenant, one state directory, and processes that die over them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crewsync::store::{Store, TenantIdentity};

use crate::support::fault_server::{Act, BulkCall, Dialect, FaultServer};
use crate::support::mortal::{Mortal, mortal};
use crate::support::strace::traced;
use crate::support::{Done, World};

use super::report::Report;
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
    pub world: World,
    pub server: FaultServer,
    export: String,
    trap: Arc<Trap>,
    mortal: Mortal,
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

    /// Where the state is.
    pub fn state(&self) -> PathBuf {
        self.world.path(".crewsync")
    }

    /// Whose it is.
    pub fn identity(&self) -> TenantIdentity {
        TenantIdentity {
            name: String::new(),
            base_url: self.server.base_url(),
            customer: None,
        }
    }

    /// One process; `None` if it was killed.
    pub fn live(&self, spot: Option<Spot>, command: &str) -> Option<Done> {
        self.trap.set(spot);
        self.mortal.run(&mut self.command(command))
    }

    fn command(&self, command: &str) -> Command {
        let mut arguments = vec![command];
        if command != "resume" {
            arguments.push(&self.export);
        }
        arguments.extend(["--json", "--limits", LIMITS, "--chunk-users", "4"]);
        let mut command = self.world.command(&arguments);
        command
            .env("CREWSYNC_TOKEN", "test")
            .env("CREWSYNC_BASE_URL", self.server.base_url());
        command
    }

    /// One process whose calls to the system are written to a file; `options` may make one of them its last.
    pub fn live_traced(&self, command: &str, options: &[&str]) -> (Option<Done>, String) {
        self.trap.set(None);
        let log = self.world.path("trace");
        let command = &mut traced(&self.command(command), &log, options);
        let done = self.mortal.run(command);
        // What it has sent may still be under way.
        self.server.wait_until_idle();
        let log = std::fs::read_to_string(log).expect("its log");
        (done, log)
    }

    /// Kills the program at one call to the system after the other, then lets it finish. Gives the number of kills.
    pub fn survive_calls(&self, injections: &[&str], undisturbed: &Undisturbed) -> usize {
        let what = format!("{injections:?}");
        let mut kills = 0;
        let mut starts = Vec::new();
        let mut command = "sync";
        for injection in injections {
            starts.push(self.server.arrivals().len());
            let (name, _) = injection.split_once(':').expect("a call and its fault");
            let (trace, inject) = (format!("trace={name}"), format!("inject={injection}"));
            let (done, log) = self.live_traced(command, &["-e", &trace, "-e", &inject]);
            if done.is_some() {
                break; // it makes fewer calls this time
            }
            assert!(log.contains("killed by SIGKILL"), "{what}: {log}");
            kills += 1;
            command = "resume";
        }
        let mut done;
        loop {
            starts.push(self.server.arrivals().len());
            done = self.live(None, command).expect("nobody kills it");
            match done.document()["run"].is_null() {
                true if command == "resume" => command = "sync",
                _ => break,
            }
        }
        self.check_tenant(undisturbed, &what);
        self.check_limit(&starts, &what);
        // If it had all been done and told, nothing was left to resume, and the next night found it so.
        if done.figure("updated") > 0 {
            self.check_report(&done, undisturbed, &what);
        }
        kills
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
        let what = format!("{chain:?}");
        self.check_report(&done, undisturbed, &what);
        self.check_tenant(undisturbed, &what);
        self.check_limit(&starts, &what);
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
        self.check_tenant(undisturbed, &format!("{spot:?}"));
        self.check_limit(&starts, &format!("{spot:?}"));
        let store = Store::open_to_read(&self.state(), &self.identity());
        let store = store.expect("a whole store").expect("a store");
        let unsettled = store.unsettled_attempts().expect("it can be read");
        assert_eq!(unsettled, [], "{spot:?}");
        let resume = self.live(None, "resume").expect("nobody kills it").exits(0);
        assert!(resume.document()["run"].is_null(), "{}", resume.stdout);
    }

    fn check_report(&self, done: &Done, undisturbed: &Undisturbed, what: &str) {
        assert_eq!(done.code, undisturbed.code, "{what}: {}", done.stderr);
        assert_eq!(Report::of(done), undisturbed.report, "{what}");
        let run = done.document()["run"].as_str().expect("a run").to_owned();
        let file = self.state().join(format!("reports/run-{run}.json"));
        let kept = std::fs::read_to_string(file).expect("its report");
        let kept: Json = serde_json::from_str(&kept).expect("JSON");
        assert_eq!(kept, done.document(), "{what}");
    }

    /// The tenant ends as it would have, everything happened once, and nobody was sent again whose call had been
    /// carried out.
    fn check_tenant(&self, undisturbed: &Undisturbed, what: &str) {
        assert_eq!(self.server.users(), undisturbed.users, "{what}");
        let ledger = self.server.ledger();
        for (number, call) in (1..).zip(self.server.bulk_calls()) {
            for user_id in call.users {
                let done_before = ledger
                    .iter()
                    .any(|entry| entry.user_id == user_id && entry.call < number);
                assert!(!done_before, "{what}: {user_id} in call {number}");
            }
        }
    }

    /// The first bulk call of a process keeps its distance from the last one of the process before.
    fn check_limit(&self, starts: &[usize], what: &str) {
        let arrivals = self.server.arrivals();
        for &start in starts {
            let (before, after) = arrivals.split_at(start);
            let last = before.iter().rfind(|arrival| arrival.is_bulk());
            let first = after.iter().find(|arrival| arrival.is_bulk());
            if let (Some(last), Some(first)) = (last, first) {
                let between = first.at - last.at;
                assert!(between >= BETWEEN, "{what}: {between:?} over a restart");
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
}

/// The tenant refuses a team that it does not know, and points at it.
pub(super) fn refusal(call: &BulkCall) -> Option<Act> {
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
pub(super) fn people() -> Vec<Json> {
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
pub(super) fn export() -> String {
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
