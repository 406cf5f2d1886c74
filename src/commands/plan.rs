//! `plan`: what would change and why. Sends nothing, takes no lock, writes no state.

use crate::cli::{Cli, PlanArgs};
use crate::failure::{Exit, Failure};
use crate::report::plan_text;
use crate::session::{Console, Session, exits_of_plan, rows_left_by_plan};

pub async fn run(cli: &Cli, args: &PlanArgs, console: &Console) -> Result<Exit, Failure> {
    let mut session = Session::new(cli, Some(&args.input), Some(&args.tenant))?;
    session.keeps_plan = args.out.is_some();
    let connection = session.connect_if_needed(&args.against, console).await?;
    let past = session.past(connection.as_ref())?;
    let planned = session
        .plan(
            &args.input,
            &args.part,
            &args.against,
            connection.as_ref(),
            &past,
            console,
        )
        .await?;
    let plan = &planned.plan;
    console.document(plan);
    console.text(&session.comparison(&args.input, &args.against, connection.as_ref()));
    console.text(&plan_text(plan, &console.view()));
    if let Some(path) = &args.out {
        let saved = session.save_plan_as(path, &planned, connection.as_ref())?;
        console.say(&saved.told());
    }
    if let Some(path) = &args.html {
        let comparison = session.comparison(&args.input, &args.against, connection.as_ref());
        console.say(&session.write_page(path, plan, comparison.trim())?);
    }
    let exits = exits_of_plan(plan);
    console.warn_of_guards(&plan.guards);
    console.warn_of_rows(&rows_left_by_plan(plan));
    let changes = args.exit_code && plan.sendable().next().is_some();
    Ok(Exit::of_all(
        exits.into_iter().chain(changes.then_some(Exit::Changes)),
    ))
}
