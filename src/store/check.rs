//! Whether a store is what was written: its schema, its pages, its indexes and the checksum of each row.
//!
//! SQLite believes what it reads. A byte that turned may hide a row from a query instead of spoiling it, and an
//! operation that seems not to have ended would be sent again; so everything that a run decides on is checked
//! before it decides.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::error::Fault;
use super::migrations;
use super::rows::sum;

/// Tables whose rows are all read by whoever needs them, and checked then. They hold whole users.
const CHECKED_WHEN_READ: [&str; 1] = ["users"];

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Everything that a run decides on before it reads a table whole.
    Decisive,
    /// Every row of every table.
    Whole,
}

/// Checks it.
///
/// # Errors
/// [`Fault::Damaged`] with what was found first.
pub(super) fn check(connection: &Connection, version: i64, extent: Extent) -> Result<(), Fault> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    believe(verdict)?;
    for table in check_schema(connection, version)? {
        if extent == Extent::Decisive && CHECKED_WHEN_READ.contains(&table.as_str()) {
            continue;
        }
        let indexes = format!("PRAGMA integrity_check({table})");
        believe(connection.query_row(&indexes, [], |row| row.get(0))?)?;
        check_rows(connection, &table)?;
    }
    Ok(())
}

fn believe(verdict: String) -> Result<(), Fault> {
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(Fault::Damaged(verdict)),
    }
}

/// Compares the schema with the one that crewsync makes, and gives its tables.
fn check_schema(connection: &Connection, version: i64) -> Result<Vec<String>, Fault> {
    let mut made = Connection::open_in_memory()?;
    migrations::migrate(&mut made, 0, version)?;
    let (found, made) = (schema(connection)?, schema(&made)?);
    if let Some((kind, name, _)) = found.symmetric_difference(&made).next() {
        let why = format!("its schema is not the one of version {version}: {kind} {name}");
        return Err(Fault::Damaged(why));
    }
    let tables = made.into_iter().filter(|(kind, ..)| kind == "table");
    Ok(tables.map(|(_, name, _)| name).collect())
}

type Object = (String, String, Option<String>);

fn schema(connection: &Connection) -> Result<BTreeSet<Object>, Fault> {
    let mut statement = connection.prepare("SELECT type, name, sql FROM sqlite_schema")?;
    let objects = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(objects.collect::<Result<_, _>>()?)
}

/// The last column of each table is the checksum of the others.
fn check_rows(connection: &Connection, table: &str) -> Result<(), Fault> {
    let mut statement = connection.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut cells = (0..columns)
            .map(|column| row.get::<_, Value>(column))
            .collect::<Result<Vec<_>, _>>()?;
        let written = cells.pop();
        if written != Some(Value::Blob(sum(table, &cells))) {
            return Err(super::rows::wrong_sum(table, &cells));
        }
    }
    Ok(())
}
