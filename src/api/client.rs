//! Every endpoint of the API as a method.

mod members;
mod of_user;
mod users;

use std::sync::Arc;

use crate::api::http::Http;
use crate::api::options::Connections;
use crate::api::session::{Renewal, Session};
use crate::api::{BaseUrl, CallJournal, ClientError, ClientOptions, Reader};
use crate::wire::TransportError;

/// A client of one tenant that can do all the API can.
///
/// Each method makes a [`Call`](super::Call), which does nothing until it is awaited and then asks once: it never
/// waits its turn, never repeats, never follows. Ids are one percent-encoded segment of the path whatever they hold;
/// `.` and `..`, which no URL can name, are declined. Errors are those of [`ApiError`](super::ApiError) for every
/// method: 401 [`Unauthorized`](super::ApiError::Unauthorized), 404 [`NotFound`](super::ApiError::NotFound) (the URL is
/// wrong), 409 [`Conflict`](super::ApiError::Conflict), 410 [`Gone`](super::ApiError::Gone) (the object does not exist),
/// 400 and the rest [`Rejected`](super::ApiError::Rejected), 429 and 503 [`Throttled`](super::ApiError::Throttled),
/// without a connection [`Unreachable`](super::ApiError::Unreachable), and where nobody knows whether the call was
/// executed [`Ambiguous`](super::ApiError::Ambiguous). The methods name what they add to that.
///
/// Writes are taken down by the [`CallJournal`] before they leave.
pub struct Client {
    reads: Http,
    writes: Http,
    session: Arc<Session>,
    journal: Arc<dyn CallJournal>,
}

impl Client {
    /// Sets the client up; asks nothing yet.
    ///
    /// # Errors
    /// What is wrong with credentials, certificates or proxy.
    pub fn new(
        options: &ClientOptions,
        journal: Arc<dyn CallJournal>,
    ) -> Result<Client, ClientError> {
        let session = Arc::new(Session::new(options.credentials.clone())?);
        Client::with_session(options, session, journal)
    }

    /// One that asks in the same name as the reader, and shares its token.
    ///
    /// # Errors
    /// What is wrong with certificates or proxy.
    pub fn beside(
        options: &ClientOptions,
        reader: &Reader,
        journal: Arc<dyn CallJournal>,
    ) -> Result<Client, ClientError> {
        Client::with_session(options, reader.shared_session(), journal)
    }

    fn with_session(
        options: &ClientOptions,
        session: Arc<Session>,
        journal: Arc<dyn CallJournal>,
    ) -> Result<Client, ClientError> {
        Ok(Client {
            reads: Http::new(options, Connections::Kept)?,
            writes: Http::new(options, Connections::Closed)?,
            session,
            journal,
        })
    }

    /// The tenant it asks.
    pub fn base_url(&self) -> &BaseUrl {
        self.reads.base_url()
    }

    /// Signs in if that was not done yet, and anew before the token expires. Every call that needs it does so by itself.
    ///
    /// # Errors
    /// If signing in met a failure other than a refusal; a refusal is the answer of every later call.
    pub async fn sign_in(&self) -> Result<(), TransportError> {
        self.session.enter_early(&self.reads).await.map(|_| ())
    }

    /// Names the token of the moment. Read it before a call that may meet 401, and give it to [`Client::renew`].
    pub fn token_number(&self) -> u64 {
        self.session.number()
    }

    /// How long the token of the moment lasts in all, in seconds; `None` before signing in, or if it does not say.
    pub fn token_lifetime_s(&self) -> Option<i64> {
        self.session.lifetime_s()
    }

    /// Replaces the token that was current when [`Client::token_number`] gave `number`. Callers that were refused
    /// together renew together: only the first one signs in.
    ///
    /// # Errors
    /// If signing in met a failure other than a refusal.
    pub async fn renew(&self, number: u64) -> Result<Renewal, TransportError> {
        self.session.renew(&self.reads, number).await
    }

    pub(super) fn http(&self, is_write: bool) -> &Http {
        match is_write {
            true => &self.writes,
            false => &self.reads,
        }
    }

    pub(super) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    pub(super) fn journal(&self) -> &dyn CallJournal {
        &*self.journal
    }
}
