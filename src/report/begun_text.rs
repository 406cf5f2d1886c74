//! What `init` has found out, as text: each line with how sure it is, and how the export fares under it.

use crate::guess::{Guessed, Line, Sure};
use crate::model::Problem;

use super::escape::escape;
use super::page::{Page, Tone, View};
use super::problems::put_problems;
use super::table::put_table;
use super::words::{count, counted};

/// The whole text. `guessed` comes with the rows of the export and those that are refused under it.
pub fn begun_text(
    path: &str,
    (guessed, rows, rejected): (&Guessed, u64, u64),
    problems: &[Problem],
    view: &View,
) -> String {
    let mut page = Page::new(view);
    page.paragraph(
        0,
        4,
        &format!(
            "Written: {}. Look over every line before you use it.",
            escape(path)
        ),
    );
    let lines: Vec<&Line> = guessed.lines.iter().collect();
    if !lines.is_empty() {
        page.gap();
        let table: Vec<Vec<String>> = lines.iter().map(|line| row(line)).collect();
        put_table(&mut page, &["field", "column", "how sure", "why"], &table);
    }
    if !guessed.unplaced.is_empty() {
        page.gap();
        let names: Vec<String> = guessed
            .unplaced
            .iter()
            .map(|name| escape(name).into_owned())
            .collect();
        page.paragraph(
            0,
            4,
            &format!("Not placed, so not sent: {}", names.join(", ")),
        );
    }
    lines.into_iter().for_each(|line| put_open(&mut page, line));
    put_problems(&mut page, problems);
    page.gap();
    page.paragraph(0, 4, &verdict(rows, rejected, problems));
    page.finish()
}

/// The values of which nobody knows what they mean.
fn put_open(page: &mut Page, line: &Line) {
    let open = line.values.iter().filter(|(_, flag)| flag.is_none());
    let values: Vec<String> = open.map(|(value, _)| escape(value).into_owned()).collect();
    if values.is_empty() {
        return;
    }
    let (word, field) = (
        page.view.paint(Tone::Attention, "Decide"),
        escape(&line.field),
    );
    let text = format!("{word} what these mean for {field}: {}", values.join(", "));
    page.paragraph(0, 4, &text);
}

/// How the export fares under it.
fn verdict(rows: u64, rejected: u64, problems: &[Problem]) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count() as u64;
    match (rows, errors) {
        (0, _) => "The export cannot be mapped yet: see above.".to_owned(),
        (rows, 0) => format!(
            "Under it {} of the export are read without an error.",
            counted(rows, "row", "rows")
        ),
        (rows, errors) => format!(
            "Under it {} of {} are refused, with {}.",
            count(rejected),
            counted(rows, "row", "rows"),
            counted(errors, "error", "errors")
        ),
    }
}

fn row(line: &Line) -> Vec<String> {
    let names: Vec<String> = line
        .columns
        .iter()
        .map(|name| escape(name).into_owned())
        .collect();
    let sure = match (line.is_proposed, line.sure) {
        (true, _) => "proposed",
        (_, Sure::Sure) => "sure",
        (_, Sure::Likely) => "likely",
        (_, Sure::Guess) => "a guess",
    };
    vec![
        escape(&line.field).into_owned(),
        names.join(", "),
        sure.to_owned(),
        escape(&line.why).into_owned(),
    ]
}
