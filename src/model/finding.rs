//! What was found when the surroundings of a run were looked at.

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What: `configuration`, `credentials`, `reachability` …
    pub check: String,
    /// How it is.
    pub verdict: FindingVerdict,
    /// As one sentence without a full stop.
    pub message: String,
    /// What to do; of a good one, what it means.
    pub hint: String,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingVerdict {
    /// As it should be.
    Ok,
    /// It works, but not for long or not well.
    Warning,
    /// It does not work.
    Error,
}
