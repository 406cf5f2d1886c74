//! Arguments of `role` and `team`: their members, one call for many users.

use clap::{Args, Subcommand};

use super::{HandFlags, WriteFlags};

/// Arguments of `role`.
#[derive(Clone, Debug, Args)]
pub struct RoleArgs {
    /// Which tenant.
    #[command(flatten)]
    pub at: HandFlags,
    /// What to do.
    #[command(subcommand)]
    pub command: RoleCommand,
}

/// What can be done with a role.
#[derive(Clone, Debug, Subcommand)]
pub enum RoleCommand {
    /// The users who have a role
    #[command(subcommand)]
    Users(RoleUsersCommand),
}

/// `role users …`
#[derive(Clone, Debug, Subcommand)]
pub enum RoleUsersCommand {
    /// Show who has a role
    Get(GroupArg),
    /// Give a role to these users and to nobody else
    Set(MembersArgs),
    /// Give a role to these users as well
    Add(NewMembersArgs),
    /// Take a role from these users
    Remove(SomeMembersArgs),
}

/// Arguments of `team`.
#[derive(Clone, Debug, Args)]
pub struct TeamArgs {
    /// Which tenant.
    #[command(flatten)]
    pub at: HandFlags,
    /// What to do.
    #[command(subcommand)]
    pub command: TeamCommand,
}

/// What can be done with a service team.
#[derive(Clone, Debug, Subcommand)]
pub enum TeamCommand {
    /// The users in a service team
    #[command(subcommand)]
    Users(TeamUsersCommand),
}

/// `team users …`
#[derive(Clone, Debug, Subcommand)]
pub enum TeamUsersCommand {
    /// Show who is in a service team
    Get(GroupArg),
    /// Put these users into a service team, and nobody else
    Set(MembersArgs),
}

/// A role or a team.
#[derive(Clone, Debug, Args)]
pub struct GroupArg {
    /// The RoleID or ServiceTeamID
    #[arg(value_name = "ID")]
    pub id: String,
}

/// A role or a team, and its members from now on.
#[derive(Clone, Debug, Args)]
pub struct MembersArgs {
    /// The RoleID or ServiceTeamID
    #[arg(value_name = "ID")]
    pub id: String,
    /// The UserIDs; none leaves it empty
    #[arg(value_name = "USER")]
    pub users: Vec<String>,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// A role, and users who lose it.
#[derive(Clone, Debug, Args)]
pub struct SomeMembersArgs {
    /// The RoleID
    #[arg(value_name = "ID")]
    pub id: String,
    /// The UserIDs
    #[arg(value_name = "USER", required = true)]
    pub users: Vec<String>,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// A role, and users who get it.
#[derive(Clone, Debug, Args)]
pub struct NewMembersArgs {
    /// The RoleID
    #[arg(value_name = "ID")]
    pub id: String,
    /// The UserIDs
    #[arg(value_name = "USER", required = true)]
    pub users: Vec<String>,
}
