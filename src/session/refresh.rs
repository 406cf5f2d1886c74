//! The stored state of the tenant's users, refreshed: listed, taken in while the next page is on its way, and
//! those who are not listed asked for one by one.

use futures::StreamExt;
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::failure::Failure;
use crate::fetch::FetchError;
use crate::model::{Refreshed, User};
use crate::store::StoreError;

use super::keeper::Keeper;
use super::{Connection, Journal};

/// Pages that may wait to be taken in.
const PAGES_AHEAD: usize = 2;

/// Users read one by one until they are taken in.
const BATCH: usize = 200;

/// Brings the stored state up to date. What was taken in before an error stays; the state counts as refreshed
/// only when this returns.
///
/// # Errors
/// Those of tenant and store, and a tenant that lacks most of the users that are known: that is another one.
pub async fn refresh(connection: &Connection, journal: &Journal) -> Result<Refreshed, Failure> {
    let mut keeper = Keeper::new(journal.store.clone(), Timestamp::now())?;
    let (pages, mut waiting) = mpsc::channel::<Vec<User>>(PAGES_AHEAD);
    let keeping = spawn_blocking(move || {
        while let Some(page) = waiting.blocking_recv() {
            keeper.page(&page)?;
        }
        Ok::<_, StoreError>(keeper)
    });
    let listed = list(connection, pages).await;
    let mut keeper: Keeper = match keeping.await {
        Ok(kept) => kept?,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    };
    listed?;
    let Some(missing) = keeper.missing()? else {
        return Err(is_another_tenant());
    };
    let mut readings = std::pin::pin!(connection.reads.users(missing).chunks(BATCH));
    while let Some(batch) = readings.next().await {
        let read = batch
            .into_iter()
            .map(|(user_id, reading)| Ok((user_id, reading?)));
        keeper.read(&read.collect::<Result<Vec<_>, FetchError>>()?)?;
    }
    Ok(keeper.finish()?)
}

/// Hands every page on; ends early if nobody takes them any more, who then says why.
async fn list(connection: &Connection, taker: mpsc::Sender<Vec<User>>) -> Result<(), FetchError> {
    let mut pages = connection.reads.pages();
    while let Some(page) = pages.next().await? {
        if taker.send(page).await.is_err() {
            break;
        }
    }
    Ok(())
}

fn is_another_tenant() -> Failure {
    Failure::stopped("the tenant does not list most of the users that the store knows")
        .caused_by("it looks like another tenant, or like an account that may see only a part of it")
        .hint("check base_url and the account; if the tenant really was emptied, begin another store with --state")
}
