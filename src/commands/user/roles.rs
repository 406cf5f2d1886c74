//! `user roles get` and `user roles set`.

use serde_json::json;

use crate::cli::{Cli, HandFlags, UserArg, UserRolesSetArgs};
use crate::failure::{Exit, Failure};
use crate::report::ids_text;
use crate::session::{ByHand, Console, IdChange, Told, confirm};

/// `user roles get`
pub async fn get(
    cli: &Cli,
    at: &HandFlags,
    args: &UserArg,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_read(cli, at, console).await?;
    let call = by_hand.client().get_roles(&args.user);
    let roles = by_hand
        .ask(format!("the roles of {}", args.user), call)
        .await?;
    console.document(&json!({ "id": args.user, "roles": roles }));
    console.text(&ids_text("role", &roles, &console.view()));
    Ok(Exit::Done)
}

/// `user roles set`: these and no others.
pub async fn set(
    cli: &Cli,
    at: &HandFlags,
    args: &UserRolesSetArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_write(cli, at, console, "user roles set").await?;
    let (user_id, what) = (args.user.as_str(), format!("the roles of {}", args.user));
    let read = || by_hand.ask(&what, by_hand.client().get_roles(user_id));
    let change = IdChange::between(&read().await?, &args.roles);
    if !change.taken.is_empty() {
        by_hand.spare(user_id)?;
        confirm(
            &args.write,
            &format!("Take {} from {user_id}", change.taken.join(", ")),
        )?;
    }
    if change.is_none() {
        Told::unchanged("roles_set", user_id).tell(console, "the roles are so already");
        return Ok(Exit::Done);
    }
    let is_done = async { Ok(IdChange::between(&read().await?, &args.roles).is_none()) };
    let call = by_hand.client().set_roles(user_id, &args.roles);
    let warnings = by_hand.write(&what, call, is_done).await?;
    let told = Told::applied("roles_set", user_id, warnings).with_changes(change.json());
    told.tell(console, &format!("{user_id}: {}", change.said()));
    Ok(Exit::Done)
}
