//! `user entity get` and `user entity put`.

use crate::cli::{Cli, HandFlags, UserArg, UserEntityPutArgs};
use crate::failure::{Exit, Failure};
use crate::report::object_text;
use crate::session::{ByHand, Console, Told, read_object};
use crate::wire::Entity;

/// `user entity get`
pub async fn get(
    cli: &Cli,
    at: &HandFlags,
    args: &UserArg,
    console: &Console,
) -> Result<Exit, Failure> {
    let by_hand = ByHand::to_read(cli, at, console).await?;
    let call = by_hand.client().get_entity(&args.user);
    let entity = by_hand
        .ask(format!("the entity of {}", args.user), call)
        .await?;
    console.document(&entity);
    let object = serde_json::to_value(&entity).unwrap_or_default();
    let object = object.as_object().cloned().unwrap_or_default();
    console.text(&object_text(&object, &console.view()));
    Ok(Exit::Done)
}

/// `user entity put`: replaces it.
pub async fn put(
    cli: &Cli,
    at: &HandFlags,
    args: &UserEntityPutArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let user_id = args.user.as_str();
    let entity: Entity = read_object(&args.file, "a User Entity object")?;
    let by_hand = ByHand::to_write(cli, at, console, "user entity put").await?;
    let is_done = async {
        let call = by_hand.client().get_entity(user_id);
        Ok(by_hand.ask("the entity", call).await? == entity)
    };
    let call = by_hand.client().put_entity(user_id, &entity);
    let what = format!("the entity of {user_id}");
    let warnings = by_hand.write(&what, call, is_done).await?;
    let told = Told::applied("entity_put", user_id, warnings);
    told.tell(console, &format!("{user_id} has the entity"));
    Ok(Exit::Done)
}
