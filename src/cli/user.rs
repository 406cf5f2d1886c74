//! Arguments of `user`: the REST API of one user by hand.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::{HandFlags, PasswordFlags, PowerArgs, WriteFlags};

/// Arguments of `user`.
#[derive(Clone, Debug, Args)]
pub struct UserArgs {
    /// Which tenant.
    #[command(flatten)]
    pub at: HandFlags,
    /// What to do.
    #[command(subcommand)]
    pub command: UserCommand,
}

/// What can be done with one user.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Show a user whole
    Get(UserArg),
    /// Create or change a user from a JSON file
    Put(UserPutArgs),
    /// Delete a user
    Delete(UserWriteArgs),
    /// Mail a user a link to reset his password
    SendResetEmail(UserWriteArgs),
    /// Generate a new password and mail it to the user
    ResetPassword(UserWriteArgs),
    /// Give a user a password
    ChangePassword(ChangePasswordArgs),
    /// Give a technician another storage location, with what comes along
    ChangeStorageLocation(ChangeStorageLocationArgs),
    /// The roles of a user
    #[command(subcommand)]
    Roles(UserRolesCommand),
    /// The service teams of a user
    #[command(subcommand)]
    ServiceTeams(UserTeamsCommand),
    /// The company or person behind a user
    #[command(subcommand)]
    Entity(UserEntityCommand),
    /// List users
    Query(UserQueryArgs),
    /// Get a token that acts for a role of an entity
    Delegate(DelegateArgs),
    /// Get a token that acts as a user
    Impersonate(ImpersonateArgs),
}

/// One user.
#[derive(Clone, Debug, Args)]
pub struct UserArg {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
}

/// One user, and a write that may want a yes.
#[derive(Clone, Debug, Args)]
pub struct UserWriteArgs {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// Arguments of `user put`.
#[derive(Clone, Debug, Args)]
pub struct UserPutArgs {
    /// A User object as JSON; `-` is standard input. What it does not mention stays as it is
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Send the object as it stands: what it does not mention is lost
    #[arg(long)]
    pub replace: bool,
    /// Mail name and password to a new user
    #[arg(long)]
    pub notify: bool,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// Arguments of `user change-password`.
#[derive(Clone, Debug, Args)]
pub struct ChangePasswordArgs {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
    /// The new password.
    #[command(flatten)]
    pub password: PasswordFlags,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// Arguments of `user change-storage-location`.
#[derive(Clone, Debug, Args)]
pub struct ChangeStorageLocationArgs {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
    /// The new StorageLocationID
    #[arg(value_name = "LOCATION")]
    pub location: String,
    /// The inventory comes along
    #[arg(long)]
    pub migrate_inventory: bool,
    /// Open requests to count come along
    #[arg(long)]
    pub migrate_open_count_requests: bool,
    /// Open loads of inventory come along
    #[arg(long)]
    pub migrate_open_inventory_loads: bool,
    /// Open stock levels come along
    #[arg(long)]
    pub migrate_open_stock_levels: bool,
    /// The data of stock levels come along
    #[arg(long)]
    pub migrate_stock_levels_data: bool,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// `user roles …`
#[derive(Clone, Debug, Subcommand)]
pub enum UserRolesCommand {
    /// Show the roles of a user
    Get(UserArg),
    /// Give a user these roles and no others
    Set(UserRolesSetArgs),
}

/// Arguments of `user roles set`.
#[derive(Clone, Debug, Args)]
pub struct UserRolesSetArgs {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
    /// The RoleIDs; none takes all roles away
    #[arg(value_name = "ROLE")]
    pub roles: Vec<String>,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// `user service-teams …`
#[derive(Clone, Debug, Subcommand)]
pub enum UserTeamsCommand {
    /// Put a user into these service teams and no others
    Set(UserTeamsSetArgs),
}

/// Arguments of `user service-teams set`.
#[derive(Clone, Debug, Args)]
pub struct UserTeamsSetArgs {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
    /// The ServiceTeamIDs; none takes him out of all teams
    #[arg(value_name = "TEAM")]
    pub teams: Vec<String>,
    /// Whether to ask.
    #[command(flatten)]
    pub write: WriteFlags,
}

/// `user entity …`
#[derive(Clone, Debug, Subcommand)]
pub enum UserEntityCommand {
    /// Show the entity of a user
    Get(UserArg),
    /// Replace the entity of a user
    Put(UserEntityPutArgs),
}

/// Arguments of `user entity put`.
#[derive(Clone, Debug, Args)]
pub struct UserEntityPutArgs {
    /// The UserID, exactly
    #[arg(value_name = "USER")]
    pub user: String,
    /// A User Entity object as JSON; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
}

/// Arguments of `user query`.
#[derive(Clone, Debug, Args)]
pub struct UserQueryArgs {
    /// Only users of whom all of these hold: FIELD:VALUE,…
    #[arg(long, value_name = "FILTER")]
    pub filter: Option<String>,
    /// Only users who hold this text: TERM, or TERM::in:FIELD,…
    #[arg(long = "q", value_name = "TERM")]
    pub search: Option<String>,
    /// Order by this field; -FIELD for descending
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// Most users to list; the tenant may give fewer
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
    /// Skip so many
    #[arg(long, value_name = "N")]
    pub start: Option<u64>,
}

/// Arguments of `user delegate`.
#[derive(Clone, Debug, Args)]
pub struct DelegateArgs {
    /// The EntityID
    #[arg(value_name = "ENTITY")]
    pub entity: String,
    /// The RoleID
    #[arg(value_name = "ROLE")]
    pub role: String,
    /// Who asks, and why.
    #[command(flatten)]
    pub power: PowerArgs,
}

/// Arguments of `user impersonate`.
#[derive(Clone, Debug, Args)]
pub struct ImpersonateArgs {
    /// The UserID to act as
    #[arg(value_name = "USER")]
    pub user: String,
    /// Who asks, and why.
    #[command(flatten)]
    pub power: PowerArgs,
}
