//! `doctor`: whether a run would find everything it needs.

use crate::cli::{Cli, DoctorArgs};
use crate::failure::{Exit, Failure};
use crate::session::{Console, examine};

pub async fn run(cli: &Cli, args: &DoctorArgs, console: &Console) -> Result<Exit, Failure> {
    examine(cli, args, console).await
}
