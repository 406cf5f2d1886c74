//! crewsync keeps the users of a ServiceMobility tenant in step with what an HR system exports.
//!
//! # The map
//!
//! ```text
//! export ─input→ RawRow ─mapping→ Draft ─validate→ UserRecord ─┐
//!                                                              ├─diff→ [Change] ─guard→ ─planner→ Plan ═(a dry run ends here)
//! tenant ─api→ fetch (current state) ──────────────────────────┘                                   │
//!                                                                                                  ▼
//! report ←fold─ [Outcome] ←store (journal)← delivery ⇄ pacing: chunk → wire → api → Answer → Verdict
//! ```
//!
//! The stages in reading order. Each takes values and gives values, and the problems it met beside them, so
//! that one bad row never stops the rest. A folder is a stage or an outside thing; the arrows run one way, and
//! a test keeps it so.
//!
//! | place | turns what into what | invariant |
//! |---|---|---|
//! | [`model`] | the nouns | no behaviour beyond their own invariants |
//! | [`mapping`] | a row and the mapping → a draft | pure; what a row does not say stays unsaid |
//! | [`validate`] | drafts → checked records; the whole file → what it expects | pure; no row vanishes |
//! | [`diff`](mod@diff) | (wanted, current) → changes with their effect on access | pure; equal users give no change |
//! | [`guard`] | changes and figures → allowed, held, refused | pure; speaks before the first write |
//! | [`guess`] | columns with some of their values → a configuration to look over | pure; for `init` only |
//! | [`wire`] | the API's JSON, both ways | pure; opens no socket |
//! | [`planner`] | changes → a plan: order, chunks, re-cutting, cost | pure; loses nobody when it cuts |
//! | [`plan_file`] | a plan ⇄ lines that can be kept, and whether they fit here and now | pure; what was altered is no plan |
//! | [`pacing`] | decisions about time: limiter, retry, verdict, chunk size | pure; time and chance are arguments |
//! | [`input`] | files → rows | never guesses; one descriptor, read as often as needed |
//! | [`api`] | one exchange with the tenant a call | never follows, never retries, tells no secret |
//! | [`store`] | the journal and what is known, in SQLite | durable before it returns; all SQL but the sandbox's |
//! | [`report`] | outcomes → text, JSON, CSV | a fold; no counter is kept by hand |
//! | [`sandbox`] | a local ServiceMobility | the vendor's page, with faults as data |
//! | [`fetch`] | paced, retried reads of the tenant | holds nothing that can write |
//! | [`planning`] | export + current state → plan | reads only |
//! | [`delivery`] | plan → outcomes: the only loop that acts | no call without its durable record |
//! | [`by_hand`] | one call that a person asks for → what the tenant said | a write is repeated only where it was provably not carried out |
//! | [`probe`] | one user, made and deleted again → how the tenant behaves where no page says it | leaves nobody behind |
//! | [`config`] | file, environment and flags → checked settings | unknown keys are errors |
//! | [`failure`] | what stopped us → message, causes, hint, exit code | the one table of exit codes |
//! | [`session`] | settings → connection, journal, console | the wiring, so that commands stay thin |
//! | [`cli`], [`commands`] | the command line; one thin file for each subcommand | – |
//!
//! # The client as a library
//!
//! [`api::Client`] has one method for each endpoint. Here against a [`sandbox`]:
//!
//! ```
//! use std::sync::Arc;
//!
//! use crewsync::api::{ApiError, Client, ClientOptions, Credentials, Unrecorded};
//! use crewsync::model::User;
//! use crewsync::sandbox::{self, SandboxOptions};
//! use serde_json::json;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let base_url = format!("http://{}", listener.local_addr()?).parse()?;
//! let options = SandboxOptions { limits: "off".parse()?, ..SandboxOptions::default() };
//! tokio::spawn(sandbox::run(listener, options, std::future::pending()));
//!
//! let options = ClientOptions::new(base_url, Credentials::Token("any".into()));
//! // Who keeps a journal of writes gives it here.
//! let client = Client::new(&options, Arc::new(Unrecorded))?;
//!
//! let object = serde_json::from_value(json!({"UserID": "a/b", "FirstName": "Ann"}))?;
//! let ann = User::new(object).map_err(|_| "an object without a UserID")?;
//! client.put_user(&ann, false).await?;
//! client.set_roles("a/b", &["PLANNER".to_owned()]).await?;
//! assert_eq!(client.get_role_users("PLANNER").await?, ["a/b"]);
//! assert_eq!(client.get_user("a/b").await?.display_name(), "Ann");
//!
//! client.delete_user("a/b").await?;
//! let gone = client.get_user("a/b").await;
//! assert!(matches!(gone, Err(ApiError::Gone { .. })));
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

pub mod model;

pub mod diff;
pub mod guard;
pub mod guess;
pub mod mapping;
pub mod pacing;
pub mod plan_file;
pub mod planner;
pub mod validate;
pub mod wire;

pub mod api;
pub mod fetch;
pub mod input;
pub mod report;
pub mod sandbox;
pub mod store;

pub mod by_hand;
pub mod delivery;
pub mod planning;
pub mod probe;

pub mod config;
pub mod failure;
pub mod session;

pub mod cli;
pub mod commands;
