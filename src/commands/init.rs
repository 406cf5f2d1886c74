//! `init`: a first configuration for an export, with every guess commented.

use crate::cli::{Cli, InitArgs};
use crate::failure::{Exit, Failure};
use crate::report::begun_text;
use crate::session::{Console, init};

pub async fn run(cli: &Cli, args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    let begun = init(cli, args, console).await?;
    console.document(&begun);
    let told = (&begun.guessed, begun.rows, begun.rejected);
    console.text(&begun_text(
        &begun.path,
        told,
        &begun.problems,
        &console.view(),
    ));
    Ok(Exit::Done)
}
