//! changes + figures of the input → allowed, held or refused, with the figure that tripped.
//!
//! Guards speak before the first write, over the whole plan. Source guards refuse everything.

mod arrival;

pub use arrival::{ArrivalFigures, judge_arrival};

use crate::model::{GuardReading, GuardVerdict, RowCounts};

/// The figures that source guards judge.
#[derive(Clone, Copy, Debug)]
pub struct SourceFigures {
    /// Where the rows of the export went.
    pub rows: RowCounts,
}

/// Rows that a source must state at least, after refused rows are taken off.
pub const MIN_ROWS: u64 = 1;

/// Judges the export as a whole: an empty one, or one whose every row was refused, changes nobody.
pub fn judge_source(figures: &SourceFigures) -> Vec<GuardReading> {
    let readable = figures.rows.rows - figures.rows.rejected;
    let verdict = match readable >= MIN_ROWS {
        true => GuardVerdict::Ok,
        false => GuardVerdict::Refused,
    };
    vec![GuardReading {
        guard: "min_rows".to_owned(),
        limit: format!("at least {MIN_ROWS} readable row"),
        figure: format!("{readable} of {} rows", figures.rows.rows),
        verdict,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_without_a_readable_row_is_refused() {
        for (rows, rejected, verdict) in [
            (0, 0, GuardVerdict::Refused),
            (3, 3, GuardVerdict::Refused),
            (1, 0, GuardVerdict::Ok),
            (3, 2, GuardVerdict::Ok),
        ] {
            let rows = RowCounts {
                rows,
                rejected,
                ..RowCounts::default()
            };
            let readings = judge_source(&SourceFigures { rows });
            assert_eq!(readings[0].verdict, verdict, "{rows:?}");
        }
    }
}
