//! One byte of the store turns, anywhere: either everything is read as it was written, or the store is refused.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crewsync::model::PastRun;
use crewsync::store::{StateDir, Store, StoreError, TenantIdentity};

use crate::support::fault_server::{Act, FaultServer};
use crate::support::mortal::mortal;
use crate::support::strace::say;
use crate::support::sweep::{sweep, tally};
use crate::support::{Done, World};

use super::power::{Image, write};

/// Prime, so that every kind of place in a page is met.
const STEP: usize = 331;
const STEP_OF_RUNS: usize = 12_721;

#[test]
fn a_byte_that_turns_never_changes_what_is_read() {
    let killed = Killed::new();
    let places = killed.places(STEP);
    let reference = killed.read(&killed.image, Store::open);
    let reference = reference.expect("the store is whole");
    assert!(
        reference.contains("UnsettledAttempt") && reference.contains("Applied"),
        "{reference}"
    );
    let ends = sweep(2, &places, |(name, at)| {
        let turned = killed.turned(name, *at);
        let by_run = killed.read(&turned, Store::open);
        let by_plan = killed.read(&turned, |lock, tenant| {
            let read = Store::open_to_read(lock.dir().path(), tenant)?;
            Ok(read.expect("it is there"))
        });
        [by_run, by_plan].map(|end| match end {
            Ok(read) if read == reference => "read as written",
            Ok(read) => panic!("byte {at} of {name}:\n{read}\n{reference}"),
            Err(error) => refused(&error),
        })
    });
    let counts = tally(ends.into_iter().flatten());
    say(&format!(
        "{} bytes turned, one at a time: {counts:?}",
        places.len()
    ));
    for end in ["read as written", "refused as damaged"] {
        assert!(counts[end] > 300, "{counts:?}");
    }
}

#[test]
fn the_program_finishes_or_refuses_over_a_byte_that_turned() {
    let killed = Killed::new();
    let mut ends = Vec::new();
    for (name, at) in killed.places(STEP_OF_RUNS) {
        let what = format!("byte {at} of {name}");
        killed.server.begin_again(killed.users.clone());
        write(&killed.turned(&name, at), &killed.state());
        let done = killed.run("resume", "");
        let calls = killed.server.bulk_calls().len();
        match done.code {
            0 => assert_eq!(killed.mails(), ["second"; 6], "{what}: {}", done.stdout),
            1 => {
                assert_eq!(calls, 0, "{what}: {}", done.stderr);
                let hint = done.document()["error"]["hint"].to_string();
                assert!(hint.contains("aside together"), "{what}: {}", done.stderr);
            }
            other => panic!("{what}: exit {other}\n{}", done.stderr),
        }
        ends.push(done.code);
    }
    let ends = tally(ends);
    say(&format!(
        "resumed over a byte that turned, by exit: {ends:?}"
    ));
    assert!(
        ends.values().all(|count| *count > 2) && ends.len() == 2,
        "{ends:?}"
    );
}

/// Refused as damaged, newer or somebody else's; never for a fault of the program.
fn refused(error: &StoreError) -> &'static str {
    match error {
        StoreError::Corrupt { .. } => "refused as damaged",
        StoreError::Newer { .. } => "refused as newer",
        StoreError::Foreign { .. } => "refused as another's",
        other => panic!("{other:?}"),
    }
}

/// What a killed run left, after one that had been finished.
struct Killed {
    world: World,
    server: FaultServer,
    image: Image,
    /// The tenant when it was killed.
    users: BTreeMap<String, Json>,
}

