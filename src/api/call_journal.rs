//! Where writes made by hand are put on record before they leave.

/// Takes down every write: before it leaves, and what came of it. A call whose record cannot be made is not sent.
///
/// Implemented over the store by `session`; who uses the client as a library brings his own, or [`Unrecorded`].
pub trait CallJournal: Send + Sync {
    /// Takes the call down; durable when this returns. Gives its number.
    ///
    /// # Errors
    /// Why it cannot be taken down, for people. The call is not sent then.
    fn open(&self, call: &CallRecord<'_>) -> Result<i64, String>;

    /// Takes down what came of the call of that number.
    ///
    /// # Errors
    /// Why it cannot be taken down, for people. The call counts as ambiguous then.
    fn settle(&self, number: i64, end: &CallEnd<'_>) -> Result<(), String>;
}

/// A write that is about to leave.
#[derive(Clone, Copy, Debug)]
pub struct CallRecord<'a> {
    /// Its endpoint by name, e.g. `user_put`.
    pub endpoint: &'static str,
    /// `PUT`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Its path, percent-encoded, without the query.
    pub path: &'a str,
    /// BLAKE3 of the body. `None` if there is none, or if it holds a password: a short text can be found by trying.
    pub body_hash: Option<[u8; 32]>,
    /// Whom it is about.
    pub user_ids: &'a [String],
}

/// What came of a write.
#[derive(Clone, Copy, Debug)]
pub struct CallEnd<'a> {
    /// `applied`, or [`ApiError::name`](super::ApiError::name).
    pub verdict: &'a str,
    /// The HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// What the tenant said first, if anything.
    pub message: Option<&'a str>,
}

/// Keeps no record at all. For who uses the client as a library and keeps his own; never for the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unrecorded;

impl CallJournal for Unrecorded {
    fn open(&self, _: &CallRecord<'_>) -> Result<i64, String> {
        Ok(0)
    }

    fn settle(&self, _: i64, _: &CallEnd<'_>) -> Result<(), String> {
        Ok(())
    }
}
