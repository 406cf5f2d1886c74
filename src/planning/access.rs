//! What may take access from people, and what keeps it from doing so: absence, protected users, users of two sources,
//! guards. Each step is pure; this is where they are put in order.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::diff::{AbsenceRules, Absentee, OnAbsent, Today, absentees, settle_absence};
use crate::guard::{Crowd, GuardLimits, SourceFigures, hold_counted, judge_source};
use crate::model::{
    Absence, AbsenceState, Change, ExportFigures, Field, GoodRun, GuardReading, GuardVerdict,
    ManagedUsers, Problem, Protection, Quarantine, RowCounts, SwitchedOff, UserKey,
};
use crate::validate::Expected;

use super::{Current, Terms};

/// What decides about people's access.
#[derive(Clone, Debug)]
pub struct AccessTerms {
    /// The source, by its id.
    pub source: String,
    /// Whether its exports list everybody.
    pub is_full: bool,
    /// Sources in the order in which they come first.
    pub precedence: Vec<String>,
    /// Only these users, as a person spells them, if the run is for a few.
    pub only: Option<BTreeMap<UserKey, Box<str>>>,
    /// At most so many changes by row, if the run is a pilot.
    pub limit: Option<u64>,
    /// What absence leads to, and when.
    pub absence: AbsenceRules,
    /// Whether users whose row says that they are not active are deleted.
    pub delete_terminated: bool,
    /// Who never loses access.
    pub protection: Protection,
    /// How much is too much.
    pub guards: GuardLimits,
    /// By which fields beside their UserID people are known; `None` if nobody has said it.
    pub known_by: Option<Vec<Field>>,
    /// Whether what the tenant has just refused is sent again as it is.
    pub retries_quarantined: bool,
    /// A digest of mapping and scope.
    pub mapping: String,
}

impl AccessTerms {
    /// Whether a part of the export is left out on request.
    pub fn is_partial(&self) -> bool {
        self.only.is_some() || self.limit.is_some()
    }

    /// Which part of the export the run is for, in words.
    fn part(&self) -> String {
        let users = |named: usize| match named {
            1 => "the user that --only names".to_owned(),
            _ => format!("the {named} users that --only names"),
        };
        let first = |changes: u64| match changes {
            1 => "the first change (--limit)".to_owned(),
            _ => format!("the first {changes} changes (--limit)"),
        };
        match (&self.only, self.limit) {
            (Some(only), Some(limit)) => {
                format!("{} of {}", first(limit), users(only.len()))
            }
            (Some(only), None) => users(only.len()),
            (None, Some(limit)) => first(limit),
            (None, None) => "the whole export".to_owned(),
        }
    }
}

/// What earlier runs have taught about the users of the tenant.
#[derive(Clone, Debug, Default)]
pub struct AccessPast {
    /// Who is managed.
    pub managed: ManagedUsers,
    /// Whom we switched off, and how we left them.
    pub switched_off: SwitchedOff,
    /// Changes that the tenant has refused in a call of their own.
    pub quarantine: Quarantine,
    /// The good runs of the source, newest first.
    pub good_runs: Vec<GoodRun>,
    /// Users who lost access through the source in the last seven days.
    pub lost_before: u64,
    /// When a run of the source was last completed.
    pub completed: Option<Timestamp>,
}

/// The export from the side of access: what it lists, and whom it misses.
pub struct Listing<'a> {
    pub terms: &'a AccessTerms,
    pub past: &'a AccessPast,
    pub expected: &'a Expected,
    /// Digest of its bytes.
    pub input: &'a str,
    /// Why nobody's absence counts, with the state that this is.
    pub no_absence: Option<(AbsenceState, String)>,
    /// Managed users whom it does not mention.
    pub absentees: Vec<Absentee>,
    pub now: Timestamp,
    /// Whether the plan needs its basis.
    pub is_kept: bool,
}

