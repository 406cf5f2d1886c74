//! `disown`: users whom a source no longer answers for.

use crate::cli::{Cli, DisownArgs};
use crate::failure::{Exit, Failure};
use crate::report::adopted_text;
use crate::session::{Console, Session, disown};

pub fn run(cli: &Cli, args: &DisownArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let disowned = disown(&session.settings, &args.file)?;
    console.document(&disowned);
    console.text(&adopted_text(&disowned, &console.view()));
    Ok(Exit::Done)
}
