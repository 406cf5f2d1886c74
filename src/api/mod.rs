//! The typed client of a ServiceMobility tenant: a call turns into one exchange and gives the answer as it
//! came, whatever its status.
//!
//! Reading and writing are two types, so that a dry run holds nothing that can write, and a write wants the
//! proof that it stands in the journal. [`Client`] is the third: every endpoint as a method, for calls by hand and
//! as a library; its writes go through a [`CallJournal`]. The client never repeats a request, never waits its turn, follows no
//! redirect and takes nothing from the environment: deciding what an answer means and when to ask again is
//! the work of `pacing`, `fetch` and `delivery`.

mod api_error;
mod base_url;
mod call;
mod call_journal;
mod client;
mod credentials;
mod error;
mod http;
mod options;
mod reader;
mod request;
mod scrub;
mod session;
mod transport;
mod writer;

#[cfg(test)]
pub(crate) mod raw_server;
#[cfg(test)]
mod tests;

pub use api_error::ApiError;
pub use base_url::BaseUrl;
pub use call::Call;
pub use call_journal::{CallEnd, CallJournal, CallRecord, Unrecorded};
pub use client::Client;
pub use credentials::Credentials;
pub use error::ClientError;
pub use options::ClientOptions;
pub use reader::Reader;
pub use request::Query;
pub use session::Renewal;
pub use writer::Writer;
