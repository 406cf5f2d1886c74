//! Where bytes come from, and that they stay the same.

use super::*;

fn open(path: &Path) -> Result<Export, InputError> {
    Export::open(path, &ReadOptions::default())
}

#[test]
fn two_passes_give_the_same_rows_and_digest() {
    let file = file_of(b"id,b\n1,2\n");
    let mut export = open(file.path()).unwrap();
    assert_eq!(export.digest(), None);
    let first = read_export(&mut export).unwrap();
    assert_eq!(
        export.digest(),
        Some(*blake3::hash(b"id,b\n1,2\n").as_bytes())
    );
    assert_eq!(read_export(&mut export).unwrap(), first);
    assert_eq!(export.all_columns().unwrap().names.len(), 2);
    assert_eq!(**export.name(), *file.path().to_string_lossy());
}

#[test]
fn all_columns_of_json_need_the_whole_file() {
    let file = file_of(b"{\"a\":1}\n{\"b\":1}\n");
    let mut export = open(file.path()).unwrap();
    export.block_bytes = 4;
    let columns = export.all_columns().unwrap();
    assert_eq!(
        columns.names.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["a", "b"]
    );
}

#[test]
fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let missing = open(&folder.path().join("none.csv")).unwrap_err();
    assert_eq!(missing.problem.message, "there is no such file");
    assert!(std::error::Error::source(&missing).is_some());
    assert_eq!(
        open(folder.path()).unwrap_err().problem.message,
        "it is a directory"
    );
    #[cfg(unix)]
    assert_eq!(
        open(Path::new("/dev/zero")).unwrap_err().problem.message,
        "it is a device, not a file or a pipe"
    );
}

fn code_after(change: impl FnOnce(&Path)) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users.csv");
    fs::write(&path, "id,b\n1,2\n3,4\n").unwrap();
    let mut export = open(&path).unwrap();
    read_export(&mut export).unwrap();
    change(&path);
    read_export(&mut export)
        .err()
        .map(|error| error.problem.code)
}

#[test]
fn a_file_that_changed_is_refused() {
    let changed = Some("file_changed".to_owned());
    assert_eq!(code_after(|_| ()), None);
    let grown = code_after(|path| {
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(b"5,6\n").unwrap();
    });
    assert_eq!(grown, changed);
    assert_eq!(
        code_after(|path| fs::write(path, "id,b\n1,2\n").unwrap()),
        changed
    );
    #[cfg(unix)]
    {
        let replaced = code_after(|path| {
            let other = path.with_extension("new");
            fs::write(&other, "id,b\n9,9\n").unwrap();
            fs::rename(other, path).unwrap();
        });
        assert_eq!(replaced, changed);
        assert_eq!(code_after(|path| fs::remove_file(path).unwrap()), None);
    }
    // The same size and time, other bytes: only the digest tells.
    let edited = code_after(|path| {
        let before = fs::metadata(path).unwrap().modified().unwrap();
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        (&file).write_all(b"id,b\n1,7\n").unwrap();
        file.set_modified(before).unwrap();
    });
    assert_eq!(edited, changed);
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_is_spooled_to_a_file_that_nobody_else_can_open() {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;

    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"id,b\n1,2\n").unwrap();
    drop(writer);
    let mut export = open(Path::new(&format!("/proc/self/fd/{}", reader.as_raw_fd()))).unwrap();
    let first = read_export(&mut export).unwrap();
    assert_eq!(first.rows, ["2|1|2"]);
    assert_eq!(read_export(&mut export).unwrap(), first);

    let spool = export.source.metadata().unwrap();
    assert_eq!((spool.mode() & 0o777, spool.nlink()), (0o600, 0));
}
