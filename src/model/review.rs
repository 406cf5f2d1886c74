//! What a person decided about a plan before it was carried out.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Action, Change};

/// A person's word on one plan: what he let through and what he left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who answers for what the guards held or refused; `None` if nobody did.
    pub approval: Option<Approval>,
    /// Users whom he left out, as he wrote them, sorted.
    pub excluded: Vec<Box<str>>,
    /// The only actions that he let through; `None` if all.
    pub actions: Option<Vec<Action>>,
}

/// Who approved a plan, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The name that he gave.
    pub by: String,
    /// The time of the approval.
    pub at: Timestamp,
}

impl Review {
    /// The reason under which a change that a person left out ends.
    pub const LEFT_OUT: &'static str = "excluded";

    /// Whether anything was decided.
    pub fn is_empty(&self) -> bool {
        self.approval.is_none() && self.excluded.is_empty() && self.actions.is_none()
    }

    /// Whether he left the change out.
    pub fn leaves_out(&self, change: &Change) -> bool {
        let other_action = |actions: &Vec<Action>| !actions.contains(&change.action);
        self.excluded.binary_search(&change.user_id).is_ok()
            || self.actions.as_ref().is_some_and(other_action)
    }
}
