//! Care of the state directory: its store copied and read, and what is too old, or about a person, taken out of it
//! together with the files that stand beside it.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::cli::{ForgetArgs, PurgeArgs};
use crate::config::Settings;
use crate::failure::Failure;
use crate::report::{Cared, ExaminedStore, counted, report_files};
use crate::store::{Examined, Person, RunLock, StateDir, Store};

use super::by_hand::ask;
use super::plan_files;

/// Copies the store into a new file.
///
/// # Errors
/// Those of the store and of the disk, and a file that exists.
pub fn back_up(settings: &Settings, to: &Path) -> Result<ExaminedStore, Failure> {
    must_exist(settings)?;
    let copied = Store::back_up(&settings.state_dir, to).map_err(Failure::from)?;
    Ok(told(copied))
}

/// Reads the store, or a copy of one, to its last row.
///
/// # Errors
/// What is wrong with it.
pub fn examine_store(settings: &Settings, copy: Option<&Path>) -> Result<ExaminedStore, Failure> {
    let examined = match copy {
        Some(path) => Store::examine_file(path)?,
        None => {
            must_exist(settings)?;
            Store::examine(&settings.state_dir)?
        }
    };
    Ok(told(examined))
}

fn told(examined: Examined) -> ExaminedStore {
    ExaminedStore {
        path: examined.path.display().to_string(),
        bytes: examined.bytes,
        schema: examined.version,
        tenant: examined.tenant.to_string(),
        runs: examined.runs,
        in_flight: examined.in_flight,
        calls: examined.calls,
        users: examined.users,
        managed: examined.managed,
    }
}

fn must_exist(settings: &Settings) -> Result<(), Failure> {
    match Store::exists(&settings.state_dir) {
        true => Ok(()),
        false => Err(nothing_stored(settings)),
    }
}

/// The failure for a state directory without a store.
pub(super) fn nothing_stored(settings: &Settings) -> Failure {
    Failure::stopped(format!(
        "nothing is stored in {}",
        settings.state_dir.display()
    ))
    .hint("name the directory with --state, or its configuration with --config")
}

/// The store under its lock, to change it.
pub(super) fn open_stored(settings: &Settings, purpose: &str) -> Result<(RunLock, Store), Failure> {
    must_exist(settings)?;
    let lock = StateDir::open(&settings.state_dir)?.lock(purpose)?;
    let store = Store::open_own(&lock)?.ok_or_else(|| nothing_stored(settings))?;
    Ok((lock, store))
}

/// Removes what is older than asked for: from the store, and the reports and saved plans of that time.
///
/// # Errors
/// Those of the store and of the disk, another run at work, and a person who does not want it.
pub fn purge(settings: &Settings, args: &PurgeArgs, now: Timestamp) -> Result<Cared, Failure> {
    let (_lock, mut store) = open_stored(settings, "state purge")?;
    let before = now - args.older_than;
    if !args.yes {
        let state = settings.state_dir.display();
        ask(
            &format!("Remove from {state} what is older than {before:.0}"),
            "nothing was removed",
        )?;
    }
    let purged = store.purge(before)?;
    store.compact()?;
    let mut files = reports_of(settings, &purged.runs);
    files.extend(plans_made_before(settings, before)?);
    Ok(Cared {
        done: match purged.runs.len() {
            0 => format!("No run is older than {before:.0} and beyond what guards compare with"),
            runs => format!("Removed {}", counted(runs as u64, "run", "runs")),
        },
        before: Some(before),
        runs: purged.runs,
        calls: purged.calls,
        users: purged.users,
        sources: Vec::new(),
        files: remove(files)?,
    })
}

