//! Fault scripts: which calls go wrong, and how. Data alone; [`super::fault_actions`] plays them.
//!
//! ```json
//! {"switches": {"bulk": "partial"},
//!  "faults": [{"why": "the answer of the second bulk call is lost", "route": "bulk", "from": 2, "times": 1, "do": {"reset": "after"}}]}
//! ```
//!
//! Every fault counts the calls it is about (its route, its users) and has its turn from the `from`-th,
//! `times` times. All whose turn it is work together; of those that decide the answer the first listed wins.
//! Unknown keys are errors; `why` is for people. The whole language with samples: `docs/sandbox.md`.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::pacing::Endpoint;
use crate::sandbox::switches::{Bulk, DataPath, Details, ErrorFormat, Switches};

/// Everything that goes wrong, and how the sandbox behaves beside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultScript {
    /// For people.
    pub why: Json,
    /// How the sandbox behaves where nobody knows.
    pub switches: Switches,
    /// In the order in which they are asked.
    pub faults: Vec<Fault>,
}

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// For people.
    pub why: Json,
    /// The calls it is about, by [`Endpoint::name`]; omitted: all calls of the vendor's API.
    #[serde(with = "route")]
    pub route: Option<Endpoint>,
    /// Only calls that hold one of these UserIDs; empty: all.
    pub users: BTreeSet<String>,
    /// From which of these calls on, from 1.
    pub from: u64,
    /// How many of them; omitted: all from there on.
    pub times: Option<u64>,
    /// Wait so long before the call is carried out (it is, even if the client has gone by then).
    pub delay_ms: u64,
    /// Wait so long after it was carried out, before the answer.
    pub delay_answer_ms: u64,
    /// Put these headers on the answer, whatever it is.
    pub headers: BTreeMap<String, String>,
    /// What happens; omitted: nothing but the above.
    #[serde(rename = "do")]
    pub action: Option<Action>,
}

impl Default for Fault {
    fn default() -> Fault {
        Fault {
            why: Json::Null,
            route: None,
            users: BTreeSet::new(),
            from: 1,
            times: None,
            delay_ms: 0,
            delay_answer_ms: 0,
            headers: BTreeMap::new(),
            action: None,
        }
    }
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// This answer instead of the right one.
    Answer(Answer),
    /// The connection is reset (RST) before or after the call was carried out; no answer.
    Reset(When),
    /// The connection is closed (FIN) before or after the call was carried out; no answer.
    Close(When),
    /// Carried out, but the answer breaks off.
    Truncate(Truncate),
    /// Carried out, but the answer comes in drops.
    Trickle(Trickle),
    /// 429, not carried out.
    Throttle(Throttle),
    /// A redirect, not carried out.
    Redirect(Redirect),
    /// Some users are refused.
    Reject(Reject),
}

/// Before or after the call was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing was changed.
    Before,
    /// Everything was changed.
    After,
}

/// An answer in place of the right one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// A string is sent as it is, anything else as JSON; omitted: the vendor's error body.
    pub body: Option<Json>,
    /// `Content-Type`; omitted: `application/json`; "": no such header.
    pub content_type: Option<String>,
    /// Whether the call is carried out all the same.
    #[serde(default)]
    pub commit: bool,
}

/// Where the answer breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truncate {
    /// So many bytes of the body are sent, although Content-Length promises all.
    pub bytes: usize,
}

/// How the answer drips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trickle {
    /// Bytes in one drop.
    pub bytes: usize,
    /// Pause before each drop.
    pub pause_ms: u64,
}

/// Over the limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Throttle {
    /// `Retry-After` verbatim: seconds, a date, junk; omitted: no such header.
    pub retry_after: Option<String>,
}

/// Elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// 301, 302, 303, 307 or 308; omitted: 307.
    #[serde(default = "temporary_redirect")]
    pub status: u16,
    /// `Location` verbatim.
    pub location: String,
}

/// Users that the server refuses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reject {
    /// These UserIDs.
    pub users: BTreeSet<String>,
    /// Or users of whom all these fields are sent with these values.
    pub having: BTreeMap<String, String>,
    /// 400, 409, 410, 500 …; below 300 the user is left out of a call that says 200 with a detail.
    pub status: u16,
    /// The message.
    pub message: String,
    /// The property that is pointed at, `/` between parts; "": the user.
    pub property: String,
    /// `params`; omitted: the value of that property.
    pub params: Option<Json>,
    /// Whether the pointer is honest.
    pub points_at: PointsAt,
    /// The notation; omitted: as switched.
    pub data_path: Option<DataPath>,
    /// The form of the body; omitted: as switched.
    pub format: Option<ErrorFormat>,
    /// The first refusal or all; omitted: as switched.
    pub details: Option<Details>,
    /// What becomes of the other rows; omitted: as switched.
    pub bulk: Option<Bulk>,
}

impl Default for Reject {
    fn default() -> Reject {
        Reject {
            users: BTreeSet::new(),
            having: BTreeMap::new(),
            status: 400,
            message: "Refused by the fault script".to_owned(),
            property: String::new(),
            params: None,
            points_at: PointsAt::Itself,
            data_path: None,
            format: None,
            details: None,
            bulk: None,
        }
    }
}

