//! One thin file for each subcommand: settings → stages → report. Each reads as the program it is.

mod apply;
mod completions;
mod doctor;
mod man;
mod plan;
mod preview;
mod refresh;
mod resume;
mod role;
mod sandbox;
mod sync;
mod team;
mod user;
mod validate;

use crate::cli::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::session::Console;

/// Runs what the command line asks for and says how the program ends. Every message has been printed.
pub fn run(cli: &Cli) -> Exit {
    let console = Console::new(&cli.common);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let failure = Failure::stopped("cannot start").caused_by(error);
            return console.fail_without_result(&failure, &[]);
        }
    };
    let done = runtime.block_on(async {
        match &cli.command {
            Command::Preview(args) => preview::run(cli, args, &console),
            Command::Validate(args) => validate::run(cli, args, &console),
            Command::Plan(args) => plan::run(cli, args, &console).await,
            Command::Apply(args) => apply::run(cli, args, &console).await,
            Command::Sync(args) => sync::run(cli, args, &console).await,
            Command::Resume(args) => resume::run(cli, args, &console).await,
            Command::Refresh(args) => refresh::run(cli, args, &console).await,
            Command::User(args) => user::run(cli, args, &console).await,
            Command::Role(args) => role::run(cli, args, &console).await,
            Command::Team(args) => team::run(cli, args, &console).await,
            Command::Doctor(args) => doctor::run(cli, args, &console).await,
            Command::Completions(args) => completions::run(args),
            Command::Man(args) => man::run(args, &console),
            Command::Sandbox(args) => sandbox::run(cli, args, &console).await,
        }
    });
    // Whoever still waits for a silent pipe is not waited for.
    runtime.shutdown_background();
    match done {
        Ok(exit) => exit,
        Err(failure) => console.fail_without_result(&failure, &[]),
    }
}
