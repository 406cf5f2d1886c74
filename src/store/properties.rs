//! Which properties a user was once seen with. A replace of a user whose fresh GET lacks one of them would lose
//! it, so he is held.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};

use crate::model::Property;

use super::error::Fault;
use super::rows::Table;
use super::{Store, StoreError};

const PROPERTY_SETS: Table = Table {
    name: "property_sets",
    columns: &["set_id", "names"],
};
const PROPERTIES_SEEN: Table = Table {
    name: "properties_seen",
    columns: &["user_id", "set_id"],
};

impl Store {
    /// Adds names of properties that a GET of a user returned non-blank. `Password`, `ResetPassword` and
    /// `Deleted` are never kept: a server may rightly show or hide them at any time.
    pub fn note_properties(&mut self, seen: &[(&str, &[&str])]) -> Result<(), StoreError> {
        self.write("note the properties", |transaction| {
            for (user_id, names) in seen {
                let before = names_of(transaction, user_id)?;
                let mut after = before.clone();
                after.extend(
                    names
                        .iter()
                        .filter(|name| is_lasting(name))
                        .map(|name| name.to_string()),
                );
                if after != before {
                    keep(transaction, user_id, &after)?;
                }
            }
            Ok(())
        })
    }

    /// Takes names out again, for what we cleared ourselves: a server that does not return blanks is then right.
    pub fn forget_properties(&mut self, cleared: &[(&str, &[&str])]) -> Result<(), StoreError> {
        self.write("forget the properties", |transaction| {
            for (user_id, names) in cleared {
                let before = names_of(transaction, user_id)?;
                let mut after = before.clone();
                after.retain(|name| !names.contains(&name.as_str()));
                if after != before {
                    keep(transaction, user_id, &after)?;
                }
            }
            Ok(())
        })
    }

    /// The names that the user with exactly this UserID was ever seen with, sorted.
    pub fn properties_seen(&self, user_id: &str) -> Result<Vec<String>, StoreError> {
        self.read("read the properties", |connection| {
            Ok(names_of(connection, user_id)?.into_iter().collect())
        })
    }
}

fn is_lasting(name: &str) -> bool {
    let fleeting = [
        Property::Password,
        Property::ResetPassword,
        Property::Deleted,
    ];
    !fleeting.iter().any(|property| property.name() == name)
}

fn names_of(connection: &Connection, user_id: &str) -> Result<BTreeSet<String>, Fault> {
    let condition = "WHERE user_id = ?";
    let found: Vec<i64> = PROPERTIES_SEEN.select(connection, condition, [user_id], |cells| {
        let _user_id = cells.text()?;
        cells.number()
    })?;
    let Some(set_id) = found.first() else {
        return Ok(BTreeSet::new());
    };
    let mut sets = PROPERTY_SETS.select(connection, "WHERE set_id = ?", [set_id], |cells| {
        let _set_id: i64 = cells.number()?;
        cells.json()
    })?;
    sets.pop()
        .ok_or_else(|| Fault::Damaged(format!("the property set {set_id} is missing")))
}

fn keep(connection: &Connection, user_id: &str, names: &BTreeSet<String>) -> Result<(), Fault> {
    let names = serde_json::to_string(names).expect("a set of strings serializes");
    let known = "SELECT set_id FROM property_sets WHERE names = ?";
    let found: Option<i64> = connection
        .prepare_cached(known)?
        .query_row([&names], |row| row.get(0))
        .optional()?;
    let set_id = match found {
        Some(set_id) => set_id,
        None => {
            let last = "SELECT coalesce(max(set_id), 0) FROM property_sets";
            let next = connection.query_row(last, [], |row| row.get::<_, i64>(0))? + 1;
            PROPERTY_SETS.insert(connection, &[next.into(), names.into()])?;
            next
        }
    };
    PROPERTIES_SEEN.put(connection, &[user_id.to_owned().into(), set_id.into()])
}
