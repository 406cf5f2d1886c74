//! One call of the vendor's API from arrival to answer: log → credentials → limits → faults → work → faults → answer.
//!
//! Faults strike calls that have passed credentials and limits; the limits' windows count them all the same.
//! A call that has arrived whole is carried out even if its client has gone, as on a real server.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, request};
use serde_json::{Map, Value as Json, json};

use crate::pacing::Endpoint;
use crate::sandbox::answer::{Finding, Reply, Style};
use crate::sandbox::auth::{self, Shown};
use crate::sandbox::delivery::{self, Delivery};
use crate::sandbox::fault_actions::Strike;
use crate::sandbox::log::Ticket;
use crate::sandbox::state::State;
use crate::sandbox::switches::Switches;
use crate::sandbox::{bulk, members, single, work};

/// No call may be larger, whatever the switches say.
pub const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A call that has arrived whole.
pub struct Call {
    /// Which one.
    pub endpoint: Endpoint,
    /// The ids in its path.
    pub named: Named,
    /// Those of the URL.
    pub parameters: Vec<(String, String)>,
    /// Who asks.
    pub shown: Shown,
    /// Whether its `Content-Type` is not JSON.
    pub has_wrong_type: bool,
    /// Its body.
    pub body: Vec<u8>,
    /// The rows of a bulk call, or why they cannot be read.
    pub rows: Result<Vec<Json>, Finding>,
}

/// The ids in a path, decoded.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Of a user.
    pub user_id: Option<String>,
    /// Of what he is a member of: a role or a team.
    pub group_id: Option<String>,
    /// Of an entity.
    pub entity_id: Option<String>,
}

/// Serves a call.
pub async fn serve(
    state: Arc<State>,
    endpoint: Endpoint,
    named: Named,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let ticket = state
        .log()
        .arrived(state.now(), parts.method.as_str(), parts.uri.path());
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        let finding = Finding::new(413, "The request is too large, or broke off");
        return delivery::response(logged(
            &state,
            ticket,
            Reply::refusal(finding, Style::default()),
        ));
    };
    let call = Call::new(endpoint, named, &parts, body.into());
    let task = tokio::spawn(carry_out(state, call, ticket));
    let failed = |_| Reply::refusal(Finding::new(500, "The sandbox failed"), Style::default());
    delivery::response(task.await.unwrap_or_else(failed))
}

/// Answers a call that no route knows.
pub async fn refuse(state: Arc<State>, finding: Finding, request: Request) -> Response<Body> {
    let ticket = state
        .log()
        .arrived(state.now(), request.method().as_str(), request.uri().path());
    let style = state.faults().switches().style();
    delivery::response(logged(&state, ticket, Reply::refusal(finding, style)))
}

async fn carry_out(state: Arc<State>, call: Call, ticket: Ticket) -> Reply {
    let objects = call.objects();
    let objects: Vec<&Map<String, Json>> = objects.iter().collect();
    let ids =
        |user: &&Map<String, Json>| user.get("UserID").and_then(Json::as_str).map(str::to_owned);
    state
        .log()
        .about(ticket, objects.iter().filter_map(ids).collect());

    let switches = state.faults().switches();
    if let Err(finding) = call.may_pass(&state) {
        return logged(&state, ticket, Reply::refusal(finding, switches.style()));
    }
    let reading = state.throttle().call(call.endpoint, state.now());
    if let Some(over) = reading.filter(|reading| !reading.admitted) {
        let reply = Reply::refusal(Finding::new(429, "Too many requests"), switches.style());
        let reply = over.on(reply.retry_after(&over.reset_s.to_string()));
        return logged(&state, ticket, reply);
    }
    let strike = state.faults().strike(call.endpoint, &objects);
    let reply = struck(state.clone(), call, switches, &strike).await;
    let reply = match reading {
        Some(reading) => reading.on(reply),
        None => reply,
    };
    logged(&state, ticket, strike.headers_on(reply))
}

/// The call under everything that strikes it.
async fn struck(state: Arc<State>, call: Call, switches: Arc<Switches>, strike: &Strike) -> Reply {
    pause(strike.delay).await;
    let style = switches.style();
    let reply = match strike.before(style) {
        Some(reply) => reply,
        None => {
            let (its_strike, its_switches) = (strike.clone(), switches.clone());
            let work = move || work::carry_out(&state, &call, &its_switches, &its_strike);
            let failed = |_| Reply::refusal(Finding::new(500, "The sandbox failed"), style);
            let reply = tokio::task::spawn_blocking(work)
                .await
                .unwrap_or_else(failed);
            strike.after(reply, style)
        }
    };
    pause(strike.delay_answer).await;
    reply
}

/// Even no time at all would be a millisecond for tokio's timer.
async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Notes the answer. A call without one keeps `status: null` in the log.
fn logged(state: &State, ticket: Ticket, reply: Reply) -> Reply {
    if !matches!(reply.delivery, Delivery::Reset | Delivery::Close) {
        state.log().answered(ticket, reply.status);
    }
    reply
}

impl Call {
    fn new(endpoint: Endpoint, named: Named, parts: &request::Parts, body: Vec<u8>) -> Call {
        let parameters: Vec<(String, String)> = axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(parameters)| parameters)
            .unwrap_or_default();
        let header = |name: &str| {
            let value = parts.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let has_wrong_type = |text: String| {
            let main = text.split(';').next().unwrap_or_default().trim();
            !main.eq_ignore_ascii_case("application/json")
        };
        let parameter = |name: &str| find(&parameters, name).map(str::to_owned);
        Call {
            endpoint,
            named,
            shown: Shown {
                token: header("x-access-token"),
                customer_id: parameter("customerid"),
                customer_code: parameter("customercode"),
            },
            has_wrong_type: !body.is_empty()
                && header(CONTENT_TYPE.as_str()).is_some_and(has_wrong_type),
            rows: match endpoint {
                Endpoint::Bulk => bulk::rows(&body),
                _ => Ok(Vec::new()),
            },
            parameters,
            body,
        }
    }

    /// The last parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.parameters, name)
    }

    fn may_pass(&self, state: &State) -> Result<(), Finding> {
        match self.endpoint {
            // They prove themselves by the password in their body.
            Endpoint::Login | Endpoint::Delegate | Endpoint::Impersonate => Ok(()),
            _ => auth::admits(&self.shown, state.token(), state.now_s()),
        }
    }

    /// The objects that the call sends or is about.
    pub fn objects(&self) -> Vec<Map<String, Json>> {
        if matches!(
            self.endpoint,
            Endpoint::RoleUsersSet | Endpoint::TeamUsersSet
        ) {
            let user = |id| Map::from_iter([("UserID".to_owned(), Json::String(id))]);
            let named = members::named_members(&self.body);
            return named.into_iter().map(user).collect();
        }
        if let Some(user_id) = &self.named.user_id {
            let mut sent = single::object(&self.body).unwrap_or_default();
            sent.insert("UserID".to_owned(), json!(user_id));
            return vec![sent];
        }
        let rows = self.rows.iter().flatten();
        rows.filter_map(Json::as_object).cloned().collect()
    }
}

fn find<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let of_name = parameters.iter().rev().find(|(other, _)| other == name);
    of_name.map(|(_, value)| value.as_str())
}
