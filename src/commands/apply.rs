//! `apply`: send a saved plan.

use crate::cli::{ApplyArgs, Cli};
use crate::failure::{Exit, Failure};
use crate::report::plan_text;
use crate::session::{Console, Journal, Session, Signals, execute, heal};
use crate::store::PlanUse;

pub async fn run(cli: &Cli, args: &ApplyArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, None, Some(&args.tenant))?;
    let settings = &session.settings;
    let saved = session.read_plan(&args.plan)?;
    let connection = session.connect(&args.against(), console).await?;
    session.check_fit(&saved, &connection)?;
    let review = session.review(args, &saved.plan)?;
    let journal = Journal::open_to_send(settings, &connection, "apply")?;
    let signals = Signals::listen()?;
    let progress = console.progress();
    for told in heal(&connection, &journal, settings, &signals, progress.clone()).await? {
        console.warn(&told);
    }
    let origin = session.origin(&saved, &connection);
    let application = session.apply(saved, review, &connection, &journal)?;
    let planned = application.planned;
    console.text(&origin);
    console.text(&plan_text(&planned.plan, &console.view()));
    let estimated_s = planned.plan.summary.estimated_seconds;
    session.warn_of_expiry(&connection, estimated_s, console);
    let plan = &planned.plan;
    let asking = session.confirm_production(plan, &connection, args.yes, &signals);
    asking.await?;
    let plan_use = PlanUse {
        saving: &application.saving,
        ended: &application.ended,
    };
    let executed = execute(
        planned,
        &plan_use,
        &connection,
        &journal,
        settings,
        &signals,
        progress,
    )
    .await?;
    Ok(console.tell_run(&executed, &settings.report.dir))
}
