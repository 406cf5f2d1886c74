//! Decisions about time and answers, as values: how soon a request may leave, what an answer means, whether to
//! try again and how much to send at once.
//!
//! Time and chance are arguments, so every decision can be tested at any hour. Nothing here waits, sends or
//! remembers beyond its own struct; `fetch` and `delivery` act on what is decided here.

mod breaker;
mod limiter;
mod limits;
mod retry;
mod sizing;
mod told;
mod verdict;

pub use crate::wire::Endpoint;
pub use breaker::{AfterRefusal, Breaker};
pub use limiter::Limiter;
pub use limits::{Group, Limits, LimitsError, Rate};
pub use retry::{RetryBudget, RetryPolicy};
pub use sizing::ChunkSizer;
pub use told::{OwnUse, Told, wait_told};
pub use verdict::{ReadVerdict, Verdict, bulk_verdict, get_verdict, query_verdict};
