//! What can be known without asking anybody: configuration, credentials, state directory, disk.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::api::Credentials;
use crate::cli::{Cli, DoctorArgs};
use crate::model::{Finding, FindingVerdict};
use crate::session::expiry::fixed_expiry;
use crate::session::{Connection, Session};
use crate::store::Store;

use super::{error, finding};

/// With less space than that a night may not come to its end.
const SPACE_MIN_BYTES: u64 = 200_000_000;
/// A token that lasts less is worth a word.
const LASTS_MIN_S: i64 = 7 * 24 * 60 * 60;

/// The settings, if they can be used.
pub fn configuration(cli: &Cli, args: &DoctorArgs, findings: &mut Vec<Finding>) -> Option<Session> {
    let session = match Session::new(cli, None, Some(&args.at.tenant())) {
        Ok(session) => session,
        Err(failure) => {
            findings.push(error("configuration", &failure));
            return None;
        }
    };
    let settings = &session.settings;
    let file = settings.file.as_ref();
    let message = match file {
        Some(file) => format!("{} can be used", file.display()),
        None => "there is no configuration file, so the defaults hold".to_owned(),
    };
    let hint = match file {
        Some(_) => "options and CREWSYNC_ variables win over it",
        None => "samples/crewsync.toml explains every key",
    };
    findings.push(finding("configuration", FindingVerdict::Ok, message, hint));
    if settings.delivery.limits.is_off() && !args.at.sandbox {
        findings.push(finding(
            "limits",
            FindingVerdict::Ok,
            "no rate limits are kept to",
            "that is for a tenant on this machine only",
        ));
    }
    Some(session)
}

/// Who asks, and for how long.
pub fn credentials(session: &Session, connection: &Connection, findings: &mut Vec<Finding>) {
    let remarks = session.remarks_on_credentials(connection);
    for remark in &remarks {
        let hint = "credentials come from the environment, a file or a command: see README";
        findings.push(finding(
            "credentials",
            FindingVerdict::Warning,
            remark,
            hint,
        ));
    }
    let expiry = fixed_expiry(connection).filter(|at| *at > Timestamp::now());
    let (verdict, message, hint) = match (connection.credentials(), expiry) {
        (Credentials::Token(_), Some(at)) => {
            let left_s = at.duration_since(Timestamp::now()).as_secs();
            let verdict = match left_s < LASTS_MIN_S {
                true => FindingVerdict::Warning,
                false => FindingVerdict::Ok,
            };
            let message = format!("the token expires at {at:.0}, in {}", time_left(left_s));
            (
                verdict,
                message,
                "get a new one before that; a name and password renew by themselves",
            )
        }
        (Credentials::Token(_), None) => (
            FindingVerdict::Ok,
            "a fixed token".to_owned(),
            "it cannot be renewed; a name and password renew by themselves",
        ),
        (Credentials::Login { .. }, _) => (
            FindingVerdict::Ok,
            "a user name and a password".to_owned(),
            "the token that they give is renewed before it expires",
        ),
        (Credentials::Customer { .. }, _) => (
            FindingVerdict::Ok,
            "a customer id and code".to_owned(),
            "they still serve",
        ),
    };
    if remarks.is_empty() || verdict != FindingVerdict::Ok {
        findings.push(finding("credentials", verdict, message, hint));
    }
}

fn time_left(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        7_200.. => format!("{} hours", seconds / 3_600),
        120.. => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// Whether runs can be journalled there.
pub fn state(session: &Session, findings: &mut Vec<Finding>) {
    let dir = &session.settings.state_dir;
    let shown = dir.display();
    let folder = nearest(dir);
    findings.push(match tempfile::tempfile_in(&folder) {
        Ok(_) => finding(
            "state",
            FindingVerdict::Ok,
            match dir.exists() {
                true => format!("{shown} can be written"),
                false => format!("{shown} does not exist yet and can be made"),
            },
            "journal, plans and reports stand there; --state names another place",
        ),
        Err(cause) => finding(
            "state",
            FindingVerdict::Error,
            format!("{} cannot be written: {cause}", folder.display()),
            "make it writable for this user, or name another place with --state",
        ),
    });
    permissions(dir, findings);
    if let Some(free) = free_bytes(&folder) {
        let megabytes = free / 1_000_000;
        let (verdict, hint) = match free < SPACE_MIN_BYTES {
            true => (
                FindingVerdict::Warning,
                "free some: a run that cannot journal stops",
            ),
            false => (
                FindingVerdict::Ok,
                "a run of 20,000 users takes some ten megabytes",
            ),
        };
        let message = format!("{megabytes} MB are free on the disk of {shown}");
        findings.push(finding("disk", verdict, message, hint));
    }
    store(session, findings);
}

fn store(session: &Session, findings: &mut Vec<Finding>) {
    let dir = &session.settings.state_dir;
    if !Store::exists(dir) {
        let message = "there is no store yet";
        let hint =
            "the first run makes it, and is a baseline: nobody loses access for being absent";
        findings.push(finding("store", FindingVerdict::Ok, message, hint));
        return;
    }
    findings.push(match Store::look(dir) {
        Ok(runs) => finding(
            "store",
            FindingVerdict::Ok,
            format!("the store is whole and holds {runs} runs"),
            "copy it together with its -wal file, or while nothing runs",
        ),
        Err(cause) => finding(
            "store",
            FindingVerdict::Error,
            cause.to_string(),
            cause.hint(),
        ),
    });
}

/// The directory itself, or the first above it that is there.
fn nearest(dir: &Path) -> PathBuf {
    let mut parts = dir.ancestors().filter(|part| !part.as_os_str().is_empty());
    match parts.find(|part| part.exists()) {
        Some(part) => part.to_owned(),
        None => PathBuf::from("."),
    }
}

#[cfg(unix)]
fn permissions(dir: &Path, findings: &mut Vec<Finding>) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(found) = std::fs::metadata(dir) else {
        return;
    };
    let mode = found.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        findings.push(finding(
            "permissions",
            FindingVerdict::Warning,
            format!("others may look into {} ({mode:o})", dir.display()),
            format!(
                "chmod 700 {}; the files in it are private in any case",
                dir.display()
            ),
        ));
    }
}

#[cfg(not(unix))]
fn permissions(_: &Path, _: &mut Vec<Finding>) {}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}
