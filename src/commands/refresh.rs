//! `refresh`: the stored state of the tenant's users brought up to date, with what differs from it.

use crate::cli::{Cli, RefreshArgs};
use crate::failure::{Exit, Failure};
use crate::report::refresh_text;
use crate::session::{Console, Journal, Session, Signals, refresh, write_users};

pub async fn run(cli: &Cli, args: &RefreshArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, Some(&args.tenant))?;
    let connection = session.connect(&args.against(), console).await?;
    let journal = Journal::open(&session.settings, &connection, "refresh")?;
    let signals = Signals::listen()?;
    let refreshed = tokio::select! {
        refreshed = refresh(&connection, &journal) => refreshed?,
        () = signals.interrupt.cancelled() => return Err(signals.before_sending()),
    };
    let written = match &args.out {
        Some(file) => Some(write_users(&journal, file)?),
        None => None,
    };
    console.document(&refreshed);
    console.text(&refresh_text(&refreshed, &console.view()));
    if let Some(written) = written {
        console.say(&written);
    }
    Ok(Exit::Done)
}
