//! `unpause`: a paused source may send again.

use crate::cli::Cli;
use crate::failure::{Exit, Failure};
use crate::report::switch_text;
use crate::session::{Console, Session, unpause};

pub fn run(cli: &Cli, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let unpaused = unpause(&session.settings)?;
    console.document(&unpaused);
    console.text(&switch_text(&unpaused, &console.view()));
    Ok(Exit::Done)
}
