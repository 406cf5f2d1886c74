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

use super::encoding::line_breaks;
use super::error::InputError;
use super::limits::SPOOL_BYTES_MAX;

/// An open export.
#[derive(Debug)]
pub(super) struct Source {
    file: File,
    name: Arc<str>,
    /// Where the file was found; `None` if its bytes were spooled.
    path: Option<PathBuf>,
    stamp: Stamp,
    digest: Option<[u8; 32]>,
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
        })
    }

    /// As the person named it.
    pub(super) fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// blake3 of all bytes, once a whole pass was made.
    pub(super) fn digest(&self) -> Option<[u8; 32]> {
        self.digest
    }

    /// What the system says of the descriptor.
    pub(super) fn metadata(&self) -> Result<Metadata, InputError> {
        self.file
            .metadata()
            .map_err(|error| unreadable(&self.name, error))
    }

    /// At most that many bytes from the beginning, and whether they are the whole file.
    pub(super) fn head(&self, bytes_max: usize) -> Result<(Vec<u8>, bool), InputError> {
        let mut head = Vec::new();
        self.rewind()?;
        (&self.file)
            .take(bytes_max as u64 + 1)
            .read_to_end(&mut head)
            .map_err(|error| unreadable(&self.name, error))?;
        let whole = head.len() <= bytes_max;
        head.truncate(bytes_max);
        Ok((head, whole))
    }

    /// A reading from the first byte.
    pub(super) fn pass(&mut self) -> Result<Pass<'_>, InputError> {
        self.rewind()?;
        Ok(Pass {
            source: self,
            hasher: blake3::Hasher::new(),
            bytes_read: 0,
        })
    }

    /// The physical line, from 1, of the byte at that offset. Reads the file anew: only an error asks for it.
    pub(super) fn line_of(&self, offset: u64) -> Result<u64, InputError> {
        let mut block = vec![0; 1 << 16];
        let mut before = (&self.file).take(offset);
        let (mut line, mut after_return) = (1, false);
        self.rewind()?;
        loop {
            let count = before
                .read(&mut block)
                .map_err(|error| unreadable(&self.name, error))?;
            let Some(&end) = block[..count].last() else {
                return Ok(line);
            };
            line += line_breaks(&block[..count]);
            // A CRLF on the border of two blocks was counted by both.
            line -= u64::from(after_return && block[0] == b'\n');
            after_return = end == b'\r';
        }
    }

    fn rewind(&self) -> Result<(), InputError> {
        (&self.file)
            .seek(SeekFrom::Start(0))
            .map(|_| ())
            .map_err(|error| unreadable(&self.name, error))
    }

    /// Whether the file is still the one that was opened. A file that was only unlinked is: we hold all of it.
    fn check_unchanged(&self) -> Result<(), InputError> {
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

    fn changed(&self, message: &str) -> InputError {
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

/// One reading of a source from its first byte to its last.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    source: &'a mut Source,
    hasher: blake3::Hasher,
    bytes_read: u64,
}

impl Pass<'_> {
    /// The source that is read.
    pub(super) fn source(&self) -> &Source {
        self.source
    }

    /// Bytes read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Reads until `block` is full or the file ends (then fewer bytes are given). The end is where the
    /// proofs are made: same digest as before, same size, time and inode.
    pub(super) fn read(&mut self, block: &mut [u8]) -> Result<usize, InputError> {
        let mut filled = 0;
        while filled < block.len() {
            match self.source.file.read(&mut block[filled..]) {
                Ok(0) => {
                    self.hasher.update(&block[..filled]);
                    self.bytes_read += filled as u64;
                    return self.finish().map(|()| filled);
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&self.source.name, error)),
            }
        }
        self.hasher.update(block);
        self.bytes_read += filled as u64;
        if self.bytes_read > self.source.stamp.bytes {
            return Err(self.source.changed("it grows while it is read"));
        }
        Ok(filled)
    }

    fn finish(&mut self) -> Result<(), InputError> {
        self.source.check_unchanged()?;
        let digest = *self.hasher.finalize().as_bytes();
        match self.source.digest {
            Some(before) if before != digest => {
                Err(self.source.changed("it reads differently the second time"))
            }
            _ => {
                self.source.digest = Some(digest);
                Ok(())
            }
        }
    }
}

/// An unlinked temporary file that only we may read, should anybody reach it through `/proc`.
fn unnamed_file() -> io::Result<File> {
    let file = tempfile::tempfile()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

fn unreadable(name: &Arc<str>, error: io::Error) -> InputError {
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
                .hint("name one file in it"),
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
