//! Rows that differ between two exports, by key: the csv-diff crate.

use std::fs::File;

use csv_diff::csv::Csv;
use csv_diff::csv_diff::CsvByteDiffLocal;
use csv_diff::diff_row::DiffByteRecord;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let open = |path: &str| File::open(path).map(Csv::with_reader_seek);
    let found = CsvByteDiffLocal::new()?.diff(open(&paths[0])?, open(&paths[1])?)?;
    let (mut added, mut removed, mut changed) = (0, 0, 0);
    for record in found.as_slice() {
        match record {
            DiffByteRecord::Add(_) => added += 1,
            DiffByteRecord::Delete(_) => removed += 1,
            DiffByteRecord::Modify { .. } => changed += 1,
        }
    }
    println!("added {added}, removed {removed}, changed {changed}");
    Ok(())
}
