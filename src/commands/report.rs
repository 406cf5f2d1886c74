//! `report`: the report of any run again, from the journal.

use crate::cli::{Cli, ReportArgs};
use crate::failure::{Exit, Failure};
use crate::report::{plan_text, run_text};
use crate::session::{Console, Session, retell};

pub fn run(cli: &Cli, args: &ReportArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, None)?;
    let (plan, run) = retell(&session.settings, args.run.as_deref())?;
    console.document(&run);
    console.text(&plan_text(&plan, &console.view()));
    console.text(&format!("\n{}", run_text(&run, &console.view())));
    if let Some(dir) = &args.out {
        console.write_report(dir, &run)?;
    }
    Ok(Exit::Done)
}
