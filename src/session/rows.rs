//! An export's rows, printed as they were understood.

use std::io::Write;

use crate::cli::PreviewForm;
use crate::failure::Failure;
use crate::input::{Export, InputError};
use crate::model::{Problem, RowBatch};
use crate::report::preview::{PreviewError, rows_as_csv, rows_as_ndjson};

/// Writes all rows in that form and gives the problems of the file and its rows. A reader of the output
/// that has gone (a closed pipe) ends the writing and is no error.
pub fn print_rows(
    export: &mut Export,
    form: PreviewForm,
    out: &mut dyn Write,
) -> Result<Vec<Problem>, Failure> {
    let mut met = Vec::new();
    let columns = export.all_columns()?;
    let batches = export.batches()?;
    let batches = batches.inspect(|batch: &Result<RowBatch, InputError>| {
        let warnings = batch.iter().flat_map(|batch| &batch.problems);
        met.extend(warnings.cloned());
        let refusals = batch.iter().flat_map(|batch| &batch.refused);
        met.extend(refusals.flat_map(|refusal| refusal.problems.iter().cloned()));
    });
    let written = match form {
        PreviewForm::Csv => rows_as_csv(&columns, batches, out),
        PreviewForm::Ndjson => rows_as_ndjson(batches, out),
    };
    match written {
        Ok(_) | Err(PreviewError::Output(_)) => {}
        Err(PreviewError::Input(error)) => return Err(error.into()),
    }
    // Nobody may be listening any more.
    let _ = out.flush();
    Ok(met)
}
