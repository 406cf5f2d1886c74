//! The typed client of a ServiceMobility tenant: a call turns into one exchange and gives the answer as it
//! came, whatever its status.
//!
//! Reading and writing are two types, so that a dry run holds nothing that can write, and a write wants the
//! proof that it stands in the journal. The client never repeats a request, never waits its turn, follows no
//! redirect and takes nothing from the environment: deciding what an answer means and when to ask again is
//! the work of `pacing`, `fetch` and `delivery`.

mod base_url;
mod credentials;
mod error;
mod http;
mod options;
mod reader;
mod session;
mod transport;
mod writer;

#[cfg(test)]
pub(crate) mod raw_server;
#[cfg(test)]
mod tests;

pub use base_url::BaseUrl;
pub use credentials::Credentials;
pub use error::ClientError;
pub use options::ClientOptions;
pub use reader::Reader;
pub use session::Renewal;
pub use writer::Writer;
