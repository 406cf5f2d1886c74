//! A disk that is full, at every size: without `strace`, by the limit that the system sets to the size of a file.

use std::process::Command;

use crate::support::{Done, wrapped};

use super::night::{CHANGES, Night};

/// In units of 512 bytes, as the shell counts. A page of the journal takes eight of them, an empty one some 220.
fn sizes() -> impl Iterator<Item = u32> {
    [0, 1, 8, 40, 120, 200]
        .into_iter()
        .chain((220..900).step_by(32))
        .chain([4000])
}

#[test]
fn a_full_disk_stops_the_run_and_loses_nothing() {
    let mut calls_seen = Vec::new();
    for size in sizes() {
        let night = Night::new();
        let mut command = night.command("sync");
        command.env("CREWSYNC_CHUNK_USERS", "1");
        let done = limited(&command, size);
        let calls = night.server.bulk_calls().len();
        let told = format!(
            "{size}: exit {}\n{}\n{}",
            done.code, done.stdout, done.stderr
        );
        match done.code {
            0 => assert_eq!(calls, CHANGES, "{told}"),
            1 => {
                let document = done.document();
                assert!(document["error"]["hint"].is_string(), "{told}");
                assert!(document["resumable"] == true || calls == 0, "{told}");
            }
            _ => panic!("{told}"),
        }
        calls_seen.push(calls);
        night.finish(&told);
    }
    println!("calls before the disk was full: {calls_seen:?}");
    calls_seen.dedup();
    assert!(calls_seen.contains(&0) && calls_seen.contains(&CHANGES));
    assert!(calls_seen.len() >= 5, "{calls_seen:?}");
}

/// The same command, whose files cannot grow beyond that; what is beyond fails with an error, not with a signal.
fn limited(command: &Command, size: u32) -> Done {
    let script = format!("trap '' XFSZ; ulimit -f {size}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]);
    Done::of(wrapped(shell, command).output().expect("a shell"))
}
