//! `status`: how a source stands, for a monitor.

use jiff::Timestamp;

use crate::cli::{Cli, StatusArgs};
use crate::failure::{Exit, Failure};
use crate::report::{Standing, status_text};
use crate::session::{Console, Session, status};

pub fn run(cli: &Cli, args: &StatusArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let status = status(&session.settings, args.max_age, Timestamp::now())?;
    console.document(&status);
    console.text(&status_text(&status, &console.view()));
    if status.status == Standing::Ok {
        return Ok(Exit::Done);
    }
    let (why, hint) = status.why();
    Ok(console.fail(&Failure::stopped(why).hint(hint)))
}
