//! Connections. Served with hyper directly, because an answer may have to be a reset connection.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::sandbox::delivery::Delivery;

/// How long open calls may take after the shutdown was asked for.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// How long to wait after accepting failed, e.g. for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why a connection ends without an answer. Only hyper sees it.
#[derive(Debug, thiserror::Error)]
#[error("the fault script ends the connection")]
struct Cut(Delivery);

/// Serves until `shutdown` is done, then ends what is open in good order.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    let connections = TaskTracker::new();
    let stop = CancellationToken::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted: io::Result<(TcpStream, SocketAddr)> = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), stop.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    stop.cancel();
    connections.close();
    // Whatever takes longer is dropped with the runtime.
    let _ = tokio::time::timeout(SHUTDOWN_GRACE, connections.wait()).await;
}

async fn connection(stream: TcpStream, router: Router, stop: CancellationToken) {
    // Without it small answers wait for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(router.clone(), request));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = stop.cancelled() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    let is_reset = ended.is_err_and(|error| {
        let cut = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Cut>());
        matches!(cut, Some(Cut(Delivery::Reset)))
    });
    let stream = connection.into_parts().io.into_inner();
    if is_reset {
        // Closing then sends RST instead of FIN.
        let _ = stream.set_zero_linger();
    }
}

async fn answer(router: Router, request: hyper::Request<Incoming>) -> Result<Response<Body>, Cut> {
    let answered: Result<Response<Body>, Infallible> = router.oneshot(request).await;
    let Ok(response) = answered;
    match response.extensions().get::<Delivery>() {
        Some(cut @ (Delivery::Reset | Delivery::Close)) => Err(Cut(*cut)),
        _ => Ok(response),
    }
}
