//! Which subcommand does what: the one list.

use super::{
    adopt, apply, completions, config, disown, doctor, explain, history, init, man, pause, plan,
    preview, refresh, report, resume, role, sandbox, state, status, sync, team, undo, unpause,
    user, validate,
};
use crate::cli::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::session::Console;

/// Does what the command line asks for.
pub(super) async fn dispatch(cli: &Cli, console: &Console) -> Result<Exit, Failure> {
    match &cli.command {
        Command::Init(args) => init::run(cli, args, console).await,
        Command::Preview(args) => preview::run(cli, args, console),
        Command::Validate(args) => validate::run(cli, args, console),
        Command::Plan(args) => plan::run(cli, args, console).await,
        Command::Apply(args) => apply::run(cli, args, console).await,
        Command::Sync(args) => sync::run(cli, args, console).await,
        Command::Resume(args) => resume::run(cli, args, console).await,
        Command::Undo(args) => undo::run(cli, args, console).await,
        Command::History(args) => history::run(cli, args, console),
        Command::Report(args) => report::run(cli, args, console),
        Command::Explain(args) => explain::run(cli, args, console).await,
        Command::Status(args) => status::run(cli, args, console),
        Command::Refresh(args) => refresh::run(cli, args, console).await,
        Command::Adopt(args) => adopt::run(cli, args, console).await,
        Command::Disown(args) => disown::run(cli, args, console),
        Command::Pause(args) => pause::run(cli, args, console),
        Command::Unpause => unpause::run(cli, console),
        Command::State(args) => state::run(cli, args, console),
        Command::User(args) => user::run(cli, args, console).await,
        Command::Role(args) => role::run(cli, args, console).await,
        Command::Team(args) => team::run(cli, args, console).await,
        Command::Doctor(args) => doctor::run(cli, args, console).await,
        Command::Config(args) => config::run(cli, args, console),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args, console),
        Command::Sandbox(args) => sandbox::run(cli, args, console).await,
    }
}
