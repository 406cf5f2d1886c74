//! (to come)
pub mod preview;
