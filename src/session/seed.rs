//! What a sandbox starts with: users from a file, limits, faults.

use std::path::Path;

use serde_json::{Map, Value as Json};

use crate::cli::SandboxArgs;
use crate::failure::Failure;
use crate::input::{Export, ReadOptions};
use crate::planning::read_snapshot;
use crate::sandbox::{FaultScript, SandboxOptions};

/// The users of a file, by property names: CSV or JSON, as `--against FILE` reads them.
pub fn seed_users(path: &Path) -> Result<Vec<Map<String, Json>>, Failure> {
    let mut export = Export::open(path, &ReadOptions::default())?;
    let mut users = Vec::new();
    read_snapshot(&mut export, |user| users.push(user.object().clone()))?;
    Ok(users)
}

/// What the options of `crewsync sandbox` ask for.
pub fn sandbox_options(args: &SandboxArgs) -> Result<SandboxOptions, Failure> {
    let seed = match &args.seed {
        Some(path) => seed_users(path)?,
        None => Vec::new(),
    };
    let faults = match &args.faults {
        Some(path) => faults(path)?,
        None => Default::default(),
    };
    Ok(SandboxOptions {
        db: args.db.clone(),
        seed,
        token: args.token.clone(),
        limits: args.limits,
        faults,
    })
}

fn faults(path: &Path) -> Result<FaultScript, Failure> {
    let cannot = |error: &dyn std::fmt::Display| {
        Failure::usage(format!(
            "the fault script {} cannot be used",
            path.display()
        ))
        .caused_by(error)
        .hint("samples/faults.json and docs/sandbox.md show how one is written")
    };
    let text = std::fs::read_to_string(path).map_err(|error| cannot(&error))?;
    FaultScript::from_json(&text).map_err(|error| cannot(&error))
}
