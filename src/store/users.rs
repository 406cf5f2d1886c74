//! The last known state of every user of the tenant. Rows are written in batches, each in the order of the keys,
//! and only where something differs; reading streams them, so that memory never holds all bodies.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

use crate::model::{KnownUser, UserKey};

use super::error::Fault;
use super::rows::{Cells, Table, json, number, time, word};
use super::{Store, StoreError};

pub(super) const USERS: Table = Table {
    name: "users",
    columns: &[
        "key",
        "user_id",
        "fingerprint",
        "object",
        "source",
        "seen_at",
        "gone_at",
    ],
};
const LISTING: Table = Table {
    name: "listing",
    columns: &["one", "finished_at", "users", "properties"],
};

/// Whether any user is known. A store of an older version has no place for them.
pub(super) fn any(connection: &Connection) -> Result<bool, Fault> {
    USERS.has_rows(connection)
}

/// What is known of the tenant's lists of users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// When the last list was read to its end; `None` if none ever was.
    pub finished_at: Option<Timestamp>,
    /// How many users the tenant had then.
    pub users: u64,
    /// Names of the properties that any list has shown.
    pub properties: BTreeSet<String>,
}

impl Store {
    /// What is known of some users, in their order; `None` for one of whom nothing is known.
    pub fn known_users(&self, user_ids: &[&str]) -> Result<Vec<Option<KnownUser>>, StoreError> {
        self.read("read the users", |connection| {
            let known = user_ids.iter().map(|user_id| {
                let key = UserKey::of(user_id);
                let condition = "WHERE key = ? AND user_id = ?";
                let mut found =
                    USERS.select(connection, condition, [key.as_str(), user_id], known)?;
                Ok(found.pop())
            });
            known.collect()
        })
    }

    /// The next users in the order of key and id, those who are gone included, after the given one; at most so many.
    pub fn users_after(
        &self,
        last: Option<&KnownUser>,
        most: u32,
    ) -> Result<Vec<KnownUser>, StoreError> {
        let (key, user_id) = match last {
            Some(last) => (last.key.as_str(), &*last.user_id),
            None => ("", ""),
        };
        self.read("read the users", |connection| {
            let condition = "WHERE (key, user_id) > (?1, ?2) ORDER BY key, user_id LIMIT ?3";
            USERS.select(connection, condition, (key, user_id, most), known)
        })
    }

    /// Keeps what is known of users from now on, in the order of their keys and in one transaction, and with it
    /// what was learnt about lists.
    pub fn keep_users(
        &mut self,
        users: &mut [KnownUser],
        listed: Option<&Listed>,
    ) -> Result<(), StoreError> {
        if users.is_empty() && listed.is_none() {
            return Ok(());
        }
        users.sort_by(|one, two| (&one.key, &one.user_id).cmp(&(&two.key, &two.user_id)));
        self.write("keep the users", |transaction| {
            for user in users.iter() {
                put(transaction, user)?;
            }
            match listed {
                Some(listed) => put_listed(transaction, listed),
                None => Ok(()),
            }
        })
    }

    /// What is known of the tenant's lists.
    pub fn listed(&self) -> Result<Listed, StoreError> {
        self.read("read what was listed", |connection| {
            let mut found = LISTING.select(connection, "", [], |cells| {
                let _one: i64 = cells.number()?;
                Ok(Listed {
                    finished_at: cells.optional_time()?,
                    users: cells.number()?,
                    properties: cells.json()?,
                })
            })?;
            Ok(found.pop().unwrap_or_default())
        })
    }
}

/// What is known under a key, a row for each spelling.
pub(super) fn of_key(connection: &Connection, key: &UserKey) -> Result<Vec<KnownUser>, Fault> {
    USERS.select(connection, "WHERE key = ?", [key.as_str()], known)
}

fn put(transaction: &Transaction<'_>, user: &KnownUser) -> Result<(), Fault> {
    let cells = [
        user.key.as_str().to_owned().into(),
        user.user_id.to_string().into(),
        user.listed_as.map(|print| print.to_vec()).into(),
        user.object.to_string().into(),
        word(&user.origin),
        time(user.seen_at),
        user.gone_at.map(|at| at.to_string()).into(),
    ];
    USERS.put(transaction, &cells)
}

fn put_listed(transaction: &Transaction<'_>, listed: &Listed) -> Result<(), Fault> {
    let finished_at = listed.finished_at.map(|at| at.to_string());
    let cells = [
        1.into(),
        finished_at.into(),
        number(listed.users),
        json(&listed.properties),
    ];
    LISTING.put(transaction, &cells)
}

fn known(cells: &mut Cells) -> Result<KnownUser, Fault> {
    let (key, user_id) = (cells.text()?, cells.text()?);
    let expected = UserKey::of(&user_id);
    if expected.as_str() != key {
        let why = format!("table users: the key of {user_id} is not his");
        return Err(Fault::Damaged(why));
    }
    Ok(KnownUser {
        key: expected,
        user_id: user_id.into(),
        listed_as: cells.optional_bytes_of()?,
        object: cells.text()?.into(),
        origin: cells.word()?,
        seen_at: cells.time()?,
        gone_at: cells.optional_time()?,
    })
}
