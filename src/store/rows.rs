//! Rows with a checksum: written with it, and never believed without it.
//!
//! SQLite notices a torn write-ahead log but not a bit that the disk changed in a page, and a journal that says
//! something else than was written is worse than none. So each row carries a checksum over all its columns.

use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::Fault;

/// A table of the schema: its columns without `sum`, in the order of the schema.
pub(super) struct Table {
    pub name: &'static str,
    pub columns: &'static [&'static str],
}

impl Table {
    /// Adds a row; one that breaks a constraint is a contradiction.
    pub fn insert(&self, connection: &Connection, cells: &[Value]) -> Result<(), Fault> {
        self.write(connection, "INSERT", cells)
    }

    /// Adds a row, or puts it in the place of the one with the same key.
    pub fn put(&self, connection: &Connection, cells: &[Value]) -> Result<(), Fault> {
        self.write(connection, "INSERT OR REPLACE", cells)
    }

    fn write(&self, connection: &Connection, verb: &str, cells: &[Value]) -> Result<(), Fault> {
        assert_eq!(
            cells.len(),
            self.columns.len(),
            "a cell for each column of {}",
            self.name
        );
        let marks = "?, ".repeat(cells.len());
        let sql = format!("{verb} INTO {} VALUES ({marks}?)", self.name);
        let sum = Value::Blob(sum(self.name, cells));
        let all = cells.iter().chain([&sum]);
        connection
            .prepare_cached(&sql)?
            .execute(rusqlite::params_from_iter(all))?;
        Ok(())
    }

    /// Whether it holds a row. In a store of an older version that does not know the table, it does not.
    pub fn has_rows(&self, connection: &Connection) -> Result<bool, Fault> {
        let table = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?)";
        let is_there: bool = connection.query_row(table, [self.name], |row| row.get(0))?;
        let query = format!("SELECT EXISTS (SELECT 1 FROM {})", self.name);
        Ok(is_there && connection.query_row(&query, [], |row| row.get(0))?)
    }

    /// The rows that meet a condition (SQL after the table's name), each checked, made into values by `make`.
    pub fn select<T>(
        &self,
        connection: &Connection,
        condition: &str,
        parameters: impl Params,
        mut make: impl FnMut(&mut Cells) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let columns = self.columns.join(", ");
        let sql = format!("SELECT {columns}, sum FROM {} {condition}", self.name);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(parameters)?;
        let mut made = Vec::new();
        while let Some(row) = rows.next()? {
            made.push(make(&mut self.checked(row)?)?);
        }
        Ok(made)
    }

    fn checked(&self, row: &Row<'_>) -> Result<Cells, Fault> {
        let cells = (0..self.columns.len())
            .map(|column| row.get::<_, Value>(column))
            .collect::<Result<Vec<_>, _>>()?;
        let written: Value = row.get(self.columns.len())?;
        if written != Value::Blob(sum(self.name, &cells)) {
            return Err(wrong_sum(self.name, &cells));
        }
        Ok(Cells {
            table: self.name,
            cells: cells.into_iter(),
        })
    }
}

/// What becomes of a row that is written anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rewritten {
    /// It stays as it was.
    Same,
    /// Its cells have changed.
    Changed,
    /// It goes.
    Gone,
}

/// Goes through all rows of a table, each checked, and writes those anew, with their checksum, that `change` changes.
/// The columns are those of the schema without `sum`.
pub(super) fn rewrite(
    connection: &Connection,
    table: &str,
    columns: &[String],
    change: impl Fn(&mut [Value]) -> Rewritten,
) -> Result<(), Fault> {
    let mut changed = Vec::new();
    let all = format!("SELECT {}, sum, rowid FROM {table}", columns.join(", "));
    let mut statement = connection.prepare(&all)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let mut cells = (0..columns.len())
            .map(|column| row.get::<_, Value>(column))
            .collect::<Result<Vec<_>, _>>()?;
        if row.get::<_, Value>(columns.len())? != Value::Blob(sum(table, &cells)) {
            return Err(wrong_sum(table, &cells));
        }
        let place: i64 = row.get(columns.len() + 1)?;
        match change(&mut cells) {
            Rewritten::Same => {}
            Rewritten::Changed => changed.push((place, Some(cells))),
            Rewritten::Gone => changed.push((place, None)),
        }
    }
    let sets: Vec<String> = columns
        .iter()
        .map(|column| format!("{column} = ?"))
        .collect();
    let update = format!(
        "UPDATE {table} SET {}, sum = ? WHERE rowid = ?",
        sets.join(", ")
    );
    let delete = format!("DELETE FROM {table} WHERE rowid = ?");
    for (place, cells) in changed {
        let Some(mut cells) = cells else {
            connection.prepare_cached(&delete)?.execute([place])?;
            continue;
        };
        cells.push(Value::Blob(sum(table, &cells)));
        cells.push(Value::Integer(place));
        connection
            .prepare_cached(&update)?
            .execute(rusqlite::params_from_iter(cells))?;
    }
    Ok(())
}

