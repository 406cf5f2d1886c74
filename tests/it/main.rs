//! The one integration binary.

mod contract;
mod end_to_end;
mod samples;
mod support;
mod tidy;
