//! `user query`: a page of users, as the tenant's query gives it.

use serde_json::json;

use crate::api::Query;
use crate::cli::{Cli, HandFlags, UserQueryArgs};
use crate::failure::{Exit, Failure};
use crate::model::User;
use crate::report::users_text;
use crate::session::{ByHand, Console};

pub async fn run(
    cli: &Cli,
    at: &HandFlags,
    args: &UserQueryArgs,
    console: &Console,
) -> Result<Exit, Failure> {
    let query = Query {
        filter: args.filter.clone(),
        search: args.search.clone(),
        sort: args.sort.clone(),
        limit: args.limit,
        start: args.start,
    };
    let by_hand = ByHand::to_read(cli, at, console).await?;
    let call = by_hand.client().query_users(&query);
    let users = by_hand.ask("the list of users", call).await?;
    let objects: Vec<_> = users.iter().map(User::object).collect();
    console.document(&json!({ "Users": objects }));
    console.text(&users_text(&users, &console.view()));
    Ok(Exit::Done)
}
