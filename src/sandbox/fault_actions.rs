//! Plays a fault script: counts the calls, and says what strikes each.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue};
use serde_json::{Map, Value as Json, json};

use crate::pacing::Endpoint;
use crate::sandbox::answer::{Finding, Reply, Spot, Style};
use crate::sandbox::delivery::Delivery;
use crate::sandbox::faults::{Action, Answer, Fault, FaultScript, PointsAt, Reject, When};
use crate::sandbox::filter::text_of;
use crate::sandbox::switches::{Bulk, Switches};

/// A script, and how many calls each of its faults has seen.
pub struct Faults {
    script: FaultScript,
    switches: Arc<Switches>,
    seen: Vec<u64>,
}

/// Everything that strikes one call.
#[derive(Clone, Debug, Default)]
pub struct Strike {
    /// Wait before it is carried out.
    pub delay: Duration,
    /// Wait before it is answered.
    pub delay_answer: Duration,
    headers: Vec<(HeaderName, HeaderValue)>,
    accident: Option<Action>,
    rejects: Vec<Reject>,
}

impl Faults {
    /// No call was seen yet.
    pub fn new(script: FaultScript) -> Faults {
        Faults {
            switches: Arc::new(script.switches.clone()),
            seen: vec![0; script.faults.len()],
            script,
        }
    }

    /// The script.
    pub fn script(&self) -> &FaultScript {
        &self.script
    }

    /// The script's switches.
    pub fn switches(&self) -> Arc<Switches> {
        self.switches.clone()
    }

    /// Counts a call and says what strikes it. `users`: the objects that it sends or is about.
    pub fn strike(&mut self, endpoint: Endpoint, users: &[&Map<String, Json>]) -> Strike {
        let mut strike = Strike::default();
        for (fault, seen) in self.script.faults.iter().zip(&mut self.seen) {
            if fault.is_about(endpoint, users) {
                *seen += 1;
                if fault.has_turn(*seen) {
                    strike.add(fault);
                }
            }
        }
        strike
    }
}

impl Fault {
    fn is_about(&self, endpoint: Endpoint, users: &[&Map<String, Json>]) -> bool {
        let holds_one = || {
            let listed = |user: &&Map<String, Json>| self.users.contains(&text_of(user, "UserID"));
            self.users.is_empty() || users.iter().any(listed)
        };
        let rejects_one = || match &self.action {
            Some(Action::Reject(reject)) => users.iter().any(|user| reject.refuses(user)),
            _ => true,
        };
        self.route.is_none_or(|route| route == endpoint) && holds_one() && rejects_one()
    }

    fn has_turn(&self, call: u64) -> bool {
        let passed = call.checked_sub(self.from);
        passed.is_some_and(|passed| self.times.is_none_or(|times| passed < times))
    }
}

