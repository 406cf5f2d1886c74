//! The first reading of an export: every row mapped, checked and reduced to a fingerprint.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::input::Export;
use crate::mapping::{Effective, Mapping, Plainly};
use crate::model::{
    CheckedRow, Columns, Event, Problem, Progress, RawRow, Refusal, RowBatch, UserRecord,
};
use crate::validate::{Checked, Expected, Lane, LaneRows, Roster, RosterTerms, validate};

use super::PlanningError;
use super::gathered::Gathered;

/// An export, understood.
pub struct Understood {
    /// What it wants, without bodies.
    pub expected: Expected,
    /// Every problem of every row and of the file, in file order.
    pub problems: Vec<Problem>,
    /// Blank lines between records, skipped.
    pub blank_lines: u64,
}

/// Reads, maps and validates a whole export. Of problems with one cause at most so many are listed.
pub fn understand(
    export: &mut Export,
    mapping: &mut Mapping,
    (terms, problems_max): (RosterTerms, usize),
    progress: &dyn Progress,
) -> Result<Understood, PlanningError> {
    let file = export.name().clone();
    let mut roster = Roster::new(file.clone(), terms);
    let mut problems = Gathered::new(problems_max);
    let ways = RwLock::new(Ways {
        mapping,
        columns: None,
        lane: None,
    });
    let go_short = |batch: &RowBatch| read(&ways).go_short(batch);
    let blank_lines = export.read_prepared(go_short, |mut batch, went| {
        let is_bound = read(&ways).is_bound_to(&batch);
        if !is_bound {
            problems.extend(write(&ways).bind(&batch, &file, &mut roster)?);
        }
        problems.extend(std::mem::take(&mut batch.problems));
        for refusal in &batch.refused {
            roster.refuse(refusal);
            problems.extend(refusal.problems.iter().cloned());
        }
        let ways = read(&ways);
        let went = went.or_else(|| ways.go_short(&batch));
        match went {
            Some(went) => roster.add_all(&went, |roster, at| {
                take(&batch.row(at), &ways, roster, &mut problems);
            }),
            None => batch
                .rows()
                .for_each(|row| take(&row, &ways, &mut roster, &mut problems)),
        }
        let rows = batch.len() as u64 + batch.refused.len() as u64;
        progress.event(Event::RowsRead { rows });
        Ok::<(), PlanningError>(())
    })?;
    let mapping = read(&ways);
    problems.extend(
        mapping
            .mapping
            .finish()
            .map_err(PlanningError::Unmappable)?,
    );
    let (expected, met) = roster.settle();
    problems.extend(met);
    Ok(Understood {
        expected,
        problems: problems.finish(&file),
        blank_lines,
    })
}

/// How rows are understood: the mapping, and the short way for those about which nothing has to be said.
struct Ways<'m> {
    mapping: &'m mut Mapping,
    /// For which columns.
    columns: Option<Arc<Columns>>,
    lane: Option<Lane>,
}

impl Ways<'_> {
    fn is_bound_to(&self, batch: &RowBatch) -> bool {
        let columns = self.columns.as_ref();
        columns.is_some_and(|columns| {
            Arc::ptr_eq(columns, &batch.columns) || **columns == *batch.columns
        })
    }

    /// Gives what the mapping has to say about the columns.
    fn bind(
        &mut self,
        batch: &RowBatch,
        file: &Arc<str>,
        roster: &mut Roster,
    ) -> Result<Vec<Problem>, PlanningError> {
        let told = self.mapping.bind(batch, file);
        let told = told.map_err(PlanningError::Unmappable)?;
        self.columns = Some(batch.columns.clone());
        let fields = self.mapping.plain_fields();
        self.lane = fields.and_then(|fields| roster.lane(fields));
        roster.unlearn();
        Ok(told)
    }

    /// Takes the short way with all rows that can; `None` if there is none.
    fn go_short(&self, batch: &RowBatch) -> Option<LaneRows> {
        let lane = self.lane.as_ref().filter(|_| self.is_bound_to(batch))?;
        let (mut draft, mut went) = (lane.draft(), LaneRows::default());
        for row in batch.rows() {
            draft.begin();
            let is_plain = self.mapping.plainly(&row, |place, said| match said {
                Plainly::Nothing => true,
                Plainly::Text(text) => draft.text(place, &text),
                Plainly::Flag(flag) => draft.flag(place, flag),
                Plainly::Ask => false,
            });
            draft.finish(row.place(), is_plain, &mut went);
        }
        Some(went)
    }
}

