//! A run's report files: complete when they appear under their names, and readable by their owner only.

use std::fs::{self, DirBuilder, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use crate::model::Run;

use super::csv::write_csv;

/// Writes `run-<id>.json` (the whole run as JSON) and `run-<id>.csv` into the directory, which is made (0700) if
/// it is missing. Gives their paths, JSON first. A report of the same run is replaced.
pub fn write_run_files(dir: &Path, run: &Run) -> io::Result<(PathBuf, PathBuf)> {
    private_dir(dir)?;
    let [json, csv] = names_of(&run.run);
    let json = write_file(dir, &json, |out| {
        serde_json::to_writer_pretty(&mut *out, run)?;
        out.write_all(b"\n")
    })?;
    let csv = write_file(dir, &csv, |out| write_csv(out, run))?;
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok((json, csv))
}

/// Where the report files of a run stand in a folder, if they do.
pub fn report_files(dir: &Path, run: &str) -> [PathBuf; 2] {
    names_of(run).map(|name| dir.join(name))
}

fn names_of(run: &str) -> [String; 2] {
    let name = format!("run-{}", file_safe(run));
    [format!("{name}.json"), format!("{name}.csv")]
}

/// Writes one file as all ours are written: whole when it appears under its name, and readable by its owner only.
/// The folder is made (0700) if it is missing. What stands there and is no file is left alone.
pub fn write_private_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&mut NamedTempFile>) -> io::Result<()>,
) -> io::Result<()> {
    let name = path.file_name().and_then(|name| name.to_str());
    let found = fs::metadata(path);
    let (Some(name), false) = (name, found.is_ok_and(|found| !found.is_file())) else {
        return Err(io::Error::other("it is not the name of a file"));
    };
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    private_dir(dir)?;
    write_file(dir, name, write)?;
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Writes under a temporary name (0600) and renames when all is on the disk.
pub(super) fn write_file(
    dir: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<&mut NamedTempFile>) -> io::Result<()>,
) -> io::Result<PathBuf> {
    let mut file = Builder::new().prefix(".report-").tempfile_in(dir)?;
    let mut out = BufWriter::new(&mut file);
    write(&mut out)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    let path = dir.join(name);
    file.persist(&path).map_err(|error| error.error)?;
    Ok(path)
}

fn private_dir(dir: &Path) -> io::Result<()> {
    if fs::metadata(dir).is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Our ids are plain, but an id never decides where a file goes.
fn file_safe(id: &str) -> String {
    id.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || character == '-' {
                character
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::{plan, run};

    #[test]
    fn both_files_are_written_private_and_replaced() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("reports");
        let mut finished = run(&plan(vec![], vec![], 3), vec![], vec![]);
        finished.run = "../01/x".to_owned();
        for _ in 0..2 {
            let (json, csv) = write_run_files(&dir, &finished).unwrap();
            assert_eq!(json, dir.join("run-___01_x.json"));
            assert_eq!(csv, dir.join("run-___01_x.csv"));
            let read: serde_json::Value =
                serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
            assert_eq!(read["summary"]["unchanged"], 3);
            assert_eq!(
                fs::read_dir(&dir).unwrap().count(),
                2,
                "nothing else is left"
            );
            assert_eq!(modes(&[&dir, &json, &csv]), [0o700, 0o600, 0o600]);
        }
    }

    #[cfg(unix)]
    fn modes(paths: &[&Path]) -> Vec<u32> {
        use std::os::unix::fs::PermissionsExt;
        paths
            .iter()
            .map(|path| fs::metadata(path).unwrap().permissions().mode() & 0o777)
            .collect()
    }
}
