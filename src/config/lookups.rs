//! Side tables of `[map]`: the files that stand beside the configuration, read once with it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::mistake;
use crate::failure::Failure;
use crate::input::{Export, InputError, ReadOptions};
use crate::mapping::{Lookup, LookupTable, MappingSpec, TableFault, Transform};
use crate::model::{RawRow, RawValue};

/// Reads every side table that the mapping names. `text` is the configuration, so that a failure shows where in it
/// the file is named.
///
/// # Errors
/// A usage failure: the file cannot be read with certainty, lacks a column, or has a key twice.
pub(super) fn read(map: &mut MappingSpec, path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut known: HashMap<(String, Option<String>, Option<String>), Arc<LookupTable>> =
        HashMap::new();
    let steps = map
        .fields
        .iter_mut()
        .flat_map(|(_, spec)| &mut spec.transform);
    for step in steps {
        let Transform::Lookup(lookup) = step else {
            continue;
        };
        let key = (
            lookup.path.clone(),
            lookup.key.clone(),
            lookup.value.clone(),
        );
        let table = match known.get(&key) {
            Some(table) => table.clone(),
            None => {
                let table = table(lookup, &folder.join(&lookup.path))
                    .map_err(|why| pointed(why, &lookup.path, path, text))?;
                let table = Arc::new(table);
                known.insert(key, table.clone());
                table
            }
        };
        lookup.table = Some(table);
    }
    Ok(())
}

/// What is wrong with a side table, and what to do about it.
struct Why {
    message: String,
    hint: String,
}

fn pointed(why: Why, named: &str, path: &Path, text: &str) -> Failure {
    let what = format!("the lookup file {named}");
    mistake::at_text(&what, named, text, path)
        .caused_by(why.message)
        .hint(why.hint)
}

fn table(lookup: &Lookup, path: &Path) -> Result<LookupTable, Why> {
    let unreadable = |error: InputError| {
        let hint = match path.exists() {
            true => error.problem.hint.clone(),
            false => Some("its path is relative to the configuration".to_owned()),
        };
        Why {
            message: error.to_string(),
            hint: hint.unwrap_or_else(|| "crewsync preview shows how it reads".to_owned()),
        }
    };
    let mut export = Export::open(path, &ReadOptions::default()).map_err(unreadable)?;
    let columns = export.all_columns().map_err(unreadable)?;
    let (key, value) = columns_of(lookup, &columns.names)?;
    let mut rows = Vec::new();
    for batch in export.batches().map_err(unreadable)? {
        let batch = batch.map_err(unreadable)?;
        if let Some(refused) = batch.refused.first() {
            let line = refused.place.line;
            return Err(Why {
                message: format!("line {line}: {}", refused.problems[0].message),
                hint: "correct the file".to_owned(),
            });
        }
        rows.extend(batch.rows().map(|row| (cell(&row, key), cell(&row, value))));
    }
    let digest = export.digest().unwrap_or_default();
    let digest = blake3::Hash::from_bytes(digest).to_hex().to_string();
    LookupTable::new(rows, digest).map_err(|fault| match fault {
        TableFault::Twice(key) => Why {
            message: format!("\"{key}\" stands there twice, with different values"),
            hint: "leave one of them in the file".to_owned(),
        },
        TableFault::NoKey(value) => Why {
            message: format!("the row of \"{value}\" has no key"),
            hint: "fill the cell, or take the row out".to_owned(),
        },
    })
}

/// The columns of key and value: those that are named, else the only two.
fn columns_of(lookup: &Lookup, names: &[Box<str>]) -> Result<(usize, usize), Why> {
    let find = |named: &Option<String>, at: usize| match named {
        None if names.len() == 2 => Ok(at),
        None => Err(Why {
            message: format!("it has {} columns", names.len()),
            hint: "say which are meant: { lookup = \"…\", key = \"…\", value = \"…\" }".to_owned(),
        }),
        Some(named) => names
            .iter()
            .position(|name| name.trim() == named.trim())
            .ok_or_else(|| Why {
                message: format!("it has no column \"{named}\""),
                hint: format!("it has: {}", names.join(", ")),
            }),
    };
    Ok((find(&lookup.key, 0)?, find(&lookup.value, 1)?))
}

fn cell(row: &RawRow<'_>, column: usize) -> String {
    match row.cell(column) {
        RawValue::Missing => String::new(),
        RawValue::Text(text) => text.to_owned(),
        RawValue::Json(json) => match json.as_str() {
            Some(text) => text.to_owned(),
            None if json.is_null() => String::new(),
            None => json.to_string(),
        },
    }
}
