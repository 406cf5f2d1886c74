//! `pause`: nothing is sent for a source until a person says so.

use jiff::Timestamp;

use crate::cli::{Cli, PauseArgs};
use crate::failure::{Exit, Failure};
use crate::report::switch_text;
use crate::session::{Console, Session, pause};

pub fn run(cli: &Cli, args: &PauseArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let paused = pause(&session.settings, &args.reason, Timestamp::now())?;
    console.document(&paused);
    console.text(&switch_text(&paused, &console.view()));
    Ok(Exit::Done)
}
