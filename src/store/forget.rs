//! One person taken out of everything that the store holds. The figures of past runs stay: what was done is told as
//! before, only not to whom.
//!
//! It goes by the schema and not by a list of tables, so that a table that comes later is not forgotten: rows whose
//! key is his id go, and everything else that names him is written anew without him, with its checksum.

mod redact;

use std::collections::{BTreeSet, HashSet};

use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::Value as Json;

use crate::model::{Change, UserKey};

use super::error::Fault;
use super::journal::{ATTEMPT_OPERATIONS, change_of};
use super::rows::{Rewritten, json, rewrite};
use super::{Store, StoreError, Traces, traces};

pub use redact::{FORGOTTEN, Person};

/// Columns that name a user. Where they are part of a table's key, the row is about him alone.
const NAMES_A_USER: [&str; 2] = ["key", "user_id"];

/// Columns with texts that may quote him, or JSON about many.
const TELLS_OF_MANY: [&str; 7] = [
    "plan", "problem", "basis", "error", "message", "params", "reason",
];

impl Store {
    /// Takes a person out of the store, case and Unicode form of the id aside, in one transaction; gives him as the one
    /// to take out of other places too. The pages that held him are written over by [`Store::compact`].
    ///
    /// Refused as a contradiction: one whom a run that is not finished has still to do with.
    pub fn forget(&mut self, user_id: &str) -> Result<Person, StoreError> {
        self.write("forget the user", |transaction| {
            let found = traces::of(transaction, user_id)?;
            if let Some(run) = found.unfinished.first() {
                let why = format!("run {run} is not finished with {user_id}");
                return Err(Fault::Contradiction(why));
            }
            let him = Him::of(transaction, user_id, &found)?;
            for table in tables(transaction)? {
                let leave = |cells: &mut [Value]| him.leave(&table, cells);
                rewrite(transaction, &table.name, &table.columns, leave)?;
            }
            Ok(him.person)
        })
    }
}

/// The one who leaves.
struct Him {
    person: Person,
    operations: HashSet<(String, i64)>,
    calls: HashSet<i64>,
    /// Every text that the store has seen as a value of his.
    values: BTreeSet<String>,
}

impl Him {
    fn of(connection: &Connection, user_id: &str, found: &Traces) -> Result<Him, Fault> {
        let values = values(connection, found)?;
        let mails = values.iter().filter(|value| value.contains('@'));
        let names = found.ids.iter().chain(mails).cloned().collect();
        let operations = found.operations.iter();
        Ok(Him {
            person: Person::new(UserKey::of(user_id), names),
            operations: operations
                .map(|(run, seq)| (run.clone(), i64::from(*seq)))
                .collect(),
            calls: found.calls.iter().map(|call| call.number).collect(),
            values,
        })
    }

    /// Takes him out of one row, which may go with him.
    fn leave(&self, table: &TableInfo, cells: &mut [Value]) -> Rewritten {
        let before = cells.to_vec();
        let cell = |column: &str| table.place(column).map(|place| &before[place]);
        let names_him = |cell: &Value| text(cell).is_some_and(|id| self.person.is(id));
        if table
            .keyed_by
            .is_some_and(|place| names_him(&before[place]))
            || (table.name == "equal_forms" && before.iter().any(|cell| self.is_value(cell)))
        {
            return Rewritten::Gone;
        }
        let is_his = match (cell("run"), cell("seq"), cell("number"), cell("user_id")) {
            (Some(Value::Text(run)), Some(Value::Integer(seq)), ..) => {
                self.operations.contains(&(run.clone(), *seq))
            }
            (None, None, Some(Value::Integer(number)), None) => self.calls.contains(number),
            (.., Some(user_id)) => names_him(user_id),
            _ => false,
        };
        for (column, cell) in table.columns.iter().zip(cells.iter_mut()) {
            if is_his {
                blank(column, cell);
            }
            if TELLS_OF_MANY.contains(&column.as_str()) || column == "user_ids" {
                self.leave_text(cell);
            }
        }
        match cells == before {
            true => Rewritten::Same,
            false => Rewritten::Changed,
        }
    }

