//! `undo`: plan the reverse of a run, and send it only when told to.

use crate::cli::{Cli, UndoArgs};
use crate::failure::{Exit, Failure};
use crate::report::plan_text;
use crate::session::{
    Console, Journal, Session, Signals, execute, exits_of_plan, heal, rows_left_by_plan,
};
use crate::store::PlanUse;

pub async fn run(cli: &Cli, args: &UndoArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, Some(&args.tenant))?;
    let settings = &session.settings;
    let connection = session.connect(&args.against(), console).await?;
    if !args.apply {
        let past = session.past(Some(&connection))?;
        let planned = session.plan_undo(&args.run, &connection, &past).await?;
        console.document(&planned.plan);
        console.text(&plan_text(&planned.plan, &console.view()));
        if let Some(path) = &args.out {
            let saved = session.save_plan_as(path, &planned, Some(&connection))?;
            console.say(&saved.told());
        }
        console.warn_of_guards(&planned.plan.guards);
        console.warn_of_rows(&rows_left_by_plan(&planned.plan));
        return Ok(Exit::of_all(exits_of_plan(&planned.plan)));
    }
    let journal = Journal::open_to_send(settings, &connection, "undo")?;
    let signals = Signals::listen()?;
    let progress = console.progress();
    for told in heal(&connection, &journal, settings, &signals, progress.clone()).await? {
        console.warn(&told);
    }
    let past = journal.past(settings)?;
    let planned = session.plan_undo(&args.run, &connection, &past).await?;
    let plan = &planned.plan;
    console.text(&plan_text(plan, &console.view()));
    let saved = session.save_plan(&planned, Some(&connection))?;
    let asking = session.confirm_production(plan, &connection, args.yes, &signals);
    asking.await?;
    let plan_use = PlanUse {
        saving: &saved.saving,
        ended: &[],
    };
    let run = execute(
        planned,
        &plan_use,
        &connection,
        &journal,
        settings,
        &signals,
        progress,
    );
    let executed = run.await?;
    Ok(console.tell_run(&executed, &settings.report.dir))
}
