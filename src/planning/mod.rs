//! export + current state → Plan: the reading half of every run. A dry run ends here.
//!
//! The export is read twice: first every row is mapped, checked and reduced to a fingerprint; then the
//! current users stream by and are compared; then only the rows that differ are read again as a whole.
//! So memory grows with fingerprints and changes, never with bodies. Nothing here can write to a tenant.

mod current;
mod export;
mod review;
mod snapshot;

pub use current::{Against, Current};
pub use export::{Understood, understand};
pub use review::{ended_before, reviewed};
pub use snapshot::read_snapshot;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::diff::{diff, hold_lost_zeros, hold_not_converging, settle_locations};
use crate::fetch::{Bases, FetchError};
use crate::guard::{ArrivalFigures, SourceFigures, judge_arrival, judge_source};
use crate::input::{Export, InputError};
use crate::mapping::Mapping;
use crate::model::{
    Absence, AbsenceState, Action, Change, Effect, EqualForms, GuardReading, Hold, PastRun, Plan,
    PlanSummary, Problem, Progress, Seen, UserKey,
};
use crate::pacing::{Endpoint, Limits};
use crate::planner::{Estimate, Pace, estimate, plan_id};
use crate::validate::Expected;
use crate::wire::{encoded_len, payload};

/// Why no plan could be made.
#[derive(Debug)]
pub enum PlanningError {
    /// The export as a whole is refused.
    Export(InputError),
    /// The export cannot be mapped; all reasons.
    Unmappable(Vec<Problem>),
    /// The file to compare with is refused; all reasons.
    Snapshot(Vec<Problem>),
    /// The tenant could not be read.
    Fetch(FetchError),
}

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
    /// When the plan is made.
    pub now: Timestamp,
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
}

/// A run that came to its end.
#[derive(Clone, Debug)]
pub struct LastRun {
    /// The id of its plan.
    pub plan: String,
    /// When it began.
    pub started_at: Timestamp,
}

/// A plan with what was read on the way.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Users that were read one by one, with the time of reading, by the UserID that would be written.
    pub bases: Bases,
    /// Blank lines between records, skipped.
    pub blank_lines: u64,
    /// The export as the person named it.
    pub export: Arc<str>,
    /// What the plan's id stands for beside its content.
    pub bound_to: [String; 4],
}

/// Makes a plan. Reads only.
pub async fn make_plan(
    export: &mut Export,
    mut mapping: Mapping,
    against: Against,
    past: &Past,
    terms: &Terms,
    progress: &Arc<dyn Progress>,
) -> Result<Planned, PlanningError> {
    let Understood {
        expected,
        mut problems,
        blank_lines,
    } = understand(export, &mut mapping, progress.as_ref())?;
    let mut guards = judge_source(&SourceFigures {
        rows: expected.counts(),
    });
    let refused = guards
        .iter()
        .any(|reading| reading.verdict == crate::model::GuardVerdict::Refused);
    guards.extend(arrival(export, terms));
    let mut current = match refused {
        // Nothing will be sent whatever the tenant holds: it need not be asked.
        true => Current::unread(),
        false => current::load(&expected, against, &past.forms, terms.confirm_absent).await?,
    };
    problems.append(&mut current.problems);
    let mut changes = match refused {
        true => Vec::new(),
        false => {
            let forms = &past.forms;
            changes(
                export,
                &mut mapping,
                &expected,
                &current,
                forms,
                &mut problems,
            )?
        }
    };
    let file = export.name().clone();
    problems.extend(hold_not_converging(&mut changes, &past.runs, &file));
    problems.extend(hold_lost_zeros(&mut changes, &current.known_ids, &file));
    problems.extend(settle_locations(&mut changes, &current.holders, &file));
    note_seen(&mut changes, &current);
    let mut plan = Plan {
        id: String::new(),
        summary: summary(&expected, &current, &changes, terms),
        absence: absence(&expected, &current),
        guards,
        changes,
        problems,
        review: None,
    };
    let bound_to = bound_to(terms, &current, export);
    plan.id = plan_id(&plan, &bound_to);
    Ok(Planned {
        plan,
        bases: current.into_bases(),
        blank_lines,
        export: file,
        bound_to,
    })
}

