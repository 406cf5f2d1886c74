//! The rate limiter's memory across restarts: when a class of endpoints was last used, and before when it must
//! not be used again. Times are those of the wall clock; who reads them bounds what a clock jump can do.

use jiff::Timestamp;
use rusqlite::Connection;

use super::error::Fault;
use super::rows::Table;
use super::{Store, StoreError};

const LIMITER: Table = Table {
    name: "limiter",
    columns: &["endpoint_class", "last_sent", "not_before"],
};

impl Store {
    /// The latest time at which a request of that class can have left: when its answer had come, or, for an
    /// attempt without an end, when it was opened (see [`Store::unsettled_attempts`]). `None` if none ever did.
    pub fn last_sent(&self, endpoint_class: &str) -> Result<Option<Timestamp>, StoreError> {
        self.read("read the limiter", |connection| {
            Ok(load(connection, endpoint_class)?.0)
        })
    }

    /// Before when the tenant asked not to be called again (Retry-After); `None` if he never did.
    pub fn not_before(&self, endpoint_class: &str) -> Result<Option<Timestamp>, StoreError> {
        self.read("read the limiter", |connection| {
            Ok(load(connection, endpoint_class)?.1)
        })
    }

    /// Keeps what the tenant asked for. An earlier time than the kept one changes nothing.
    pub fn set_not_before(
        &mut self,
        endpoint_class: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("write the limiter", |transaction| {
            let (last_sent, kept) = load(transaction, endpoint_class)?;
            save(transaction, endpoint_class, last_sent, kept.max(Some(at)))
        })
    }
}

/// Notes a sending. The newer note wins, whatever the clock says.
pub(super) fn sent(
    connection: &Connection,
    endpoint_class: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let (_, not_before) = load(connection, endpoint_class)?;
    save(connection, endpoint_class, Some(at), not_before)
}

type Memory = (Option<Timestamp>, Option<Timestamp>);

fn load(connection: &Connection, endpoint_class: &str) -> Result<Memory, Fault> {
    let condition = "WHERE endpoint_class = ?";
    let mut found = LIMITER.select(connection, condition, [endpoint_class], |cells| {
        let _class = cells.text()?;
        Ok((cells.optional_time()?, cells.optional_time()?))
    })?;
    Ok(found.pop().unwrap_or_default())
}

fn save(
    connection: &Connection,
    endpoint_class: &str,
    last_sent: Option<Timestamp>,
    not_before: Option<Timestamp>,
) -> Result<(), Fault> {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string()).into();
    LIMITER.put(
        connection,
        &[
            endpoint_class.to_owned().into(),
            text(last_sent),
            text(not_before),
        ],
    )
}
