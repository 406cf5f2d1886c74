//! The store against real files.

mod care;
mod keeps;
mod recovers;
mod refuses;
mod world;
