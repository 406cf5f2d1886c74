//! One call of the typed client: a value that can be awaited, or taken step by step.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use secrecy::ExposeSecret;

use crate::api::http::Ask;
use crate::api::request::Request;
use crate::api::scrub::scrub;
use crate::api::{ApiError, CallEnd, CallRecord, Client};
use crate::wire::{Answer, Endpoint, TransportError, Unreachable, Unreadable};

/// A call that has not been made yet. Awaiting it makes it once and reads the answer; who paces and repeats calls
/// takes the two steps by himself: [`Call::exchange`], [`Call::read`].
#[must_use = "a call is made when it is awaited"]
pub struct Call<'c, T> {
    client: &'c Client,
    request: Request,
    reader: fn(&Answer) -> Result<T, Unreadable>,
}

impl<'c, T> Call<'c, T> {
    pub(super) fn new(
        client: &'c Client,
        request: Request,
        reader: fn(&Answer) -> Result<T, Unreadable>,
    ) -> Call<'c, T> {
        Call {
            client,
            request,
            reader,
        }
    }

    /// Which endpoint it is for.
    pub fn endpoint(&self) -> Endpoint {
        self.request.endpoint
    }

    /// Makes the call once. Any status is an answer. A write is on record before it leaves.
    ///
    /// # Errors
    /// `NotSent` if nothing can have reached the tenant, or if the journal does not take the call; otherwise it is
    /// open whether the call was executed.
    pub async fn exchange(&self) -> Result<Answer, TransportError> {
        let request = &self.request;
        let http = self.client.http(request.endpoint.is_write());
        let pass = match request.endpoint.wants_pass() {
            false => None,
            true => match self.client.session().enter(http).await? {
                Ok(pass) => Some(pass),
                Err(refusal) => return Ok(refusal),
            },
        };
        let query: Vec<(&str, &str)> = request
            .query
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let ask = Ask {
            method: request.method(),
            path: &request.path,
            query: &query,
            body: request.body.clone(),
            pass,
        };
        match request.endpoint.is_write() {
            true => self.recorded(self.scrubbed(http.exchange(ask))).await,
            false => http.exchange(ask).await,
        }
    }

    /// Reads an exchange of this call.
    ///
    /// # Errors
    /// What the tenant said instead, or that its answer cannot be read.
    pub fn read(&self, exchange: &Result<Answer, TransportError>) -> Result<T, ApiError> {
        let answer =
            ApiError::of(exchange).map_err(|error| error.without(&self.request.secrets))?;
        (self.reader)(answer)
            .map_err(|error| ApiError::unreadable(self.endpoint(), answer.status, error.why))
    }

    /// Without the passwords that were sent, should the tenant repeat them.
    async fn scrubbed(
        &self,
        exchange: impl Future<Output = Result<Answer, TransportError>>,
    ) -> Result<Answer, TransportError> {
        let mut answer = exchange.await?;
        for secret in &self.request.secrets {
            scrub(&mut answer.body, secret.expose_secret());
        }
        Ok(answer)
    }

    async fn recorded(
        &self,
        exchange: impl Future<Output = Result<Answer, TransportError>>,
    ) -> Result<Answer, TransportError> {
        let journal = self.client.journal();
        let hashed = self
            .request
            .body
            .as_ref()
            .filter(|_| self.request.secrets.is_empty());
        let number = journal
            .open(&CallRecord {
                endpoint: self.request.endpoint.name(),
                method: self.request.endpoint.method(),
                path: &self.request.path,
                body_hash: hashed.map(|body| *blake3::hash(body).as_bytes()),
                user_ids: &self.request.user_ids,
            })
            .map_err(|text| TransportError::NotSent {
                kind: Unreachable::Declined,
                text: format!("the call cannot be put on record: {text}"),
            })?;
        let exchange = exchange.await;
        let read = self.read(&exchange);
        let error = read.as_ref().err();
        let first = error.and_then(|error| error.details().first());
        let end = CallEnd {
            verdict: error.map_or("applied", ApiError::name),
            http_status: exchange.as_ref().ok().map(|answer| answer.status),
            message: first.map(|detail| detail.message.as_str()),
        };
        match journal.settle(number, &end) {
            Ok(()) => exchange,
            Err(text) => Err(TransportError::Ambiguous {
                text: format!("what came of the call cannot be put on record: {text}"),
            }),
        }
    }
}

impl<'c, T: 'c> IntoFuture for Call<'c, T> {
    type Output = Result<T, ApiError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send + 'c>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let exchange = self.exchange().await;
            self.read(&exchange)
        })
    }
}
