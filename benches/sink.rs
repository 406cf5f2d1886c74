//! A server that takes everything and keeps nothing, for the comparison of those who post to it:
//! `cargo bench --bench sink` prints its base URL and serves until it is ended.

use std::convert::Infallible;
use std::io::Write;

use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

type Answer = Response<axum::body::Body>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    // A plain run of all benches waits for nobody.
    if !std::env::args().any(|word| word == "serve") {
        eprintln!("usage: cargo bench --bench sink -- serve");
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
            served.unwrap_or_else(|error| eprintln!("{error}"));
        });
    }
}

/// A write is taken with nothing to remark; nobody is there who is asked for, and nobody is listed.
async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let is_list = request.uri().path().contains("/query/");
    let (status, text) = match *request.method() {
        Method::GET if is_list => (StatusCode::OK, "[]"),
        Method::GET => (StatusCode::GONE, "{}"),
        _ => (StatusCode::OK, "{}"),
    };
    let mut body = axum::body::Body::new(request.into_body()).into_data_stream();
    while let Some(block) = futures::StreamExt::next(&mut body).await {
        drop::<Option<Bytes>>(block.ok());
    }
    let answer = Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(text));
    Ok(answer.unwrap_or_default())
}
