//! How an export is handed over: which file of a directory is the newest, whether it is complete, of when it is, and
//! how many rows it should have. What is said about that is checked here; whether it is good enough, a guard judges.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;

use super::error::InputError;
use super::name_pattern::NamePattern;
use super::source::unreadable;

/// What the person says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// What the time of an export is known by; `None`: by that of its last change, and a directory is refused.
    pub newest_by: Option<DatedBy>,
    /// A file that says that the export is complete.
    pub ready_file: Option<Companion>,
    /// What says how many rows the export has.
    pub control_total: Option<ControlTotal>,
}

/// What the time of an export is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatedBy {
    /// When the file was last changed.
    Modified,
    /// Its name; only names that fit are exports. One without a time in it leaves the time of the last change.
    Name(NamePattern),
    /// The latest date in a column.
    Column {
        /// The column, as the file spells it.
        name: String,
        /// How dates are written there, by strftime; ISO 8601 if it is left out.
        format: Option<String>,
    },
}

/// Where the number of rows stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlTotal {
    /// In the rows at the end that are no rows: the one whole number in them.
    Footer,
    /// In a file beside the export: the one whole number in it.
    File(Companion),
    /// In the JSON document of the export, behind these keys.
    Key(Arc<[String]>),
}

/// The path of a file that belongs to an export, from the export's directory; `{name}` is the name of the export,
/// `{stem}` the same without its last extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Companion {
    /// The path with its placeholders.
    pub path: String,
}

impl Companion {
    /// Where it stands for that export.
    pub fn of(&self, export: &Path) -> PathBuf {
        let name = export.file_name().unwrap_or_default().to_string_lossy();
        let stem = export.file_stem().unwrap_or_default().to_string_lossy();
        let path = self.path.replace("{name}", &name).replace("{stem}", &stem);
        export.parent().unwrap_or(Path::new("")).join(path)
    }
}

/// An export that has arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The file to read.
    pub path: PathBuf,
    /// How it was chosen, where it was.
    pub evidence: Option<String>,
    /// Of when it is, if that is known before it is read.
    pub dated: Option<Timestamp>,
    /// The number of rows that a file beside it says, or why it says none.
    pub total: Option<Result<u64, String>>,
}

impl Arrival {
    /// Chooses the newest file of a directory, and waits for nothing: an export that is not complete is refused.
    pub(super) fn arrived(&self, path: &Path) -> Result<Arrived, InputError> {
        let name: Arc<str> = path.to_string_lossy().into();
        let is_piped = &*name == "-";
        let (path, evidence) = match &self.newest_by {
            Some(dated_by) if !is_piped && path.is_dir() => {
                let newest = self.newest(&name, path, dated_by)?;
                let evidence = format!(
                    "newest of {name}: {}, {}",
                    newest.file_name().unwrap_or_default().to_string_lossy(),
                    dated_by.words()
                );
                (newest, Some(evidence))
            }
            _ => (path.to_owned(), None),
        };
        if let Some(ready) = &self.ready_file {
            refuse_unready(&path, is_piped, ready)?;
        }
        let total = match &self.control_total {
            Some(ControlTotal::File(control)) if !is_piped => Some(total_of(&control.of(&path))),
            Some(ControlTotal::File(_)) => Some(Err("no file stands beside a pipe".to_owned())),
            Some(ControlTotal::Footer | ControlTotal::Key(_)) | None => None,
        };
        let dated = match is_piped {
            true => None,
            false => self.time_of(&path),
        };
        Ok(Arrived {
            path,
            evidence,
            dated,
            total,
        })
    }

    /// The time of a file, unless only its rows tell it.
    fn time_of(&self, path: &Path) -> Option<Timestamp> {
        let dated_by = self.newest_by.as_ref().unwrap_or(&DatedBy::Modified);
        match dated_by {
            DatedBy::Name(pattern) if pattern.is_dated() => {
                let name = path.file_name()?.to_str()?;
                pattern.reads(name).flatten()
            }
            DatedBy::Modified | DatedBy::Name(_) => modified(path),
            DatedBy::Column { .. } => None,
        }
    }

