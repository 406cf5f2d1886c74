//! `user`: one user by hand, a call of the REST API each.

mod delete;
mod entity;
mod get;
mod location;
mod password;
mod powers;
mod put;
mod query;
mod reset;
mod roles;
mod teams;

use crate::cli::{
    Cli, UserArgs, UserCommand, UserEntityCommand, UserRolesCommand, UserTeamsCommand,
};
use crate::failure::{Exit, Failure};
use crate::session::Console;

pub async fn run(cli: &Cli, args: &UserArgs, console: &Console) -> Result<Exit, Failure> {
    let at = &args.at;
    match &args.command {
        UserCommand::Get(user) => get::run(cli, at, user, console).await,
        UserCommand::Put(args) => put::run(cli, at, args, console).await,
        UserCommand::Delete(args) => delete::run(cli, at, args, console).await,
        UserCommand::SendResetEmail(args) => reset::send_link(cli, at, args, console).await,
        UserCommand::ResetPassword(args) => reset::generate(cli, at, args, console).await,
        UserCommand::ChangePassword(args) => password::run(cli, at, args, console).await,
        UserCommand::ChangeStorageLocation(args) => location::run(cli, at, args, console).await,
        UserCommand::Roles(UserRolesCommand::Get(user)) => roles::get(cli, at, user, console).await,
        UserCommand::Roles(UserRolesCommand::Set(args)) => roles::set(cli, at, args, console).await,
        UserCommand::ServiceTeams(UserTeamsCommand::Set(args)) => {
            teams::set(cli, at, args, console).await
        }
        UserCommand::Entity(UserEntityCommand::Get(user)) => {
            entity::get(cli, at, user, console).await
        }
        UserCommand::Entity(UserEntityCommand::Put(args)) => {
            entity::put(cli, at, args, console).await
        }
        UserCommand::Query(args) => query::run(cli, at, args, console).await,
        UserCommand::Delegate(args) => powers::delegate(cli, at, args, console).await,
        UserCommand::Impersonate(args) => powers::impersonate(cli, at, args, console).await,
    }
}
