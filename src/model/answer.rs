//! What the tenant says about a request, and the proof that a request may be made at all.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One detail object of an answer, whichever of the two body formats it came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The code in the body, else the HTTP status.
    pub code: i64,
    /// The message (format B: the reason, else the detail text, else the title).
    pub message: String,
    /// Key/values that caused it, as sent; `null` if there were none.
    pub params: Json,
    /// The place in the request body exactly as sent; `None` if it was missing.
    #[serde(rename = "dataPath")]
    pub data_path: Option<String>,
}

/// Proof that the attempt stands in the journal. Only the store makes one, and the client's bulk call
/// takes one, so that no request leaves without its durable record.
#[derive(Debug)]
pub struct InFlight {
    attempt: i64,
    body_hash: [u8; 32],
}

impl InFlight {
    /// For the store alone, after the record is durable.
    pub(crate) fn recorded(attempt: i64, body_hash: [u8; 32]) -> InFlight {
        InFlight { attempt, body_hash }
    }

    /// The attempt's number in the journal.
    pub fn attempt(&self) -> i64 {
        self.attempt
    }

    /// Hash of the body that was announced; the client refuses to send another one.
    pub fn body_hash(&self) -> &[u8; 32] {
        &self.body_hash
    }
}
