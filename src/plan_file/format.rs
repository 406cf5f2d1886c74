//! The lines of a plan file.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Absence, Basis, Change, GuardReading, PlanSummary, Problem};

/// The version that this program writes, and the newest that it reads.
pub(super) const VERSION: u32 = 1;

/// The first line: what the plan is, for whom it was made, and what it comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the format.
    pub crewsync_plan: u32,
    /// The plan's id.
    pub plan: String,
    /// When it was saved. Saving the same plan again gives another time.
    pub made_at: Timestamp,
    /// It is not applied after that.
    pub expires_at: Timestamp,
    /// The tenant; `None` for a plan that was made without asking one.
    pub tenant: Option<Tenant>,
    /// Whether a mistake there would hurt.
    pub production: bool,
    /// `[source] id`.
    pub source: String,
    /// The export as the person named it.
    pub export: String,
    /// A digest of the settings that decide what may be sent.
    pub configuration: String,
    /// A digest of the mapping.
    pub mapping: String,
    /// What the id stands for beside the content: tenant, what was compared with, all settings that decide the
    /// content of a plan, and the bytes of the export.
    pub bound_to: [String; 4],
    /// The figures.
    pub summary: PlanSummary,
    /// What was done about absent users.
    pub absence: Absence,
    /// Every guard that spoke.
    pub guards: Vec<GuardReading>,
}

/// Whom a plan was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// What people call it; may be empty.
    pub name: String,
    /// Its address.
    pub base_url: String,
    /// The customer id, where the credentials have one.
    pub customer: Option<String>,
}

impl Tenant {
    /// Whether both are one tenant. A customer id that only one side knows tells nothing, and people may call it
    /// what they like.
    pub fn is_same(&self, other: &Tenant) -> bool {
        let customers_agree = match (&self.customer, &other.customer) {
            (Some(one), Some(two)) => one == two,
            _ => true,
        };
        self.base_url == other.base_url && customers_agree
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.name.is_empty() {
            write!(f, "\"{}\" at ", self.name)?;
        }
        f.write_str(&self.base_url)?;
        match &self.customer {
            Some(customer) => write!(f, " (customer {customer})"),
            None => Ok(()),
        }
    }
}

/// A line after the first, to be written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineOut<'a> {
    Change(&'a Change),
    Problem(&'a Problem),
    /// Once, after the problems.
    Basis(&'a Basis),
    /// BLAKE3 over all bytes before this line, the last one.
    Checksum(&'a str),
}

/// The same, as read.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LineIn {
    Change(Change),
    Problem(Problem),
    Basis(Basis),
    Checksum(String),
}
