//! `user put`: creates a user, or changes what a file says of him.

use serde_json::{Map, Value as Json};

use crate::cli::{Cli, HandFlags, UserPutArgs};
use crate::failure::{Exit, Failure};
use crate::session::{ByHand, Console, Put, given_user, read_object};

pub async fn run(
    cli: &Cli,
    at: &HandFlags,
    args: &UserPutArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let object: Map<String, Json> = read_object(&args.file, "a User object")?;
    let given = given_user(object)?;
    let by_hand = ByHand::to_write(cli, at, console, "user put").await?;
    let put = Put::prepare(&by_hand, &given, args).await?;
    console.text(&put.preview(&console.view()));
    for told in put.unknown_properties() {
        console.warn(&told);
    }
    if put.is_nothing() {
        put.tell_unchanged(console);
        return Ok(Exit::Done);
    }
    put.confirm(&by_hand, args)?;
    put.send(&by_hand, args.notify, console).await
}
