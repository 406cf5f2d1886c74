//! The one integration binary.

mod blame;
mod breaker;
mod canary;
mod contract;
mod disk;
mod documents;
mod end_to_end;
mod failure_matrix;
mod faults;
mod freshness;
mod hundred_thousand;
mod isolation;
mod kill;
mod naughty;
mod one_at_a_time;
mod plans;
mod polluted;
mod raw_answers;
mod reading;
mod resume;
mod samples;
mod signals;
mod stops;
mod support;
mod tidy;
mod verify;
