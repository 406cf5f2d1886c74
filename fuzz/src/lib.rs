//! What all targets do with bytes: read them as an export, twice.
//!
//! Nothing may panic, and the second reading must give what the first gave: rows, refusals, or the same error.

use std::io::{Seek, Write};
use std::path::PathBuf;

use crewsync::input::{Export, ReadOptions};
use crewsync::model::RawValue;

/// Reads the bytes as an export under those options.
pub fn read_twice(bytes: &[u8], options: &ReadOptions) {
    let (path, _file) = file_of(bytes);
    let Ok(mut export) = Export::open(&path, options) else {
        return;
    };
    let first = read(&mut export);
    assert_eq!(
        first,
        read(&mut export),
        "the second reading is another one"
    );
}

/// Rows with their lines, the codes of refused rows, and the code of the error that ended it.
fn read(export: &mut Export) -> Vec<String> {
    let batches = match export.batches() {
        Ok(batches) => batches,
        Err(error) => return vec![error.problem.code],
    };
    let mut seen = Vec::new();
    for batch in batches {
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                seen.push(error.problem.code);
                break;
            }
        };
        for row in batch.rows() {
            let cells = (0..row.columns().names.len()).map(|column| match row.cell(column) {
                RawValue::Missing => "-".to_owned(),
                RawValue::Text(text) => text.to_owned(),
                RawValue::Json(json) => json.to_string(),
            });
            let cells: Vec<String> = cells.collect();
            seen.push(format!("{}|{}", row.place().line, cells.join("|")));
        }
        seen.extend(batch.refused.iter().map(|row| row.problems[0].code.clone()));
    }
    seen
}

/// A file of its own for each process, written anew each time.
fn file_of(bytes: &[u8]) -> (PathBuf, tempfile::NamedTempFile) {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    file.rewind().expect("a file");
    (file.path().to_owned(), file)
}
