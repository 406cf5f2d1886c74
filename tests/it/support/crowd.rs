//! Many users in a sandbox, an export that gives each of them a new mail address and adds some, and what the
//! tenant must look like afterwards.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Done, Sandbox, World};

/// What these tests do to a tenant on purpose, and what would keep a real run from beginning: every user gets a new
/// mail address, the tenant is put back to its beginning between runs of one state directory, and exports shrink.
pub const GUARDS_OFF: &str = "[guards]\nmax_field_change = \"off\"\nmax_users_drop = \"off\"\nmax_managed_gone = \"off\"\n\
    max_row_drop = \"off\"\nold_file = \"off\"\n";

/// Users `T-0001` and on: first those that the tenant has, then those that the export creates. The user with
/// number n stands on line n + 1.
pub struct Crowd {
    pub world: World,
    pub sandbox: Sandbox,
    updates: usize,
    creates: usize,
    export: String,
    before: BTreeMap<String, Json>,
    /// What the sandbox makes of a user of whom only the id is sent.
    blank: Json,
    runs: Cell<usize>,
}

impl Crowd {
    /// So many users to update and so many to create.
    pub fn new(updates: usize, creates: usize) -> Crowd {
        Crowd::with_limits(updates, creates, "off")
    }

    /// The same, with a sandbox that keeps to those limits.
    pub fn with_limits(updates: usize, creates: usize, limits: &str) -> Crowd {
        let world = World::new();
        world.file("crewsync.toml", GUARDS_OFF);
        let seed: Vec<Json> = (1..=updates).map(resident).collect();
        let seed = world.file("seed.json", json!(seed).to_string());
        let sandbox = Sandbox::start(&["--limits", limits, "--seed", &seed]);
        let before = sandbox.users();
        let rows = (1..=updates + creates).map(|number| {
            let (id, mail) = (user_id(number), mail("new", number));
            format!("{id},{mail}\n")
        });
        let export = world.file(
            "people.csv",
            format!("UserID,Email\n{}", rows.collect::<String>()),
        );
        sandbox.put_users(&json!([{"UserID": "blank"}]));
        let blank = sandbox.users()["blank"].clone();
        let crowd = Crowd {
            world,
            sandbox,
            updates,
            creates,
            export,
            before,
            blank,
            runs: Cell::new(0),
        };
        crowd.begin(&json!({}));
        crowd
    }

    /// The tenant as it was in the beginning, an empty log, and this fault script.
    pub fn begin(&self, script: &Json) {
        self.sandbox.post("/sandbox/reset", &json!({}));
        self.sandbox.faults(script);
    }

    /// Syncs under a state directory of its own, without limits unless they are among the options.
    pub fn sync(&self, options: &[&str]) -> Done {
        self.runs.set(self.runs.get() + 1);
        self.sync_again(options)
    }

    /// Syncs under the state directory of the last run.
    pub fn sync_again(&self, options: &[&str]) -> Done {
        let mut command = self.command(options);
        Done::of(command.output().expect("the program runs"))
    }

    /// Finishes the last run.
    pub fn resume(&self) -> Done {
        let state = self.world.path(&format!("state-{}", self.runs.get()));
        let resume = ["resume", "--json", "--state", &state.display().to_string()];
        self.world.run_on(&self.sandbox, &resume)
    }

    /// The command of [`Crowd::sync_again`], for tests that give it other credentials or a configuration.
    pub fn command(&self, options: &[&str]) -> std::process::Command {
        let state = self.world.path(&format!("state-{}", self.runs.get()));
        let state = state.display().to_string();
        let mut command = self.world.command(&["sync", &self.export, "--json"]);
        command
            .args(["--state", &state, "--base-url", self.sandbox.url()])
            .args(options)
            .env("CREWSYNC_TOKEN", "test")
            .env("CREWSYNC_LIMITS", "off");
        command
    }

    /// The same under a state directory of its own, signing in as the first user.
    pub fn command_signing_in(&self, options: &[&str]) -> std::process::Command {
        self.runs.set(self.runs.get() + 1);
        let mut command = self.command(options);
        command
            .env_remove("CREWSYNC_TOKEN")
            .env("CREWSYNC_USERNAME", user_id(1))
            .env("CREWSYNC_PASSWORD", "secret 1");
        command
    }

    /// A configuration under which nothing waits longer than it must: short backoffs, and one second for a call.
    pub fn impatient(&self) -> String {
        let text =
            "[tenant]\ntotal_timeout_s = 1\n[delivery]\nbackoff_ms_base = 2\nbackoff_ms_max = 10\n";
        let text = format!("{text}{GUARDS_OFF}");
        self.world.file("impatient.toml", text)
    }

    /// When each bulk call arrived, in milliseconds since the sandbox was started.
    pub fn bulk_arrivals_ms(&self) -> Vec<u64> {
        let calls = self.sandbox.bulk_calls();
        let at = |call: &Json| call["at_ms"].as_u64().expect("a time");
        calls.iter().map(at).collect()
    }

    /// How many users each bulk call held.
    pub fn bulk_sizes(&self) -> Vec<usize> {
        let calls = self.sandbox.bulk_calls();
        let size = |call: &Json| call["users"].as_array().expect("ids").len();
        calls.iter().map(size).collect()
    }

    /// How often each user was in a bulk call.
    pub fn times_sent(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for call in self.sandbox.bulk_calls() {
            for user in call["users"].as_array().expect("ids") {
                let user = user.as_str().expect("an id").to_owned();
                *times.entry(user).or_default() += 1;
            }
        }
        times
    }

    /// The users as they must be once everything was applied but for those.
    pub fn expected_without(&self, left_out: &[&str]) -> BTreeMap<String, Json> {
        let mut users = self.before.clone();
        for number in 1..=self.updates + self.creates {
            let id = user_id(number);
            if left_out.contains(&&*id) {
                continue;
            }
            let user = users.entry(id.clone()).or_insert_with(|| {
                let mut user = self.blank.clone();
                user["UserID"] = json!(id);
                user["AuthenticationID"] = json!(id);
                user
            });
            user["Email"] = json!(mail("new", number));
        }
        users
    }

    /// Fails the test unless the tenant is as it must be but for those.
    #[track_caller]
    pub fn assert_all_but(&self, left_out: &[&str], what: &str) {
        let (users, expected) = (self.sandbox.users(), self.expected_without(left_out));
        for (id, user) in &expected {
            assert_eq!(users.get(id), Some(user), "{what}: {id}");
        }
        assert_eq!(users.len(), expected.len(), "{what}");
    }
}

/// `T-0007` for 7.
pub fn user_id(number: usize) -> String {
    format!("T-{number:04}")
}

fn mail(word: &str, number: usize) -> String {
    format!("{word}{number}@example.com")
}

/// A user with more than the export knows of.
fn resident(number: usize) -> Json {
    json!({
        "UserID": user_id(number),
        "Password": format!("secret {number}"),
        "FirstName": format!("Ann {number}"),
        "Email": mail("old", number),
        "Activated": true,
        "IsMobileWorker": true,
        "FaceTime": format!("face {number}"),
        "Grade": number,
        "Phones": [{"PhoneNum": format!("+1 {number}"), "PhoneType": "Mobile", "Note": "by hand"}],
        "Extensions": {"Badge": format!("B{number}")}
    })
}