fn arrival(export: &Export, terms: &Terms) -> Vec<GuardReading> {
    let (dated, dated_by) = export.dated();
    let figures = ArrivalFigures {
        dated,
        dated_by,
        control_total: export.control_total(),
    };
    judge_arrival(terms.max_age, &figures, terms.now)
}

/// The second reading: only rows whose user differs are looked at as a whole.
fn changes(
    export: &mut Export,
    mapping: &mut Mapping,
    expected: &Expected,
    current: &Current,
    forms: &EqualForms,
    problems: &mut Vec<Problem>,
) -> Result<Vec<Change>, PlanningError> {
    let file = export.name().clone();
    let mut changes = Vec::new();
    export::for_each_record(export, mapping, |record| {
        let key = record.key();
        if !expected.stands(&record) || !current.is_candidate(&key) {
            return;
        }
        if current.is_twin(&key) {
            changes.push(twin(&record.user_id, record.place));
            return;
        }
        let (change, met) = diff(&record, current.user(&key), forms, &file);
        changes.extend(change);
        problems.extend(met);
    })?;
    Ok(changes)
}

/// Notes in each change what it takes for granted of its user, where he was read by himself: what a list or a
/// snapshot shows may be less than what he is.
fn note_seen(changes: &mut [Change], current: &Current) {
    for change in changes {
        let read = current.read_by_himself(&UserKey::of(&change.user_id));
        change.seen = read.map(|user| Seen::of(change, user));
    }
}

fn twin(user_id: &str, place: crate::model::Place) -> Change {
    Change {
        action: Action::Update,
        effect: Effect::None,
        user_id: user_id.into(),
        place: Some(place),
        fields: Vec::new(),
        held: Some(Hold::Twins),
        seen: None,
    }
}

fn absence(expected: &Expected, current: &Current) -> Absence {
    let (state, why) = if !current.listed {
        (
            AbsenceState::Unknown,
            "the tenant's users were not listed, so nobody counts as absent".to_owned(),
        )
    } else if expected.unreadable() > 0 {
        let why = format!(
            "{} refused rows have no readable UserID; they may be anybody's",
            expected.unreadable()
        );
        (AbsenceState::Suspended, why)
    } else {
        let why = "nobody is managed yet; absent users are reported, not touched";
        (AbsenceState::Baseline, why.to_owned())
    };
    Absence { state, why }
}

/// The figures of rows and changes, and what sending would cost.
fn summary(
    expected: &Expected,
    current: &Current,
    changes: &[Change],
    terms: &Terms,
) -> PlanSummary {
    let mut rows = expected.counts();
    rows.unchanged = expected.len() as u64 - changes.len() as u64;
    let cost = cost(changes, terms);
    PlanSummary {
        absent: current.absent,
        calls: cost.calls,
        estimated_seconds: cost.seconds,
        ..PlanSummary::fold(rows, changes)
    }
}

/// What it takes to send the changes.
fn cost(changes: &[Change], terms: &Terms) -> Estimate {
    estimate(
        changes,
        terms.chunk_users_max,
        terms.chunk_bytes_max,
        |change| encoded_len(&payload(None, change)) + 1,
        terms.confirm_absent,
        pace(&terms.limits),
    )
}

/// What a plan's id stands for beside its content: whom it is for, what it was compared with, under which
/// settings, and from which bytes.
fn bound_to(terms: &Terms, current: &Current, export: &Export) -> [String; 4] {
    let export = export.digest().map(hex);
    [
        terms.tenant.clone().unwrap_or_default(),
        current.compared_with.clone(),
        terms.configuration.clone(),
        export.unwrap_or_default(),
    ]
}

fn hex(digest: [u8; 32]) -> String {
    blake3::Hash::from_bytes(digest).to_hex().to_string()
}

fn pace(limits: &Limits) -> Pace {
    Pace {
        between_writes: limits.spacing(Endpoint::Bulk),
        between_reads: limits.spacing(Endpoint::UserGet),
    }
}