impl<'a> Listing<'a> {
    /// Looks at an export, given as what it expects and the digest of its bytes. `is_worthless`: its own rows refuse it.
    pub fn of(
        terms: &'a Terms,
        past: &'a AccessPast,
        (expected, input): (&'a Expected, &'a str),
        is_worthless: bool,
    ) -> Listing<'a> {
        let Terms {
            now,
            is_kept,
            access: terms,
            ..
        } = terms;
        let no_absence = no_absence(terms, past, expected, is_worthless);
        let today = Today {
            input,
            now: *now,
            suspended: no_absence.as_ref().map(|(_, why)| why.as_str()),
        };
        let rules = &terms.absence;
        let absentees = absentees(&past.managed, expected, &past.good_runs, rules, &today);
        Listing {
            terms,
            past,
            expected,
            input,
            no_absence,
            absentees,
            now: *now,
            is_kept: *is_kept,
        }
    }

    /// The absent users whom a GET has to confirm.
    pub fn due(&self) -> HashSet<&UserKey> {
        let due = self.absentees.iter().filter(|one| one.waits.is_none());
        due.map(|one| &one.key).collect()
    }

    /// Whether the export mentions that user of the tenant, under whatever id.
    pub fn mentions(&self, key: &UserKey, current: &Current) -> bool {
        self.expected.protects(key) || current.is_known_otherwise(key)
    }

    /// Judges absence by what the tenant shows, and gives the changes that follow from it.
    pub fn absence(&self, current: &Current) -> (Absence, Vec<Change>) {
        let unknown = (!current.listed).then(|| {
            let why = "the tenant's users were not listed, so nobody counts as absent";
            (AbsenceState::Unknown, why.to_owned())
        });
        let elsewhere =
            (current.visible.is_none() && !self.past.managed.own.is_empty()).then(|| {
                let why = "the export is not compared with the tenant itself";
                (AbsenceState::Suspended, why.to_owned())
            });
        let known = self.no_absence.clone();
        let (state, why) = match (known, unknown, elsewhere) {
            (Some((AbsenceState::Suspended, why)), _, _) => (AbsenceState::Suspended, why),
            (_, Some(unknown), _) => unknown,
            (_, _, Some(elsewhere)) => elsewhere,
            (Some(known), None, None) => known,
            (None, None, None) => (AbsenceState::Evaluated, self.rules_in_words()),
        };
        let mut absentees = self.absentees.clone();
        absentees.retain(|absentee| !current.is_known_otherwise(&absentee.key));
        if state != AbsenceState::Evaluated {
            for absentee in &mut absentees {
                absentee.waits = Some(why.clone());
            }
        }
        let (users, figures, changes) = settle_absence(
            absentees,
            &current.absentees,
            self.past.managed.own.len() as u64,
            self.terms.absence.on_absent,
            &self.terms.protection,
        );
        let absence = Absence {
            users: match state {
                AbsenceState::Evaluated => users,
                _ => Vec::new(),
            },
            figures,
            orphans: current.orphans.clone(),
            ..Absence::new(state, why)
        };
        (absence, changes)
    }

    fn rules_in_words(&self) -> String {
        let AbsenceRules {
            on_absent,
            after_runs,
            after_days,
        } = self.terms.absence;
        let what = match on_absent {
            OnAbsent::Report => {
                return "absent users are reported and keep their access: [deprovision] on_absent is report".to_owned();
            }
            OnAbsent::Deactivate => "deactivated",
            OnAbsent::Delete => "deleted",
        };
        let days = match after_days {
            0 => String::new(),
            1 => " and 1 day".to_owned(),
            days => format!(" and {days} days"),
        };
        let runs = match after_runs {
            0 | 1 => "at once".to_owned(),
            runs => format!("after {runs} good runs"),
        };
        format!("managed users who are absent are {what} {runs}{days}")
    }

    /// Where its rows went, with those for whom another source speaks and those beyond the limit of the run.
    pub fn rows(&self, spoken_for: usize, beyond: usize) -> RowCounts {
        let mut rows = self.expected.counts();
        rows.duplicate += spoken_for as u64;
        rows.out_of_scope += beyond as u64;
        rows
    }

    /// What this export and this tenant look like.
    pub fn figures(&self, current: &Current) -> ExportFigures {
        let RowCounts { rows, rejected, .. } = self.expected.counts();
        let stated = self.expected.stated().into_iter();
        ExportFigures {
            rows,
            rejected,
            stated: stated
                .map(|(field, rows)| (field.to_string(), rows))
                .collect(),
            mapping: self.terms.mapping.clone(),
            visible: current.visible,
        }
    }

    /// Lets the guards speak over the whole plan.
    pub fn guard(
        &self,
        changes: &mut [Change],
        current: &Current,
        figures: &ExportFigures,
        file: &Arc<str>,
    ) -> (Vec<GuardReading>, Vec<Problem>) {
        let (terms, past) = (self.terms, self.past);
        let listed = past.managed.listed().count() as u64;
        let is_missing = |key: &UserKey| !self.mentions(key, current);
        let missing = past.managed.listed().filter(|(key, _)| is_missing(key));
        let managed = past.managed.own.len() as u64;
        let found = current.found(self.expected);
        let baseline_again = past.completed.filter(|_| {
            let left_some = |run: &GoodRun| run.managed > 0;
            let is_baseline = managed == 0 && terms.is_full && !terms.is_partial();
            is_baseline && past.good_runs.first().is_none_or(left_some)
        });
        let mut readings = judge_source(
            &terms.guards,
            &SourceFigures {
                today: figures,
                input: self.input,
                good_runs: &past.good_runs,
                listed,
                missing: missing.count() as u64,
                managed,
                shown: current.visible.map(|_| current.managed),
                found,
                changes,
                baseline_again,
            },
        );
        let crowd = Crowd {
            users: match managed {
                0 => found,
                managed => managed,
            },
            lost_before: past.lost_before,
        };
        let (counts, problems) = hold_counted(changes, &terms.guards, &crowd, file);
        readings.extend(counts);
        (readings, problems)
    }
}

