//! `team`: who is in a service team, from the team's side.

use crate::cli::{Cli, TeamArgs, TeamCommand, TeamUsersCommand};
use crate::failure::{Exit, Failure};
use crate::session::{Console, Members, MembersOf};

pub async fn run(cli: &Cli, args: &TeamArgs, console: &Console) -> Result<Exit, Failure> {
    let TeamCommand::Users(command) = &args.command;
    let (id, purpose) = match command {
        TeamUsersCommand::Get(group) => (&group.id, None),
        TeamUsersCommand::Set(args) => (&args.id, Some("team users set")),
    };
    let members = Members::open(cli, &args.at, MembersOf::Team, id, purpose, console).await?;
    match command {
        TeamUsersCommand::Get(_) => members.show().await,
        TeamUsersCommand::Set(args) => members.set(&args.users, &args.write).await,
    }
}
