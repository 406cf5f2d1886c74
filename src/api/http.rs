//! One request out, one answer back: the only place where the client meets the network.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, Response};
use secrecy::ExposeSecret;

use crate::api::options::Connections;
use crate::api::session::Pass;
use crate::api::transport::transport_error;
use crate::api::{BaseUrl, ClientError, ClientOptions, Credentials};
use crate::wire::{Answer, AnswerHeaders, TransportError, Unreachable};

/// The vendor wants it on every call, those without a body included.
const JSON: &str = "application/json";

/// An HTTP client bound to one tenant. Clones share its connections.
#[derive(Clone)]
pub(super) struct Http {
    client: reqwest::Client,
    base_url: BaseUrl,
    body_bytes_max: usize,
    /// A tenant may repeat them.
    credentials: Credentials,
}

/// A request before it is bound to a tenant.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    /// Percent-encoded, from the slash after the base URL.
    pub(super) path: &'a str,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<Vec<u8>>,
    /// `None` for the calls that are made without one.
    pub(super) pass: Option<Pass>,
}

impl Http {
    pub(super) fn new(
        options: &ClientOptions,
        connections: Connections,
    ) -> Result<Http, ClientError> {
        Ok(Http {
            client: options.http_client(connections)?,
            base_url: options.base_url.clone(),
            body_bytes_max: options.body_bytes_max,
            credentials: options.credentials.clone(),
        })
    }

    pub(super) fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// Sends the request once and reads the answer whole, within the timeouts and the cap.
    pub(super) async fn exchange(&self, ask: Ask<'_>) -> Result<Answer, TransportError> {
        let (is_read, pass) = (ask.method == Method::GET, ask.pass.clone());
        let response = self.request(ask)?.send().await.map_err(transport_error)?;
        let status = response.status().as_u16();
        let headers = read_headers(response.headers());
        let mut body = self.read_body(response).await?;
        if !is_read || status != 200 {
            self.credentials.scrub(&mut body);
            if let Some(pass) = &pass {
                pass.scrub(&mut body);
            }
        }
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    fn request(&self, ask: Ask<'_>) -> Result<RequestBuilder, TransportError> {
        let mut url = self
            .base_url
            .join(ask.path)
            .ok_or_else(|| TransportError::NotSent {
                kind: Unreachable::Declined,
                text: "no URL can name an id that is . or ..".to_owned(),
            })?;
        for (name, value) in ask.query {
            url.query_pairs_mut().append_pair(name, value);
        }
        if let Some(Pass::Customer { id, code }) = &ask.pass {
            url.query_pairs_mut()
                .append_pair("customerid", id.expose_secret().trim())
                .append_pair("customercode", code.expose_secret().trim());
        }
        let mut request = self
            .client
            .request(ask.method, url)
            .header(CONTENT_TYPE, JSON)
            .header(ACCEPT, JSON);
        if let Some(Pass::Token(token)) = ask.pass {
            request = request.header("x-access-token", token);
        }
        Ok(match ask.body {
            Some(body) => request.body(body),
            None => request,
        })
    }

    async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, TransportError> {
        let too_large = || TransportError::TooLarge {
            limit_bytes: self.body_bytes_max as u64,
        };
        // The announced length is only used to refuse early: nothing is allocated on its word.
        if response
            .content_length()
            .is_some_and(|bytes| bytes > self.body_bytes_max as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(transport_error)? {
            if body.len() + chunk.len() > self.body_bytes_max {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

fn read_headers(headers: &HeaderMap) -> AnswerHeaders {
    let named = |name: &str| {
        let text = headers.get(name)?.to_str().ok()?;
        Some(text.to_owned())
    };
    AnswerHeaders {
        content_type: named("content-type"),
        retry_after: named("retry-after"),
        date: named("date"),
        rate_limit: named("x-ratelimit-limit"),
        rate_remaining: named("x-ratelimit-remaining"),
        rate_reset: named("x-ratelimit-reset"),
        location: named("location"),
    }
}
