//! The tenant's JSON in both directions: what a request holds, what an answer says, and where an error points.
//!
//! Bytes and values in, values out. It opens no socket, knows no clock and decides nothing: what an answer
//! *means* for a chunk is a verdict, and verdicts belong to `pacing`.
//!
//! Source of the facts: the vendor's pages "Bulk Users" and "User REST API". Where they are silent (no page shows
//! a `dataPath` value, and two error formats are about), everything that validators are known to write is read.

mod answer;
mod data_path;
mod details;
mod endpoint;
mod error_body;
mod jwt;
mod objects;
mod path;
mod payload;
mod small_answers;
mod users;

pub use answer::{Answer, AnswerHeaders, TransportError, Unreachable};
pub use data_path::{
    Notation, UserPointer, parse_data_path, user_pointer, write_data_path, write_path,
};
pub use details::{Details, read_details};
pub use endpoint::Endpoint;
pub use error_body::{clean_body, format_a, format_b};
pub use jwt::TokenTimes;
pub use objects::{
    Address, Contact, Entity, Logon, MoveOptions, Phone, StorageLocationMove, Token,
};
pub use path::segment;
pub use payload::{
    ENVELOPE_LEN, encode_bulk, encoded_len, is_as_wanted, is_field_as_wanted, is_field_readable,
    is_readable_back, payload,
};
pub use small_answers::{read_done, read_entity, read_ids, read_token};
pub use users::{Unreadable, read_user, read_users};
