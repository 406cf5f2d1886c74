//! What a disk may hold after a power cut, from the calls that a program made before it.
//!
//! Durable is what a completed sync covered: the bytes of a file by a sync of that file, an entry of the directory
//! by a sync of the directory. Of what was written later, each write is lost, kept, or torn at 512 bytes; of later
//! changes of the directory the first few are kept, as in a journalled file system.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::strace::Syscall;
use crate::support::sweep::Chance;

const SECTOR: usize = 512;

/// One call that matters, with its data.
#[derive(Clone, Debug)]
pub enum Step {
    Create {
        name: String,
    },
    Write {
        name: String,
        at: usize,
        data: Vec<u8>,
    },
    Cut {
        name: String,
        length: usize,
    },
    Rename {
        from: String,
        to: String,
    },
    Remove {
        name: String,
    },
    Sync {
        name: String,
    },
    SyncDirectory,
    /// A bulk call leaves.
    Call,
}

/// The files of a directory, by name.
pub type Image = BTreeMap<String, Vec<u8>>;

/// The steps of a program in a directory. What it maps into memory (the index of the log) is not seen, and not
/// needed either: it is made anew.
pub fn steps(calls: &[Syscall], directory: &str) -> Vec<Step> {
    let mut known: Vec<String> = Vec::new();
    let mut steps = Vec::new();
    for call in calls.iter().filter(|call| call.is_done()) {
        let named = |path: &str| {
            let name = path.strip_prefix(directory)?.strip_prefix('/')?;
            (name.starts_with("state.db") && !name.ends_with("-shm")).then(|| name.to_owned())
        };
        let opened = call.file().and_then(named);
        let quoted: Vec<String> = call
            .arguments
            .split('"')
            .skip(1)
            .step_by(2)
            .filter_map(named)
            .collect();
        let step = match (call.name.as_str(), opened, &quoted[..]) {
            ("openat", _, [name])
                if call.arguments.contains("O_CREAT") && !known.contains(name) =>
            {
                known.push(name.clone());
                Step::Create { name: name.clone() }
            }
            ("pwrite64", Some(name), _) => {
                let (data, rest) = text(&call.arguments);
                let at = rest.rsplit(", ").next().and_then(|at| at.parse().ok());
                Step::Write {
                    name,
                    at: at.expect("an offset"),
                    data,
                }
            }
            ("ftruncate", Some(name), _) => {
                let length = call
                    .arguments
                    .rsplit(", ")
                    .next()
                    .and_then(|length| length.parse().ok());
                Step::Cut {
                    name,
                    length: length.expect("a length"),
                }
            }
            ("fsync" | "fdatasync", Some(name), _) => Step::Sync { name },
            ("fsync" | "fdatasync", None, _) if call.file() == Some(directory) => {
                Step::SyncDirectory
            }
            ("rename" | "renameat" | "renameat2", _, [from, to]) => {
                known.retain(|name| name != from);
                known.push(to.clone());
                Step::Rename {
                    from: from.clone(),
                    to: to.clone(),
                }
            }
            ("unlink", _, [name]) => {
                known.retain(|other| other != name);
                Step::Remove { name: name.clone() }
            }
            _ if call.arguments.contains("POST /seiapi/v3/bulk/Users") => Step::Call,
            _ => continue,
        };
        steps.push(step);
    }
    steps
}

/// The bytes of the one string among the arguments, and what follows it.
fn text(arguments: &str) -> (Vec<u8>, &str) {
    let (_, quoted) = arguments.split_once('"').expect("a string");
    let mut bytes = Vec::new();
    let mut rest = quoted.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'"' => break,
            b'\\' => {
                let digits = rest
                    .iter()
                    .take(3)
                    .take_while(|digit| matches!(digit, b'0'..=b'7'))
                    .count();
                if digits > 0 {
                    let octal = rest[..digits]
                        .iter()
                        .fold(0_u32, |sum, digit| sum * 8 + u32::from(digit - b'0'));
                    bytes.push(octal as u8);
                    rest = &rest[digits..];
                    continue;
                }
                bytes.push(match rest[0] {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'v' => 0x0b,
                    b'f' => 0x0c,
                    itself => itself,
                });
                rest = &rest[1..];
            }
            plain => bytes.push(*plain),
        }
    }
    let rest = &quoted[quoted.len() - rest.len()..];
    assert!(!rest.starts_with("..."), "the trace keeps whole pages");
    (bytes, rest)
}

/// A disk that is about to lose its power.
#[derive(Default)]
pub struct Disk {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// The names after each change that no sync has covered.
    later_names: Vec<BTreeMap<String, usize>>,
    /// Bulk calls that have left.
    pub calls: usize,
}

