//! `sync`: plan, send and report in one go.

use crate::cli::{Cli, SyncArgs};
use crate::failure::{Exit, Failure};
use crate::report::{plan_text, run_text, write_run_files};
use crate::session::{Console, Journal, Session, Signals, execute, rows_left_by_run};

pub async fn run(cli: &Cli, args: &SyncArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, Some(&args.input), Some(&args.tenant))?;
    let connection = session.connect(&args.against, console).await?;
    let journal = Journal::open(&session.settings, &connection.identity)?;
    let signals = Signals::listen()?;
    let planning = session.plan(&args.input, &args.against, Some(&connection), console);
    let planned = tokio::select! {
        planned = planning => planned?,
        () = signals.interrupt.cancelled() => return Err(signals.before_sending()),
    };
    console.text(&session.comparison(&args.input, &args.against, Some(&connection)));
    console.text(&plan_text(&planned.plan, &console.view()));
    let progress = console.progress();
    let executed = execute(
        planned,
        &connection,
        &journal,
        &session.settings,
        &signals,
        progress,
    )
    .await?;
    let files = write_run_files(&session.settings.report.dir, &executed.run);
    console.document(&executed.run);
    console.text(&format!("\n{}", run_text(&executed.run, &console.view())));
    console.say_where(files);
    if let Some(failure) = &executed.failure {
        console.fail(failure);
    }
    console.warn_of_guards(&executed.run.guards);
    console.warn_of_rows(&rows_left_by_run(&executed.run));
    Ok(executed.exit())
}
