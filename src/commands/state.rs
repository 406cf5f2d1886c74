//! `state`: care of what is stored.

use jiff::Timestamp;

use crate::cli::{Cli, StateArgs, StateCommand};
use crate::failure::{Exit, Failure};
use crate::report::{cared_text, examined_text};
use crate::session::{Console, Session, back_up, examine_store, forget, purge};

pub fn run(cli: &Cli, args: &StateArgs, console: &Console) -> Result<Exit, Failure> {
    let settings = Session::new(cli, None, None)?.settings;
    let view = console.view();
    match &args.command {
        StateCommand::Backup { file } => {
            let copied = back_up(&settings, file)?;
            console.document(&copied);
            console.text(&examined_text("Copied", &copied, &view));
        }
        StateCommand::Verify { file } => {
            let examined = examine_store(&settings, file.as_deref())?;
            console.document(&examined);
            console.text(&examined_text("Whole", &examined, &view));
        }
        StateCommand::Purge(args) => {
            let purged = purge(&settings, args, Timestamp::now())?;
            console.document(&purged);
            console.text(&cared_text(&purged, &view));
        }
        StateCommand::Forget(args) => {
            let forgotten = forget(&settings, args)?;
            console.document(&forgotten);
            console.text(&cared_text(&forgotten, &view));
        }
    }
    Ok(Exit::Done)
}
