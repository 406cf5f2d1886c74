//! A run that somebody asks to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use serde_json::{Value as Json, json};

use crate::support::fault_server::FaultServer;
use crate::support::{Done, World};

/// One state directory over one tenant, six changes in two calls.
pub struct Night {
    pub world: World,
    base_url: String,
    export: String,
}

impl Night {
    pub fn of(server: &FaultServer) -> Night {
        let world = World::new();
        let rows = (1..=6).map(|n| format!("T-{n},new{n}@example.com\n"));
        let export = format!("UserID,Email\n{}", rows.collect::<String>());
        Night {
            export: world.file("people.csv", export),
            base_url: server.base_url(),
            world,
        }
    }

    pub fn command(&self, command: &str) -> Command {
        let mut arguments = vec![command, "--base-url", &self.base_url, "--chunk-users", "3"];
        if command == "sync" {
            arguments.push(&self.export);
        }
        let mut command = self.world.command(&arguments);
        command.env("CREWSYNC_TOKEN", "test");
        command
    }

    /// Under limits that keep the second call waiting for half a minute.
    pub fn sync(&self) -> Child {
        self.start("sync", "bulk=1/30s,default=1000/s")
    }

    pub fn start(&self, command: &str, limits: &str) -> Child {
        let mut command = self.command(command);
        command
            .args(["--json", "--limits", limits])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    /// Ends so, with one document.
    #[track_caller]
    pub fn ends(&self, mut child: Child, code: i32) -> Json {
        let mut stdout = String::new();
        let mut pipe = child.stdout.take().expect("its stdout is ours");
        pipe.read_to_string(&mut stdout).expect("UTF-8");
        let status = child.wait().expect("its end");
        assert_eq!(status.code(), Some(code), "{stdout}");
        serde_json::from_str(&stdout).expect("one document")
    }

    #[track_caller]
    pub fn resume(&self, code: i32) -> Json {
        let mut command = self.command("resume");
        let output = command.args(["--json", "--limits", "off"]).output();
        Done::of(output.expect("the program runs"))
            .exits(code)
            .document()
    }

    /// `resume` sends what is missing, and nobody twice.
    #[track_caller]
    pub fn finishes(&self, server: &FaultServer) {
        let document = self.resume(0);
        assert_eq!(figures(&document), (false, 6, 0, 0), "{document}");
        self.is_done(server);
    }

    #[track_caller]
    pub fn is_done(&self, server: &FaultServer) {
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
pub fn figures(document: &Json) -> (bool, u64, u64, u64) {
    let figure = |name: &str| document["summary"][name].as_u64().unwrap_or(u64::MAX);
    (
        document["resumable"] == true,
        figure("updated"),
        figure("unconfirmed"),
        figure("not_sent"),
    )
}

pub fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    let done = Command::new("sh").args(["-c", &kill]).status();
    assert!(done.expect("a shell").success());
}

/// Reads stderr until a line says it: the signal has been heard.
pub fn wait_for(child: &mut Child, word: &str) {
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

pub fn people() -> Vec<Json> {
    (1..=6)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": format!("old{n}@example.com")}))
        .collect()
}
