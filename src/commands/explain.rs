//! `explain`: one user's way from the line of the export to the tenant's answer.

use crate::cli::{Cli, ExplainArgs};
use crate::failure::{Exit, Failure};
use crate::report::explain_text;
use crate::session::{Console, Session, explain};

pub fn run(cli: &Cli, args: &ExplainArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let explained = explain(&session.settings, &args.user, args.last)?;
    console.document(&explained);
    console.text(&explain_text(&explained, &console.view()));
    Ok(Exit::Done)
}
