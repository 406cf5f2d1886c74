//! What must be survived, row by row, and which tests show it. The rows that no test covers whole say what is missing.

#[path = "failure_matrix/rows.rs"]
mod rows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::support::strace::say;

use rows::{INPUT, NETWORK, PROCESS_AND_DISK, Row, SECRETS};

#[test]
fn every_row_names_its_tests_or_what_is_missing() {
    let tests = tests();
    let rows = [NETWORK, PROCESS_AND_DISK, INPUT, SECRETS].concat();
    let mut unknown = Vec::new();
    let mut left = Vec::new();
    for (failure, shown_by, missing) in &rows {
        let shown_by = shown_by.iter().filter(|test| !tests.contains(**test));
        unknown.extend(shown_by.map(|test| format!("{failure}: {test}")));
        left.extend(missing.map(|missing| format!("\n  {failure}: {missing}")));
    }
    assert_eq!(unknown, Vec::<String>::new(), "no such tests");
    let is_covered = |(_, shown_by, missing): &&Row| !shown_by.is_empty() && missing.is_none();
    let covered = rows.iter().filter(is_covered).count();
    assert_eq!(
        covered + left.len(),
        rows.len(),
        "a row without tests says what is missing"
    );
    let (rows, left) = (rows.len(), left.concat());
    say(&format!(
        "failure matrix: {covered} of {rows} rows covered; not covered:{left}"
    ));
}

/// The names of all tests in the sources.
fn tests() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src"), root.join("tests/it")];
    let mut names = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("a folder of sources");
        for path in entries.map(|entry| entry.expect("an entry").path()) {
            match path.is_dir() {
                true => folders.push(path),
                false => names.extend(tests_of(&path)),
            }
        }
    }
    names
}

fn tests_of(path: &PathBuf) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    // Whatever stands in the attribute beside the word.
    let attributes = text.split("#[").skip(1);
    let after =
        attributes.filter(|after| after.starts_with("test]") || after.starts_with("tokio::test"));
    let name = |after: &str| {
        let (_, name) = after.split_once("fn ")?;
        Some(name.split_once('(')?.0.to_owned())
    };
    after.filter_map(name).collect()
}