    fn newest(
        &self,
        name: &Arc<str>,
        directory: &Path,
        dated_by: &DatedBy,
    ) -> Result<PathBuf, InputError> {
        if let DatedBy::Column { .. } = dated_by {
            let message =
                "it is a directory, and which of its files is the newest is said by a column";
            return Err(InputError::new(name, "unreadable_file", message).hint(
                "name the file, or let [source] newest_by be \"mtime\" or a pattern of names",
            ));
        }
        let entries = fs::read_dir(directory).map_err(|error| unreadable(name, error))?;
        let paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file() && !is_hidden(path))
            .collect();
        let companions: Vec<PathBuf> = paths
            .iter()
            .flat_map(|path| self.companions(path))
            .collect();
        let mut dated: Vec<(Option<Timestamp>, PathBuf)> = paths
            .into_iter()
            .filter(|path| dated_by.takes(path) && !companions.contains(path))
            .map(|path| (self.time_of(&path), path))
            .collect();
        dated.sort();
        match dated.as_slice() {
            [] => Err(
                InputError::new(name, "no_export", "there is no export in this directory")
                    .hint("has it been delivered? which files are exports says [source] newest_by"),
            ),
            [.., (before, other), (time, newest)] if before == time => {
                let message = format!(
                    "{} and {} are equally new",
                    other.display(),
                    newest.display()
                );
                Err(InputError::new(name, "ambiguous_newest", message)
                    .hint("name the one to read, or let their names tell: [source] newest_by"))
            }
            [.., (_, newest)] => Ok(newest.clone()),
        }
    }

    fn companions(&self, export: &Path) -> Vec<PathBuf> {
        let control = match &self.control_total {
            Some(ControlTotal::File(control)) => Some(control),
            _ => None,
        };
        let companions = self.ready_file.iter().chain(control);
        companions
            .map(|companion| companion.of(export))
            .filter(|path| path != export)
            .collect()
    }
}

impl DatedBy {
    /// What the time is known by, in words.
    pub fn words(&self) -> String {
        match self {
            DatedBy::Modified => "by the time of its last change".to_owned(),
            DatedBy::Name(pattern) if pattern.is_dated() => "by its name".to_owned(),
            DatedBy::Name(_) => "by the time of its last change".to_owned(),
            DatedBy::Column { name, .. } => format!("by its column {name}"),
        }
    }

    fn takes(&self, path: &Path) -> bool {
        match self {
            DatedBy::Name(pattern) => {
                let name = path.file_name().and_then(|name| name.to_str());
                name.is_some_and(|name| pattern.reads(name).is_some())
            }
            DatedBy::Modified | DatedBy::Column { .. } => true,
        }
    }
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with('.')
}

fn modified(path: &Path) -> Option<Timestamp> {
    changed_at(path).and_then(|time| Timestamp::try_from(time).ok())
}

fn changed_at(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|file| file.modified()).ok()
}

/// Refuses an export whose ready file is missing, or was left by the export before.
fn refuse_unready(export: &Path, is_piped: bool, ready: &Companion) -> Result<(), InputError> {
    let name: Arc<str> = export.to_string_lossy().into();
    let refuse = |message: String| {
        Err(InputError::new(&name, "not_ready", message)
            .hint("run again when the export is complete; what says so is [source] ready_file"))
    };
    if is_piped {
        return refuse("no ready file stands beside a pipe".to_owned());
    }
    let ready = ready.of(export);
    match (changed_at(&ready), changed_at(export)) {
        (None, _) => refuse(format!("its ready file {} is not there", ready.display())),
        (Some(said), Some(changed)) if said < changed => refuse(format!(
            "it was changed after its ready file {} was written",
            ready.display()
        )),
        _ => Ok(()),
    }
}

/// The one whole number in a small file.
fn total_of(path: &Path) -> Result<u64, String> {
    const BYTES_MAX: u64 = 64 << 10;
    let there = fs::metadata(path).map_err(|_| format!("{} is not there", path.display()))?;
    if there.len() > BYTES_MAX {
        return Err(format!("{} is no small file", path.display()));
    }
    let text = fs::read(path).map_err(|_| format!("{} cannot be read", path.display()))?;
    let text = String::from_utf8_lossy(&text);
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    one_number(words).ok_or_else(|| format!("{} does not hold one whole number", path.display()))
}

/// The whole number, if it is the only one among these texts.
pub(super) fn one_number<'t>(texts: impl Iterator<Item = &'t str>) -> Option<u64> {
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut numbers = texts.map(str::trim).filter(is_number);
    let number = numbers.next()?.parse().ok()?;
    numbers.next().is_none().then_some(number)
}
