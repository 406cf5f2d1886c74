//! Nothing leaves before its record is on the disk: the order of the program's own calls to the system, where
//! `strace` is there to show it. A power cut can then lose no call's intent, whatever the page cache held.

use serde_json::{Value as Json, json};

use super::support::World;
use super::support::fault_server::{Act, FaultServer};
use super::support::strace::{can_trace, traced};

/// A call takes two records from the one before it: the end of that one, and its own announcement. The first
/// follows the plan.
const SYNCS_MIN: usize = 2;

#[test]
fn every_call_leaves_after_its_record_is_on_the_disk() {
    if !can_trace("the order of records and calls") {
        return;
    }
    let world = World::new();
    let server = FaultServer::start(&people(), |_| Act::confirm());
    let rows = (1..=12).map(|n| format!("T-{n},new{n}@example.com\n"));
    let export = format!("UserID,Email\n{}", rows.collect::<String>());
    let export = world.file("people.csv", export);
    let trace = world.path("trace.txt");
    let command = world.command_on(
        &server.base_url(),
        &["sync", &export, "--chunk-users", "3", "--in-flight", "1"],
    );
    let done = traced(&command, &trace, &["-s", "48", "-e", CALLS]).output();
    let done = done.expect("strace runs");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let trace = std::fs::read_to_string(&trace).expect("its trace");
    let calls = order(&trace).unwrap_or_else(|wrong| panic!("{wrong}"));
    println!(
        "syncs of the log before each of {} calls: {calls:?}",
        calls.len()
    );
    assert_eq!(calls.len(), server.bulk_calls().len());
    assert!(calls.iter().all(|syncs| *syncs >= SYNCS_MIN), "{calls:?}");
}

const CALLS: &str = "trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fsync,fdatasync";

/// For each bulk call that leaves: how many syncs of the write-ahead log completed since the one before it. Wrong
/// if one leaves while the log holds something that was written and not synced, or if a sync fails.
fn order(trace: &str) -> Result<Vec<usize>, String> {
    let mut calls = Vec::new();
    let (mut syncs, mut is_dirty) = (0, false);
    let mut syncing = Vec::new();
    for line in trace.lines() {
        let (thread, call) = line.split_once(' ').expect("a thread and its call");
        let call = call.trim_start();
        let is_of_log = call.contains("/state.db-wal>");
        let is_sync = call.starts_with("fdatasync(") || call.starts_with("fsync(");
        if is_of_log && call.starts_with("pwrite") {
            is_dirty = true;
        } else if is_of_log && is_sync && call.ends_with("<unfinished ...>") {
            syncing.push(thread);
        } else if is_of_log && is_sync || ended(&mut syncing, thread, call) {
            if !call.ends_with("= 0") {
                return Err(format!("a sync failed: {call}"));
            }
            (syncs, is_dirty) = (syncs + 1, false);
        } else if call.contains("POST /seiapi/v3/bulk/Users") {
            if is_dirty {
                return Err(format!(
                    "call {} left before its record was synced",
                    calls.len() + 1
                ));
            }
            calls.push(std::mem::take(&mut syncs));
        }
    }
    Ok(calls)
}

/// Whether a sync of the log that the trace had to interrupt has ended with this line.
fn ended(syncing: &mut Vec<&str>, thread: &str, call: &str) -> bool {
    let is_end =
        call.starts_with("<... fdatasync resumed>") || call.starts_with("<... fsync resumed>");
    let at = syncing.iter().position(|other| *other == thread);
    match at.filter(|_| is_end) {
        Some(at) => {
            syncing.remove(at);
            true
        }
        None => false,
    }
}

#[test]
fn a_trace_in_the_wrong_order_is_seen() {
    let write = "7 pwrite64(9</s/state.db-wal>, \"\"..., 24, 32) = 24\n";
    let sync = "7 fdatasync(9</s/state.db-wal>) = 0\n";
    let begun = "8 fdatasync(9</s/state.db-wal> <unfinished ...>\n";
    let ended = "8 <... fdatasync resumed>) = 0\n";
    let post = "7 sendto(4<socket:[1]>, \"POST /seiapi/v3/bulk/Users HTTP\"..., 9) = 9\n";
    let all = [write, sync, write, begun, ended, post, write, sync, post].concat();
    assert_eq!(order(&all), Ok(vec![2, 1]));
    for wrong in [[write, post], [write, &format!("{begun}{post}")]] {
        assert!(order(&wrong.concat()).is_err(), "{wrong:?}");
    }
    let failed = sync.replace("= 0", "= -1 EIO (Input/output error)");
    assert!(order(&failed).is_err());
}

fn people() -> Vec<Json> {
    (1..=12)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": format!("old{n}@example.com")}))
        .collect()
}
