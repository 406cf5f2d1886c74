//! The sandbox's own routes: what it holds, what arrived, what it mailed, what goes wrong. Without a token,
//! unlimited, not in the log.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shared};
use axum::http::Response;
use serde_json::json;

use crate::sandbox::answer::{Finding, Reply, Style};
use crate::sandbox::calls::BODY_BYTES_MAX;
use crate::sandbox::delivery;
use crate::sandbox::fault_actions::Faults;
use crate::sandbox::faults::FaultScript;
use crate::sandbox::state::State;

type Answer = Response<Body>;

/// `GET /sandbox/users` → `{"Users":[…]}`, sorted by UserID.
pub async fn users(Shared(state): Shared<Arc<State>>) -> Answer {
    working(state, |state| {
        let objects = state.storage().begin()?.objects()?;
        Ok(Reply::json(
            200,
            format!("{{\"Users\":[{}]}}", objects.join(",")),
        ))
    })
    .await
}

/// `GET /sandbox/requests` → the calls in order of arrival.
pub async fn requests(Shared(state): Shared<Arc<State>>) -> Answer {
    working(state, |state| {
        Ok(Reply::json(200, json!(state.log().entries()).to_string()))
    })
    .await
}

/// `GET /sandbox/mails` → the mails in order.
pub async fn mails(Shared(state): Shared<Arc<State>>) -> Answer {
    working(state, |state| {
        let mails = state.storage().begin()?.mails()?;
        Ok(Reply::json(200, json!(mails).to_string()))
    })
    .await
}

/// `GET /sandbox/faults` → the script that is played.
pub async fn faults(Shared(state): Shared<Arc<State>>) -> Answer {
    working(state, |state| {
        Ok(Reply::json(200, json!(state.faults().script()).to_string()))
    })
    .await
}

/// `POST /sandbox/faults`: plays this script from its beginning, instead of any other. `{}`: nothing goes wrong.
pub async fn set_faults(Shared(state): Shared<Arc<State>>, request: Request) -> Answer {
    let body = to_bytes(request.into_body(), BODY_BYTES_MAX).await;
    working(state, move |state| {
        let body = body.map_err(|_| Finding::new(413, "The script is too large, or broke off"))?;
        let script = FaultScript::from_json(&String::from_utf8_lossy(&body));
        let script = script
            .map_err(|flaw| Finding::new(400, format!("The fault script is wrong: {flaw}")))?;
        *state.faults() = Faults::new(script);
        Ok(Reply::done(&[], Style::default()))
    })
    .await
}

/// `POST /sandbox/reset`: everything as it was at the start.
pub async fn reset(Shared(state): Shared<Arc<State>>) -> Answer {
    working(state, |state| {
        state.reset()?;
        Ok(Reply::done(&[], Style::default()))
    })
    .await
}

async fn working(
    state: Arc<State>,
    work: impl FnOnce(&State) -> Result<Reply, Finding> + Send + 'static,
) -> Answer {
    let task = tokio::task::spawn_blocking(move || work(&state));
    let done = task
        .await
        .unwrap_or_else(|_| Err(Finding::new(500, "The sandbox failed")));
    delivery::response(done.unwrap_or_else(|finding| Reply::refusal(finding, Style::default())))
}
