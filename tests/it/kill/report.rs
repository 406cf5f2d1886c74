//! What a run says of itself, as far as that does not depend on how often it was disturbed.

use serde_json::Value as Json;

use crate::support::Done;

/// A report as far as it does not tell how often something had to be sent.
#[derive(Debug, PartialEq)]
pub struct Report {
    pub summary: Json,
    outcomes: Vec<(String, Json, String, String, Json)>,
    problems: Json,
    resumable: bool,
}

impl Report {
    pub fn of(done: &Done) -> Report {
        let mut document = done.document();
        let mut summary = document["summary"].take();
        for told_by_the_journal in ["requests", "retries"] {
            summary[told_by_the_journal].take();
        }
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let outcomes = document["outcomes"].as_array().expect("outcomes");
        let outcomes = outcomes.iter().map(|outcome| {
            (
                text(&outcome["user_id"]),
                outcome["line"].clone(),
                text(&outcome["action"]),
                text(&outcome["status"]),
                outcome["code"].clone(),
            )
        });
        Report {
            summary,
            outcomes: outcomes.collect(),
            problems: document["problems"].clone(),
            resumable: document["resumable"] == true,
        }
    }
}
