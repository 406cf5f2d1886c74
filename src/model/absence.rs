//! Users whom the export does not mention: what was made of it, with the evidence for each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Change, Outcome, Review, Status};

/// What was done about users that the export does not mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AbsenceState {
    /// Absence was judged.
    Evaluated,
    /// The input is not good enough to take absence from it.
    Suspended,
    /// No completed run of this source is recorded, so nobody is managed yet.
    Baseline,
    /// The tenant could not be listed, so nobody can be called absent.
    Unknown,
}

/// The state of absence with its reason; always printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The state.
    pub state: AbsenceState,
    /// Why, as a sentence.
    pub why: String,
    /// Where the managed users that the export does not mention went.
    #[serde(default)]
    pub figures: AbsenceFigures,
    /// Each of them, with the evidence, where absence was evaluated; sorted by UserID, case aside.
    #[serde(default)]
    pub users: Vec<AbsentUser>,
    /// Active users outside every source.
    #[serde(default)]
    pub orphans: Orphans,
}

/// Where managed users that the export does not mention went. Promise: in a plan `absent` equals
/// `deprovision` + `held` + `waiting` + `protected` + `off`; in a run the sum that [`AbsenceFigures::adds_up`] says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AbsenceFigures {
    /// Users managed by the source.
    pub managed: u64,
    /// Those of them whom the export does not mention.
    pub absent: u64,
    /// To lose access for it.
    pub deprovision: u64,
    /// The same, but held.
    pub held: u64,
    /// They wait: for the policy, for more good runs or days, or for an export that can be trusted.
    pub waiting: u64,
    /// Never to lose access for it.
    pub protected: u64,
    /// They have no access any more, or are gone.
    pub off: u64,
    /// In a run: lost access.
    pub deprovisioned: u64,
    /// In a run: the tenant refused it.
    pub rejected: u64,
    /// In a run: may or may not have lost access.
    pub unconfirmed: u64,
    /// In a run: allowed, but the run ended first.
    pub not_sent: u64,
}

impl AbsenceFigures {
    /// Counts the changes of a plan by absence: those that may be sent, and those that are held.
    pub fn count(&mut self, changes: &[Change]) {
        let by_absence = changes.iter().filter(|change| change.place.is_none());
        (self.deprovision, self.held) = by_absence.fold((0, 0), |(free, held), change| {
            let is_held = u64::from(change.held.is_some());
            (free + 1 - is_held, held + is_held)
        });
    }

    /// The figures of a run: what became of those who were to lose access.
    pub fn ended(mut self, outcomes: &[Outcome]) -> AbsenceFigures {
        let mut ended = 0;
        for outcome in outcomes.iter().filter(|outcome| outcome.line.is_none()) {
            ended += 1;
            match outcome.status {
                Status::Applied => self.deprovisioned += 1,
                Status::Rejected => self.rejected += 1,
                Status::Unconfirmed => self.unconfirmed += 1,
                Status::Held => self.held += 1,
                Status::Skipped if outcome.reason.as_deref() == Some(Review::LEFT_OUT) => {
                    self.waiting += 1;
                }
                Status::Skipped => self.off += 1,
            }
        }
        self.not_sent = self.deprovision.saturating_sub(ended);
        self
    }

    /// Whether each absent managed user of a run has exactly one end (promise 4, sum 2).
    pub fn adds_up(&self) -> bool {
        self.absent
            == self.deprovisioned
                + self.waiting
                + self.held
                + self.protected
                + self.rejected
                + self.unconfirmed
                + self.not_sent
                + self.off
    }
}

/// What is made of one absent user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// He is to lose access; the plan holds the change.
    Deprovision,
    /// Nothing yet.
    Waiting,
    /// Nothing ever.
    Protected,
    /// He has no access any more, or is gone.
    Off,
}

/// A managed user whom the export does not mention, with the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsentUser {
    /// The user.
    pub user_id: Box<str>,
    /// What is made of it.
    pub standing: Standing,
    /// Why, as a part of a sentence.
    pub why: String,
    /// Since when he is managed.
    pub managed_since: Timestamp,
    /// The last good run that listed him; when he became managed, if none has since.
    pub last_seen: Timestamp,
    /// The first good run that missed him; `None` if this is the first.
    pub absent_since: Option<Timestamp>,
    /// Good runs with different inputs, far enough apart, that missed him, this one included if it counts.
    pub runs: u32,
    /// Whether a GET of this user agrees that he is there and has access.
    pub confirmed: bool,
}

/// Active users outside every source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphans {
    /// How many.
    pub count: u64,
    /// The first of them, sorted.
    pub users: Vec<Box<str>>,
}

impl Absence {
    /// A state with its reason and no figures yet.
    pub fn new(state: AbsenceState, why: impl Into<String>) -> Absence {
        Absence {
            state,
            why: why.into(),
            figures: AbsenceFigures::default(),
            users: Vec::new(),
            orphans: Orphans::default(),
        }
    }
}
