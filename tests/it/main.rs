//! The one integration binary.

mod samples;
mod support;
mod tidy;
