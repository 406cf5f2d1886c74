//! What the tenant asked for with a 429 holds over a restart.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::World;
use crate::support::fault_server::{Act, FaultServer};
use crate::support::mortal::mortal;
use crate::support::strace::{can_trace, say, syscalls, traced};

use super::case::{export, people, refusal};
use super::play;

/// A 429 is remembered in the moment it is learnt: the process is killed while it waits.
#[test]
fn what_the_tenant_asked_for_holds_after_a_kill() {
    let wait = Duration::from_secs(2);
    let world = World::new();
    let export = world.file("people.csv", export());
    let (killer, mortal) = mortal();
    let state = world.path(".crewsync");
    let server = FaultServer::start(&people(), move |call| match call.number {
        1 => {
            let (killer, state) = (killer.clone(), state.clone());
            Act::answer(false, throttled(wait)).afterwards(move || {
                wait_until_remembered(&state);
                killer.kill();
            })
        }
        _ => refusal(call).unwrap_or_else(Act::confirm),
    });
    let url = server.base_url();
    let killed = mortal.run(&mut world.command_on(&url, &["sync", &export, "--json"]));
    assert!(killed.is_none(), "it was killed");
    let done = mortal.run(&mut world.command_on(&url, &["resume", "--json"]));
    done.expect("nobody kills it").exits(3);
    let calls = server.bulk_calls();
    let waited = calls[1].at - calls[0].at;
    assert!(waited >= wait, "asked to wait {wait:?}, waited {waited:?}");
}

/// The same at each sync from the 429 on: once it is remembered it holds, whatever dies afterwards.
#[test]
fn it_holds_at_each_sync_that_follows() {
    if !can_trace("kills at each sync after a 429") {
        return;
    }
    let spots: Vec<Vec<usize>> = Throttled::syncs().map(|sync| vec![sync]).collect();
    let held = play(&spots, |spot| usize::from(Throttled::new().dies(spot[0])));
    say(&format!(
        "killed at {} syncs after a 429; it was remembered at {held} of them",
        spots.len()
    ));
    assert!(held >= 6 && held + 4 >= spots.len(), "{held} of {spots:?}");
}

/// A tenant that answers the second call with a 429.
struct Throttled {
    world: World,
    export: String,
    server: FaultServer,
}

impl Throttled {
    const WAIT: Duration = Duration::from_secs(1);

    fn new() -> Throttled {
        let world = World::new();
        Throttled {
            export: world.file("people.csv", export()),
            server: FaultServer::start(&people(), |call| match call.number {
                2 => Act::answer(false, throttled(Throttled::WAIT)),
                _ => refusal(call).unwrap_or_else(Act::confirm),
            }),
            world,
        }
    }

    fn command(&self, words: &[&str]) -> std::process::Command {
        let options = ["--json", "--chunk-users", "4", "--in-flight", "1"];
        let words = [words, &options].concat();
        self.world.command_on(&self.server.base_url(), &words)
    }

    /// The syncs of a run from that call on, by their numbers, as far as they can still be told apart from the rest.
    fn syncs() -> impl Iterator<Item = usize> {
        let this = Throttled::new();
        let log = this.world.path("trace");
        let options = [
            "-s",
            "40",
            "-e",
            "trace=fsync,fdatasync,writev,sendto,write",
        ];
        let done = traced(&this.command(&["sync", &this.export]), &log, &options).output();
        assert_eq!(done.expect("strace runs").status.code(), Some(3));
        let calls = syscalls(&std::fs::read_to_string(log).expect("its log"));
        let is_bulk = |call: &&_| -> bool {
            let call: &crate::support::strace::Syscall = call;
            call.arguments.contains("POST /seiapi/v3/bulk/Users")
        };
        let second = calls
            .iter()
            .filter(is_bulk)
            .nth(1)
            .expect("two calls")
            .begun;
        let syncs = calls.into_iter().filter(|call| call.name.ends_with("sync"));
        let before = syncs.filter(|call| call.begun < second).count();
        before + 1..before + 11
    }

    /// Dies at that sync; the next process keeps to what is remembered. Gives whether anything was.
    fn dies(&self, sync: usize) -> bool {
        let (_killer, mortal) = mortal();
        let log = self.world.path("trace");
        let inject = format!("inject=fsync,fdatasync:signal=SIGKILL:when={sync}");
        let options = ["-e", "trace=fsync,fdatasync", "-e", &inject];
        let command = self.command(&["sync", &self.export]);
        let killed = mortal.run(&mut traced(&command, &log, &options));
        assert!(killed.is_none(), "sync {sync} was reached");
        self.server.wait_until_idle();
        let is_remembered = is_remembered(&self.world.path(".crewsync")) == Ok(true);
        let before = self.server.bulk_calls();
        let throttled_at = before[1].at;
        let done = mortal.run(&mut self.command(&["resume"]));
        done.expect("nobody kills it").exits(3);
        let calls = self.server.bulk_calls();
        if let (Some(next), true) = (calls.get(2), is_remembered) {
            let waited = next.at - throttled_at;
            assert!(waited >= Throttled::WAIT, "sync {sync}: waited {waited:?}");
        }
        is_remembered
    }
}

/// Looks at the store from outside, as `plan` does, until it knows of a wait.
fn wait_until_remembered(state: &Path) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while is_remembered(state) != Ok(true) {
        assert!(Instant::now() < deadline, "it is never remembered");
        std::thread::yield_now();
    }
}

fn is_remembered(state: &Path) -> rusqlite::Result<bool> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = rusqlite::Connection::open_with_flags(state.join("state.db"), flags)?;
    let sql = "SELECT count(*) FROM limiter WHERE not_before IS NOT NULL";
    connection.query_row(sql, [], |row| Ok(row.get::<_, i64>(0)? > 0))
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
