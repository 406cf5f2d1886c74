//! A path → bytes that can be read more than once and are provably the same each time.
//!
//! One descriptor is opened and kept. What cannot be read twice (standard input, a pipe) is first copied to
//! an unlinked temporary file that only we can read. Every whole pass is hashed; a file that grew, was
//! replaced or reads differently the second time is refused, because a plan must describe one export.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::error::InputError;
use super::limits::SPOOL_BYTES_MAX;
use super::pass::Pass;

/// An open export.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    name: Arc<str>,
    /// Where the file was found; `None` if its bytes were spooled.
    path: Option<PathBuf>,
    stamp: Stamp,
    digest: Option<[u8; 32]>,
    /// That of the file from which this one was made.
    original: Option<[u8; 32]>,
}

/// What the system says of a file that nobody touched.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    inode: (u64, u64),
}

impl Source {
    /// Opens a file, a pipe, or standard input (`-`).
    pub(super) fn open(path: &Path) -> Result<Source, InputError> {
        let name: Arc<str> = path.to_string_lossy().into();
        if &*name == "-" {
            refuse_unreadable_stdin(&name)?;
            return Source::spool(name, io::stdin().lock());
        }
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|error| unreadable(&name, error))?;
        refuse_unreadable_kind(&name, &metadata)?;
        if !metadata.is_file() {
            return Source::spool(name, file);
        }
        Ok(Source {
            file,
            path: Some(path.to_owned()),
            stamp: Stamp::of(&metadata),
            name,
            digest: None,
            original: None,
        })
    }

    /// Copies what can be read once only; the file has no name and dies with us.
    fn spool(name: Arc<str>, input: impl Read) -> Result<Source, InputError> {
        let failed = |error: io::Error| {
            InputError::new(
                &name,
                "unreadable_file",
                "it could not be copied to a temporary file",
            )
            .hint("the temporary directory (TMPDIR) needs room for the whole export")
            .caused_by(error)
        };
        let mut file = unnamed_file().map_err(failed)?;
        let copied = io::copy(&mut input.take(SPOOL_BYTES_MAX + 1), &mut file).map_err(failed)?;
        if copied > SPOOL_BYTES_MAX {
            let message = format!("more than {SPOOL_BYTES_MAX} bytes came through the pipe");
            return Err(InputError::new(&name, "file_too_large", message));
        }
        let stamp = Stamp::of(&file.metadata().map_err(failed)?);
        Ok(Source {
            file,
            name,
            path: None,
            stamp,
            digest: None,
            original: None,
        })
    }

    /// Another file of ours in its place, made of it: it keeps the name and the digest.
    pub(super) fn replaced_by(self, file: File) -> Result<Source, InputError> {
        let metadata = file
            .metadata()
            .map_err(|error| unreadable(&self.name, error))?;
        Ok(Source {
            stamp: Stamp::of(&metadata),
            file,
            path: None,
            original: self.digest,
            digest: None,
            name: self.name,
        })
    }

    /// Makes one whole pass for its proofs alone.
    pub(super) fn prove(&mut self) -> Result<(), InputError> {
        let name = self.name.clone();
        let mut pass = self.pass()?;
        match io::copy(&mut pass, &mut io::sink()) {
            Ok(_) => Ok(()),
            Err(error) => Err(pass
                .take_failure()
                .unwrap_or_else(|| unreadable(&name, error))),
        }
    }

    /// As the person named it.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Bytes of the file when it was opened.
    pub(super) fn bytes(&self) -> u64 {
        self.stamp.bytes
    }

    /// Takes the digest of a whole pass: it must be that of the passes before.
    pub(super) fn settle(&mut self, digest: [u8; 32]) -> Result<(), InputError> {
        self.check_unchanged()?;
        match self.digest {
            Some(before) if before != digest => {
                Err(self.changed("it reads differently the second time"))
            }
            _ => {
                self.digest = Some(digest);
                Ok(())
            }
        }
    }

    /// blake3 of all bytes, once a whole pass was made.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        self.original.or(self.digest)
    }

    /// What the system says of the descriptor.
    pub(super) fn metadata(&self) -> Result<Metadata, InputError> {
        self.file
            .metadata()
            .map_err(|error| unreadable(&self.name, error))
    }

    /// A hashed reading from the first byte.
    pub(super) fn pass(&mut self) -> Result<Pass<'_>, InputError> {
        self.rewind()?;
        Ok(Pass::new(self))
    }

    /// The descriptor where it stands.
    pub(super) fn descriptor(&self) -> &File {
        &self.file
    }

    /// A look at the bytes from the first one on, without any proof. Not while a pass goes on.
    pub(super) fn look(&self) -> Result<&File, InputError> {
        self.rewind()?;
        Ok(&self.file)
    }

    fn rewind(&self) -> Result<(), InputError> {
        (&self.file)
            .seek(SeekFrom::Start(0))
            .map(|_| ())
            .map_err(|error| unreadable(&self.name, error))
    }

    /// Whether the file is still the one that was opened. A file that was only unlinked is: we hold all of it.
    pub(super) fn check_unchanged(&self) -> Result<(), InputError> {
        if Stamp::of(&self.metadata()?) != self.stamp {
            return Err(self.changed("it was written to while it was read"));
        }
        let there = self.path.as_deref().map(std::fs::metadata);
        match there {
            Some(Ok(there)) if Stamp::of(&there).inode != self.stamp.inode => {
                Err(self.changed("it was replaced by another file while it was read"))
            }
            _ => Ok(()),
        }
    }

    /// The refusal of a file that did not stay what it was.
    pub(super) fn changed(&self, message: &str) -> InputError {
        InputError::new(&self.name, "file_changed", message).hint(
            "run again when the export is complete; write it under another name, then rename it",
        )
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        Stamp {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            inode: inode(metadata),
        }
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn inode(_metadata: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// An unlinked temporary file that only we may read, should anybody reach it through `/proc`.
pub(super) fn unnamed_file() -> io::Result<File> {
    let file = tempfile::tempfile()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// What the system says about a file that cannot be read, in words.
pub(super) fn unreadable(name: &Arc<str>, error: io::Error) -> InputError {
    let (message, hint) = match error.kind() {
        io::ErrorKind::NotFound => (
            "there is no such file",
            "check the path; it stands relative to the working directory",
        ),
        io::ErrorKind::PermissionDenied => (
            "this account may not read it",
            "give the account that runs crewsync the right to read it",
        ),
        _ => ("it cannot be read", "check the file and its disk"),
    };
    InputError::new(name, "unreadable_file", message)
        .hint(hint)
        .caused_by(error)
}

fn refuse_unreadable_kind(name: &Arc<str>, metadata: &Metadata) -> Result<(), InputError> {
    if metadata.is_dir() {
        return Err(
            InputError::new(name, "unreadable_file", "it is a directory")
                .hint("name one file in it, or say how the newest is known: [source] newest_by"),
        );
    }
    if is_device(metadata) {
        return Err(InputError::new(
            name,
            "unreadable_file",
            "it is a device, not a file or a pipe",
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    kind.is_char_device() || kind.is_block_device()
}

#[cfg(not(unix))]
fn is_device(_metadata: &Metadata) -> bool {
    false
}

/// A terminal is a device on which a person can type rows; another device has no end.
#[cfg(unix)]
fn refuse_unreadable_stdin(name: &Arc<str>) -> Result<(), InputError> {
    use std::io::IsTerminal;
    use std::os::fd::AsFd;

    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Ok(());
    }
    let cloned = stdin.as_fd().try_clone_to_owned();
    let metadata = cloned
        .and_then(|descriptor| File::from(descriptor).metadata())
        .map_err(|error| unreadable(name, error))?;
    refuse_unreadable_kind(name, &metadata)
}

#[cfg(not(unix))]
fn refuse_unreadable_stdin(_name: &Arc<str>) -> Result<(), InputError> {
    Ok(())
}
