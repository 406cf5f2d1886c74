//! The store against real files.

mod keeps;
mod recovers;
mod refuses;
mod world;
