//! Each write and each sync of a run's files fails once, or from then on: nothing is sent afterwards, nothing is
//! lost, the end is clear, and once the disk is well the work is finished.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value as Json, json};

use crate::support::crowd::GUARDS_OFF;
use crate::support::fault_server::{Act, Entry, FaultServer};
use crate::support::strace::{Syscall, can_trace, say, syscalls, traced};
use crate::support::sweep::{sweep, tally};
use crate::support::{Done, World};

use super::night::{CALLS, Night};

/// Calls that write or make durable. What fails to be removed is only in the way.
const WRITING: [&str; 7] = [
    "pwrite64",
    "write",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
];

/// Of many like calls on one file so many are made to fail: the first, the last, and some between.
const LIKE_MAX: usize = 12;

/// An error, and what follows the number of the call at which it begins.
type Fault = (&'static str, &'static str);
const ONCE: Fault = ("EIO", "");
const FROM_THEN_ON: Fault = ("ENOSPC", "+");

/// One call of an undisturbed run.
#[derive(Clone, Debug)]
struct Spot {
    call: String,
    /// The path of the file, if it has the same in each run.
    path: Option<String>,
    /// Which of the calls with that name (and path), from 1.
    number: usize,
    /// Bulk calls that had left before.
    sent: usize,
    phase: Phase,
}

/// What a failure there can still prevent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The run itself.
    Work,
    /// SQLite makes an entry durable that has been made durable before.
    Again,
    /// Everything is recorded.
    Afterwards,
}

#[test]
fn a_failing_disk_stops_the_run_and_loses_nothing() {
    if !can_trace("each write and each sync failing with ENOSPC and EIO") {
        return;
    }
    let spots = spots(&learn());
    let faults: Vec<(&Spot, Fault)> = spots
        .iter()
        .flat_map(|spot| [ONCE, FROM_THEN_ON].map(|fault| (spot, fault)))
        .collect();
    let told = tally(sweep(4, &faults, |(spot, fault)| suffer(spot, *fault)));
    say(&format!("{} faults of the disk: {told:?}", faults.len()));
    for end in [
        "stopped before the first call",
        "stopped among the calls",
        "told of afterwards",
    ] {
        assert!(told.get(end).is_some_and(|ends| *ends >= 10), "{told:?}");
    }
}

/// Every call of an undisturbed run.
fn learn() -> Vec<Syscall> {
    let night = Night::new();
    let log = night.world.path("trace");
    let options = [
        "-s",
        "40",
        "-e",
        "trace=pwrite64,write,writev,sendto,fsync,fdatasync,rename,renameat,renameat2",
    ];
    let done = traced(&night.command("sync"), &log, &options).output();
    Done::of(done.expect("strace runs")).exits(0);
    night.assert_done("undisturbed");
    assert_eq!(night.server.bulk_calls().len(), CALLS);
    let mut calls = syscalls(&std::fs::read_to_string(log).expect("its log"));
    let state = night.state().display().to_string();
    for call in &mut calls {
        call.arguments = call.arguments.replace(&state, "/state");
    }
    calls
}

/// The calls that are made to fail.
fn spots(calls: &[Syscall]) -> Vec<Spot> {
    let tidying = calls
        .iter()
        .rfind(|call| call.name.ends_with("sync") && call.file() == Some("/state/state.db-wal"))
        .map(|call| call.begun)
        .expect("the log is synced");
    let main = calls[0].thread;
    let mut numbers: HashMap<(String, Option<String>), usize> = HashMap::new();
    let mut sent = 0;
    let mut spots = Vec::new();
    for call in calls {
        sent += usize::from(call.arguments.contains("POST /seiapi/v3/bulk/Users"));
        if call.thread != main || !WRITING.contains(&&*call.name) {
            continue;
        }
        let ours = call.file().filter(|path| is_ours(path));
        let path = ours
            .filter(|_| !call.name.starts_with("rename"))
            .map(str::to_owned);
        if path.is_none() && call.name == "write" {
            continue; // threads that wake each other, and what is told
        }
        let number = numbers
            .entry((call.name.clone(), path.clone()))
            .or_insert(0);
        *number += 1;
        // Ours is the second: the directory of a store that has just been renamed, and of its log.
        let again = path.as_deref() == Some("/state") && *number > 2;
        let phase = match (again, call.begun >= tidying) {
            (true, _) => Phase::Again,
            (false, true) => Phase::Afterwards,
            (false, false) => Phase::Work,
        };
        spots.push(Spot {
            call: call.name.clone(),
            path,
            number: *number,
            sent,
            phase,
        });
    }
    // Calls that count over all files count those on files of ours too.
    for spot in spots.iter_mut().filter(|spot| spot.path.is_none()) {
        let all = calls
            .iter()
            .filter(|call| call.thread == main && call.name == spot.call);
        let others = |call: &&Syscall| call.file().is_none_or(|path| !is_ours(path));
        let at = all
            .enumerate()
            .filter(|(_, call)| others(call))
            .nth(spot.number - 1);
        spot.number = at.map(|(index, _)| index + 1).expect("it was counted");
    }
    thin_out(spots)
}

/// Files whose names are the same in every run: those of reports and plans hold an id, and chance until they are whole.
fn is_ours(path: &str) -> bool {
    path.starts_with("/state") && !path.contains("/reports") && !path.contains("/plans/")
}

