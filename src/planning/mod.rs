//! export + current state → Plan: the reading half of every run. A dry run ends here.
//!
//! The export is read twice: first every row is mapped, checked and reduced to a fingerprint; then the
//! current users stream by and are compared; then only the rows that differ are read again as a whole.
//! So memory grows with fingerprints and changes, never with bodies. Nothing here can write to a tenant.

mod access;
mod current;
mod export;
mod gathered;
mod holds;
mod load;
mod part;
mod review;
mod snapshot;
mod sources;
mod terms;
mod trace;
mod undo;

pub use access::{AccessPast, AccessTerms};
pub use current::Current;
pub use export::{Understood, understand};
pub use gathered::PROBLEMS_OF_A_CAUSE;
pub use load::Against;
pub use review::{ended_before, reviewed};
pub use snapshot::read_snapshot;
pub use terms::{LastRun, Past, Terms};
pub use trace::{TracedRow, TracedValue, trace_rows};
pub use undo::{Done, plan_undo};

use std::sync::Arc;

use foldhash::HashSet;

use access::Listing;
use load::Outlook;
use part::set_aside;

use crate::diff::{
    Watch, diff, hold_lost_zeros, hold_not_converging, settle_locations, unknown_references,
};
use crate::fetch::{Bases, FetchError};
use crate::guard::{ArrivalFigures, judge_arrival, judge_rows};
use crate::input::{Export, InputError};
use crate::mapping::Mapping;
use crate::mapping::suggest::closest;
use crate::model::{
    Absence, Action, Basis, Change, Effect, Field, GuardReading, Hold, Plan, PlanSummary, Problem,
    Progress, Property, RowCounts, Seen, UserKey, Value, Wanted,
};
use crate::pacing::{Endpoint, Limits};
use crate::planner::{Estimate, Pace, estimate, plan_id};
use crate::store::StoreError;
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
    /// The stored users could not be read.
    Store(StoreError),
    /// The tenant could not be read.
    Fetch(FetchError),
}

impl From<InputError> for PlanningError {
    fn from(error: InputError) -> PlanningError {
        PlanningError::Export(error)
    }
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
    /// What the run teaches if it ends well.
    pub basis: Basis,
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
        mut expected,
        mut problems,
        blank_lines,
    } = understand(export, &mut mapping, terms.roster(), progress.as_ref())?;
    // Before a part of the export is left out on request.
    let mut guards = judge_rows(&terms.access.guards, &expected.counts()).to_vec();
    let only = terms.access.only.as_ref();
    problems.extend(set_aside(&mut expected, only, export.name()));
    let input = export.digest().map(hex).unwrap_or_default();
    let is_worthless = access::is_refused(&guards);
    guards.extend(arrival(export, terms));
    let seen = (&expected, input.as_str());
    let listing = Listing::of(terms, &past.access, seen, is_worthless);
    let mut current = match is_worthless {
        // Nothing will be sent whatever the tenant holds: it need not be asked.
        true => Current::unread(),
        false => load::load(&expected, against, &outlook(&listing, past, terms)).await?,
    };
    problems.append(&mut current.problems);
    let mut changes = match is_worthless {
        true => Vec::new(),
        false => changes(
            export,
            &mut mapping,
            &listing,
            &current,
            (past, terms),
            &mut problems,
        )?,
    };
    let file = export.name().clone();
    let Judged {
        rows,
        absence,
        readings,
        problems: met,
        basis,
    } = judge(&listing, &current, past, &file, &mut changes);
    guards.extend(readings);
    problems.extend(met);
    note_seen(&mut changes, &current);
    let mut plan = Plan {
        id: String::new(),
        summary: summary(rows, &current, &changes, terms),
        absence,
        guards,
        changes,
        problems,
        review: None,
    };
    let bound_to = bound_to(terms, &current, &input);
    plan.id = plan_id(&plan, &bound_to);
    Ok(Planned {
        plan,
        bases: current.into_bases(),
        blank_lines,
        export: file,
        bound_to,
        basis,
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

/// What became of the changes of the rows: some held, some taken out, those by absence added.
struct Judged {
    rows: RowCounts,
    absence: Absence,
    readings: Vec<GuardReading>,
    problems: Vec<Problem>,
    basis: Basis,
}

/// The rules that need more than one user, each after the ones that it builds on; the guards speak last.
fn judge(
    listing: &Listing<'_>,
    current: &Current,
    past: &Past,
    file: &Arc<str>,
    changes: &mut Vec<Change>,
) -> Judged {
    let by_row = changes.len() as u64;
    let spoken_for = listing.settle_two_sources(changes);
    listing.hold_protected(changes);
    listing.hold_by_hand(changes, current);
    let mut problems = hold_not_converging(changes, &past.runs, file);
    problems.extend(hold_lost_zeros(changes, &current.known_ids, file));
    problems.extend(settle_locations(changes, &current.holders, file));
    let beyond = listing.limit(changes);
    let rows = RowCounts {
        unchanged: listing.expected.len() as u64 - by_row,
        ..listing.rows(spoken_for.len(), beyond.len())
    };
    let (mut absence, by_absence) = listing.absence(current);
    changes.extend(by_absence);
    problems.extend(listing.hold_renames(changes, current, file));
    problems.extend(listing.hold_quarantined(changes, current, file));
    problems.extend(unknown_references(
        changes,
        &current.references,
        nearest,
        file,
    ));
    let figures = listing.figures(current);
    let (readings, met) = listing.guard(changes, current, &figures, file);
    problems.extend(met);
    absence.figures.count(changes);
    let left_out = spoken_for.into_iter().chain(beyond).collect();
    let basis = listing.basis(figures, &absence, current, &left_out);
    Judged {
        rows,
        absence,
        readings,
        problems,
        basis,
    }
}

/// What is spelled almost like it.
fn nearest(text: &str, known: &HashSet<Box<str>>) -> Option<String> {
    let known = known.iter().map(|known| &**known);
    closest(text, known).map(str::to_owned)
}

fn outlook<'a>(listing: &'a Listing<'a>, past: &'a Past, terms: &Terms) -> Outlook<'a> {
    Outlook {
        forms: &past.forms,
        confirm_absent: terms.confirm_absent,
        watch: Watch {
            managed: &past.access.managed,
            switched_off: &past.access.switched_off,
            suspects_renames: listing.is_for_everybody(),
            delete_terminated: terms.access.delete_terminated,
        },
        due: listing.due(),
    }
}

