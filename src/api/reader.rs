//! What can be asked without changing anything.

use std::sync::Arc;

use reqwest::Method;

use crate::api::http::{Ask, Http};
use crate::api::options::Connections;
use crate::api::session::{Renewal, Session};
use crate::api::{BaseUrl, ClientError, ClientOptions};
use crate::wire::{self, Answer, TransportError};

/// The reading half of the client. It has no method that changes the tenant, so whoever holds only this
/// cannot write; signing in is the one POST it makes.
pub struct Reader {
    http: Http,
    session: Arc<Session>,
}

impl Reader {
    /// Sets the client up; asks nothing yet.
    ///
    /// # Errors
    /// What is wrong with credentials, certificates or proxy.
    pub fn new(options: &ClientOptions) -> Result<Reader, ClientError> {
        Ok(Reader {
            http: Http::new(options, Connections::Kept)?,
            session: Arc::new(Session::new(options.credentials.clone())?),
        })
    }

    /// The tenant it asks.
    pub fn base_url(&self) -> &BaseUrl {
        self.http.base_url()
    }

    /// `GET /seiapi/v3/trans/User/{UserID}`: one user as the tenant has him. Any status is an answer.
    ///
    /// # Errors
    /// `NotSent` if nothing can have reached the tenant; otherwise what broke while waiting for the answer.
    pub async fn get_user(&self, user_id: &str) -> Result<Answer, TransportError> {
        let path = format!("/seiapi/v3/trans/User/{}", wire::segment(user_id));
        self.get(&path, &[]).await
    }

    /// `GET /seiapi/v3/query/Users/?sort=UserID&limit=…&start=…`: a page of users, skipping the first `start`.
    /// Any status is an answer.
    ///
    /// # Errors
    /// As for [`Reader::get_user`].
    pub async fn query_users(&self, start: u64, limit: u32) -> Result<Answer, TransportError> {
        let (start, limit) = (start.to_string(), limit.to_string());
        let query = [
            ("sort", "UserID"),
            ("limit", limit.as_str()),
            ("start", start.as_str()),
        ];
        self.get("/seiapi/v3/query/Users/", &query).await
    }

    /// Signs in if that was not done yet, and anew before the token expires. Every call does so by itself; who has to keep a distance between
    /// requests does it before, so that signing in does not delay one into the next.
    ///
    /// # Errors
    /// If signing in met a failure other than a refusal; a refusal is the answer of every later call.
    pub async fn sign_in(&self) -> Result<(), TransportError> {
        self.session.enter_early(&self.http).await.map(|_| ())
    }

    /// Names the token of the moment. Read it before a request that may meet 401, and give it to [`Reader::renew`].
    pub fn session(&self) -> u64 {
        self.session.number()
    }

    /// Replaces the token that was current when [`Reader::session`] gave `session`. Callers that were refused
    /// together renew together: only the first one signs in.
    ///
    /// # Errors
    /// If signing in met a failure other than a refusal.
    pub async fn renew(&self, session: u64) -> Result<Renewal, TransportError> {
        self.session.renew(&self.http, session).await
    }

    /// For the writer, which asks in the same name.
    pub(super) fn shared_session(&self) -> Arc<Session> {
        self.session.clone()
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, TransportError> {
        let pass = match self.session.enter(&self.http).await? {
            Ok(pass) => pass,
            Err(refusal) => return Ok(refusal),
        };
        self.http
            .exchange(Ask {
                method: Method::GET,
                path,
                query,
                body: None,
                pass: Some(pass),
            })
            .await
    }
}
