//! `user delegate` and `user impersonate`: a token that acts for somebody else, with the reason on record.

use crate::cli::{Cli, DelegateArgs, HandFlags, ImpersonateArgs};
use crate::failure::{Exit, Failure};
use crate::session::{ByHand, Console, hand_out, logon};

/// `user delegate`: for a role of an entity.
pub async fn delegate(
    cli: &Cli,
    at: &HandFlags,
    args: &DelegateArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user delegate").await?;
    by_hand.because(&args.power.reason)?;
    let logon = logon(&args.power, by_hand.connection())?;
    let client = by_hand.client();
    let call = client.delegate(&args.entity, &args.role, &logon);
    let what = format!("the role {} of the entity {}", args.role, args.entity);
    let token = by_hand.ask(&what, call).await?;
    hand_out(&token, &args.power, &what, console)
}

/// `user impersonate`: as a user.
pub async fn impersonate(
    cli: &Cli,
    at: &HandFlags,
    args: &ImpersonateArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user impersonate").await?;
    by_hand.because(&args.power.reason)?;
    let logon = logon(&args.power, by_hand.connection())?;
    let call = by_hand.client().impersonate(&args.user, &logon);
    let what = format!("the user {}", args.user);
    let token = by_hand.ask(&what, call).await?;
    hand_out(&token, &args.power, &what, console)
}
