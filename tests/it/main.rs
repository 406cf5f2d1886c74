//! The one integration binary.

mod raw_answers;
mod samples;
mod support;
mod tidy;
