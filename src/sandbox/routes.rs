//! Which URL is which call.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State as Shared};
use axum::http::Response;
use axum::routing::{get, post};

use crate::pacing::Endpoint;
use crate::sandbox::answer::Finding;
use crate::sandbox::state::State;
use crate::sandbox::{calls, own};

/// The vendor's API and the sandbox's own routes.
pub fn router(state: Arc<State>) -> Router {
    let bulk = |state, request| plain(Endpoint::Bulk, state, request);
    let query = |state, request| plain(Endpoint::Query, state, request);
    let login = |state, request| plain(Endpoint::Login, state, request);
    let user_get = |state, id, request| of_user(Endpoint::UserGet, state, id, request);
    let user_put = |state, id, request| of_user(Endpoint::UserPut, state, id, request);
    let user_delete = |state, id, request| of_user(Endpoint::UserDelete, state, id, request);
    Router::new()
        .route("/seiapi/v3/bulk/Users", post(bulk))
        .route("/seiapi/v3/query/Users", get(query))
        .route("/seiapi/v3/query/Users/", get(query))
        .route(
            "/seiapi/v3/trans/User/{id}",
            get(user_get).put(user_put).delete(user_delete),
        )
        .route("/createjwt", post(login))
        .route("/sandbox/users", get(own::users))
        .route("/sandbox/requests", get(own::requests))
        .route("/sandbox/mails", get(own::mails))
        .route("/sandbox/faults", get(own::faults).post(own::set_faults))
        .route("/sandbox/reset", post(own::reset))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .with_state(state)
}

async fn plain(
    endpoint: Endpoint,
    Shared(state): Shared<Arc<State>>,
    request: Request,
) -> Response<Body> {
    calls::serve(state, endpoint, None, request).await
}

async fn of_user(
    endpoint: Endpoint,
    Shared(state): Shared<Arc<State>>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response<Body> {
    match id {
        Ok(Path(id)) => calls::serve(state, endpoint, Some(id), request).await,
        Err(_) => {
            calls::refuse(
                state,
                Finding::new(400, "The UserID in the URL is no UTF-8"),
                request,
            )
            .await
        }
    }
}

async fn not_found(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    calls::refuse(state, Finding::new(404, "No such URL"), request).await
}

async fn not_allowed(Shared(state): Shared<Arc<State>>, request: Request) -> Response<Body> {
    calls::refuse(
        state,
        Finding::new(405, "The method is not supported here"),
        request,
    )
    .await
}
