//! How an answer travels: whole, broken off, in drops, or not at all.
//!
//! Whole, broken and dripping bodies are HTTP bodies. A connection that is reset or closed without an answer
//! cannot be said in HTTP: such a response only carries its [`Delivery`] to the connection, which obeys.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderValue, Response, StatusCode};
use futures::stream::{self, StreamExt};

use crate::sandbox::answer::Reply;

/// How an answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// As HTTP wants.
    Whole,
    /// Not at all: the connection is reset.
    Reset,
    /// Not at all: the connection is closed.
    Close,
    /// So many bytes of the body, then the connection is closed.
    Truncated(usize),
    /// In drops of so many bytes, each after so many milliseconds.
    Trickled(usize, u64),
}

/// The answer as hyper sends it.
pub fn response(reply: Reply) -> Response<Body> {
    let length = reply.body.len();
    let body = match reply.delivery {
        Delivery::Truncated(bytes) => truncated(reply.body, bytes),
        Delivery::Trickled(bytes, pause_ms) => trickled(reply.body, bytes, pause_ms),
        Delivery::Whole | Delivery::Reset | Delivery::Close => Body::from(reply.body),
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::OK);
    response.headers_mut().extend(reply.headers);
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    response.extensions_mut().insert(reply.delivery);
    response
}

/// Fails after so many bytes, which makes hyper close the connection.
fn truncated(mut body: Vec<u8>, bytes: usize) -> Body {
    body.truncate(bytes);
    let start = stream::once(async move { Ok(Bytes::from(body)) });
    let end = stream::once(async {
        // hyper sends what it has while the body makes it wait, and nothing once the body has failed.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe))
    });
    Body::from_stream(start.chain(end))
}

fn trickled(body: Vec<u8>, bytes: usize, pause_ms: u64) -> Body {
    let drops: Vec<Bytes> = body
        .chunks(bytes.max(1))
        .map(Bytes::copy_from_slice)
        .collect();
    Body::from_stream(stream::iter(drops).then(move |drop| async move {
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        Ok::<_, Infallible>(drop)
    }))
}
