//! The one integration binary.

mod blame;
mod canary;
mod contract;
mod end_to_end;
mod faults;
mod isolation;
mod raw_answers;
mod samples;
mod stops;
mod support;
mod tidy;
