//! crewsync keeps the users of a ServiceMobility tenant in step with what an HR system exports.
//!
//! The map, in the order in which a run passes through:
//!
//! | module | turns what into what | never |
//! |---|---|---|
//! | [`model`] | the nouns: row, user, change, plan, outcome, problem | does anything |
//! | [`input`] | a file into rows, with their lines | guesses; what is not certain is refused |
//! | [`mapping`] | a row into the draft of a user | takes a blank for "clear" by itself |
//! | [`validate`] | a draft into a checked record, or problems | drops a row without a word |
//! | [`diff`] | wanted and current into changes | asks anybody; it gets both sides |
//! | [`guard`] | changes into allowed, held or refused | looks at verbs; it counts effects |
//! | [`planner`] | changes into a plan of calls | holds anything that could send |
//! | [`wire`] | the vendor's JSON into values and back | opens a connection |
//! | [`pacing`] | limits, answers and failures into decisions about time | sleeps or reads a clock |
//! | [`api`] | a call into one exchange | repeats, waits or follows |
//! | [`fetch`] | paced reads into the current state | can write |
//! | [`store`] | what happens into a journal that survives | is skipped before a write |
//! | [`delivery`] | a plan into outcomes | sends what the journal does not hold |
//! | [`report`] | outcomes into text, JSON and CSV | keeps counters of its own |
//! | [`sandbox`] | HTTP requests into a local ServiceMobility | needs a tenant |
//! | [`config`] | file, environment and options into settings | passes over what it does not know |
//! | [`failure`] | what stopped us into a message and an exit code | tells a secret |
//! | [`cli`], [`commands`] | the command line into calls of all these | decide anything |
//!
//! Stages from `model` to `pacing` but `input` are pure: no I/O, no clocks, no chance, no logging.
//! The arrows between the modules run one way; a test keeps them so.
#![warn(missing_docs)]

pub mod model;

pub mod diff;
pub mod guard;
pub mod mapping;
pub mod pacing;
pub mod planner;
pub mod validate;
pub mod wire;

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