    fn is_value(&self, cell: &Value) -> bool {
        text(cell).is_some_and(|value| self.values.contains(value))
    }

    fn leave_text(&self, cell: &mut Value) {
        let Some(told) = text(cell) else { return };
        let without = match serde_json::from_str::<Json>(told) {
            Ok(mut many @ (Json::Object(_) | Json::Array(_))) => {
                self.person.take_out(&mut many).then(|| many.to_string())
            }
            _ => self.person.taken_out_of(told),
        };
        if let Some(without) = without {
            *cell = Value::Text(without);
        }
    }
}

/// Empties a cell of a row that is about him alone; what says what was done, and how it ended, stays.
fn blank(column: &str, cell: &mut Value) {
    let forgotten = || Value::Text(FORGOTTEN.to_owned());
    match column {
        "user_id" | "path" => *cell = forgotten(),
        "message" if *cell != Value::Null => *cell = forgotten(),
        "change" => {
            if let Some(Ok(change)) = text(cell).map(serde_json::from_str::<Change>) {
                *cell = json(&Change {
                    user_id: FORGOTTEN.into(),
                    fields: Vec::new(),
                    seen: None,
                    mail: None,
                    ..change
                });
            }
        }
        "params" => *cell = Value::Text("[]".to_owned()),
        "before" | "data_path" | "body_hash" => *cell = Value::Null,
        _ => {}
    }
}

/// Every text that the store has seen as a value of his: in his last state, in what was planned for him, and as he was
/// before each call.
fn values(connection: &Connection, found: &Traces) -> Result<BTreeSet<String>, Fault> {
    let mut values = BTreeSet::new();
    for known in &found.known {
        collect(
            &serde_json::from_str(&known.object).unwrap_or_default(),
            &mut values,
        );
    }
    for call in &found.calls {
        collect(&call.before.clone().unwrap_or_default(), &mut values);
    }
    for (run, seq) in &found.operations {
        for field in change_of(connection, run, *seq)?.fields {
            let seen = [field.from, field.to].into_iter().flatten();
            values.extend(seen.map(|value| value.to_string()));
        }
        let condition = "WHERE run = ? AND seq = ?";
        let before = ATTEMPT_OPERATIONS.select(connection, condition, (run, seq), |cells| {
            let _key: (i64, u32) = (cells.number()?, cells.number()?);
            let _operation: (String, u32) = (cells.text()?, cells.number()?);
            cells.optional_json::<Json>()
        })?;
        for object in before.iter().flatten() {
            collect(object, &mut values);
        }
    }
    Ok(values)
}

fn collect(json: &Json, texts: &mut BTreeSet<String>) {
    match json {
        Json::String(text) => {
            texts.insert(text.clone());
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Json::Object(object) => object.values().for_each(|item| collect(item, texts)),
        _ => {}
    }
}

fn text(cell: &Value) -> Option<&str> {
    match cell {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// A table as the schema has it.
struct TableInfo {
    name: String,
    /// Its columns without `sum`.
    columns: Vec<String>,
    /// The column of its key that names a user.
    keyed_by: Option<usize>,
}

impl TableInfo {
    fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }
}

fn tables(connection: &Connection) -> Result<Vec<TableInfo>, Fault> {
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut tables = Vec::new();
    for name in names {
        let name = name?;
        let mut info = connection.prepare("SELECT name, pk FROM pragma_table_info(?)")?;
        let columns = info.query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut columns: Vec<(String, i64)> = columns.collect::<Result<_, _>>()?;
        columns.retain(|(column, _)| column != "sum");
        let is_person =
            |(column, pk): &(String, i64)| *pk > 0 && NAMES_A_USER.contains(&column.as_str());
        tables.push(TableInfo {
            name,
            keyed_by: columns.iter().position(is_person),
            columns: columns.into_iter().map(|(column, _)| column).collect(),
        });
    }
    Ok(tables)
}
