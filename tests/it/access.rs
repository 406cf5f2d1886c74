//! What may take access from people, through the real program: who is managed, absence, guards, approvals.

#[path = "access/broken.rs"]
mod broken;
#[path = "access/by_hand.rs"]
mod by_hand;
#[path = "access/effective.rs"]
mod effective;
#[path = "access/fields.rs"]
mod fields;
#[path = "access/guards.rs"]
mod guards;
#[path = "access/managed.rs"]
mod managed;
#[path = "access/new_users.rs"]
mod new_users;
#[path = "access/part.rs"]
mod part;
#[path = "access/properties.rs"]
mod properties;
#[path = "access/quarantine.rs"]
mod quarantine;
#[path = "access/renames.rs"]
mod renames;
#[path = "access/reviewer.rs"]
mod reviewer;
#[path = "access/scope.rs"]
mod scope;

#[path = "access/undo.rs"]
mod undo;

use std::ops::RangeInclusive;

use serde_json::{Value as Json, json};

use crate::support::{Done, Sandbox, World};

/// Absent users lose access at once, so that one run shows it.
const AT_ONCE: &str = "[deprovision]\non_absent = \"deactivate\"\nafter_runs = 1\n";

/// A tenant whose users `p-001` and on all stand in the export of HR.
struct Company {
    world: World,
    sandbox: Sandbox,
}

impl Company {
    /// So many users, not managed by anybody yet.
    fn new(users: usize, settings: &str) -> Company {
        let world = World::new();
        world.file("crewsync.toml", settings);
        let people: Vec<Json> = (1..=users).map(person).collect();
        let seed = world.file("seed.json", json!(people).to_string());
        let sandbox = Sandbox::start(&["--limits", "off", "--seed", &seed]);
        Company { world, sandbox }
    }

    /// The same, managed by a first run.
    fn managed(users: usize, settings: &str) -> Company {
        let company = Company::new(users, settings);
        let first = company.sync("first.csv", &rows(1..=users)).exits(0);
        assert_eq!(first.figure("unchanged"), users as u64);
        company
    }

    /// Runs a command on an export of these rows.
    fn on(&self, command: &str, name: &str, rows: &str, options: &[&str]) -> Done {
        let export = self.world.file(name, rows);
        let arguments = [&[command, &export], options].concat();
        self.world.json(&self.sandbox, &arguments)
    }

    fn plan(&self, name: &str, rows: &str) -> Done {
        self.on("plan", name, rows, &[])
    }

    fn sync(&self, name: &str, rows: &str) -> Done {
        self.on("sync", name, rows, &[])
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.world.json(&self.sandbox, arguments)
    }

    /// Who has no access any more.
    fn off(&self) -> Vec<String> {
        let users = self.sandbox.users().into_iter();
        let is_off = |user: &Json| user["Activated"] == false || user["Deleted"] == true;
        let off = users.filter(|(_, user)| is_off(user));
        off.map(|(user_id, _)| user_id).collect()
    }
}

fn id(number: usize) -> String {
    format!("p-{number:03}")
}

fn person(number: usize) -> Json {
    let user_id = id(number);
    json!({
        "UserID": user_id, "Email": format!("{user_id}@x.example"), "FirstName": "Pat", "LastName": format!("Person {number}"),
        "Activated": true, "IsMobileWorker": true, "SMS": "s",
    })
}

/// An export that lists these users as the tenant has them.
fn rows(numbers: RangeInclusive<usize>) -> String {
    rows_of(numbers)
}

fn rows_of(numbers: impl IntoIterator<Item = usize>) -> String {
    let rows = numbers.into_iter().map(row);
    format!("UserID,Email,Activated\n{}", rows.collect::<String>())
}

fn row(number: usize) -> String {
    let user_id = id(number);
    format!("{user_id},{user_id}@x.example,true\n")
}

/// Rows that give these users a new mail address.
fn moved(numbers: RangeInclusive<usize>) -> String {
    let user_ids = numbers.map(id);
    user_ids
        .map(|user_id| format!("{user_id},{user_id}@new.example,true\n"))
        .collect()
}

/// What stands under that key in the document.
fn texts(list: &Json, key: &str) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|one| one[key].as_str().unwrap_or_default().to_owned())
        .collect()
}
