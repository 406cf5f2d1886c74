//! What changes the tenant: one call, and none without its record in the journal.

use std::sync::Arc;

use reqwest::Method;

use crate::api::http::{Ask, Http};
use crate::api::options::Connections;
use crate::api::session::{Renewal, Session};
use crate::api::{ClientError, ClientOptions, Reader};
use crate::model::InFlight;
use crate::wire::{Answer, TransportError, Unreachable};

/// The writing half of the client.
pub struct Writer {
    http: Http,
    session: Arc<Session>,
}

impl Writer {
    /// A writer that asks in the same name as the reader, and shares its token.
    ///
    /// # Errors
    /// What is wrong with certificates or proxy.
    pub fn new(options: &ClientOptions, reader: &Reader) -> Result<Writer, ClientError> {
        Ok(Writer {
            http: Http::new(options, Connections::Closed)?,
            session: reader.shared_session(),
        })
    }

    /// `POST /seiapi/v3/bulk/Users`: the announced body, once. Any status is an answer.
    ///
    /// # Errors
    /// `NotSent` if nothing can have reached the tenant, or if the body is not the one whose hash stands in
    /// the journal; otherwise it is open whether the call was executed.
    pub async fn bulk_users(
        &self,
        in_flight: &InFlight,
        body: Vec<u8>,
    ) -> Result<Answer, TransportError> {
        if blake3::hash(&body).as_bytes() != in_flight.body_hash() {
            return Err(TransportError::NotSent {
                kind: Unreachable::Declined,
                text: format!(
                    "the body is not the one that attempt {} announced",
                    in_flight.attempt()
                ),
            });
        }
        let pass = match self.session.enter(&self.http).await? {
            Ok(pass) => pass,
            Err(refusal) => return Ok(refusal),
        };
        self.http
            .exchange(Ask {
                method: Method::POST,
                path: "/seiapi/v3/bulk/Users",
                query: &[],
                body: Some(body),
                pass: Some(pass),
            })
            .await
    }

    /// Names the token of the moment, as [`Reader::session`] does.
    pub fn session(&self) -> u64 {
        self.session.number()
    }

    /// Replaces the token, as [`Reader::renew`] does and together with it.
    ///
    /// # Errors
    /// If signing in met a failure other than a refusal.
    pub async fn renew(&self, session: u64) -> Result<Renewal, TransportError> {
        self.session.renew(&self.http, session).await
    }
}
