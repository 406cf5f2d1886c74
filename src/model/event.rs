//! What happens during long work, told as it happens. Who listens decides how it looks.

#![allow(missing_docs)] // the fields say what they are

use std::time::Duration;

/// One thing that happened. Events tell; nothing depends on them.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// So many more rows of the export were read and checked.
    RowsRead { rows: u64 },
    /// So many more users of the tenant were listed.
    UsersListed { users: u64 },
    /// Reading users one by one begins; so many in all.
    ReadsPlanned { users: u64 },
    /// One of them was read.
    UserRead,
    /// Sending begins; so many changes in so many calls.
    DeliveryStarted { changes: u64, calls: u64 },
    /// A chunk leaves.
    ChunkSent { users: u64 },
    /// So many more changes reached their end.
    Settled { changes: u64 },
    /// All is sent; so many written users are to be read again.
    ChecksPlanned { users: u64 },
    /// So many more of them were.
    Checked { users: u64 },
    /// Nothing can be sent for that long, and why.
    Waiting { for_time: Duration, why: String },
    /// Something failed and is tried again.
    Retrying { attempt: u32, why: String },
    /// Worth a line, e.g. a warning of the vendor.
    Note { text: String },
}

/// A listener.
pub trait Progress: Send + Sync {
    /// Takes an event; must not block for long.
    fn event(&self, event: Event);
}

/// Listens to nothing.
pub struct Silent;

impl Progress for Silent {
    fn event(&self, _event: Event) {}
}
