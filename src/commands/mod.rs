//! One thin file for each subcommand: settings → stages → report. Each reads as the program it is.

mod adopt;
mod apply;
mod completions;
mod config;
mod disown;
mod dispatch;
mod doctor;
mod explain;
mod history;
mod init;
mod man;
mod pause;
mod plan;
mod preview;
mod refresh;
mod report;
mod resume;
mod role;
mod sandbox;
mod state;
mod status;
mod sync;
mod team;
mod undo;
mod unpause;
mod user;
mod validate;

use crate::cli::Cli;
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
    let done = runtime.block_on(dispatch::dispatch(cli, &console));
    // Whoever still waits for a silent pipe is not waited for.
    runtime.shutdown_background();
    match done {
        Ok(exit) => exit,
        Err(failure) => console.fail_without_result(&failure, &[]),
    }
}
