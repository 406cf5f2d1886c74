//! `adopt`: users whom a source answers for from now on.

use jiff::Timestamp;

use crate::cli::{AdoptArgs, Cli};
use crate::failure::{Exit, Failure};
use crate::report::adopted_text;
use crate::session::{Console, Session, adopt};

pub async fn run(cli: &Cli, args: &AdoptArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, Some(&args.tenant))?;
    let connection = session.connect(&args.against(), console).await?;
    let adopted = adopt(&session.settings, &connection, &args.file, Timestamp::now()).await?;
    console.document(&adopted);
    console.text(&adopted_text(&adopted, &console.view()));
    Ok(Exit::Done)
}