/// Where the refusal's path points.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsAt {
    /// At the refused row.
    #[default]
    Itself,
    /// At the next row (the one before, if it is the last): a lie, unless the call has one row only.
    Other,
    /// At a row that the call does not have.
    Beyond,
    /// This text.
    Verbatim(String),
}

impl FaultScript {
    /// Reads a script. The error says what is wrong and where, for people.
    pub fn from_json(text: &str) -> Result<FaultScript, String> {
        let script: FaultScript = serde_json::from_str(text).map_err(|error| error.to_string())?;
        match script.flaw() {
            Some(flaw) => Err(flaw),
            None => Ok(script),
        }
    }

    fn flaw(&self) -> Option<String> {
        let of_faults = self.faults.iter().enumerate().find_map(|(index, fault)| {
            let flaw = fault.flaw()?;
            Some(format!("faults[{index}]: {flaw}"))
        });
        of_faults.or_else(|| self.switches.flaw())
    }
}

impl Fault {
    fn flaw(&self) -> Option<String> {
        let header_flaw = self.headers.iter().find_map(|(name, value)| {
            let fits = name.parse::<HeaderName>().is_ok() && value.parse::<HeaderValue>().is_ok();
            (!fits).then(|| format!("\"{name}: {value}\" is no header"))
        });
        if self.from == 0 {
            return Some("from counts calls from 1".to_owned());
        }
        header_flaw.or_else(|| self.action.as_ref().and_then(Action::flaw))
    }
}

impl Action {
    fn flaw(&self) -> Option<String> {
        let status = |status: u16, lowest: u16| {
            (!(lowest..600).contains(&status))
                .then(|| format!("{status} is no status that can be answered here"))
        };
        let value = |text: &str| {
            text.parse::<HeaderValue>()
                .is_err()
                .then(|| format!("\"{text}\" cannot stand in a header"))
        };
        match self {
            Action::Answer(answer) => status(answer.status, 200)
                .or_else(|| answer.content_type.as_deref().and_then(value)),
            Action::Redirect(redirect) => (redirect.status >= 400)
                .then(|| format!("{} is no redirect", redirect.status))
                .or_else(|| status(redirect.status, 300))
                .or_else(|| value(&redirect.location)),
            Action::Throttle(throttle) => throttle.retry_after.as_deref().and_then(value),
            Action::Trickle(Trickle { bytes: 0, .. }) => {
                Some("trickle.bytes is at least 1".to_owned())
            }
            Action::Reject(reject) if reject.users.is_empty() && reject.having.is_empty() => {
                Some("reject needs users or having".to_owned())
            }
            Action::Reject(reject) => status(reject.status, 200),
            _ => None,
        }
    }
}

fn temporary_redirect() -> u16 {
    307
}

/// Endpoints by name.
mod route {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Endpoint;

    pub fn serialize<S: Serializer>(
        route: &Option<Endpoint>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        route.map(Endpoint::name).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Endpoint>, D::Error> {
        let Some(name) = Option::<String>::deserialize(deserializer)? else {
            return Ok(None);
        };
        let named = Endpoint::ALL
            .into_iter()
            .find(|endpoint| endpoint.name() == name);
        let all = Endpoint::ALL.map(Endpoint::name).join(", ");
        named
            .map(Some)
            .ok_or_else(|| serde::de::Error::custom(format!("route \"{name}\" is none of {all}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_script_changes_nothing() {
        assert_eq!(
            FaultScript::from_json("{}").unwrap(),
            FaultScript::default()
        );
    }

    #[test]
    fn a_script_is_read_as_it_is_written() {
        let script = FaultScript::from_json(include_str!("../../samples/faults.json")).unwrap();
        let written = serde_json::to_string(&script).unwrap();
        assert_eq!(FaultScript::from_json(&written).unwrap(), script);
        assert!(!script.faults.is_empty());
    }

    #[test]
    fn mistakes_are_named() {
        for (script, word) in [
            (r#"{"fault":[]}"#, "fault"),
            (r#"{"switches":{"bulk":"atomical"}}"#, "atomical"),
            (r#"{"switches":{"absent_get":500}}"#, "absent_get"),
            (r#"{"switches":{"query_status":7}}"#, "query_status"),
            (r#"{"switches":{"query_page_max":0}}"#, "query_page_max"),
            (r#"{"switches":{"query_visible":"x"}}"#, "field:value"),
            (r#"{"faults":[{"from":0}]}"#, "faults[0]: from"),
            (r#"{"faults":[{"route":"bulks"}]}"#, "none of bulk"),
            (r#"{"faults":[{},{"do":{"explode":1}}]}"#, "explode"),
            (r#"{"faults":[{"do":{"answer":{"status":99}}}]}"#, "99"),
            (
                r#"{"faults":[{"do":{"redirect":{"location":"a\nb"}}}]}"#,
                "header",
            ),
            (
                r#"{"faults":[{"do":{"throttle":{"retry_after":"\n"}}}]}"#,
                "header",
            ),
            (
                r#"{"faults":[{"do":{"trickle":{"bytes":0,"pause_ms":1}}}]}"#,
                "trickle",
            ),
            (
                r#"{"faults":[{"do":{"reject":{"status":400}}}]}"#,
                "users or having",
            ),
            (r#"{"faults":[{"headers":{"a b":""}}]}"#, "no header"),
        ] {
            let error = FaultScript::from_json(script).unwrap_err();
            assert!(error.contains(word), "{script}: {error}");
        }
    }
}
