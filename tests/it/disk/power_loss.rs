//! A power cut at each sync and each call of a run: what the disk then holds can be opened, knows of every call that
//! the server had seen, and leads to the same end.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value as Json;

use crewsync::store::{StateDir, Store, TenantIdentity};

use crate::support::Done;
use crate::support::strace::{can_trace, say, syscalls, traced};

use super::night::{CALLS, Night};
use super::power::{Disk, Step, steps, write};

/// Images of each moment: the one that keeps least, the one that keeps most, and some by chance.
const FATES: u64 = 6;
/// One image of so many is taken up by the program.
const TAKEN_UP: usize = 11;

#[test]
fn a_power_cut_loses_no_intent() {
    if !can_trace("images of the disk after a power cut") {
        return;
    }
    let night = Night::new();
    let begun_with = night.server.users();
    let steps = trace(&night);
    let calls: Vec<Vec<String>> = night
        .server
        .bulk_calls()
        .into_iter()
        .map(|call| call.users)
        .collect();
    assert_eq!(calls.len(), CALLS);
    let ledger = night.server.ledger();
    let (mut images, mut taken_up) = (0, 0);
    let missing = each_image(&night, &steps, |disk, fate, found| {
        images += 1;
        if !found.knows_of(&calls[..disk.calls]) {
            return Err(format!(
                "{} calls had left, the journal knows of {:?}",
                disk.calls, found.intents
            ));
        }
        if images % TAKEN_UP == 0 {
            taken_up += 1;
            // The last call may not have been carried out, unless its end is known.
            let lost = usize::from(fate % 2 == 0 && found.ends < disk.calls);
            let mut users = begun_with.clone();
            for entry in ledger
                .iter()
                .filter(|entry| entry.call <= disk.calls - lost)
            {
                users.insert(
                    entry.user_id.clone(),
                    entry.after.clone().expect("nobody is deleted"),
                );
            }
            write(&disk.after_a_cut(fate), &night.state());
            take_up(&night, users);
        }
        Ok(())
    });
    assert_eq!(missing, Vec::<String>::new());
    say(&format!(
        "{images} images of the disk after a power cut; {taken_up} of them were taken up"
    ));
    assert!(images > 150 && taken_up > 10);
    // Without the syncs of the log the images would tell.
    let unsynced: Vec<Step> = steps
        .into_iter()
        .filter(|step| !is_sync_of_log(step))
        .collect();
    let missing = each_image(&night, &unsynced, |disk, _, found| {
        match found.knows_of(&calls[..disk.calls]) {
            true => Ok(()),
            false => Err(String::new()),
        }
    });
    assert!(
        missing.len() > 10,
        "{} images without intent",
        missing.len()
    );
}

fn is_sync_of_log(step: &Step) -> bool {
    matches!(step, Step::Sync { name } if name.ends_with("-wal"))
}

/// The steps of an undisturbed run.
fn trace(night: &Night) -> Vec<Step> {
    let log = night.world.path("trace");
    let names = "trace=openat,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,writev,sendto";
    let done = traced(&night.command("sync"), &log, &["-s", "8192", "-e", names]).output();
    Done::of(done.expect("strace runs")).exits(0);
    let log = std::fs::read_to_string(log).expect("its log");
    steps(&syscalls(&log), &night.state().display().to_string())
}

/// What the journal of an image holds.
struct Found {
    /// The users of each attempt.
    intents: Vec<Vec<String>>,
    /// Attempts whose end is known.
    ends: usize,
}

impl Found {
    fn knows_of(&self, calls: &[Vec<String>]) -> bool {
        self.intents.starts_with(calls)
    }
}

/// Opens the images of all moments before and after a sync, a change of the directory, or a call.
fn each_image(
    night: &Night,
    steps: &[Step],
    mut check: impl FnMut(&Disk, u64, &Found) -> Result<(), String>,
) -> Vec<String> {
    let mut disk = Disk::default();
    let mut wrong = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        disk.take(step);
        let is_write = |step: &Step| matches!(step, Step::Write { .. } | Step::Cut { .. });
        if is_write(step) && steps.get(index + 1).is_some_and(is_write) {
            continue;
        }
        for number in 0..FATES {
            let fate = match number {
                0 | 1 => number,
                _ => number + 100 * index as u64,
            };
            let directory = night.world.path("image");
            write(&disk.after_a_cut(fate), &directory);
            let found = open(&directory, &night.server.base_url());
            if let Err(why) = found.and_then(|found| check(&disk, fate, &found)) {
                wrong.push(format!("step {index}, {step:?}, fate {fate}: {why}"));
            }
        }
    }
    wrong
}

fn open(directory: &Path, base_url: &str) -> Result<Found, String> {
    let tenant = TenantIdentity {
        name: String::new(),
        base_url: base_url.to_owned(),
        customer: None,
    };
    let lock = StateDir::open(directory)
        .and_then(|directory| directory.lock("test"))
        .expect("the lock");
    drop(Store::open(&lock, &tenant).map_err(|error| error.to_string())?);
    let database = rusqlite::Connection::open(directory.join("state.db")).expect("a database");
    let sql = "SELECT attempt, user_id FROM attempt_operations JOIN operations USING (run, seq)
        ORDER BY attempt, position";
    let mut statement = database.prepare(sql).expect("SQL");
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows");
    let mut intents: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for row in rows {
        let (attempt, user_id) = row.expect("a row");
        intents.entry(attempt).or_default().push(user_id);
    }
    let ends = database.query_row("SELECT count(*) FROM settlements", [], |row| {
        row.get::<_, u32>(0)
    });
    Ok(Found {
        intents: intents.into_values().collect(),
        ends: ends.expect("a count") as usize,
    })
}

/// The program goes on with an image, and the tenant with what it had done; nobody is written who was.
fn take_up(night: &Night, users: BTreeMap<String, Json>) {
    night.server.begin_again(users);
    let resumed = night.run("resume").exits(0);
    if resumed.document()["run"].is_null() {
        night.run("sync").exits(0);
    }
    for (user_id, user) in night.server.users() {
        let mail = user["Email"].as_str().expect("a mail");
        assert!(mail.starts_with("new"), "{user_id} has {mail}");
    }
    let ledger = night.server.ledger();
    assert!(
        ledger.iter().all(|entry| entry.changed_something()),
        "{ledger:?}"
    );
}
