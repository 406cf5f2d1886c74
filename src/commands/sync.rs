//! `sync`: plan, send and report in one go.

use crate::cli::{Cli, SyncArgs};
use crate::failure::{Exit, Failure};
use crate::report::plan_text;
use crate::session::{Console, Journal, Session, Signals, execute, heal};
use crate::store::PlanUse;

pub async fn run(cli: &Cli, args: &SyncArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, Some(&args.input), Some(&args.tenant))?;
    let connection = session.connect(&args.against, console).await?;
    let journal = Journal::open_to_send(&session.settings, &connection, "sync")?;
    let signals = Signals::listen()?;
    let progress = console.progress();
    let healing = heal(
        &connection,
        &journal,
        &session.settings,
        &signals,
        progress.clone(),
    );
    for told in healing.await? {
        console.warn(&told);
    }
    let past = journal.past(&session.settings)?;
    let planning = session.plan(
        &args.input,
        &args.part,
        &args.against,
        Some(&connection),
        &past,
        console,
    );
    let planned = tokio::select! {
        planned = planning => planned?,
        () = signals.interrupt.cancelled() => return Err(signals.before_sending()),
    };
    console.text(&session.comparison(&args.input, &args.against, Some(&connection)));
    console.text(&plan_text(&planned.plan, &console.view()));
    let saved = session.save_plan(&planned, Some(&connection))?;
    let plan = &planned.plan;
    let asking = session.confirm_production(plan, &connection, args.yes, &signals);
    asking.await?;
    let plan_use = PlanUse {
        saving: &saved.saving,
        ended: &[],
    };
    let executed = execute(
        planned,
        &plan_use,
        &connection,
        &journal,
        &session.settings,
        &signals,
        progress,
    )
    .await?;
    Ok(console.tell_run(&executed, &session.settings.report.dir))
}