impl Killed {
    fn new() -> Killed {
        let world = World::new();
        let (killer, mortal) = mortal();
        let server = FaultServer::start(&people(), move |call| {
            // The first night takes two calls; the second call of the second is never carried out.
            let is_last = call.number == 4;
            let killer = killer.clone();
            match is_last {
                true => Act::call(false, move || killer.kill()),
                false => Act::confirm(),
            }
        });
        let mut killed = Killed {
            image: Image::new(),
            users: BTreeMap::new(),
            world,
            server,
        };
        killed.run("sync", "first").exits(0);
        let mut second = killed.command("sync", "second");
        assert!(mortal.run(&mut second).is_none(), "it was killed");
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            let bytes = std::fs::read(killed.state().join(name)).expect("a file of the store");
            killed.image.insert(name.to_owned(), bytes);
        }
        killed.users = killed.server.users();
        killed
    }

    fn state(&self) -> std::path::PathBuf {
        self.world.path("state")
    }

    fn command(&self, command: &str, word: &str) -> std::process::Command {
        let rows = (1..=6).map(|n| format!("T-{n},{word}@example.com\n"));
        let export = format!("UserID,Email\n{}", rows.collect::<String>());
        let export = self.world.file("people.csv", export);
        let state = self.state().display().to_string();
        let mut arguments = vec![command, "--json", "--state", &state, "--chunk-users", "3"];
        if command == "sync" {
            arguments.push(&export);
        }
        self.world.command_on(&self.server.base_url(), &arguments)
    }

    fn run(&self, command: &str, word: &str) -> Done {
        Done::of(
            self.command(command, word)
                .output()
                .expect("the program runs"),
        )
    }

    fn mails(&self) -> Vec<String> {
        let users = self.server.users().into_values();
        let mail = |user: Json| user["Email"].as_str().expect("a mail").to_owned();
        users
            .map(mail)
            .map(|mail| mail.replace("@example.com", ""))
            .collect()
    }

    /// File and offset.
    fn places(&self, step: usize) -> Vec<(String, usize)> {
        let files = self.image.iter();
        files
            .flat_map(|(name, bytes)| (0..bytes.len()).step_by(step).map(|at| (name.clone(), at)))
            .collect()
    }

    fn turned(&self, name: &str, at: usize) -> Image {
        let mut image = self.image.clone();
        image.get_mut(name).expect("a file")[at] ^= 1 << (at % 8);
        image
    }

    /// Everything that a run reads, as text.
    fn read(
        &self,
        image: &Image,
        open: impl FnOnce(&crewsync::store::RunLock, &TenantIdentity) -> Result<Store, StoreError>,
    ) -> Result<String, StoreError> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write(image, folder.path());
        let tenant = TenantIdentity {
            name: String::new(),
            base_url: self.server.base_url(),
            customer: None,
        };
        let lock = lock(folder.path())?;
        everything(&open(&lock, &tenant)?)
    }
}

fn lock(folder: &Path) -> Result<crewsync::store::RunLock, StoreError> {
    StateDir::open(folder)?.lock("test")
}

fn everything(store: &Store) -> Result<String, StoreError> {
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(24);
    let asked = |run: &PastRun| {
        let mut asked: Vec<String> = run
            .applied
            .iter()
            .map(|asked| format!("{asked:?}"))
            .collect();
        asked.sort();
        asked
    };
    let past = store.past_runs("default", 2, tomorrow)?;
    let past: Vec<Vec<String>> = past.iter().map(asked).collect();
    let mut text = format!(
        "{:?}\n{:?}\n{:?}\n{:?}\n{past:?}\n",
        store.unsettled_attempts()?,
        store.last_sent("bulk")?,
        store.not_before("bulk")?,
        store.equal_forms()?,
    );
    for run in store.runs()? {
        let (plan, outcomes) = (store.plan(&run.run)?, store.outcomes(&run.run)?);
        let (notes, carried) = (store.notes(&run.run)?, store.carried(&run.run)?);
        let calls = store.calls(&run.run)?;
        text += &format!("{run:?}\n{plan:?}\n{outcomes:?}\n{notes:?}\n{carried:?}\n{calls:?}\n");
    }
    for number in 1..=6 {
        text += &format!("{:?}\n", store.properties_seen(&format!("T-{number}"))?);
    }
    Ok(text)
}

fn people() -> Vec<Json> {
    (1..=6)
        .map(|n| json!({"UserID": format!("T-{n}"), "Email": "old@example.com", "Grade": n}))
        .collect()
}
