//! Which URL is which call.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State as Shared};
use axum::http::Response;
use axum::routing::{get, post, put};

use crate::pacing::Endpoint;
use crate::sandbox::answer::Finding;
use crate::sandbox::calls::Named;
use crate::sandbox::state::State;
use crate::sandbox::{calls, own};

/// The vendor's API and the sandbox's own routes.
pub fn router(state: Arc<State>) -> Router {
    of_users()
        .merge(of_one_user())
        .merge(of_groups())
        .route("/sandbox/users", get(own::users))
        .route("/sandbox/requests", get(own::requests))
        .route("/sandbox/mails", get(own::mails))
        .route("/sandbox/faults", get(own::faults).post(own::set_faults))
        .route("/sandbox/reset", post(own::reset))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .with_state(state)
}

/// Users in bulk and in lists, and signing in.
fn of_users() -> Router<Arc<State>> {
    let bulk = |state, request| plain(Endpoint::Bulk, state, request);
    let query = |state, request| plain(Endpoint::Query, state, request);
    let login = |state, request| plain(Endpoint::Login, state, request);
    Router::new()
        .route("/seiapi/v3/bulk/Users", post(bulk))
        .route("/seiapi/v3/query/Users", get(query))
        .route("/seiapi/v3/query/Users/", get(query))
        .route("/createjwt", post(login))
}

/// The User REST API.
fn of_one_user() -> Router<Arc<State>> {
    let user = |endpoint| move |state, id, request| of_user(endpoint, state, id, request);
    let below = |rest: &str| format!("/seiapi/v3/trans/User/{{id}}{rest}");
    Router::new()
        .route(
            &below(""),
            get(user(Endpoint::UserGet))
                .put(user(Endpoint::UserPut))
                .delete(user(Endpoint::UserDelete)),
        )
        .route(
            &below("/SendResetPasswordEmail"),
            put(user(Endpoint::SendResetEmail)),
        )
        .route(&below("/ResetPassword"), put(user(Endpoint::ResetPassword)))
        .route(
            &below("/ChangePassword"),
            put(user(Endpoint::ChangePassword)),
        )
        .route(
            &below("/ChangeStorageLocation"),
            put(user(Endpoint::ChangeStorageLocation)),
        )
        .route(
            &below("/roles"),
            get(user(Endpoint::RolesGet)).post(user(Endpoint::RolesSet)),
        )
        .route(
            &below("/ServiceTeams"),
            put(user(Endpoint::ServiceTeamsSet)),
        )
        .route(
            &below("/Entity"),
            get(user(Endpoint::EntityGet)).put(user(Endpoint::EntityPut)),
        )
        .route(&below("/impersonate"), post(user(Endpoint::Impersonate)))
}

/// Roles and teams from their side, and acting for a role.
fn of_groups() -> Router<Arc<State>> {
    let group = |endpoint| move |state, id, request| of_group(endpoint, state, id, request);
    let member = |endpoint| move |state, ids, request| of_member(endpoint, state, ids, request);
    let delegate = |state, ids, request| of_entity(Endpoint::Delegate, state, ids, request);
    Router::new()
        .route(
            "/seiapi/v3/trans/role/{id}/users",
            get(group(Endpoint::RoleUsersGet)).put(group(Endpoint::RoleUsersSet)),
        )
        .route(
            "/seiapi/v3/trans/role/{id}/user/{user}",
            put(member(Endpoint::RoleUserAdd)).delete(member(Endpoint::RoleUserRemove)),
        )
        .route(
            "/seiapi/v3/ServiceTeam/{id}/Users",
            get(group(Endpoint::TeamUsersGet)).put(group(Endpoint::TeamUsersSet)),
        )
        .route("/saas/v3/Entity/{id}/Roles/{role}/delegate", post(delegate))
}

/// The ids of a path, unless they are no UTF-8.
type Ids<T> = Result<Path<T>, PathRejection>;

async fn plain(
    endpoint: Endpoint,
    Shared(state): Shared<Arc<State>>,
    request: Request,
) -> Response<Body> {
    calls::serve(state, endpoint, Named::default(), request).await
}

async fn of_user(
    endpoint: Endpoint,
    state: Shared<Arc<State>>,
    id: Ids<String>,
    request: Request,
) -> Response<Body> {
    let named = |id| Named {
        user_id: Some(id),
        ..Named::default()
    };
    named_call(endpoint, state, id, named, request).await
}

async fn of_group(
    endpoint: Endpoint,
    state: Shared<Arc<State>>,
    id: Ids<String>,
    request: Request,
) -> Response<Body> {
    let named = |id| Named {
        group_id: Some(id),
        ..Named::default()
    };
    named_call(endpoint, state, id, named, request).await
}

async fn of_member(
    endpoint: Endpoint,
    state: Shared<Arc<State>>,
    ids: Ids<(String, String)>,
    request: Request,
) -> Response<Body> {
    let named = |(group, user)| Named {
        user_id: Some(user),
        group_id: Some(group),
        ..Named::default()
    };
    named_call(endpoint, state, ids, named, request).await
}

async fn of_entity(
    endpoint: Endpoint,
    state: Shared<Arc<State>>,
    ids: Ids<(String, String)>,
    request: Request,
) -> Response<Body> {
    let named = |(entity, role)| Named {
        entity_id: Some(entity),
        group_id: Some(role),
        ..Named::default()
    };
    named_call(endpoint, state, ids, named, request).await
}

async fn named_call<T>(
    endpoint: Endpoint,
    Shared(state): Shared<Arc<State>>,
    ids: Ids<T>,
    named: impl FnOnce(T) -> Named,
    request: Request,
) -> Response<Body> {
    match ids {
        Ok(Path(ids)) => calls::serve(state, endpoint, named(ids), request).await,
        Err(_) => {
            let finding = Finding::new(400, "An id in the URL is no UTF-8");
            calls::refuse(state, finding, request).await
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
