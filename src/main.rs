//! The program: parse the command line, run, exit with the code that tells how it went.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use crewsync::cli::Cli;
use crewsync::session::stderr_width;
use crewsync::{commands, failure::Failure};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version are no failures.
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            let failure = Failure::from(error);
            // `--json` holds for a wrong command line as well.
            if std::env::args_os().any(|argument| argument == "--json") {
                // Nobody may be listening.
                let _ = writeln!(std::io::stdout(), "{}", failure.to_json(&[]));
            }
            let _ = failure.print(&mut std::io::stderr(), false, stderr_width());
            return ExitCode::from(failure.exit().code());
        }
    };
    ExitCode::from(commands::run(&cli).code())
}
