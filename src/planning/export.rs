//! The first reading of an export: every row mapped, checked and reduced to a fingerprint.

use crate::input::Export;
use crate::mapping::{Effective, Mapping};
use crate::model::{Event, Problem, Progress, RawRow, Refusal, UserRecord};
use crate::validate::{Checked, Expected, Roster, RosterTerms, validate};

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
    let mut batches = export.batches().map_err(PlanningError::Export)?;
    for batch in batches.by_ref() {
        let mut batch = batch.map_err(PlanningError::Export)?;
        let bound = mapping.bind(&batch, &file);
        problems.extend(bound.map_err(PlanningError::Unmappable)?);
        problems.extend(std::mem::take(&mut batch.problems));
        for refusal in &batch.refused {
            roster.refuse(refusal);
            problems.extend(refusal.problems.iter().cloned());
        }
        for row in batch.rows() {
            take(&row, mapping, &mut roster, &mut problems);
        }
        let rows = batch.len() as u64 + batch.refused.len() as u64;
        progress.event(Event::RowsRead { rows });
    }
    let blank_lines = batches.blank_lines();
    problems.extend(mapping.finish().map_err(PlanningError::Unmappable)?);
    let (expected, met) = roster.settle();
    problems.extend(met);
    Ok(Understood {
        expected,
        problems: problems.finish(&file),
        blank_lines,
    })
}

/// Whether the row is in scope, whether it holds, and how well it speaks for its person.
fn answers(row: &RawRow<'_>, mapping: &Mapping) -> Result<(bool, Effective, u16), Box<Problem>> {
    Ok((
        mapping.includes(row)?,
        mapping.holds(row)?,
        mapping.rank(row)?,
    ))
}

/// Takes one row: what becomes of it, and what was wrong with it.
fn take(row: &RawRow<'_>, mapping: &Mapping, roster: &mut Roster, problems: &mut Gathered) {
    let file = roster.file().clone();
    let (draft, met) = mapping.apply(row);
    let checked = validate(draft, met, &file);
    let (is_included, holds, rank) = match answers(row, mapping) {
        Ok(answers) => answers,
        Err(problem) => {
            let user_id = match checked {
                Checked::Accepted(record, _) => Some(record.user_id.into_string()),
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
        Checked::Accepted(record, _) if !is_included => roster.leave_out(Some(&record.user_id)),
        Checked::Refused(refusal) if !is_included => roster.leave_out(refusal.user_id.as_deref()),
        Checked::Accepted(record, _) if holds == Effective::NotYet => {
            roster.postpone(Some(&record.user_id));
        }
        Checked::Accepted(mut record, met) => {
            holds.apply(&mut record);
            roster.add(&record, rank);
            problems.extend(met);
        }
        Checked::Refused(refusal) => {
            roster.refuse(&refusal);
            problems.extend(refusal.problems);
        }
    }
}

/// Reads an export again and gives every accepted record; what was wrong has been said the first time.
pub fn for_each_record(
    export: &mut Export,
    mapping: &mut Mapping,
    mut take: impl FnMut(UserRecord),
) -> Result<(), PlanningError> {
    let file = export.name().clone();
    for batch in export.batches().map_err(PlanningError::Export)? {
        let batch = batch.map_err(PlanningError::Export)?;
        mapping
            .bind(&batch, &file)
            .map_err(PlanningError::Unmappable)?;
        for row in batch.rows() {
            let (draft, met) = mapping.apply(&row);
            if let Checked::Accepted(mut record, _) = validate(draft, met, &file) {
                // A row of which nobody can say it was refused the first time.
                if let Ok(holds) = mapping.holds(&row) {
                    holds.apply(&mut record);
                    take(record);
                }
            }
        }
    }
    Ok(())
}
