//! A sandbox in a process of its own, ended with the test.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use super::{PROGRAM, http};

/// A running `crewsync sandbox`.
pub struct Sandbox {
    child: Child,
    url: String,
}

impl Sandbox {
    /// Starts one and waits for its first line.
    pub fn start(arguments: &[&str]) -> Sandbox {
        Sandbox::start_in(".", arguments)
    }

    /// The same, in that folder.
    pub fn start_in(folder: impl AsRef<Path>, arguments: &[&str]) -> Sandbox {
        let mut child = Command::new(PROGRAM)
            .arg("sandbox")
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("its stdout is ours"));
        stdout.read_line(&mut line).expect("its first line");
        let line = line.trim();
        let url = match serde_json::from_str::<Json>(line) {
            Ok(document) => document["listening"].as_str().map(str::to_owned),
            Err(_) => line.strip_prefix("listening on ").map(str::to_owned),
        };
        Sandbox {
            url: url.expect("where it listens"),
            child,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn host(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub fn get(&self, path: &str) -> Json {
        let (status, body) = http(self.host(), "GET", path, "");
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }

    pub fn post(&self, path: &str, body: &Json) {
        let (status, answer) = http(self.host(), "POST", path, &body.to_string());
        assert_eq!(status, 200, "{path}: {answer}");
    }

    /// Puts users there as a seed would.
    pub fn put_users(&self, users: &Json) {
        self.post("/seiapi/v3/bulk/Users", &json!({ "Users": users }));
    }

    /// Its users by UserID.
    pub fn users(&self) -> BTreeMap<String, Json> {
        let users = self.get("/sandbox/users");
        let users = users["Users"].as_array().expect("a list of users");
        let by_id = |user: &Json| {
            (
                user["UserID"].as_str().expect("a UserID").to_owned(),
                user.clone(),
            )
        };
        users.iter().map(by_id).collect()
    }

    /// Every request it has seen.
    pub fn requests(&self) -> Vec<Json> {
        let requests = self.get("/sandbox/requests");
        requests.as_array().expect("a list of requests").clone()
    }

    /// The bulk calls it has seen.
    pub fn bulk_calls(&self) -> Vec<Json> {
        let is_bulk = |request: &Json| {
            request["path"]
                .as_str()
                .is_some_and(|path| path.contains("/bulk/Users"))
        };
        self.requests().into_iter().filter(is_bulk).collect()
    }

    /// Waits until a bulk call has arrived, answered or not.
    pub fn wait_for_bulk_call(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while self.bulk_calls().is_empty() {
            assert!(Instant::now() < deadline, "no bulk call arrived");
        }
    }

    /// Plays a fault script from now on.
    pub fn faults(&self, script: &Json) {
        self.post("/sandbox/faults", script);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
