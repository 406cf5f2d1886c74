//! A run as one CSV table for spreadsheets: outcomes, problems and the tenant's answers, told apart by `kind`.

use std::io::{self, Write};

use crate::model::{AnswerNote, Outcome, Problem, Run, Severity, Status};

use super::escape::escape;

const HEADER: [&str; 15] = [
    "kind",
    "line",
    "user_id",
    "action",
    "status",
    "reason",
    "code",
    "message",
    "data_path",
    "params",
    "column",
    "value",
    "hint",
    "file",
    "attempt",
];

/// Writes the table: a row for each outcome (in export order), each problem and each detail of an answer.
///
/// `status` is applied, rejected, …; error or warning for a problem; the HTTP status for an answer. Hidden
/// characters are written out, so that a record is one line; a cell that a spreadsheet would take for a formula
/// gets an apostrophe before it. It begins with a byte order mark, without which Excel misreads accents.
pub fn write_csv(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEADER)?;
    for outcome in &run.outcomes {
        writer.write_record(of_outcome(outcome).map(safe))?;
    }
    for problem in &run.problems {
        writer.write_record(of_problem(problem).map(safe))?;
    }
    for note in &run.answers {
        writer.write_record(of_answer(note).map(safe))?;
    }
    writer.flush()
}

type Cells = [String; 15];

fn of_outcome(outcome: &Outcome) -> Cells {
    let status = match outcome.status {
        Status::Applied => "applied",
        Status::Rejected => "rejected",
        Status::Unconfirmed => "unconfirmed",
        Status::Held => "held",
        Status::Skipped => "skipped",
    };
    let mut cells = Cells::default();
    cells[0] = "outcome".to_owned();
    cells[1] = number(outcome.line);
    cells[2] = outcome.user_id.to_string();
    cells[3] = outcome.action.name().to_owned();
    cells[4] = status.to_owned();
    cells[5] = text(&outcome.reason);
    cells[6] = number(outcome.code);
    cells[7] = text(&outcome.message);
    cells[8] = text(&outcome.data_path);
    cells
}

fn of_problem(problem: &Problem) -> Cells {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut cells = Cells::default();
    cells[0] = "problem".to_owned();
    cells[1] = number(problem.line);
    cells[2] = text(&problem.user_id);
    cells[4] = severity.to_owned();
    cells[6] = problem.code.clone();
    cells[7] = problem.message.clone();
    cells[10] = text(&problem.column);
    cells[11] = text(&problem.value);
    cells[12] = text(&problem.hint);
    cells[13] = problem.file.as_deref().unwrap_or_default().to_owned();
    cells
}

fn of_answer(note: &AnswerNote) -> Cells {
    let mut cells = Cells::default();
    cells[0] = "answer".to_owned();
    cells[1] = number(note.line);
    cells[2] = note.user_id.as_deref().unwrap_or_default().to_owned();
    cells[4] = note.status.to_string();
    cells[6] = note.detail.code.to_string();
    cells[7] = note.detail.message.clone();
    cells[8] = text(&note.detail.data_path);
    if !note.detail.params.is_null() {
        cells[9] = note.detail.params.to_string();
    }
    cells[14] = note.attempt.to_string();
    cells
}

fn text(text: &Option<String>) -> String {
    text.clone().unwrap_or_default()
}

fn number(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

/// Escaped, and no formula: spreadsheets compute what begins with one of these, also in their wide forms.
fn safe(cell: String) -> String {
    let formula = cell
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r', '\n']);
    let escaped = escape(&cell);
    if formula {
        format!("'{escaped}")
    } else {
        escaped.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Detail};
    use crate::report::samples::{change, field, plan, problem, run};

    #[test]
    fn every_outcome_problem_and_detail_is_a_row() {
        let plan = plan(
            vec![change(Action::Update, 2, vec![field("Email", "", "a")])],
            vec![problem(
                "invalid_email",
                3,
                "Email",
                "=cmd()|' /C calc'!A0",
                "not a mail address",
            )],
            0,
        );
        let outcome = Outcome {
            user_id: "T-1002".into(),
            line: Some(2),
            action: Action::Update,
            status: Status::Rejected,
            reason: Some("refused_alone".to_owned()),
            code: Some(400),
            message: Some("bad, \"very\" bad\nindeed".to_owned()),
            data_path: Some("/Users/0/Email".to_owned()),
        };
        let detail = Detail {
            code: 400,
            message: "Zoë\x1b[31m".to_owned(),
            params: serde_json::from_str(r#"{"value": 1.50}"#).unwrap(),
            data_path: None,
        };
        let note = AnswerNote {
            attempt: 7,
            status: 400,
            detail,
            user_id: None,
            line: None,
        };
        let mut bytes = Vec::new();
        write_csv(&mut bytes, &run(&plan, vec![outcome], vec![note])).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        insta::assert_snapshot!(text.strip_prefix('\u{feff}').unwrap(), @r#"
        kind,line,user_id,action,status,reason,code,message,data_path,params,column,value,hint,file,attempt
        outcome,2,T-1002,update,rejected,refused_alone,400,"bad, ""very"" bad\nindeed",/Users/0/Email,,,,,,
        problem,3,T-1003,,error,,invalid_email,not a mail address,,,Email,'=cmd()|' /C calc'!A0,,people.csv,
        answer,,,,400,,400,Zoë\u{1b}[31m,,"{""value"":1.50}",,,,,7
        "#);
    }

    #[test]
    fn a_cell_is_never_a_formula() {
        for (cell, want) in [
            ("a=b", "a=b"),
            ("T-1", "T-1"),
            ("=1", "'=1"),
            ("+44 20", "'+44 20"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            (" =1", "' =1"),
            ("\t=1", "'\\t=1"),
            ("＝1", "'＝1"),
        ] {
            assert_eq!(safe(cell.to_owned()), want);
        }
    }
}
