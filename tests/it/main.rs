//! The one integration binary.

mod blame;
mod canary;
mod isolation;
mod raw_answers;
mod samples;
mod support;
mod tidy;
