//! The program's own calls to the system, each made its last by SIGKILL: every sync, and writes and sends over
//! the whole run.

use std::collections::BTreeMap;

use crate::support::strace::{Syscall, can_trace, say, syscalls};

use super::case::{Case, Undisturbed};
use super::play;

/// Calls that change what is on the disk, and calls that send.
const ON_DISK: [&str; 8] = [
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "unlink",
    "pwrite64",
    "write",
];
const SENDS: [&str; 3] = ["writev", "sendto", "sendmsg"];

/// So many of the calls with one name are enough; of syncs all are taken.
const WRITES_MAX: usize = 36;

#[test]
fn a_run_survives_a_kill_at_each_sync_write_and_send() {
    if !can_trace("kills at each sync, write and send") {
        return;
    }
    let undisturbed = Undisturbed::learn();
    let (spots, counts) = spots();
    // A second kill, early in what takes it up, for some.
    let chains: Vec<Vec<String>> = (0..)
        .zip(spots)
        .map(|(index, spot)| match index % 4 {
            0 => vec![
                spot,
                format!("fsync:signal=SIGKILL:when={}", index / 4 % 9 + 1),
            ],
            _ => vec![spot],
        })
        .collect();
    let wanted: usize = chains.len();
    let kills = play(&chains, |chain| {
        let chain: Vec<&str> = chain.iter().map(String::as_str).collect();
        Case::new().survive_calls(&chain, &undisturbed)
    });
    say(&format!(
        "{kills} kills at calls to the system, of {counts:?}"
    ));
    assert!(kills >= wanted, "{kills} kills, {wanted} wanted");
}

/// What is injected, and how often each call is made in an undisturbed run.
fn spots() -> (Vec<String>, BTreeMap<String, usize>) {
    let names = [&ON_DISK[..], &SENDS[..]].concat().join(",");
    let (_, log) = Case::new().live_traced("sync", &["-s", "8", "-e", &format!("trace={names}")]);
    let calls = syscalls(&log);
    let main = calls[0].thread;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut most: BTreeMap<(u32, String), usize> = BTreeMap::new();
    for Syscall { thread, name, .. } in calls {
        if thread == main || SENDS.contains(&&*name) {
            *counts.entry(name.clone()).or_default() += 1;
            *most.entry((thread, name)).or_default() += 1;
        }
    }
    let mut spots = Vec::new();
    for name in counts.keys() {
        // Calls are counted by thread; those that send are shared by several, and not always alike.
        let of_thread =
            |((_, other), count): (&(u32, String), &usize)| (other == name).then_some(*count);
        let last = match SENDS.contains(&&**name) {
            true => most.iter().filter_map(of_thread).max().unwrap_or(0) / 2,
            // Threads also wake each other so.
            false if name == "write" => counts[name] * 3 / 4,
            false => counts[name],
        };
        let step = match name.ends_with("sync") {
            true => 1,
            false => last.div_ceil(WRITES_MAX).max(1),
        };
        let spot = |number: usize| format!("{name}:signal=SIGKILL:when={number}");
        spots.extend((1..=last).step_by(step).map(spot));
    }
    (spots, counts)
}
