//! The one integration binary.

mod samples;
mod tidy;