/// Refused rows up to that number say nothing about the rest.
const REFUSED_ROWS_FEW: u64 = 20;
/// So do refused rows up to that share.
const REFUSED_ROWS_PERCENT: u64 = 2;

fn no_absence(
    terms: &AccessTerms,
    past: &AccessPast,
    expected: &Expected,
    is_worthless: bool,
) -> Option<(AbsenceState, String)> {
    let RowCounts { rows, rejected, .. } = expected.counts();
    let few = REFUSED_ROWS_FEW.max(rows * REFUSED_ROWS_PERCENT / 100);
    let suspended = |why: String| Some((AbsenceState::Suspended, why));
    if !terms.is_full {
        return suspended(
            "a delta lists only what changed, so nobody is absent from it".to_owned(),
        );
    }
    if terms.is_partial() {
        let part = terms.part();
        return suspended(format!("this is for {part}, so nobody counts as absent"));
    }
    if is_worthless {
        return suspended("the export is refused".to_owned());
    }
    if expected.unreadable() > 0 {
        return suspended(format!(
            "{} refused rows have no readable UserID; they may be anybody's",
            expected.unreadable()
        ));
    }
    if rejected > few {
        return suspended(format!(
            "{rejected} of {rows} rows were refused, more than {few}; too little of the export is understood"
        ));
    }
    past.managed.own.is_empty().then(|| {
        let why = "nobody is managed yet; absent users are reported, not touched";
        (AbsenceState::Baseline, why.to_owned())
    })
}

/// Whether a guard has refused.
pub fn is_refused(guards: &[GuardReading]) -> bool {
    let refused = |reading: &GuardReading| reading.verdict == GuardVerdict::Refused;
    guards.iter().any(refused)
}