impl Strike {
    fn add(&mut self, fault: &Fault) {
        self.delay = self.delay.max(Duration::from_millis(fault.delay_ms));
        let delay_answer = Duration::from_millis(fault.delay_answer_ms);
        self.delay_answer = self.delay_answer.max(delay_answer);
        let headers = fault.headers.iter();
        self.headers.extend(
            headers.filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))),
        );
        match &fault.action {
            Some(Action::Reject(reject)) => self.rejects.push(reject.clone()),
            Some(accident) if self.accident.is_none() => self.accident = Some(accident.clone()),
            _ => {}
        }
    }

    /// The answer, if the call is not carried out.
    pub fn before(&self, style: Style) -> Option<Reply> {
        match self.accident.as_ref()? {
            Action::Reset(When::Before) => Some(Reply::none(Delivery::Reset)),
            Action::Close(When::Before) => Some(Reply::none(Delivery::Close)),
            Action::Answer(answer) if !answer.commit => Some(answered(answer, style)),
            Action::Throttle(throttle) => {
                let reply = Reply::refusal(Finding::new(429, "Too many requests"), style);
                Some(match &throttle.retry_after {
                    Some(value) => reply.retry_after(value),
                    None => reply,
                })
            }
            Action::Redirect(redirect) => {
                let reply = Reply::refusal(Finding::new(redirect.status, "Elsewhere"), style);
                Some(reply.location(&redirect.location))
            }
            _ => None,
        }
    }

    /// What becomes of the right answer, after the call was carried out.
    pub fn after(&self, reply: Reply, style: Style) -> Reply {
        match &self.accident {
            Some(Action::Reset(When::After)) => Reply::none(Delivery::Reset),
            Some(Action::Close(When::After)) => Reply::none(Delivery::Close),
            Some(Action::Answer(answer)) if answer.commit => answered(answer, style),
            Some(Action::Truncate(cut)) => reply.travelling(Delivery::Truncated(cut.bytes)),
            Some(Action::Trickle(drip)) => {
                reply.travelling(Delivery::Trickled(drip.bytes, drip.pause_ms))
            }
            _ => reply,
        }
    }

    /// Puts the script's headers on any answer.
    pub fn headers_on(&self, mut reply: Reply) -> Reply {
        let ours = |name: &HeaderName| self.headers.iter().any(|(other, _)| other == name);
        reply.headers.retain(|(name, _)| !ours(name));
        reply.headers.extend(self.headers.iter().cloned());
        reply
    }

    /// How refusals of this call are written: as switched, unless the script says otherwise.
    pub fn style(&self, switches: &Switches) -> Style {
        let first = |style: Style, reject: &Reject| Style {
            format: reject.format.unwrap_or(style.format),
            data_path: reject.data_path.unwrap_or(style.data_path),
            details: reject.details.unwrap_or(style.details),
        };
        self.rejects.iter().rev().fold(switches.style(), first)
    }

    /// What a refused bulk call leaves behind: as switched, unless the script says otherwise.
    pub fn bulk(&self, switches: &Switches) -> Bulk {
        let said = self.rejects.iter().find_map(|reject| reject.bulk);
        said.unwrap_or(switches.bulk)
    }

    /// The refusal of a row of a bulk call with so many rows, if the script wants one.
    pub fn refusal_of_row(
        &self,
        user: &Map<String, Json>,
        index: usize,
        rows: usize,
    ) -> Option<Finding> {
        let reject = self.rejects.iter().find(|reject| reject.refuses(user))?;
        let row = |index: usize| Spot::Row(index, reject.property.clone());
        let spot = match &reject.points_at {
            PointsAt::Itself => row(index),
            PointsAt::Other if index + 1 < rows => row(index + 1),
            PointsAt::Other => row(index.saturating_sub(1)),
            PointsAt::Beyond => row(rows),
            PointsAt::Verbatim(text) => Spot::Verbatim(text.clone()),
        };
        Some(reject.finding(user, spot))
    }

    /// The refusal of a call about one user, if the script wants one. Only `verbatim` makes a difference to its path.
    pub fn refusal_of_user(&self, user: &Map<String, Json>, has_body: bool) -> Option<Finding> {
        let reject = self.rejects.iter().find(|reject| reject.refuses(user))?;
        let spot = match &reject.points_at {
            PointsAt::Verbatim(text) => Spot::Verbatim(text.clone()),
            _ if has_body => Spot::Property(reject.property.clone()),
            _ => Spot::Nowhere,
        };
        Some(reject.finding(user, spot))
    }
}

impl Reject {
    fn refuses(&self, user: &Map<String, Json>) -> bool {
        let has = |(name, value): (&String, &String)| text_of(user, name) == *value;
        let listed = self.users.contains(&text_of(user, "UserID"));
        listed || (!self.having.is_empty() && self.having.iter().all(has))
    }

    fn finding(&self, user: &Map<String, Json>, spot: Spot) -> Finding {
        let params = self
            .params
            .clone()
            .unwrap_or_else(|| match user.get(&self.property) {
                Some(value) => json!({"value": value}),
                None => json!({}),
            });
        Finding::new(self.status, &self.message)
            .at(spot)
            .params(params)
    }
}