/// Of each kind not more than is needed to see it fail at every stage.
fn thin_out(spots: Vec<Spot>) -> Vec<Spot> {
    let mut kinds: BTreeMap<(String, Option<String>, usize), Vec<Spot>> = BTreeMap::new();
    for spot in spots {
        let kind = (spot.call.clone(), spot.path.clone(), spot.sent);
        kinds.entry(kind).or_default().push(spot);
    }
    let mut kept = Vec::new();
    for kind in kinds.into_values() {
        let last = kind.len() - 1;
        let step = kind.len().div_ceil(LIKE_MAX);
        let chosen = kind.into_iter().enumerate();
        kept.extend(
            chosen
                .filter(|(index, _)| index % step == 0 || *index == last)
                .map(|(_, spot)| spot),
        );
    }
    kept
}

/// One run on a disk that fails there, and another on one that is well again.
fn suffer(spot: &Spot, (error, on): Fault) -> &'static str {
    let what = format!("{error}{on} at {spot:?}");
    let night = Night::new();
    let log = night.world.path("trace");
    let trace = format!("trace={}", spot.call);
    let inject = format!(
        "inject={}:error={error}:when={}{on}",
        spot.call, spot.number
    );
    let mut options = vec!["-e", &trace, "-e", &inject];
    let state = night.state().display().to_string();
    let of_state = |path: &String| {
        path.strip_prefix("/state")
            .map(|rest| format!("{state}{rest}"))
    };
    let path = spot.path.as_ref().and_then(of_state);
    if let Some(path) = &path {
        options.extend(["-P", path]);
    }
    let done = Done::of(
        traced(&night.command("sync"), &log, &options)
            .output()
            .expect("strace runs"),
    );
    let seen = std::fs::read_to_string(log).expect("its log");
    assert!(
        seen.contains("(INJECTED)"),
        "{what}: nothing failed\n{seen}"
    );
    let told = format!(
        "{what}: exit {}\n{}\n{}",
        done.code, done.stdout, done.stderr
    );
    let sent = night.server.bulk_calls().len();
    let document = done.document();
    let end = match spot.phase {
        Phase::Again => {
            assert_eq!((done.code, sent), (0, CALLS), "{told}");
            "passed over rightly"
        }
        Phase::Afterwards => {
            assert_eq!((done.code, sent), (0, CALLS), "{told}");
            assert!(done.stderr.contains("warning: "), "{told}");
            "told of afterwards"
        }
        Phase::Work => {
            assert_eq!((done.code, sent), (1, spot.sent), "{told}");
            assert!(done.stderr.contains("hint: "), "{told}");
            assert!(document["error"]["hint"].is_string(), "{told}");
            stopped(&night, &document, sent, &told)
        }
    };
    night.finish(&what);
    end
}

/// A run that had begun keeps its report and says that it can go on, and so it does.
fn stopped(night: &Night, document: &Json, sent: usize, told: &str) -> &'static str {
    let resumable = document["resumable"] == true;
    if resumable {
        let resumed = night.run("resume").exits(0).document();
        // The last sync may have failed and the record be there all the same.
        let is_over = sent == CALLS && resumed["run"].is_null();
        assert!(is_over || resumed["run"] == document["run"], "{told}");
    }
    match sent {
        0 => "stopped before the first call",
        _ => {
            assert!(resumable && document["run"].is_string(), "{told}");
            assert!(document["summary"]["updated"].is_number(), "{told}");
            "stopped among the calls"
        }
    }
}

/// SQLite moves a long log into the database by itself, and passes over what fails. Ours is told.
#[test]
fn a_log_that_cannot_be_moved_stops_the_run() {
    if !can_trace("the long log of a run that cannot be moved into the database") {
        return;
    }
    let world = World::new();
    let people: Vec<Json> = (0..600)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": "old@example.com", "Notes": "x".repeat(6000)}))
        .collect();
    let server = FaultServer::start(&people, |_| Act::confirm());
    let rows = (0..600).map(|n| format!("T-{n},new{n}@example.com\n"));
    let export = format!("UserID,Email\n{}", rows.collect::<String>());
    let export = world.file("people.csv", export);
    world.file("crewsync.toml", GUARDS_OFF);
    let (log, state) = (
        world.path("trace"),
        world.path("state").display().to_string(),
    );
    let arguments = [
        "--json",
        "--in-flight",
        "1",
        "--chunk-users",
        "50",
        "--state",
        &state,
    ];
    let command =
        |words: &[&str]| world.command_on(&server.base_url(), &[words, &arguments].concat());
    let database = format!("{state}/state.db");
    let options = [
        "-e",
        "trace=pwrite64",
        "-e",
        "inject=pwrite64:error=EIO:when=1",
        "-P",
        &database,
    ];
    let stopped = traced(&command(&["sync", &export]), &log, &options).output();
    let stopped = Done::of(stopped.expect("strace runs")).exits(1);
    assert_eq!(stopped.document()["resumable"], true, "{}", stopped.stderr);
    let calls = server.bulk_calls().len();
    assert!(
        (1..13).contains(&calls),
        "{calls} calls, {}",
        stopped.stderr
    );
    let done = Done::of(command(&["resume"]).output().expect("the program runs")).exits(0);
    assert_eq!(done.figure("updated"), 600);
    let ledger = server.ledger();
    assert!(ledger.len() == 600 && ledger.iter().all(Entry::changed_something));
}
