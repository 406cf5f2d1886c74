//! `role`: who has a role, from the role's side.

use crate::cli::{Cli, RoleArgs, RoleCommand, RoleUsersCommand};
use crate::failure::{Exit, Failure};
use crate::session::{Console, Members, MembersOf};

pub async fn run(cli: &Cli, args: &RoleArgs, console: &Console) -> Result<Exit, Failure> {
    let RoleCommand::Users(command) = &args.command;
    let (id, purpose) = match command {
        RoleUsersCommand::Get(group) => (&group.id, None),
        RoleUsersCommand::Set(args) => (&args.id, Some("role users set")),
        RoleUsersCommand::Add(args) => (&args.id, Some("role users add")),
        RoleUsersCommand::Remove(args) => (&args.id, Some("role users remove")),
    };
    let members = Members::open(cli, &args.at, MembersOf::Role, id, purpose, console).await?;
    match command {
        RoleUsersCommand::Get(_) => members.show().await,
        RoleUsersCommand::Set(args) => members.set(&args.users, &args.write).await,
        RoleUsersCommand::Add(args) => members.add(&args.users).await,
        RoleUsersCommand::Remove(args) => members.remove(&args.users, &args.write).await,
    }
}
