//! A signal in each state of a run: nothing new is started, what is in flight is settled, `resume` does the rest.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

use serde_json::{Value as Json, json};

use super::support::fault_server::{Act, FaultServer};
use super::support::gate::gate;
use super::support::mortal::mortal;
use super::support::{Done, World};

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

/// Nothing else ends the wait for it: the call's own deadline is longer.
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
    let settings = night
        .world
        .file("patient.toml", "[tenant]\ntotal_timeout_s = 300\n");
    let mut command = night.command("sync");
    command
        .args([
            "--json",
            "--config",
            &settings,
            "--limits",
            "bulk=1/30s,default=1000/s",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
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
    let mut command = night.command("resume");
    command
        .args(["--json", "--limits", "off"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().expect("the program starts");
    keeper.wait();
    signal(&child, "TERM");
    let document = night.ends(child, 143);
    assert_eq!(figures(&document), (true, 0, 3, 3), "{document}");
    keeper.open();
    assert_eq!(server.bulk_calls().len(), 1);
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

/// One state directory over one tenant, six changes in two calls.
struct Night {
    world: World,
    base_url: String,
    export: String,
}

impl Night {
    fn of(server: &FaultServer) -> Night {
        let world = World::new();
        let rows = (1..=6).map(|n| format!("T-{n},new{n}@example.com\n"));
        let export = format!("UserID,Email\n{}", rows.collect::<String>());
        Night {
            export: world.file("people.csv", export),
            base_url: server.base_url(),
            world,
        }
    }

    fn command(&self, command: &str) -> Command {
        let mut arguments = vec![command, "--base-url", &self.base_url, "--chunk-users", "3"];
        if command == "sync" {
            arguments.push(&self.export);
        }
        let mut command = self.world.command(&arguments);
        command.env("CREWSYNC_TOKEN", "test");
        command
    }

    /// Under limits that keep the second call waiting for half a minute.
    fn sync(&self) -> Child {
        let mut command = self.command("sync");
        command
            .args(["--json", "--limits", "bulk=1/30s,default=1000/s"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    /// Ends so, with one document.
    #[track_caller]
    fn ends(&self, mut child: Child, code: i32) -> Json {
        let mut stdout = String::new();
        let mut pipe = child.stdout.take().expect("its stdout is ours");
        pipe.read_to_string(&mut stdout).expect("UTF-8");
        let status = child.wait().expect("its end");
        assert_eq!(status.code(), Some(code), "{stdout}");
        serde_json::from_str(&stdout).expect("one document")
    }

    #[track_caller]
    fn resume(&self, code: i32) -> Json {
        let mut command = self.command("resume");
        let output = command.args(["--json", "--limits", "off"]).output();
        Done::of(output.expect("the program runs"))
            .exits(code)
            .document()
    }

    /// `resume` sends what is missing, and nobody twice.
    #[track_caller]
    fn finishes(&self, server: &FaultServer) {
        let document = self.resume(0);
        assert_eq!(figures(&document), (false, 6, 0, 0), "{document}");
        self.is_done(server);
    }

    #[track_caller]
    fn is_done(&self, server: &FaultServer) {
        for (user_id, user) in server.users() {
            let mail = user["Email"].as_str().expect("a mail");
            assert!(mail.starts_with("new"), "{user_id} has {mail}");
        }
        let ledger = server.ledger();
        let mut done: Vec<&str> = ledger.iter().map(|entry| &*entry.user_id).collect();
        done.sort_unstable();
        assert_eq!(done, ["T-1", "T-2", "T-3", "T-4", "T-5", "T-6"]);
    }
}

/// Resumable, updated, unconfirmed, not sent.
fn figures(document: &Json) -> (bool, u64, u64, u64) {
    let figure = |name: &str| document["summary"][name].as_u64().unwrap_or(u64::MAX);
    (
        document["resumable"] == true,
        figure("updated"),
        figure("unconfirmed"),
        figure("not_sent"),
    )
}

fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    let done = Command::new("sh").args(["-c", &kill]).status();
    assert!(done.expect("a shell").success());
}

/// Reads stderr until a line says it: the signal has been heard.
fn wait_for(child: &mut Child, word: &str) {
    let stderr = child.stderr.take().expect("its stderr is ours");
    let mut lines = BufReader::new(stderr);
    let mut line = String::new();
    while !line.contains(word) {
        line.clear();
        let read = lines.read_line(&mut line).expect("UTF-8");
        assert!(read > 0, "stderr ended without {word:?}");
    }
    // The rest goes nowhere, and that must not matter.
}

fn people() -> Vec<Json> {
    (1..=6)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": format!("old{n}@example.com")}))
        .collect()
}
