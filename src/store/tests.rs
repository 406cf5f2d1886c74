//! The store against real files.

mod keeps;
mod refuses;
mod world;
