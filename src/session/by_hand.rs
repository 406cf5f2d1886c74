//! Calls that a person makes by hand: the connection, the journal, who is spared, and what is told.

mod asking;
mod failures;
mod files;
mod ids;
mod journal;
mod members;
mod put;
mod telling;

pub use asking::{ask, confirm, logon, password};
pub(super) use failures::hand_failure;
pub use files::{hand_out, read_object};
pub use ids::IdChange;
pub use members::{Members, MembersOf};
pub use put::{Put, given_user};
pub use telling::Told;

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;

use crate::api::{Call, Client};
use crate::by_hand::{Hand, HandError};
use crate::cli::{Cli, HandFlags};
use crate::config::Settings;
use crate::failure::{Failure, FailureKind};
use crate::fetch::Reading;
use crate::model::{Detail, Habits, User, UserKey};
use crate::pacing::Endpoint;

use super::{Connection, Console, Journal, Session};
pub(super) use journal::{HandJournal, ReadsOnly};

/// What a command works with that makes single calls.
pub struct ByHand {
    connection: Connection,
    hand: Hand,
    record: Option<Arc<HandJournal>>,
    settings: Settings,
    /// Holds the lock while it lives.
    journal: Option<Journal>,
}

impl ByHand {
    /// To read: takes no lock, writes no state, and no call of it can change the tenant.
    ///
    /// # Errors
    /// As [`Session::connect`].
    pub async fn to_read(
        cli: &Cli,
        flags: &HandFlags,
        console: &Console,
    ) -> Result<ByHand, Failure> {
        let (session, connection) = connect(cli, flags, console).await?;
        let client = connection.client(Arc::new(ReadsOnly))?;
        let hand = hand(&session, &connection, client, console);
        Ok(ByHand {
            connection,
            hand,
            record: None,
            settings: session.settings,
            journal: None,
        })
    }

    /// To write: under the lock and the journal of the state directory, like a run. `purpose` names the command.
    ///
    /// # Errors
    /// As [`Session::connect`] and [`Journal::open`].
    pub async fn to_write(
        cli: &Cli,
        flags: &HandFlags,
        console: &Console,
        purpose: &str,
    ) -> Result<ByHand, Failure> {
        let (session, connection) = connect(cli, flags, console).await?;
        let journal = Journal::open(&session.settings, &connection, purpose)?;
        for told in journal::end_what_was_left(&journal)? {
            console.warn(&told);
        }
        let record = Arc::new(HandJournal::new(journal.store.clone()));
        let client = connection.client(record.clone())?;
        let hand = hand(&session, &connection, client, console);
        Ok(ByHand {
            connection,
            hand,
            record: Some(record),
            settings: session.settings,
            journal: Some(journal),
        })
    }

    /// What makes the calls to give to [`ByHand::ask`].
    pub fn client(&self) -> &Client {
        self.hand.client()
    }

    /// What makes the calls.
    pub fn hand(&self) -> &Hand {
        &self.hand
    }

    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Keeps the answers of a probe.
    ///
    /// # Errors
    /// Those of the store.
    pub fn keep_habits(&self, habits: &Habits, at: Timestamp) -> Result<(), Failure> {
        match &self.journal {
            Some(journal) => Ok(journal.store().keep_habits(habits, at)?),
            None => Ok(()),
        }
    }

    /// The tenant.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Says why the next calls are made; it stands in the journal.
    ///
    /// # Errors
    /// It says nothing.
    pub fn because(&self, reason: &str) -> Result<(), Failure> {
        if reason.trim().is_empty() {
            return Err(Failure::usage("--reason says nothing")
                .hint("say why, e.g. the number of a ticket; it stands in the journal"));
        }
        if let Some(record) = &self.record {
            record.because(reason.trim());
        }
        Ok(())
    }

    /// The user as the tenant has him, read just now. The next calls keep him in the journal as he was before.
    ///
    /// # Errors
    /// What the tenant said instead.
    pub async fn user(&self, user_id: &str) -> Result<Option<User>, Failure> {
        let reading = self.connection.reads.user(user_id).await?;
        let user = match reading {
            Reading::Present(user) => Some(user),
            Reading::Absent => None,
        };
        if let Some(record) = &self.record {
            record.before(user.clone());
        }
        Ok(user)
    }

    /// The same for a user who must exist.
    ///
    /// # Errors
    /// Also if the tenant has no such user.
    pub async fn existing(&self, user_id: &str) -> Result<User, Failure> {
        let found = self.user(user_id).await?;
        found.ok_or_else(|| failures::no_such_user(user_id, &self.connection))
    }

    /// Makes one call; `what` says for people what it is, e.g. "the roles of T-1".
    ///
    /// # Errors
    /// What the tenant said instead, in its own words.
    pub async fn ask<T>(&self, what: impl AsRef<str>, call: Call<'_, T>) -> Result<T, Failure> {
        let endpoint = call.endpoint();
        let asked = self.hand.ask(call).await;
        asked.map_err(|error| self.failure(&error, endpoint, what.as_ref()))
    }

    /// Makes a write whose effect can be read: if nobody knows whether it was carried out, `is_done` looks.
    ///
    /// # Errors
    /// What the tenant said instead, or that it was not carried out.
    pub async fn write(
        &self,
        what: impl AsRef<str>,
        call: Call<'_, Vec<Detail>>,
        is_done: impl Future<Output = Result<bool, Failure>>,
    ) -> Result<Vec<Detail>, Failure> {
        let endpoint = call.endpoint();
        let error = match self.hand.ask(call).await {
            Ok(details) => return Ok(details),
            Err(error) => error,
        };
        let failure = self.failure(&error, endpoint, what.as_ref());
        if !failures::is_doubtful(&error) {
            return Err(failure);
        }
        match is_done.await {
            Ok(true) => Ok(Vec::new()),
            Ok(false) => Err(failure.hint("it was read back: nothing has changed; run it again")),
            Err(_) => Err(failure),
        }
    }

    /// Refuses what would take access from a user who is protected: the account that asks, and whom `[protect]` names.
    ///
    /// # Errors
    /// Exit 4.
    pub fn spare(&self, user_id: &str) -> Result<(), Failure> {
        let Some(why) = self.connection.protection.of(&UserKey::of(user_id)) else {
            return Ok(());
        };
        let what = format!("{user_id} is protected ({why}), and this would take access from him");
        Err(Failure::new(FailureKind::Guarded, what).hint(
            "nothing was sent; if it must be, use another account or take the user out of [protect] first",
        ))
    }

    fn failure(&self, error: &HandError, endpoint: Endpoint, what: &str) -> Failure {
        hand_failure(error, endpoint, what, &self.connection)
    }
}

async fn connect(
    cli: &Cli,
    flags: &HandFlags,
    console: &Console,
) -> Result<(Session, Connection), Failure> {
    let session = Session::new(cli, None, Some(&flags.tenant()))?;
    let connection = session.connect(&flags.against(), console).await?;
    Ok((session, connection))
}

fn hand(session: &Session, connection: &Connection, client: Client, console: &Console) -> Hand {
    let policy = session.settings.delivery.retry;
    Hand::new(client, connection.pace.clone(), policy, console.progress())
}
