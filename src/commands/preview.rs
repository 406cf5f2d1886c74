//! `preview`: the rows as they were understood, before any mapping.

use std::io::{BufWriter, sink, stdout};

use serde_json::{Value as Json, json};

use crate::cli::{Cli, PreviewArgs, PreviewForm};
use crate::failure::{Exit, Failure};
use crate::report::evidence_text;
use crate::session::{Console, Session, one_line, print_rows};

pub fn run(cli: &Cli, args: &PreviewArgs, console: &Console) -> Result<Exit, Failure> {
    let session = Session::new(cli, Some(&args.input), None)?;
    let mut export = session.export(&args.input)?;
    let evidence = export.dialect().evidence.clone();
    let problems = if console.is_json() {
        let mut lines = Vec::new();
        let problems = print_rows(&mut export, PreviewForm::Ndjson, &mut lines)?;
        let rows: Vec<Json> = lines
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect();
        console.document(&json!({ "dialect": evidence, "rows": rows, "problems": problems }));
        problems
    } else if args.explain {
        console.text(&evidence_text(&evidence, &console.view()));
        print_rows(&mut export, args.form, &mut sink())?
    } else {
        print_rows(&mut export, args.form, &mut BufWriter::new(stdout().lock()))?
    };
    for problem in &problems {
        console.warn(&one_line(problem));
    }
    let refused = problems.iter().filter(|problem| problem.is_error()).count();
    console.warn_of_rows(&[("refused", refused as u64)]);
    Ok(match refused {
        0 => Exit::Done,
        _ => Exit::RowsLeft,
    })
}
