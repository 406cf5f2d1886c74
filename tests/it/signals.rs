//! A signal in each state of a run: nothing new is started, what is in flight is settled, `resume` does the rest.

#[path = "signals/night.rs"]
mod night;

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use serde_json::Value as Json;

use super::support::World;
use super::support::fault_server::{Act, FaultServer};
use super::support::gate::gate;
use super::support::mortal::mortal;

use night::{Night, figures, people, signal, wait_for};

#[test]
fn while_planning_it_ends_at_once_and_there_is_nothing_to_resume() {
    let (gate, keeper) = gate();
    let server = FaultServer::watched(&people(), |_| Act::confirm(), move |_| gate.pass());
    let night = Night::of(&server);
    let child = night.sync();
    keeper.wait();
    signal(&child, "TERM");
    let document = night.ends(child, 143);
    assert_eq!(document["resumable"], false);
    keeper.open();
    assert_eq!(server.bulk_calls().len(), 0);
    let nothing = night.resume(0);
    assert_eq!(nothing["run"], Json::Null);
}

#[test]
fn an_export_that_never_comes_is_not_waited_for() {
    let server = FaultServer::start(&people(), |_| Act::confirm());
    let night = Night::of(&server);
    let mut command = night
        .world
        .command(&["sync", "-", "--base-url", &server.base_url()]);
    command
        .env("CREWSYNC_TOKEN", "test")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .stdout(Stdio::null());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("its stdin is ours");
    // More than a pipe holds: when it is written, somebody is reading.
    stdin.write_all(&vec![b'\n'; 1 << 20]).expect("it reads");
    signal(&child, "TERM");
    let status = child.wait().expect("its end");
    assert_eq!(status.code(), Some(143));
    drop(stdin);
}

#[test]
fn waiting_for_the_limiter_is_given_up() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let (answered, is_answered) = channel();
        let server = FaultServer::start(&people(), move |call| match call.number {
            1 => {
                let answered = answered.clone();
                Act::confirm().afterwards(move || answered.send(()).unwrap_or_default())
            }
            _ => Act::confirm(),
        });
        let night = Night::of(&server);
        let child = night.sync();
        is_answered.recv().expect("the first call");
        signal(&child, name);
        let document = night.ends(child, code);
        assert_eq!(figures(&document), (true, 3, 0, 3), "{document}");
        assert_eq!(
            server.bulk_calls().len(),
            1,
            "the second one waits half a minute"
        );
        night.finishes(&server);
    }
}

#[test]
fn a_call_in_flight_is_given_time_to_settle() {
    let (gate, keeper) = gate();
    let server = FaultServer::start(&people(), move |call| {
        if call.number == 1 {
            gate.pass();
        }
        Act::confirm()
    });
    let night = Night::of(&server);
    let mut child = night.sync();
    keeper.wait();
    signal(&child, "TERM");
    wait_for(&mut child, "stopping");
    keeper.open();
    let document = night.ends(child, 143);
    assert_eq!(figures(&document), (true, 3, 0, 3), "{document}");
    assert_eq!(server.bulk_calls().len(), 1);
    night.finishes(&server);
}

#[test]
fn a_pause_ends_a_run_before_its_next_call() {
    let (gate, keeper) = gate();
    let server = FaultServer::start(&people(), move |call| {
        if call.number == 1 {
            gate.pass();
        }
        Act::confirm()
    });
    let night = Night::of(&server);
    let child = night.start("sync", "off");
    keeper.wait();
    let paused = night.world.run(&["pause", "--reason", "stop it"]).exits(0);
    assert!(paused.stdout.contains("is paused"), "{}", paused.stdout);
    keeper.open();
    let document = night.ends(child, 4);
    assert_eq!(figures(&document), (true, 3, 0, 3), "{document}");
    assert_eq!(document["error"]["causes"][0], "reason: stop it");
    assert_eq!(server.bulk_calls().len(), 1);
    night.resume(4);
    night.world.run(&["unpause"]).exits(0);
    night.finishes(&server);
}

#[test]
fn what_is_being_read_back_is_read_to_its_end() {
    let (gate, keeper) = gate();
    let is_doubtful = Arc::new(AtomicBool::new(false));
    let doubt = is_doubtful.clone();
    let server = FaultServer::watched(
        &people(),
        move |call| {
            doubt.store(true, Ordering::SeqCst);
            match call.number {
                1 => Act::reset(true),
                _ => Act::confirm(),
            }
        },
        move |_| {
            if is_doubtful.load(Ordering::SeqCst) {
                gate.pass();
            }
        },
    );
    let night = Night::of(&server);
    let mut child = night.sync();
    keeper.wait();
    signal(&child, "TERM");
    wait_for(&mut child, "stopping");
    keeper.open();
    let document = night.ends(child, 143);
    assert_eq!(figures(&document), (true, 3, 0, 3), "{document}");
    assert_eq!(document["outcomes"][0]["reason"], "read_back");
    night.finishes(&server);
}