fn answered(answer: &Answer, style: Style) -> Reply {
    let said = || format!("The fault script answers {}", answer.status);
    let mut reply = match &answer.body {
        None => Reply::refusal(Finding::new(answer.status, said()), style),
        Some(Json::String(text)) => Reply::json(answer.status, text.as_bytes()),
        Some(body) => Reply::json(answer.status, body.to_string()),
    };
    match answer.content_type.as_deref() {
        None => reply,
        Some("") => {
            reply.headers.clear();
            reply
        }
        Some(text) => reply.content_type(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_script_strikes_nothing() {
        let mut faults = Faults::new(FaultScript::default());
        let strike = faults.strike(Endpoint::Bulk, &[]);
        assert!(strike.before(Style::default()).is_none());
        let reply = strike.after(Reply::json(200, "x"), Style::default());
        assert_eq!(
            (reply.body.as_slice(), reply.delivery),
            ("x".as_bytes(), Delivery::Whole)
        );
    }

    #[test]
    fn a_fault_has_its_turn_from_the_nth_call_on_k_times() {
        let statuses = |script: &str| {
            let mut faults = Faults::new(FaultScript::from_json(script).unwrap());
            let calls = [
                Endpoint::Bulk,
                Endpoint::UserGet,
                Endpoint::Bulk,
                Endpoint::Bulk,
                Endpoint::Bulk,
            ];
            calls.map(|endpoint| {
                let strike = faults.strike(endpoint, &[]);
                strike
                    .before(Style::default())
                    .map_or(200, |reply| reply.status)
            })
        };
        for (script, want) in [
            (
                r#"{"faults":[{"do":{"answer":{"status":503}}}]}"#,
                [503, 503, 503, 503, 503],
            ),
            (
                r#"{"faults":[{"times":0,"do":{"answer":{"status":503}}}]}"#,
                [200; 5],
            ),
            (
                r#"{"faults":[{"route":"bulk","from":2,"times":2,"do":{"answer":{"status":503}}}]}"#,
                [200, 200, 503, 503, 200],
            ),
            (
                r#"{"faults":[{"route":"bulk","times":2,"do":{"answer":{"status":503}}},{"from":1,"times":4,"do":{"answer":{"status":500}}}]}"#,
                [503, 500, 503, 500, 200],
            ),
        ] {
            assert_eq!(statuses(script), want, "{script}");
        }
    }

    #[test]
    fn faults_about_users_count_the_calls_that_hold_them() {
        let script = r#"{"faults":[{"users":["b"],"from":2,"do":{"reset":"before"}}]}"#;
        let mut faults = Faults::new(FaultScript::from_json(script).unwrap());
        let mut struck = |ids: &[&str]| {
            let users: Vec<_> = ids.iter().map(|id| user(id)).collect();
            let strike = faults.strike(Endpoint::Bulk, &users.iter().collect::<Vec<_>>());
            strike.accident.is_some()
        };
        assert_eq!(
            [struck(&["a", "b"]), struck(&["a"]), struck(&["b"])],
            [false, false, true]
        );
    }

    #[test]
    fn pointers_lie_as_told() {
        for (points_at, rows, index, want) in [
            (PointsAt::Itself, 3, 1, Spot::Row(1, "Email".into())),
            (PointsAt::Other, 3, 1, Spot::Row(2, "Email".into())),
            (PointsAt::Other, 3, 2, Spot::Row(1, "Email".into())),
            (PointsAt::Other, 1, 0, Spot::Row(0, "Email".into())),
            (PointsAt::Beyond, 3, 1, Spot::Row(3, "Email".into())),
            (
                PointsAt::Verbatim("?".into()),
                3,
                1,
                Spot::Verbatim("?".into()),
            ),
        ] {
            let reject = Reject {
                users: ["a".to_owned()].into(),
                property: "Email".to_owned(),
                points_at,
                ..Reject::default()
            };
            let strike = Strike {
                rejects: vec![reject],
                ..Strike::default()
            };
            let finding = strike.refusal_of_row(&user("a"), index, rows).unwrap();
            assert_eq!(finding.spot, want);
            assert_eq!(*finding.params, json!({"value": "a@x"}));
            assert_eq!(strike.refusal_of_row(&user("b"), index, rows), None);
        }
    }

    fn user(id: &str) -> Map<String, Json> {
        let user = json!({"UserID": id, "Email": format!("{id}@x")});
        user.as_object().unwrap().clone()
    }
}
