//! The state directory: made private, and its entries made durable.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreError;

/// The directory that holds the store and the lock.
#[derive(Clone, Debug)]
pub struct StateDir {
    path: PathBuf,
}

impl StateDir {
    /// Opens the directory, making it (0700) with its missing parents. One that exists keeps its permissions:
    /// it may be a mounted volume or serve others too; the files in it are 0600 in any case.
    pub fn open(path: &Path) -> Result<StateDir, StoreError> {
        let failed = |doing| {
            move |source| StoreError::Io {
                path: path.to_owned(),
                doing,
                source,
            }
        };
        let missing: Vec<&Path> = path
            .ancestors()
            .filter(|part| !part.as_os_str().is_empty())
            .take_while(|part| !part.exists())
            .collect();
        private_builder()
            .create(path)
            .map_err(failed("create the state directory"))?;
        for made in missing {
            sync_dir(parent(made)).map_err(failed("create the state directory"))?;
        }
        fs::read_dir(path).map_err(failed("read the state directory"))?;
        Ok(StateDir {
            path: path.to_owned(),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

/// Makes created, renamed and removed entries of a directory survive a power cut.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    // Elsewhere than on Unix a directory cannot be opened as a file, and needs no such call.
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn private_builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Options that make a file which only its owner can read.
pub(super) fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