/// The second reading: only rows whose user differs are looked at as a whole.
fn changes(
    export: &mut Export,
    mapping: &mut Mapping,
    listing: &Listing<'_>,
    current: &Current,
    (past, terms): (&Past, &Terms),
    problems: &mut Vec<Problem>,
) -> Result<Vec<Change>, PlanningError> {
    let file = export.name().clone();
    let mut changes = Vec::new();
    let records = current.rows_to_look_at(listing.expected);
    if records.is_empty() {
        return Ok(changes);
    }
    export::for_each_record(export, mapping, &records, |mut record| {
        let key = record.key();
        if current.is_twin(&key) {
            changes.push(twin(&record.user_id, record.place));
            return;
        }
        let user = current.user(&key);
        let user = user.as_deref();
        terms.fields.apply(&mut record, user);
        if user.is_none() {
            terms.create.complete(&mut record);
        }
        let activated = record.get(&Field::Property(Property::Activated));
        let is_terminated = activated == Some(&Wanted::Set(Value::Bool(false)));
        if is_terminated && listing.is_gone(&key, current) {
            return;
        }
        if is_terminated && listing.terms.delete_terminated {
            changes.extend(holds::terminate(user, record.place));
            return;
        }
        let (mut change, met) = diff(&record, user, &past.forms, &file);
        problems.extend(met);
        if let Some(change) = &mut change {
            problems.extend(terms.create.settle(change, &file));
        }
        changes.extend(change);
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
        mail: None,
    }
}

/// The figures of rows and changes, and what sending would cost.
fn summary(rows: RowCounts, current: &Current, changes: &[Change], terms: &Terms) -> PlanSummary {
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
fn bound_to(terms: &Terms, current: &Current, input: &str) -> [String; 4] {
    [
        terms.tenant.clone().unwrap_or_default(),
        current.compared_with.clone(),
        terms.configuration.clone(),
        input.to_owned(),
    ]
}

fn hex(digest: [u8; 32]) -> String {
    blake3::Hash::from_bytes(digest).to_hex().to_string()
}

fn pace(limits: &Limits) -> Pace {
    Pace {
        between_writes: limits.spacing(Endpoint::Bulk),
        between_reads: limits.spacing(Endpoint::UserGet),
        between_links: limits.spacing(Endpoint::SendResetEmail),
    }
}