/// Takes a person out of the store, removes the reports of his runs (`report` writes them again without him) and the
/// saved plans that name him.
///
/// # Errors
/// Those of the store and of the disk, another run at work, one that is not finished with him, and a person who does
/// not want it.
pub fn forget(settings: &Settings, args: &ForgetArgs) -> Result<Cared, Failure> {
    let (_lock, mut store) = open_stored(settings, "state forget")?;
    let traces = store.traces(&args.user)?;
    if let Some(run) = traces.unfinished.last() {
        return Err(
            Failure::stopped(format!("run {run} is not finished with {}", args.user))
                .hint("`crewsync resume` finishes it, or the next sync closes it; then try again"),
        );
    }
    let runs: Vec<String> = traces.runs().into_iter().map(str::to_owned).collect();
    if !args.yes {
        let runs = counted(runs.len() as u64, "run", "runs");
        let calls = counted(traces.calls.len() as u64, "call", "calls");
        let what = format!("Forget {} ({runs}, {calls} by hand), for good", args.user);
        ask(&what, "nothing was removed")?;
    }
    let person = store.forget(&args.user)?;
    store.compact()?;
    let mut files = reports_of(settings, &runs);
    files.extend(plans_naming(settings, &person)?);
    let files = remove(files)?;
    let is_nobody = traces.is_empty() && files.is_empty();
    Ok(Cared {
        done: match is_nobody {
            true => format!("Nothing was stored of {}", args.user),
            false => format!(
                "{} is forgotten, and the reports of his runs are told without him",
                args.user
            ),
        },
        before: None,
        runs,
        calls: traces.calls.len() as u64,
        users: traces.known.len() as u64,
        sources: traces
            .sources
            .into_iter()
            .map(|(source, _)| source)
            .collect(),
        files,
    })
}

/// The report files of runs that stand in the configured folder.
fn reports_of(settings: &Settings, runs: &[String]) -> Vec<PathBuf> {
    let files = runs
        .iter()
        .flat_map(|run| report_files(&settings.report.dir, run));
    files.filter(|path| path.exists()).collect()
}

fn plans_made_before(settings: &Settings, before: Timestamp) -> Result<Vec<PathBuf>, Failure> {
    saved_plans(settings, |lines| {
        let Some(header) = lines.next() else {
            return Ok(false);
        };
        let header: Json = serde_json::from_str(&header?).unwrap_or_default();
        let made_at = header["made_at"].as_str().and_then(|at| at.parse().ok());
        Ok(made_at.is_some_and(|at: Timestamp| at < before))
    })
}

fn plans_naming(settings: &Settings, person: &Person) -> Result<Vec<PathBuf>, Failure> {
    saved_plans(settings, |lines| {
        for line in lines {
            let mut line: Json = serde_json::from_str(&line?).unwrap_or_default();
            if person.take_out(&mut line) {
                return Ok(true);
            }
        }
        Ok(false)
    })
}

/// The saved plans of the state directory that are wanted, by their lines.
fn saved_plans(
    settings: &Settings,
    is_wanted: impl Fn(&mut io::Lines<BufReader<File>>) -> io::Result<bool>,
) -> Result<Vec<PathBuf>, Failure> {
    let mut plans = Vec::new();
    for id in plan_files::ids_beginning(&settings.state_dir, "")? {
        let path = plan_files::file_of(&settings.state_dir, &id);
        let wanted =
            File::open(&path).and_then(|file| is_wanted(&mut BufReader::new(file).lines()));
        if wanted.map_err(|error| cannot("read", &path, error))? {
            plans.push(path);
        }
    }
    Ok(plans)
}

/// Removes the files and gives their paths.
fn remove(files: Vec<PathBuf>) -> Result<Vec<String>, Failure> {
    files
        .into_iter()
        .map(|path| {
            fs::remove_file(&path).map_err(|error| cannot("remove", &path, error))?;
            Ok(path.display().to_string())
        })
        .collect()
}

fn cannot(doing: &str, path: &Path, error: io::Error) -> Failure {
    Failure::stopped(format!("cannot {doing} {}", path.display()))
        .caused_by(error)
        .hint("what stood in the store is gone; remove the files by hand, or run it again")
}
