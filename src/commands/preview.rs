//! `preview`: the rows as they were understood, before any mapping.

use std::io::{BufWriter, Write};

use serde_json::{Value as Json, json};

use crate::cli::{Cli, PreviewArgs, PreviewForm};
use crate::failure::{Exit, Failure};
use crate::input::{Export, InputError};
use crate::model::{Problem, RowBatch};
use crate::report::preview::{PreviewError, rows_as_csv, rows_as_ndjson};
use crate::session::{Console, Session, one_line};

pub fn run(cli: &Cli, args: &PreviewArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, Some(&args.input), None)?;
    let mut export = session.export(&args.input)?;
    if args.explain && !console.is_json() {
        console.text(&format!("{}\n", export.dialect().evidence.join("\n")));
    }
    let mut refused: Vec<Problem> = Vec::new();
    let form = if console.is_json() {
        PreviewForm::Ndjson
    } else {
        args.form
    };
    let mut rows = Vec::new();
    let written = match (args.explain, console.is_json()) {
        (_, true) => write(&mut export, form, &mut rows, &mut refused),
        (true, false) => write(&mut export, form, &mut std::io::sink(), &mut refused),
        (false, false) => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            write(&mut export, form, &mut out, &mut refused).and_then(|()| Ok(out.flush()?))
        }
    };
    match written {
        Ok(()) | Err(PreviewError::Output(_)) => {}
        Err(PreviewError::Input(error)) => return Err(error.into()),
    }
    let rows: Vec<Json> = rows
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let evidence = &export.dialect().evidence;
    console.document(&json!({ "dialect": evidence, "rows": rows, "problems": refused }));
    for problem in &refused {
        console.warn(&one_line(problem));
    }
    console.warn_of_rows(&[("refused", refused.len() as u64)]);
    Ok(if refused.is_empty() {
        Exit::Done
    } else {
        Exit::RowsLeft
    })
}

fn write(
    export: &mut Export,
    form: PreviewForm,
    out: &mut dyn Write,
    refused: &mut Vec<Problem>,
) -> Result<(), PreviewError<InputError>> {
    let columns = export.all_columns().map_err(PreviewError::Input)?;
    let batches = export.batches().map_err(PreviewError::Input)?;
    let batches = batches.inspect(|batch: &Result<RowBatch, InputError>| {
        let refusals = batch.iter().flat_map(|batch| &batch.refused);
        refused.extend(refusals.flat_map(|refusal| refusal.problems.iter().cloned()));
    });
    match form {
        PreviewForm::Csv => rows_as_csv(&columns, batches, out),
        PreviewForm::Ndjson => rows_as_ndjson(batches, out),
    }
    .map(|_| ())
}
