//! `user service-teams set`. The API has no way to read them from the user's side.

use crate::cli::{Cli, HandFlags, UserTeamsSetArgs};
use crate::failure::{Exit, Failure};
use crate::session::{ByHand, Console, Told, confirm};

pub async fn set(
    cli: &Cli,
    at: &HandFlags,
    args: &UserTeamsSetArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user service-teams set").await?;
    let user = by_hand.existing(&args.user).await?;
    let user_id = user.user_id();
    if args.teams.is_empty() {
        by_hand.spare(user_id)?;
        confirm(&args.write, &format!("Take {user_id} out of all teams"))?;
    }
    let call = by_hand.client().set_service_teams(user_id, &args.teams);
    let asked = by_hand.ask(format!("the service teams of {user_id}"), call);
    let told = Told::applied("service_teams_set", user_id, asked.await?);
    let teams = match args.teams.is_empty() {
        true => "no service team".to_owned(),
        false => args.teams.join(", "),
    };
    told.tell(console, &format!("{user_id} is in {teams}"));
    Ok(Exit::Done)
}
