//! A store or a directory that cannot be used: nothing is sent, the files stay as they are, and the way out that the
//! message names is one.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::support::strace::say;
use crate::support::{Done, wrapped};

use super::night::{CALLS, Night};

/// What is done to the file, whose bytes are given.
type Harm = fn(&Path, Vec<u8>);

const HARMS: [(&str, Harm, &str); 9] = [
    ("zero-length", |file, _| put(file, b""), "the file is empty"),
    (
        "cut in half",
        |file, whole| put(file, &whole[..whole.len() / 2]),
        "is damaged",
    ),
    (
        "cut in its header",
        |file, whole| put(file, &whole[..50]),
        "is damaged",
    ),
    (
        "a text",
        |file, _| put(file, &b"no database at all\n".repeat(100)),
        "is damaged",
    ),
    ("zeros in a page", zeros, "is damaged"),
    (
        "without a table",
        |file, _| sql(file, "DROP TABLE answer_notes"),
        "is damaged",
    ),
    (
        "another program's",
        |file, _| sql(file, "PRAGMA application_id = 7"),
        "not one of crewsync",
    ),
    (
        "newer",
        |file, _| sql(file, "PRAGMA user_version = 99"),
        "schema version 99",
    ),
    ("of another tenant", foreign, "belongs to the tenant"),
];

#[test]
fn a_store_that_cannot_be_used_is_kept_and_can_be_rebuilt() {
    for (what, harm, word) in HARMS {
        let night = Night::new();
        night.run("sync").exits(0);
        let file = night.state().join("state.db");
        harm(&file, fs::read(&file).expect("a store"));
        let before = files(&night.state());
        for command in ["sync", "resume", "plan"] {
            let refused = night.run(command).exits(1);
            assert!(refused.stderr.contains(word), "{what}: {}", refused.stderr);
            let document = refused.document();
            assert_eq!(document["resumable"], false, "{what}: {document}");
            let hint = document["error"]["hint"].as_str().expect("a hint");
            assert!(
                hint.contains("move state.db, state.db-wal and state.db-shm aside together"),
                "{hint}"
            );
            assert_eq!(
                files(&night.state()),
                before,
                "{what}: {command} changed the files"
            );
        }
        assert_eq!(night.server.bulk_calls().len(), CALLS, "{what}");
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            let _ = fs::rename(night.state().join(name), night.world.path(name));
        }
        night.run("sync").exits(0);
        night.assert_done(what);
    }
}

/// A run that was killed leaves a log beside the file; it stays as well.
#[test]
fn the_log_of_a_store_that_cannot_be_used_is_kept() {
    let night = Night::new();
    let log = log_of_a_killed_run(&night);
    let file = night.state().join("state.db");
    let kept = fs::read(&file).expect("a store");
    sql(&file, "PRAGMA user_version = 99");
    fs::write(night.state().join("state.db-wal"), log).expect("its log");
    let before = files(&night.state());
    night.run("resume").exits(1);
    assert_eq!(files(&night.state()), before);
    fs::write(&file, kept).expect("a store");
}

fn log_of_a_killed_run(night: &Night) -> Vec<u8> {
    night.run("sync").exits(0);
    let file = night.state().join("state.db");
    let database = rusqlite::Connection::open(&file).expect("a database");
    let flag = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
    database.set_db_config(flag, true).expect("a flag");
    database.execute_batch("DELETE FROM limiter").expect("SQL");
    drop(database);
    fs::read(night.state().join("state.db-wal")).expect("its log")
}

