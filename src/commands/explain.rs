//! `explain`: one user's way from the line of the export to the tenant's answer.

use crate::cli::{Cli, ExplainArgs, InputArgs};
use crate::failure::{Exit, Failure};
use crate::report::{explain_text, foreseen_text};
use crate::session::{Console, Session, explain};

pub async fn run(cli: &Cli, args: &ExplainArgs, console: &Console) -> Result<Exit, Failure> {
    if let Some(export) = &args.from {
        let input = InputArgs::of(export);
        let session = Session::new(cli, Some(&input), Some(&args.tenant))?;
        let foreseen = session.foresee(args, &input, console).await?;
        console.document(&foreseen);
        console.text(&foreseen_text(&foreseen, &console.view()));
        return Ok(Exit::Done);
    }
    let session = Session::new(cli, None, None)?;
    let explained = explain(&session.settings, &args.user, args.last)?;
    console.document(&explained);
    console.text(&explain_text(&explained, &console.view()));
    Ok(Exit::Done)
}
