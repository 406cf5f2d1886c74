//! `validate`: all problems of an export, with file, line, column, value and hint. Asks no tenant.

use serde_json::json;

use crate::cli::{Cli, ValidateArgs};
use crate::failure::{Exit, Failure};
use crate::planning::{PlanningError, Understood, understand};
use crate::report::validation_text;
use crate::session::{Console, Session};
use crate::validate::RosterTerms;

pub fn run(cli: &Cli, args: &ValidateArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, Some(&args.input), None)?;
    let mut export = session.export(&args.input)?;
    let mut mapping = session.mapping();
    let progress = console.progress();
    let roster = (RosterTerms::default(), args.max_problems);
    let understood = understand(&mut export, &mut mapping, roster, progress.as_ref());
    let Understood {
        expected,
        problems,
        blank_lines,
    } = match understood {
        Ok(understood) => understood,
        Err(PlanningError::Unmappable(problems)) => {
            let failure = PlanningError::Unmappable(problems.clone()).into();
            return Ok(console.fail_without_result(&failure, &problems));
        }
        Err(error) => return Err(error.into()),
    };
    let counts = expected.counts();
    console.document(&json!({
        "file": export.name(),
        "summary": {
            "rows": counts.rows,
            "accepted": expected.len(),
            "rejected": counts.rejected,
            "duplicate": counts.duplicate,
            "out_of_scope": counts.out_of_scope,
            "not_yet_effective": counts.not_yet_effective,
            "blank_lines": blank_lines,
        },
        "problems": problems,
    }));
    console.text(&validation_text(
        &counts,
        blank_lines,
        &problems,
        &console.view(),
    ));
    console.warn_of_rows(&[("refused", counts.rejected)]);
    Ok(if counts.rejected > 0 {
        Exit::RowsLeft
    } else {
        Exit::Done
    })
}
