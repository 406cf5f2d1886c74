//! One call that a person asks for → what the tenant said, under the same limits and the same journal as a run.
//!
//! A read is asked again until it is answered; a write is sent again only where the tenant has provably not carried
//! it out. What nobody can know is told as such, never guessed.

mod ask;
mod merge;

pub use ask::{Hand, HandError};
pub use merge::{Merged, merge, takes_access};
