//! `resume`: finish a run that was interrupted.

use crate::cli::{Cli, ResumeArgs};
use crate::failure::{Exit, Failure};
use crate::session::{
    Console, Journal, Resumable, Session, Signals, find_resumable, nothing_to_resume, resume_run,
};

pub async fn run(cli: &Cli, args: &ResumeArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, Some(&args.tenant))?;
    let settings = &session.settings;
    if !Journal::exists(settings) {
        return Ok(nothing("nothing to resume", console));
    }
    let connection = session.connect(&args.against(), console).await?;
    let journal = Journal::open_to_send(settings, &connection, "resume")?;
    let signals = Signals::listen()?;
    let record = match find_resumable(&journal, args.run.as_deref())? {
        Resumable::Run(record) => record,
        Resumable::Nothing(why) => return Ok(nothing(&why, console)),
    };
    let progress = console.progress();
    let executed = resume_run(&record, &connection, &journal, settings, &signals, progress).await?;
    Ok(console.tell_run(&executed, &settings.report.dir))
}

fn nothing(why: &str, console: &Console) -> Exit {
    console.document(&nothing_to_resume(why));
    console.text(&format!("{why}\n"));
    Exit::Done
}
