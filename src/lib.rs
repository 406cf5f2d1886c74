//! crewsync keeps the users of a ServiceMobility tenant in step with what an HR system exports.
//!
//! (The map: filled when the stages stand.)
#![warn(missing_docs)]

pub mod model;

pub mod mapping;
pub mod validate;
pub mod diff;
pub mod guard;
pub mod wire;
pub mod planner;
pub mod pacing;

pub mod api;
pub mod config;
pub mod delivery;
pub mod failure;
pub mod fetch;
pub mod input;
pub mod report;
pub mod sandbox;
pub mod store;

pub mod cli;
pub mod commands;
