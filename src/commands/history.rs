//! `history`: past runs and calls by hand.

use crate::cli::{Cli, HistoryArgs};
use crate::failure::{Exit, Failure};
use crate::report::history_text;
use crate::session::{Console, Session, history};

pub fn run(cli: &Cli, args: &HistoryArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let history = history(&session.settings, args.last)?;
    console.document(&history);
    console.text(&history_text(&history, &console.view()));
    Ok(Exit::Done)
}
