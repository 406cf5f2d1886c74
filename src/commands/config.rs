//! `config`: what holds and where it comes from; schema and manual of all keys.

use serde_json::json;

use crate::cli::{Cli, ConfigArgs, ConfigCommand};
use crate::config::{held, manual, schema};
use crate::failure::{Exit, Failure};
use crate::report::settings_text;
use crate::session::{Console, Session};

pub fn run(cli: &Cli, args: &ConfigArgs, console: &Console) -> Result<Exit, Failure> {
    match &args.command {
        ConfigCommand::Show(args) => {
            // Checked as every other command checks them.
            Session::new(cli, None, Some(&args.tenant))?;
            let overrides = cli.common.overrides(None, Some(&args.tenant));
            let settings = held(&overrides, &|name| std::env::var(name).ok())?;
            console.document(&json!({ "settings": settings }));
            let rows = settings
                .iter()
                .map(|one| (&*one.key, one.value.as_deref(), &*one.origin));
            console.text(&settings_text(rows, args.origin, &console.view()));
        }
        ConfigCommand::Schema => {
            console.document(&schema());
            console.text(&format!("{:#}\n", schema()));
        }
        ConfigCommand::Manual => {
            console.document(&json!({ "manual": manual() }));
            console.text(&manual());
        }
    }
    Ok(Exit::Done)
}
