//! The one integration binary.

mod kill;
mod raw_answers;
mod samples;
mod support;
mod tidy;
