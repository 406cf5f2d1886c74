//! `user send-reset-email` and `user reset-password`: both mail the user.

use crate::cli::{Cli, HandFlags, UserWriteArgs};
use crate::failure::{Exit, Failure};
use crate::session::{ByHand, Console, Told, confirm};

/// `user send-reset-email`: a link, by mail.
pub async fn send_link(
    cli: &Cli,
    at: &HandFlags,
    args: &UserWriteArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user send-reset-email").await?;
    let user = by_hand.existing(&args.user).await?;
    let user_id = user.user_id();
    let question = format!("Mail {user_id} a link to reset the password");
    confirm(&args.write, &question)?;
    let call = by_hand.client().send_reset_email(user_id);
    let asked = by_hand.ask(format!("the mail to {user_id}"), call);
    let told = Told::applied("send_reset_email", user_id, asked.await?);
    told.tell(console, &format!("{user_id} is mailed a link"));
    Ok(Exit::Done)
}

/// `user reset-password`: the old one is void, a generated one comes by mail.
pub async fn generate(
    cli: &Cli,
    at: &HandFlags,
    args: &UserWriteArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user reset-password").await?;
    by_hand.spare(&args.user)?;
    let user = by_hand.existing(&args.user).await?;
    let user_id = user.user_id();
    let question = format!("Void the password of {user_id} and mail a new one");
    confirm(&args.write, &question)?;
    let call = by_hand.client().reset_password(user_id);
    let asked = by_hand.ask(format!("the new password of {user_id}"), call);
    let told = Told::applied("reset_password", user_id, asked.await?);
    told.tell(console, &format!("{user_id} is mailed a new password"));
    Ok(Exit::Done)
}