/// Nothing else ends the wait for it: the call's own deadline comes later, and then its users would be read.
#[test]
fn a_call_that_never_ends_is_left_in_flight_after_half_a_minute() {
    let (arrived, has_arrived) = channel();
    let server = FaultServer::start(&people(), move |call| match call.number {
        1 => {
            let _ = arrived.send(());
            Act::hang(true)
        }
        _ => Act::confirm(),
    });
    let night = Night::of(&server);
    // Found where the program is started.
    let settings = "[tenant]\ntotal_timeout_s = 40\n";
    night.world.file("crewsync.toml", settings);
    let child = night.sync();
    has_arrived.recv().expect("the first call");
    signal(&child, "TERM");
    let document = night.ends(child, 143);
    assert_eq!(figures(&document), (true, 0, 3, 3), "{document}");
    assert_eq!(document["outcomes"][0]["reason"], "in_flight");
    night.finishes(&server);
}

/// A process that takes up what another left is asked to stop while it reads what became of that.
#[test]
fn while_settling_what_another_left_it_ends_and_nothing_is_sent() {
    let (gate, keeper) = gate();
    let is_killed = Arc::new(AtomicBool::new(false));
    let after_kill = is_killed.clone();
    let (killer, mortal) = mortal();
    let server = FaultServer::watched(
        &people(),
        move |call| match call.number {
            1 => {
                let killer = killer.clone();
                Act::call(true, move || killer.kill())
            }
            _ => Act::confirm(),
        },
        move |_| {
            if after_kill.load(Ordering::SeqCst) {
                gate.pass();
            }
        },
    );
    let night = Night::of(&server);
    let killed = mortal.run(night.command("sync").args(["--limits", "off"]));
    assert!(killed.is_none(), "it was killed");
    is_killed.store(true, Ordering::SeqCst);
    let child = night.start("resume", "off");
    keeper.wait();
    signal(&child, "TERM");
    let document = night.ends(child, 143);
    assert_eq!(figures(&document), (true, 0, 3, 3), "{document}");
    keeper.open();
    assert_eq!(server.bulk_calls().len(), 1);
    night.finishes(&server);
}

/// Everything has been applied; only whether it can be seen is not known yet.
#[test]
fn while_reading_what_was_written_it_ends_and_nothing_is_left_undone() {
    let (gate, keeper) = gate();
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = calls.clone();
    let server = FaultServer::watched(
        &people(),
        move |call| {
            calls.store(call.number, Ordering::SeqCst);
            Act::confirm()
        },
        move |_| {
            if seen.load(Ordering::SeqCst) == 2 {
                gate.pass();
            }
        },
    );
    let night = Night::of(&server);
    let child = night.start("sync", "off");
    keeper.wait();
    signal(&child, "TERM");
    let document = night.ends(child, 143);
    assert_eq!(figures(&document), (true, 6, 0, 0), "{document}");
    keeper.open();
    night.finishes(&server);
}

#[test]
fn the_second_signal_ends_at_once_and_loses_nothing() {
    let (gate, keeper) = gate();
    let server = FaultServer::start(&people(), move |call| {
        if call.number == 1 {
            gate.pass();
        }
        Act::confirm()
    });
    let night = Night::of(&server);
    let mut child = night.sync();
    keeper.wait();
    signal(&child, "INT");
    wait_for(&mut child, "stopping");
    signal(&child, "TERM");
    let told = child.wait_with_output().expect("its end");
    assert_eq!(told.status.code(), Some(143));
    assert_eq!(told.stdout, b"", "it did not wait for what is in flight");
    keeper.open();
    night.finishes(&server);
}

#[test]
fn a_hang_up_loses_nothing() {
    let (gate, keeper) = gate();
    let server = FaultServer::start(&people(), move |call| {
        if call.number == 1 {
            gate.pass();
        }
        Act::confirm()
    });
    let night = Night::of(&server);
    let mut child = night.sync();
    keeper.wait();
    signal(&child, "HUP");
    let status: ExitStatus = child.wait().expect("its end");
    assert_eq!(status.signal(), Some(1));
    keeper.open();
    night.finishes(&server);
}

#[test]
fn nobody_needs_to_listen() {
    for arguments in [&["--json"][..], &[], &["--progress", "always", "--verbose"]] {
        let server = FaultServer::start(&people(), |_| Act::confirm());
        let night = Night::of(&server);
        let mut command = night.command("sync");
        command
            .args(["--limits", "off"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // Both pipes are closed before anything is written to them, or soon after.
        drop((child.stdout.take(), child.stderr.take()));
        let status = child.wait().expect("its end");
        assert_eq!(status.code(), Some(0), "{arguments:?}");
        night.is_done(&server);
    }
    let world = World::new();
    let mut usage = world.command(&["sync", "--no-such-option", "--json"]);
    usage.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = usage.spawn().expect("the program starts");
    drop((child.stdout.take(), child.stderr.take()));
    assert_eq!(child.wait().expect("its end").code(), Some(2));
}
