//! What `validate` found → text: every problem, then where the rows went.

use crate::model::{Problem, RowCounts};

use super::problems::problems_text;
use super::words::counted;
use super::{View, count};

/// The problems of an export grouped by cause, and the figures of its rows.
pub fn validation_text(
    counts: &RowCounts,
    blank_lines: u64,
    problems: &[Problem],
    view: &View,
) -> String {
    let left_out = counts.out_of_scope + counts.not_yet_effective;
    let accepted = counts.rows - counts.rejected - counts.duplicate - left_out;
    let mut text = problems_text(problems, view);
    if !text.is_empty() {
        text.push('\n');
    }
    let figures = [
        Some(format!(
            "{}: {} accepted",
            counted(counts.rows, "row", "rows"),
            count(accepted)
        )),
        (counts.rejected > 0).then(|| format!("{} refused", count(counts.rejected))),
        (counts.duplicate > 0).then(|| format!("{} duplicate", count(counts.duplicate))),
        (counts.out_of_scope > 0).then(|| format!("{} out of scope", count(counts.out_of_scope))),
        (counts.not_yet_effective > 0)
            .then(|| format!("{} not yet effective", count(counts.not_yet_effective))),
        (blank_lines > 0).then(|| {
            format!(
                "{} skipped",
                counted(blank_lines, "blank line", "blank lines")
            )
        }),
    ];
    let figures: Vec<String> = figures.into_iter().flatten().collect();
    text.push_str(&figures.join(", "));
    text.push_str(".\n");
    text
}
