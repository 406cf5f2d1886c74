//! One run at a time over one state directory, however many are started, and nothing to unlock after a kill.

use std::process::{Child, Stdio};

use serde_json::{Value as Json, json};

use super::support::fault_server::{Act, FaultServer};
use super::support::gate::{Keeper, gate};
use super::support::{Done, World};

const STARTS: usize = 20;

#[test]
fn of_twenty_simultaneous_starts_one_works() {
    let site = Site::new();
    let mut children: Vec<Child> = (0..STARTS).map(|_| site.start()).collect();
    site.keeper.wait();
    let worker = the_last_one(&mut children);
    let pid = children[worker].id();
    let worker = children.remove(worker);
    for other in children {
        let refused = Done::of(other.wait_with_output().expect("its end")).exits(5);
        site.assert_names_holder(&refused, pid);
    }
    // Whoever comes later hears the same, also as JSON.
    let late = site.run(&["sync", &site.export, "--json"]).exits(5);
    site.assert_names_holder(&late, pid);
    let told = late.document()["error"]["message"].to_string();
    assert!(told.contains(&pid.to_string()), "{told}");
    site.run(&["resume"]).exits(5);
    // To look takes no lock.
    let Site { keeper, server, .. } = site;
    keeper.open();
    let done = Done::of(worker.wait_with_output().expect("its end")).exits(0);
    assert!(done.stdout.contains('3'), "{}", done.stdout);
    assert_eq!(server.bulk_calls().len(), 1);
}

#[test]
fn after_a_kill_nothing_needs_to_be_unlocked() {
    let site = Site::new();
    let mut killed = site.start();
    site.keeper.wait();
    killed.kill().expect("it runs");
    killed.wait().expect("its end");
    let named =
        std::fs::read_to_string(site.world.path(".crewsync/lock")).expect("the lock's file");
    assert!(named.contains(&killed.id().to_string()), "{named}");
    // Twenty again: whoever is refused hears of the one that works, not of the dead.
    let mut children: Vec<Child> = (0..STARTS).map(|_| site.start()).collect();
    let worker = the_last_one(&mut children);
    let pid = children[worker].id();
    let worker = children.remove(worker);
    for other in children {
        let refused = Done::of(other.wait_with_output().expect("its end")).exits(5);
        site.assert_names_holder(&refused, pid);
    }
    let Site { keeper, server, .. } = site;
    keeper.open();
    Done::of(worker.wait_with_output().expect("its end")).exits(0);
    assert_eq!(server.bulk_calls().len(), 1);
}

/// A tenant that answers no read before the gate is open.
struct Site {
    world: World,
    export: String,
    server: FaultServer,
    keeper: Keeper,
}

impl Site {
    fn new() -> Site {
        let world = World::new();
        let (gate, keeper) = gate();
        Site {
            export: world.file(
                "people.csv",
                "UserID,Email\nT-1,new@example.com\nT-2,new@example.com\nT-3,new@example.com\n",
            ),
            server: FaultServer::watched(&people(), |_| Act::confirm(), move |_| gate.pass()),
            world,
            keeper,
        }
    }

    fn start(&self) -> Child {
        let arguments = ["sync", &self.export];
        let mut command = self.world.command_on(&self.server.base_url(), &arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    fn run(&self, arguments: &[&str]) -> Done {
        self.world.run_at(&self.server.base_url(), arguments)
    }

    #[track_caller]
    fn assert_names_holder(&self, refused: &Done, pid: u32) {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let (_, told) = refused
            .stderr
            .split_once("another run holds the lock of ")
            .unwrap_or_else(|| panic!("{}", refused.stderr));
        let holder = format!("sync, process {pid} on {}", host.trim());
        assert!(told.contains(&holder), "{told}");
        let year = jiff::Timestamp::now().to_string()[..4].to_owned();
        assert!(told.contains(&format!(", since {year}-")), "{told}");
        assert!(told.contains("hint: wait until it has finished"), "{told}");
    }
}

/// Waits until all but one have ended, and gives its place.
fn the_last_one(children: &mut [Child]) -> usize {
    loop {
        let mut running = Vec::new();
        for (index, child) in children.iter_mut().enumerate() {
            if child.try_wait().expect("its state").is_none() {
                running.push(index);
            }
        }
        match running[..] {
            [one] => return one,
            [] => panic!("nobody works"),
            _ => std::thread::yield_now(),
        }
    }
}

fn people() -> Vec<Json> {
    (1..=3)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": "old@example.com"}))
        .collect()
}
