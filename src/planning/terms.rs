//! What a plan is made under: the settings that decide, and what earlier runs have taught.

use jiff::{SignedDuration, Timestamp};

use crate::diff::CreateRules;
use crate::model::{EqualForms, FieldPolicies, PastRun};
use crate::pacing::Limits;
use crate::validate::RosterTerms;

use super::{AccessPast, AccessTerms, PROBLEMS_OF_A_CAUSE};

/// What a plan is made under, beside the export and the current state.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Whom the plan is for; `None` if no tenant is asked.
    pub tenant: Option<String>,
    /// A digest of the settings that decide what a plan holds.
    pub configuration: String,
    /// What the client keeps to.
    pub limits: Limits,
    /// Users in one call at most.
    pub chunk_users_max: usize,
    /// Bytes of one call's body at most.
    pub chunk_bytes_max: usize,
    /// Whether users to create are read before they are called absent.
    pub confirm_absent: bool,
    /// An older export is refused.
    pub max_age: Option<SignedDuration>,
    /// Whether the plan is kept or carried out, so that it needs its basis.
    pub is_kept: bool,
    /// When the plan is made.
    pub now: Timestamp,
    /// When each field is written.
    pub fields: FieldPolicies,
    /// What holds for every new user.
    pub create: CreateRules,
    /// What decides about people's access.
    pub access: AccessTerms,
}

impl Terms {
    /// How the rows of the export are taken, and how many problems of one cause are listed.
    pub(super) fn roster(&self) -> (RosterTerms, usize) {
        let roster = RosterTerms {
            known_by: self.access.known_by.clone().unwrap_or_default(),
            fields: self.fields.clone(),
            location: self.create.location().map(Into::into),
        };
        (roster, PROBLEMS_OF_A_CAUSE)
    }
}

/// What earlier runs have taught about the tenant.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Values that it stores in a form of its own.
    pub forms: EqualForms,
    /// The runs of this source on the last days before today on which it ran, newest first.
    pub runs: Vec<PastRun>,
    /// The last run of this source that came to its end.
    pub last_run: Option<LastRun>,
    /// What they have taught about its users.
    pub access: AccessPast,
}

/// A run that came to its end.
#[derive(Clone, Debug)]
pub struct LastRun {
    /// The id of its plan.
    pub plan: String,
    /// When it began.
    pub started_at: Timestamp,
}