#[test]
fn a_directory_that_cannot_be_written_stops_before_sending() {
    let mut shown = 0;
    for mode in [0o500, 0o000] {
        for with_store in [true, false] {
            let night = Night::new();
            match with_store {
                true => drop(night.run("sync").exits(0)),
                false => fs::create_dir(night.state()).expect("a directory"),
            }
            let calls = night.server.bulk_calls().len();
            let before = files(&night.state());
            set_mode(&night.state(), mode);
            let Some(mut command) = as_a_common_user(&night) else {
                say(
                    "NOT SHOWN, because root cannot become anybody else here: a directory without permission",
                );
                set_mode(&night.state(), 0o700);
                return;
            };
            let refused = Done::of(command.output().expect("the program runs")).exits(1);
            set_mode(&night.state(), 0o700);
            let document = refused.document();
            assert_eq!(document["resumable"], false, "{mode:o}: {document}");
            assert!(
                refused.stderr.contains("ermission denied"),
                "{}",
                refused.stderr
            );
            assert!(
                refused.stderr.contains("state directory can be written"),
                "{}",
                refused.stderr
            );
            assert_eq!(night.server.bulk_calls().len(), calls);
            assert_eq!(files(&night.state()), before, "{mode:o}");
            shown += 1;
        }
    }
    assert_eq!(shown, 4);
}

#[test]
fn a_disk_that_is_mounted_for_reading_stops_before_sending() {
    let night = Night::new();
    night.run("sync").exits(0);
    let before = files(&night.state());
    let script =
        "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" || exit 99; exec \"$@\"";
    let mut mounted = Command::new("unshare");
    mounted.args(["-m", "sh", "-c", script]).arg(night.state());
    // The shell must be found.
    let mut command = night.command("sync");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let told = wrapped(mounted, &command).output();
    let Some(told) = told
        .ok()
        .filter(|told| told.status.code() == Some(1) && !told.stdout.is_empty())
    else {
        say("NOT SHOWN, because nothing can be mounted here: a disk that is mounted for reading");
        return;
    };
    let refused = Done::of(told).exits(1);
    assert!(
        refused.stderr.contains("Read-only file system"),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.document()["resumable"], false);
    assert_eq!(night.server.bulk_calls().len(), CALLS);
    assert_eq!(files(&night.state()), before);
}

/// The program as somebody whom permissions bind; `None` if that cannot be had.
fn as_a_common_user(night: &Night) -> Option<Command> {
    let nobody = 65_534;
    let mut command = night.command("sync");
    let is_bound =
        fs::read_dir(night.state()).is_err() || fs::write(night.state().join("probe"), "").is_err();
    if !is_bound {
        let _ = fs::remove_file(night.state().join("probe"));
        set_mode(&night.world.path(""), 0o755);
        std::os::unix::fs::chown(night.state(), Some(nobody), None).ok()?;
        command.uid(nobody);
        let mut probe = night.world.command(&["--version"]);
        probe.uid(nobody);
        probe.output().ok().filter(|told| told.status.success())?;
    }
    Some(command)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
}

/// Every file with length and hash. Not the lock, whose content names its holder, nor the index of the log and a log
/// without content, which whoever reads makes anew.
fn files(directory: &Path) -> BTreeMap<String, (usize, blake3::Hash)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() || name == "lock" || name.ends_with("-shm") {
            continue;
        }
        let bytes = fs::read(&path).expect("its bytes");
        if !(bytes.is_empty() && name.ends_with("-wal")) {
            found.insert(name, (bytes.len(), blake3::hash(&bytes)));
        }
    }
    found
}

fn put(file: &Path, bytes: &[u8]) {
    fs::write(file, bytes).expect("a file");
}

fn zeros(file: &Path, mut whole: Vec<u8>) {
    whole[8192..12288].fill(0);
    put(file, &whole);
}

fn sql(file: &Path, statement: &str) {
    let database = rusqlite::Connection::open(file).expect("a database");
    database.execute_batch(statement).expect("SQL");
}

/// Moved here from the night of another tenant.
fn foreign(file: &Path, _: Vec<u8>) {
    let other = Night::new();
    other.run("sync").exits(0);
    fs::copy(other.state().join("state.db"), file).expect("a copy");
}
