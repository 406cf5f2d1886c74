//! One run at a time: a lock of the kernel on the file `lock`, which a kill releases by itself.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::dir::private_file;
use super::{StateDir, StoreError};

const FILE: &str = "lock";

/// The right to change what is in the state directory; ends when it is dropped, or with the process.
#[derive(Debug)]
pub struct RunLock {
    dir: StateDir,
    file: File,
}

/// Who holds the lock, as he wrote it into the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Name of the machine; with a shared disk the process may be on another one.
    pub host: String,
    /// When he took it.
    pub started: Timestamp,
    /// What for, e.g. `sync`.
    pub purpose: String,
}

impl Holder {
    /// Who works on a state directory, as far as can be told without touching its lock: the name in the lock file,
    /// unless its process is known to be gone. For people and monitors; nothing may rest on it.
    pub fn named_in(dir: &Path) -> Option<Holder> {
        let mut file = File::open(dir.join(FILE)).ok()?;
        read_holder(&mut file).filter(|holder| !is_gone(holder))
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder {
            pid,
            host,
            started,
            purpose,
        } = self;
        write!(f, "{purpose}, process {pid} on {host}, since {started:.0}")
    }
}

impl StateDir {
    /// Takes the lock without waiting; `purpose` is the subcommand. [`StoreError::Locked`] names who holds it.
    pub fn lock(&self, purpose: &str) -> Result<RunLock, StoreError> {
        let path = self.file(FILE);
        let failed = |source| StoreError::Io {
            path: path.clone(),
            doing: "lock",
            source,
        };
        let mut file = private_file()
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked {
                    dir: self.path().to_owned(),
                    holder: wait_for_name(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let holder = Holder {
            pid: process::id(),
            host: host_name(),
            started: Timestamp::now(),
            purpose: purpose.to_owned(),
        };
        write_holder(&mut file, &holder).map_err(failed)?;
        Ok(RunLock {
            dir: self.clone(),
            file,
        })
    }
}

impl RunLock {
    /// The directory that it locks.
    pub fn dir(&self) -> &StateDir {
        &self.dir
    }
}

impl Drop for RunLock {
    fn drop(&mut self) {
        // The name is for people: a lock that nobody holds should name nobody.
        let _ = self.file.set_len(0);
        // Closing the file would do, but for a process that is just being started: it has the file too until it is
        // another program.
        let _ = self.file.unlock();
    }
}

fn write_holder(file: &mut File, holder: &Holder) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(serde_json::to_string(holder)?.as_bytes())
}

/// Who holds the lock has only just taken it if the file is empty, or names a process that is gone: he writes his
/// name next.
fn wait_for_name(file: &mut File) -> Option<Holder> {
    const PATIENCE: Duration = Duration::from_secs(1);
    let began = Instant::now();
    loop {
        match read_holder(file) {
            Some(holder) if !is_gone(&holder) => return Some(holder),
            _ if began.elapsed() > PATIENCE => return None,
            _ => thread::yield_now(),
        }
    }
}

fn read_holder(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(4096).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Where the system shows its processes as files, and the process was one of this machine.
fn is_gone(holder: &Holder) -> bool {
    let processes = Path::new("/proc");
    holder.host == host_name()
        && processes.join("self").exists()
        && !processes.join(holder.pid.to_string()).exists()
}

/// The machine's name as the system's files tell it; there is no such call in the standard library.
fn host_name() -> String {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| fs::read_to_string(Path::new(path)).ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "this machine".to_owned())
}
