//! The first reading of an export: every row mapped, checked and reduced to a fingerprint.

use crate::input::Export;
use crate::mapping::Mapping;
use crate::model::{Event, Problem, Progress, UserRecord};
use crate::validate::{Checked, Expected, Roster, RosterTerms, validate};

use super::PlanningError;

/// An export, understood.
pub struct Understood {
    /// What it wants, without bodies.
    pub expected: Expected,
    /// Every problem of every row and of the file, in file order.
    pub problems: Vec<Problem>,
    /// Blank lines between records, skipped.
    pub blank_lines: u64,
}

/// Reads, maps and validates a whole export.
pub fn understand(
    export: &mut Export,
    mapping: &mut Mapping,
    terms: RosterTerms,
    progress: &dyn Progress,
) -> Result<Understood, PlanningError> {
    let file = export.name().clone();
    let mut roster = Roster::new(file.clone(), terms);
    let mut problems = Vec::new();
    let mut batches = export.batches().map_err(PlanningError::Export)?;
    for batch in batches.by_ref() {
        let mut batch = batch.map_err(PlanningError::Export)?;
        let bound = mapping.bind(&batch, &file);
        problems.extend(bound.map_err(PlanningError::Unmappable)?);
        problems.append(&mut batch.problems);
        for refusal in &batch.refused {
            roster.refuse(refusal);
            problems.extend(refusal.problems.iter().cloned());
        }
        for row in batch.rows() {
            let (draft, met) = mapping.apply(&row);
            match validate(draft, met, &file) {
                Checked::Accepted(record, met) => {
                    roster.add(&record);
                    problems.extend(met);
                }
                Checked::Refused(refusal) => {
                    roster.refuse(&refusal);
                    problems.extend(refusal.problems);
                }
            }
        }
        let rows = batch.len() as u64 + batch.refused.len() as u64;
        progress.event(Event::RowsRead { rows });
    }
    let blank_lines = batches.blank_lines();
    problems.extend(mapping.finish().map_err(PlanningError::Unmappable)?);
    let (expected, met) = roster.settle();
    problems.extend(met);
    problems.sort_by_key(|problem| problem.line);
    Ok(Understood {
        expected,
        problems,
        blank_lines,
    })
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
            if let Checked::Accepted(record, _) = validate(draft, met, &file) {
                take(record);
            }
        }
    }
    Ok(())
}
