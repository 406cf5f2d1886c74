//! The one integration binary.

mod durable_order;
mod kill;
mod raw_answers;
mod resume;
mod samples;
mod signals;
mod support;
mod tidy;
mod verify;
