//! `user change-password`: a password that the caller chooses.

use crate::cli::{ChangePasswordArgs, Cli, HandFlags};
use crate::failure::{Exit, Failure};
use crate::session::{ByHand, Console, Told, confirm, password};

pub async fn run(
    cli: &Cli,
    at: &HandFlags,
    args: &ChangePasswordArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user change-password").await?;
    by_hand.spare(&args.user)?;
    let user = by_hand.existing(&args.user).await?;
    let user_id = user.user_id();
    let question = format!("Void the password of {user_id} in favour of another one");
    confirm(&args.write, &question)?;
    let password = password(&args.password, user_id, true)?;
    let call = by_hand.client().change_password(user_id, &password);
    let asked = by_hand.ask(format!("the new password of {user_id}"), call);
    let told = Told::applied("change_password", user_id, asked.await?);
    told.tell(console, &format!("{user_id} has the new password"));
    Ok(Exit::Done)
}
