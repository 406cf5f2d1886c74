//! Source guards: an export, or a tenant, that does not look like the one of the last good run is not believed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::model::{
    Action, Change, ExportFigures, Field, GoodRun, GuardReading, GuardVerdict, RowCounts,
};

use super::{Cap, GuardLimits, off, reading};

/// Among fewer users than that a share of those who change the same field says nothing.
const FIELD_CHANGE_USERS_MIN: u64 = 20;
/// A column counts as lost only if at least one in so many rows had a value in it.
const COLUMN_ROWS_SHARE: u64 = 10;

/// Judges the export by its own rows: an empty one, or one of which much was refused, changes nobody.
pub fn judge_rows(limits: &GuardLimits, rows: &RowCounts) -> [GuardReading; 2] {
    let readable = rows.rows - rows.rejected - rows.out_of_scope;
    let enough = match limits.min_rows {
        1 => "at least 1 readable row".to_owned(),
        rows => format!("at least {rows} readable rows"),
    };
    let refused_if = |tripped: bool| match tripped {
        true => GuardVerdict::Refused,
        false => GuardVerdict::Ok,
    };
    let too_few = refused_if(readable < limits.min_rows);
    let few = match rows.out_of_scope {
        0 => format!("{readable} of {} rows", rows.rows),
        left_out => format!("{readable} of {} rows, {left_out} out of scope", rows.rows),
    };
    let rejected = match limits.max_rejected.of(rows.rows) {
        None => off("max_rejected"),
        Some(most) => reading(
            "max_rejected",
            limits.max_rejected.words(rows.rows),
            format!("{} of {} rows refused", rows.rejected, rows.rows),
            refused_if(rows.rejected > most),
        ),
    };
    [reading("min_rows", enough, few, too_few), rejected]
}

/// What the source guards compare.
#[derive(Clone, Copy, Debug)]
pub struct SourceFigures<'a> {
    /// This export and this tenant.
    pub today: &'a ExportFigures,
    /// Digest of the export's bytes.
    pub input: &'a str,
    /// The good runs of the source, newest first; none for a delta, whose files have nothing in common.
    pub good_runs: &'a [GoodRun],
    /// Managed users whom the last good run listed.
    pub listed: u64,
    /// Those of them whom this export does not mention.
    pub missing: u64,
    /// Managed users of the source.
    pub managed: u64,
    /// Those of them whom the tenant shows; `None` if it was not listed.
    pub shown: Option<u64>,
    /// Users found in both export and tenant.
    pub found: u64,
    /// What would be done.
    pub changes: &'a [Change],
    /// When a run of the source was completed, although nobody is managed by it now.
    pub baseline_again: Option<Timestamp>,
}

/// Judges the export and the tenant by what the last good run has seen, and by each other.
pub fn judge_source(limits: &GuardLimits, figures: &SourceFigures<'_>) -> Vec<GuardReading> {
    let last = figures.good_runs.first();
    let mut readings = vec![
        row_drop(limits, figures, last),
        field_change(limits, figures),
        lost_columns(limits, figures, last),
        mapping_change(limits, figures, last),
        users_drop(limits, figures, last),
        managed_gone(limits, figures),
        old_file(limits, figures),
    ];
    readings.extend(figures.baseline_again.map(|at| {
        let figure = format!("again: a run was completed at {at:.0}, but nobody is managed");
        reading("baseline", "the first run only", figure, GuardVerdict::Held)
    }));
    readings
}

const NO_EARLIER_RUN: &str = "no earlier good run";

fn refused_if(tripped: bool) -> GuardVerdict {
    match tripped {
        true => GuardVerdict::Refused,
        false => GuardVerdict::Ok,
    }
}

fn row_drop(
    limits: &GuardLimits,
    figures: &SourceFigures<'_>,
    last: Option<&GoodRun>,
) -> GuardReading {
    const NAME: &str = "max_row_drop";
    let cap = limits.max_row_drop;
    let (Some(last), false) = (last, cap == Cap::Off) else {
        return without_comparison(NAME, cap == Cap::Off);
    };
    let (before, now) = (last.figures.rows, figures.today.rows);
    let exceeds = |gone: u64, of: u64| cap.of(of).is_some_and(|most| gone > most);
    let figure = format!(
        "{now} rows after {before}; {} of {} users of the last good run are missing",
        figures.missing, figures.listed
    );
    let tripped =
        exceeds(before.saturating_sub(now), before) || exceeds(figures.missing, figures.listed);
    reading(NAME, cap.words(before), figure, refused_if(tripped))
}

