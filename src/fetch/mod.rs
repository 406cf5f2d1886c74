//! Reads of the tenant: paced, tried again where that can help, and never half a list taken for a whole one.
//!
//! It turns an id into a user (or the certainty that there is none) and a tenant into its list of users. It
//! holds no object that can write. What an answer means and how long to wait is decided in `pacing`; here it is
//! done. [`Pace`] is also what deliveries take their turns from, because the tenant counts all of us together.

mod ask;
mod error;
mod listing;
mod pace;
mod reads;

#[cfg(test)]
mod tests;

pub use error::{FetchError, FetchErrorKind};
pub use listing::{Listing, Pages};
pub use pace::{Pace, TooLong, chance};
pub use reads::{Bases, Reading, Reads};
