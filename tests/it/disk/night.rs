//! One small run over one state directory: seven changes in three calls, and how it must end.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value as Json, json};

use crate::support::fault_server::{Act, FaultServer};
use crate::support::{Done, World};

/// A tenant, a state directory, and a program that works on both.
pub struct Night {
    pub world: World,
    pub server: FaultServer,
    export: String,
}

/// Calls of an undisturbed run.
pub const CALLS: usize = 3;
/// Users that it writes.
pub const CHANGES: usize = 7;

impl Night {
    pub fn new() -> Night {
        let world = World::new();
        // `T-6` is as wanted, `T-7` and `T-8` are missing.
        let rows = (1..=8).map(|n| format!("T-{n},new{n}@example.com\n"));
        let export = format!("UserID,Email\n{}", rows.collect::<String>());
        Night {
            export: world.file("people.csv", export),
            server: FaultServer::start(&people(), |_| Act::confirm()),
            world,
        }
    }

    /// Where the state is.
    pub fn state(&self) -> PathBuf {
        self.world.path("state")
    }

    /// `sync` or `resume`, as JSON.
    pub fn command(&self, command: &str) -> Command {
        self.command_under(&self.state(), command)
    }

    /// The same under another state directory.
    pub fn command_under(&self, state: &Path, command: &str) -> Command {
        let state = state.display().to_string();
        let mut arguments = vec![command, "--json", "--state", &state];
        if command != "resume" {
            arguments.push(&self.export);
        }
        arguments.extend(["--in-flight", "1"]);
        let mut command = self.world.command_on(&self.server.base_url(), &arguments);
        command.env("CREWSYNC_CHUNK_USERS", "3");
        command
    }

    /// Runs it to its end.
    pub fn run(&self, command: &str) -> Done {
        Done::of(self.command(command).output().expect("the program runs"))
    }

    /// Takes up what can be taken up, and else begins anew; then all is done, and nothing was done twice.
    #[track_caller]
    pub fn finish(&self, what: &str) {
        let resumed = self.run("resume").exits(0);
        if resumed.document()["run"].is_null() {
            self.run("sync").exits(0);
        }
        self.assert_done(what);
    }

    /// The tenant is as wanted, and every user was written once.
    #[track_caller]
    pub fn assert_done(&self, what: &str) {
        let users = self.server.users();
        assert_eq!(users.len(), 8, "{what}");
        for (user_id, user) in users {
            let mail = user["Email"].as_str().expect("a mail");
            assert!(mail.starts_with("new"), "{what}: {user_id} has {mail}");
        }
        let ledger = self.server.ledger();
        let mut written: Vec<&str> = ledger.iter().map(|entry| &*entry.user_id).collect();
        written.sort_unstable();
        let all = ["T-1", "T-2", "T-3", "T-4", "T-5", "T-7", "T-8"];
        assert_eq!(written, all, "{what}");
    }
}

fn people() -> Vec<Json> {
    (1..=6)
        .map(|n| {
            let mail = if n == 6 { "new" } else { "old" };
            json!({"UserID": format!("T-{n}"), "Email": format!("{mail}{n}@example.com"), "Grade": n})
        })
        .collect()
}
