//! `completions`: a script for a shell.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::cli::{Cli, CompletionsArgs};
use crate::failure::{Exit, Failure};

pub fn run(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "crewsync", &mut script);
    // A reader that has gone is no error of ours.
    let _ = io::stdout().write_all(&script);
    Ok(Exit::Done)
}