#[derive(Default)]
struct File {
    durable: Vec<u8>,
    later: Vec<Step>,
}

impl Disk {
    /// Takes one step.
    pub fn take(&mut self, step: &Step) {
        match step {
            Step::Create { name } => {
                self.files.push(File::default());
                self.names.insert(name.clone(), self.files.len() - 1);
                self.later_names.push(self.names.clone());
            }
            Step::Rename { from, to } => {
                let file = self.names.remove(from).expect("a file to rename");
                self.names.insert(to.clone(), file);
                self.later_names.push(self.names.clone());
            }
            Step::Remove { name } => {
                self.names.remove(name);
                self.later_names.push(self.names.clone());
            }
            Step::Write { name, .. } | Step::Cut { name, .. } => {
                self.file(name).later.push(step.clone());
            }
            Step::Sync { name } => {
                let file = self.file(name);
                for step in std::mem::take(&mut file.later) {
                    apply(&mut file.durable, &step, |_| true);
                }
            }
            Step::SyncDirectory => {
                self.later_names.clear();
                self.durable_names = self.names.clone();
            }
            Step::Call => self.calls += 1,
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        let file = self.names[name];
        &mut self.files[file]
    }

    /// What may be found after a power cut now: for fate 0 only what is durable, for 1 everything, else by chance.
    pub fn after_a_cut(&self, fate: u64) -> Image {
        let mut chance = Chance::new(fate);
        let kept = match fate {
            0 => 0,
            1 => self.later_names.len(),
            _ => chance.below(self.later_names.len() + 1),
        };
        let names = match kept {
            0 => &self.durable_names,
            _ => &self.later_names[kept - 1],
        };
        let mut image = Image::new();
        for (name, file) in names {
            let file = &self.files[*file];
            let mut bytes = file.durable.clone();
            for step in &file.later {
                match (fate, chance.below(3)) {
                    (0, _) | (2.., 0) => {}
                    (1, _) | (_, 1) => apply(&mut bytes, step, |_| true),
                    _ => apply(&mut bytes, step, |_| chance.below(2) == 0),
                }
            }
            image.insert(name.clone(), bytes);
        }
        image
    }
}

/// Carries out those sectors of a write that are kept. To cut is one step.
fn apply(bytes: &mut Vec<u8>, step: &Step, mut is_kept: impl FnMut(usize) -> bool) {
    match step {
        Step::Write { at, data, .. } => {
            let mut done = 0;
            while done < data.len() {
                let from = at + done;
                let length = (SECTOR - from % SECTOR).min(data.len() - done);
                if is_kept(from / SECTOR) {
                    let end = from + length;
                    bytes.resize(bytes.len().max(end), 0);
                    bytes[from..end].copy_from_slice(&data[done..done + length]);
                }
                done += length;
            }
        }
        Step::Cut { length, .. } if is_kept(0) => bytes.resize(*length, 0),
        _ => {}
    }
}

/// Makes the directory hold exactly that.
pub fn write(image: &Image, directory: &Path) {
    let _ = std::fs::remove_dir_all(directory);
    std::fs::create_dir(directory).expect("a directory");
    for (name, bytes) in image {
        std::fs::write(directory.join(name), bytes).expect("a file");
    }
}

#[test]
fn only_what_was_synced_is_certain() {
    let write = |at: usize, byte: u8, length: usize| Step::Write {
        name: "state.db".to_owned(),
        at,
        data: vec![byte; length],
    };
    let name = || "state.db".to_owned();
    let mut disk = Disk::default();
    disk.take(&Step::Create { name: name() });
    assert!(disk.after_a_cut(0).is_empty() && disk.after_a_cut(1).len() == 1);
    disk.take(&Step::SyncDirectory);
    disk.take(&write(0, 1, 1024));
    disk.take(&Step::Sync { name: name() });
    disk.take(&write(512, 2, 1024));
    assert_eq!(disk.after_a_cut(0)["state.db"], vec![1; 1024]);
    assert_eq!(disk.after_a_cut(1)["state.db"][512..], vec![2; 1024]);
    let torn = (2..50).map(|fate| disk.after_a_cut(fate)["state.db"].clone());
    let torn = torn.filter(|bytes| bytes[512..1024] == [1; 512] && bytes.len() == 1536);
    assert!(torn.count() > 0, "the first sector lost, the second kept");
}

#[test]
fn the_bytes_of_a_trace_are_read_as_they_were() {
    let (bytes, rest) = text(r#"9</s/state.db>, "a\0\3\0377\n\"\\\v", 9, 32"#);
    assert_eq!(
        (&bytes[..], rest),
        (&b"a\x00\x03\x1f7\n\"\\\x0b"[..], ", 9, 32")
    );
}
