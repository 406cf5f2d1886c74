//! `user delete`: one user, for good.

use crate::cli::{Cli, HandFlags, UserWriteArgs};
use crate::failure::{Exit, Failure};
use crate::session::{ByHand, Console, Told, confirm};

pub async fn run(
    cli: &Cli,
    at: &HandFlags,
    args: &UserWriteArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user delete").await?;
    by_hand.spare(&args.user)?;
    let user = by_hand.existing(&args.user).await?;
    let user_id = user.user_id();
    let question = format!("Delete {user_id} ({}), for good", user.display_name());
    confirm(&args.write, &question)?;
    let is_gone = async {
        let found = by_hand.user(user_id).await?;
        Ok(found.is_none_or(|user| user.is_deleted()))
    };
    let call = by_hand.client().delete_user(user_id);
    let warnings = by_hand.write(format!("the deletion of {user_id}"), call, is_gone);
    let told = Told::applied("user_delete", user_id, warnings.await?);
    told.tell(console, &format!("{user_id} is deleted"));
    Ok(Exit::Done)
}
