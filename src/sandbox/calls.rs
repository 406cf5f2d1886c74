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
use crate::sandbox::storage::Work;
use crate::sandbox::switches::Switches;
use crate::sandbox::{bulk, query, single};

/// No call may be larger, whatever the switches say.
pub const BODY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A call that has arrived whole.
struct Call {
    endpoint: Endpoint,
    user_id: Option<String>,
    parameters: Vec<(String, String)>,
    shown: Shown,
    has_wrong_type: bool,
    body: Vec<u8>,
    /// The rows of a bulk call, or why they cannot be read.
    rows: Result<Vec<Json>, Finding>,
}

/// Serves a call. `user_id`: the id in its path, decoded.
pub async fn serve(
    state: Arc<State>,
    endpoint: Endpoint,
    user_id: Option<String>,
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
    let call = Call::new(endpoint, user_id, &parts, body.into());
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
            let work = move || work(&state, &call, &its_switches, &its_strike);
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

/// The work itself.
fn work(state: &State, call: &Call, switches: &Switches, strike: &Strike) -> Reply {
    let style = strike.style(switches);
    let refused = |finding| Reply::refusal(finding, style);
    if call.has_wrong_type {
        return refused(Finding::new(415, "Content-Type must be application/json"));
    }
    let mut storage = state.storage();
    let done = match (storage.begin(), call.endpoint, &call.rows) {
        (Err(error), ..) => Err(error.into()),
        (Ok(_), Endpoint::Bulk, Err(finding)) => Err(finding.clone()),
        (Ok(work), Endpoint::Bulk, Ok(rows)) => {
            Ok(bulk::carry_out(work, &call.body, rows, switches, strike))
        }
        (Ok(work), Endpoint::Query, _) => query::answer(&work, switches, &call.parameters),
        (Ok(work), Endpoint::Login, _) => {
            auth::create_jwt(&work, &call.body, state.now_s(), switches.token_lifetime_s)
        }
        (Ok(work), Endpoint::UserGet | Endpoint::UserPut | Endpoint::UserDelete, _) => {
            of_user(work, call, switches, strike, style)
        }
    };
    done.unwrap_or_else(refused)
}

fn of_user(
    work: Work<'_>,
    call: &Call,
    switches: &Switches,
    strike: &Strike,
    style: Style,
) -> Result<Reply, Finding> {
    let user_id = call.user_id.as_deref().unwrap_or_default();
    let has_body = call.endpoint == Endpoint::UserPut;
    let rejected = call
        .objects()
        .iter()
        .find_map(|object| strike.refusal_of_user(object, has_body));
    match (rejected, call.endpoint) {
        (Some(finding), _) => Err(finding),
        (None, Endpoint::UserPut) => {
            let notify = call.parameter("emailNotification") == Some("true");
            single::put(work, switches, user_id, &call.body, notify, style)
        }
        (None, Endpoint::UserDelete) => single::delete(work, switches, user_id, style),
        (None, _) => single::get(&work, switches, user_id),
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
    fn new(
        endpoint: Endpoint,
        user_id: Option<String>,
        parts: &request::Parts,
        body: Vec<u8>,
    ) -> Call {
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
            user_id,
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

    fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.parameters, name)
    }

    fn may_pass(&self, state: &State) -> Result<(), Finding> {
        match self.endpoint {
            Endpoint::Login => Ok(()),
            _ => auth::admits(&self.shown, state.token(), state.now_s()),
        }
    }

    /// The objects that the call sends or is about.
    fn objects(&self) -> Vec<Map<String, Json>> {
        if let Some(user_id) = &self.user_id {
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
