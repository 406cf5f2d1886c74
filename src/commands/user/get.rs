//! `user get`: one user whole.

use crate::cli::{Cli, HandFlags, UserArg};
use crate::failure::{Exit, Failure};
use crate::report::object_text;
use crate::session::{ByHand, Console};

pub async fn run(
    cli: &Cli,
    at: &HandFlags,
    args: &UserArg,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_read(cli, at, console).await?;
    let user = by_hand.existing(&args.user).await?;
    console.document(user.object());
    console.text(&object_text(user.object(), &console.view()));
    Ok(Exit::Done)
}
