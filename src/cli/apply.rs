//! Arguments of `apply`.

use clap::Args;

use super::{Against, AgainstFlags, TenantFlags};
use crate::model::Action;

/// Arguments of `apply`.
#[derive(Clone, Debug, Args)]
pub struct ApplyArgs {
    /// The plan: a file, or the id of one under the state directory (its beginning will do)
    #[arg(value_name = "PLAN", help_heading = None)]
    pub plan: String,
    /// Leave these users out: ids with commas between them, or a FILE with one a line
    #[arg(long, value_name = "IDS|FILE", help_heading = "Review")]
    pub exclude: Option<String>,
    /// Let only these actions through: any of create, update, deactivate, reactivate, restore, delete
    #[arg(long, value_name = "ACTIONS", value_delimiter = ',', value_parser = action, help_heading = "Review")]
    pub actions: Option<Vec<Action>>,
    /// Answer with your name for what the guards held or refused: it is sent, once, and the report says who
    /// approved it
    #[arg(long, value_name = "NAME", value_parser = name, help_heading = "Review")]
    pub approved_by: Option<String>,
    /// Talk to the sandbox whose users are in the state directory
    #[arg(long, conflicts_with = "base_url", help_heading = "Tenant")]
    pub sandbox: bool,
    /// The tenant.
    #[command(flatten)]
    pub tenant: TenantFlags,
    /// Write to a production tenant without asking; where no terminal is, nothing is asked
    #[arg(long, help_heading = "Tenant")]
    pub yes: bool,
}

impl ApplyArgs {
    /// The tenant that the plan was made for, and nothing in its place.
    pub fn against(&self) -> AgainstFlags {
        AgainstFlags {
            against: Against::Live,
            sandbox: self.sandbox,
            sandbox_seed: None,
        }
    }
}

fn action(text: &str) -> Result<Action, String> {
    const ALL: [Action; 6] = [
        Action::Create,
        Action::Update,
        Action::Deactivate,
        Action::Reactivate,
        Action::Restore,
        Action::Delete,
    ];
    let found = ALL.into_iter().find(|action| action.name() == text.trim());
    found.ok_or_else(|| {
        let names = ALL.map(Action::name).join(", ");
        format!("the actions are {names}")
    })
}

fn name(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("it wants the name of a person".to_owned()),
        name => Ok(name.to_owned()),
    }
}