fn field_change(limits: &GuardLimits, figures: &SourceFigures<'_>) -> GuardReading {
    const NAME: &str = "max_field_change";
    let Some(percent) = limits.max_field_change else {
        return off(NAME);
    };
    let mut users: BTreeMap<&Field, u64> = BTreeMap::new();
    let changed = figures.changes.iter().filter(|change| {
        change.place.is_some() && !matches!(change.action, Action::Create | Action::Restore)
    });
    for field in changed.flat_map(|change| &change.fields) {
        *users.entry(&field.field).or_default() += 1;
    }
    let most = users.into_iter().max_by_key(|(_, users)| *users);
    let figure = match most {
        None => format!("no field of {} users changes", figures.found),
        Some((field, users)) => format!("{field} of {users} of {} users changes", figures.found),
    };
    let limit = format!(
        "{percent} % of the users in both export and tenant, from {FIELD_CHANGE_USERS_MIN} users on"
    );
    let tripped = figures.found >= FIELD_CHANGE_USERS_MIN
        && most.is_some_and(|(_, users)| users * 100 > figures.found * u64::from(percent));
    reading(NAME, limit, figure, refused_if(tripped))
}

fn lost_columns(
    limits: &GuardLimits,
    figures: &SourceFigures<'_>,
    last: Option<&GoodRun>,
) -> GuardReading {
    const NAME: &str = "lost_columns";
    let (Some(last), true) = (last, limits.lost_columns) else {
        return without_comparison(NAME, !limits.lost_columns);
    };
    let today = figures.today;
    // What a new mapping no longer names is not lost.
    let is_mapped =
        |field: &String| today.mapping == last.figures.mapping || today.stated.contains_key(field);
    let lost: Vec<String> = last
        .figures
        .stated
        .iter()
        .filter(|(field, rows)| {
            **rows * COLUMN_ROWS_SHARE >= last.figures.rows.max(1)
                && today.stated.get(*field).is_none_or(|rows| *rows == 0)
                && is_mapped(field)
        })
        .map(|(field, rows)| format!("{field} (had values on {rows} rows)"))
        .collect();
    let figure = match lost.is_empty() {
        true => "none".to_owned(),
        false => lost.join(", "),
    };
    let limit = "no column that had values may be blank on every row";
    reading(NAME, limit, figure, refused_if(!lost.is_empty()))
}

fn mapping_change(
    limits: &GuardLimits,
    figures: &SourceFigures<'_>,
    last: Option<&GoodRun>,
) -> GuardReading {
    const NAME: &str = "mapping_change";
    let (Some(last), true) = (last, limits.mapping_change) else {
        return without_comparison(NAME, !limits.mapping_change);
    };
    let changed = last.figures.mapping != figures.today.mapping;
    let figure = match changed {
        false => "mapping and scope are those of the last good run".to_owned(),
        true => format!(
            "mapping or scope changed, and {} of {} users dropped out",
            figures.missing, figures.listed
        ),
    };
    let limit = "nobody drops out when mapping or scope change";
    let tripped = changed && figures.missing > 0;
    reading(NAME, limit, figure, refused_if(tripped))
}

fn users_drop(
    limits: &GuardLimits,
    figures: &SourceFigures<'_>,
    last: Option<&GoodRun>,
) -> GuardReading {
    const NAME: &str = "max_users_drop";
    let cap = limits.max_users_drop;
    let before = last.and_then(|last| last.figures.visible);
    let (Some(before), Some(now), false) = (before, figures.today.visible, cap == Cap::Off) else {
        return without_comparison(NAME, cap == Cap::Off);
    };
    let tripped = cap
        .of(before)
        .is_some_and(|most| before.saturating_sub(now) > most);
    let figure = format!("the tenant shows {now} users after {before}");
    reading(NAME, cap.words(before), figure, refused_if(tripped))
}

fn managed_gone(limits: &GuardLimits, figures: &SourceFigures<'_>) -> GuardReading {
    const NAME: &str = "max_managed_gone";
    let cap = limits.max_managed_gone;
    let (Some(shown), Some(most)) = (figures.shown, cap.of(figures.managed)) else {
        return without_comparison(NAME, cap == Cap::Off);
    };
    let gone = figures.managed.saturating_sub(shown);
    let figure = format!(
        "the tenant does not show {gone} of {} managed users",
        figures.managed
    );
    reading(
        NAME,
        cap.words(figures.managed),
        figure,
        refused_if(gone > most),
    )
}

fn old_file(limits: &GuardLimits, figures: &SourceFigures<'_>) -> GuardReading {
    const NAME: &str = "old_file";
    if !limits.old_file || figures.good_runs.is_empty() {
        return without_comparison(NAME, !limits.old_file);
    }
    let is_last = figures.good_runs[0].input == figures.input;
    let older = figures
        .good_runs
        .iter()
        .find(|run| run.input == figures.input)
        .filter(|_| !is_last);
    let figure = match older {
        None => "not seen before the last good run".to_owned(),
        Some(run) => format!("this is the file of the run that ended at {:.0}", run.at),
    };
    let limit = "not the file of an earlier run than the last";
    reading(NAME, limit, figure, refused_if(older.is_some()))
}

fn without_comparison(guard: &str, is_off: bool) -> GuardReading {
    match is_off {
        true => off(guard),
        false => reading(guard, "-", NO_EARLIER_RUN, GuardVerdict::Ok),
    }
}

#[cfg(test)]
mod tests;