/// Nobody leaves anything half done behind when he panics: then nothing is read any more.
fn read<'l, T>(lock: &'l RwLock<T>) -> RwLockReadGuard<'l, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<'l, T>(lock: &'l RwLock<T>) -> RwLockWriteGuard<'l, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the row is in scope, whether it holds, and how well it speaks for its person.
fn answers(row: &RawRow<'_>, mapping: &Mapping) -> Result<(bool, Effective, u16), Box<Problem>> {
    Ok((
        mapping.includes(row)?,
        mapping.holds(row)?,
        mapping.rank(row)?,
    ))
}

/// Takes one row the whole way: what becomes of it, and what was wrong with it.
fn take(row: &RawRow<'_>, ways: &Ways<'_>, roster: &mut Roster, problems: &mut Gathered) {
    let Ways { mapping, lane, .. } = ways;
    let file = roster.file().clone();
    let (draft, met) = mapping.apply(row);
    let checked = validate(draft, met, &file);
    let (is_included, holds, rank) = match answers(row, mapping) {
        Ok(answers) => answers,
        Err(problem) => {
            let user_id = match checked {
                Checked::Accepted(row, _) => Some(row.user_id.into_owned()),
                Checked::Refused(refusal) => refusal.user_id,
            };
            roster.refuse(&Refusal {
                place: row.place(),
                user_id,
                problems: Vec::new(),
            });
            problems.push(*problem);
            return;
        }
    };
    match checked {
        Checked::Accepted(row, _) if !is_included => roster.leave_out(Some(&row.user_id)),
        Checked::Refused(refusal) if !is_included => roster.leave_out(refusal.user_id.as_deref()),
        Checked::Accepted(row, _) if holds == Effective::NotYet => {
            roster.postpone(Some(&row.user_id));
        }
        Checked::Accepted(row, met) if holds == Effective::Now => {
            roster.add(&row, rank);
            if let Some(lane) = lane {
                roster.learn(lane, &row);
            }
            problems.extend(met);
        }
        Checked::Accepted(row, met) => {
            let mut record = row.into_record();
            holds.apply(&mut record);
            roster.add(&CheckedRow::from(&record), rank);
            problems.extend(met);
        }
        Checked::Refused(refusal) => {
            roster.refuse(&refusal);
            problems.extend(refusal.problems);
        }
    }
}

/// Reads an export again and gives the accepted rows of those numbers (they are sorted); what was wrong has been said
/// the first time.
pub fn for_each_record(
    export: &mut Export,
    mapping: &mut Mapping,
    records: &[u64],
    mut take: impl FnMut(UserRecord),
) -> Result<(), PlanningError> {
    let file = export.name().clone();
    let mut wanted = records.iter().copied().peekable();
    export.read_again(records, |batch| {
        mapping
            .bind(&batch, &file)
            .map_err(PlanningError::Unmappable)?;
        for row in batch.rows() {
            let record = row.place().record;
            while wanted.next_if(|wanted| *wanted < record).is_some() {}
            if wanted.next_if_eq(&record).is_none() {
                continue;
            }
            let (draft, met) = mapping.apply(&row);
            if let Checked::Accepted(row_read, _) = validate(draft, met, &file) {
                // A row of which nobody can say it was refused the first time.
                if let Ok(holds) = mapping.holds(&row) {
                    let mut record = row_read.into_record();
                    holds.apply(&mut record);
                    take(record);
                }
            }
        }
        Ok(())
    })
}