/// 128 bits of BLAKE3 over the table's name and each value with its type and length.
pub(super) fn sum(table: &str, cells: &[Value]) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    let mut add = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(b't', table.as_bytes());
    for cell in cells {
        match cell {
            Value::Null => add(b'0', &[]),
            Value::Integer(number) => add(b'i', &number.to_le_bytes()),
            Value::Real(number) => add(b'r', &number.to_le_bytes()),
            Value::Text(text) => add(b's', text.as_bytes()),
            Value::Blob(bytes) => add(b'b', bytes),
        }
    }
    hasher.finalize().as_bytes()[..16].to_vec()
}

/// A row that is not what was written.
pub(super) fn wrong_sum(table: &str, cells: &[Value]) -> Fault {
    let key = cells.first().map(show_key).unwrap_or_default();
    damaged(table, format!("the checksum of row {key} is wrong"))
}

fn show_key(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The cells of a checked row, taken from left to right.
pub(super) struct Cells {
    table: &'static str,
    cells: std::vec::IntoIter<Value>,
}

impl Cells {
    /// The next cell as text.
    pub fn text(&mut self) -> Result<String, Fault> {
        self.optional_text()?.ok_or_else(|| self.odd())
    }

    /// The next cell as text or NULL.
    pub fn optional_text(&mut self) -> Result<Option<String>, Fault> {
        match self.cells.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.odd()),
        }
    }

    /// The next cell as a number that fits.
    pub fn number<T: TryFrom<i64>>(&mut self) -> Result<T, Fault> {
        self.optional_number()?.ok_or_else(|| self.odd())
    }

    /// The next cell as a number that fits, or NULL.
    pub fn optional_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>, Fault> {
        match self.cells.next() {
            Some(Value::Integer(number)) => T::try_from(number).map(Some).map_err(|_| self.odd()),
            Some(Value::Null) => Ok(None),
            _ => Err(self.odd()),
        }
    }

    /// The next cell as bytes of that length.
    pub fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        match self.cells.next() {
            Some(Value::Blob(bytes)) => bytes.try_into().map_err(|_| self.odd()),
            _ => Err(self.odd()),
        }
    }

    /// The next cell as bytes of any length, or NULL.
    pub fn optional_bytes(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        match self.cells.next() {
            Some(Value::Blob(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.odd()),
        }
    }

    /// The next cell as bytes of that length, or NULL.
    pub fn optional_bytes_of<const N: usize>(&mut self) -> Result<Option<[u8; N]>, Fault> {
        match self.cells.next() {
            Some(Value::Blob(bytes)) => bytes.try_into().map(Some).map_err(|_| self.odd()),
            Some(Value::Null) => Ok(None),
            _ => Err(self.odd()),
        }
    }

    /// The next cell as a time.
    pub fn time(&mut self) -> Result<Timestamp, Fault> {
        Timestamp::from_str(&self.text()?).map_err(|_| self.odd())
    }

    /// The next cell as a time or NULL.
    pub fn optional_time(&mut self) -> Result<Option<Timestamp>, Fault> {
        let text = self.optional_text()?;
        text.map(|text| Timestamp::from_str(&text))
            .transpose()
            .map_err(|_| self.odd())
    }

    /// The next cell as a value written with [`json`].
    pub fn json<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|_| self.odd())
    }

    /// The next cell as a value written with [`json`], or NULL.
    pub fn optional_json<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Fault> {
        let text = self.optional_text()?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|_| self.odd())
    }

    /// The next cell as an enum written with [`word`].
    pub fn word<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        let text = self.text()?;
        serde_json::from_value(text.into()).map_err(|_| self.odd())
    }

    fn odd(&self) -> Fault {
        damaged(
            self.table,
            "a row holds a value that crewsync never writes".to_owned(),
        )
    }
}

fn damaged(table: &str, why: String) -> Fault {
    Fault::Damaged(format!("table {table}: {why}"))
}

/// A value as JSON text.
pub(super) fn json(value: &impl Serialize) -> Value {
    Value::Text(
        serde_json::to_string(value).expect("our own types have text keys, so they serialize"),
    )
}

/// An enum without data as its word.
pub(super) fn word(value: &impl Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Value::Text(word),
        other => panic!("an enum without data serializes as a word, not as {other:?}"),
    }
}

/// A count or line number; SQLite's integers are signed, and none of ours comes near that end.
pub(super) fn number(value: u64) -> Value {
    Value::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// A time as RFC 3339 text.
pub(super) fn time(at: Timestamp) -> Value {
    Value::Text(at.to_string())
}
