//! Problems as text, grouped by cause, each cause with its first examples.

use std::collections::HashMap;

use crate::model::{Problem, Severity};

use super::escape::{escape, quote};
use super::page::{Page, Tone, View};
use super::words::{count, counted};

const CAUSES_SHOWN: usize = 20;
const EXAMPLES_SHOWN: usize = 3;
const VALUE_CHARS_MAX: usize = 120;

/// All problems: a heading with their number, then each cause once. Errors come before warnings; else the order
/// is the given one. If verbose, every single problem is listed. Empty if there are none.
pub fn problems_text(problems: &[Problem], view: &View) -> String {
    let mut page = Page::new(view);
    put_problems(&mut page, problems);
    page.finish()
}

/// Puts them on a page that holds other things too.
pub(super) fn put_problems(page: &mut Page, problems: &[Problem]) {
    if problems.is_empty() {
        return;
    }
    let file = only_file(problems);
    page.heading(&heading(problems, file));
    let causes = causes(problems);
    let shown = page.view.shown(causes.len(), CAUSES_SHOWN);
    for cause in &causes[..shown] {
        put_cause(page, cause, file.is_none());
    }
    page.more(2, causes.len() - shown, " causes; --verbose shows them all");
}

/// `Problems in people.csv: 3 errors, 1 warning`.
fn heading(problems: &[Problem], file: Option<&str>) -> String {
    let errors = problems.iter().filter(|problem| problem.is_error()).count() as u64;
    let warnings = problems.len() as u64 - errors;
    let parts: Vec<String> = [
        (errors, "error", "errors"),
        (warnings, "warning", "warnings"),
    ]
    .into_iter()
    .filter(|(number, ..)| *number > 0)
    .map(|(number, one, many)| counted(number, one, many))
    .collect();
    let place = file
        .map(|file| format!(" in {}", file_name(file)))
        .unwrap_or_default();
    format!("Problems{place}: {}", parts.join(", "))
}

/// The file of all problems, if they have one and it is the same.
fn only_file(problems: &[Problem]) -> Option<&str> {
    let first = problems
        .iter()
        .find_map(|problem| problem.file.as_deref())?;
    let same = problems
        .iter()
        .all(|problem| problem.file.as_deref().is_none_or(|file| file == first));
    same.then_some(first)
}

fn file_name(file: &str) -> String {
    match file {
        "-" => "standard input".to_owned(),
        file => escape(file).into_owned(),
    }
}

/// Problems of one severity, code and column; never empty.
type Cause<'a> = Vec<&'a Problem>;

fn causes(problems: &[Problem]) -> Vec<Cause<'_>> {
    let mut causes: Vec<Cause<'_>> = Vec::new();
    let mut index_of = HashMap::new();
    for problem in problems {
        let key = (problem.is_error(), &problem.code, &problem.column);
        let index = *index_of.entry(key).or_insert(causes.len());
        match causes.get_mut(index) {
            Some(cause) => cause.push(problem),
            None => causes.push(vec![problem]),
        }
    }
    causes.sort_by_key(|cause| cause[0].severity);
    causes
}

fn put_cause(page: &mut Page, cause: &Cause<'_>, with_file: bool) {
    let first = cause[0];
    let message = common(cause, |problem| Some(&problem.message));
    let hint = common(cause, |problem| problem.hint.as_ref());
    let (word, tone) = match first.severity {
        Severity::Error => ("error", Tone::Bad),
        Severity::Warning => ("warning", Tone::Changed),
    };
    let title = match message {
        Some(message) => escape(message).into_owned(),
        None => first.code.replace('_', " "),
    };
    let mut about = Vec::new();
    if let Some(column) = &first.column {
        about.push(format!("column {}", quote(column, VALUE_CHARS_MAX)));
    }
    about.push(first.code.clone());
    if cause.len() > 1 {
        about.push(format!("{} times", count(cause.len() as u64)));
    }
    let word = page.view.paint(tone, word);
    page.paragraph(2, 6, &format!("{word}: {title} ({})", about.join(", ")));
    let shown = page.view.shown(cause.len(), EXAMPLES_SHOWN);
    for problem in &cause[..shown] {
        put_example(page, problem, with_file, message.is_none(), hint.is_none());
    }
    page.more(6, cause.len() - shown, "");
    if let Some(hint) = hint {
        page.paragraph(6, 12, &format!("hint: {}", escape(hint)));
    }
}

/// `line 14, T-1009: "foo"`; nothing if the problem has no place of its own.
fn put_example(
    page: &mut Page,
    problem: &Problem,
    with_file: bool,
    with_message: bool,
    with_hint: bool,
) {
    let mut place = Vec::new();
    if let (true, Some(file)) = (with_file, &problem.file) {
        place.push(file_name(file));
    }
    if let Some(line) = problem.line {
        place.push(format!("line {line}"));
    }
    if let Some(user_id) = &problem.user_id {
        place.push(escape(user_id).into_owned());
    }
    let mut said = Vec::new();
    if with_message {
        said.push(escape(&problem.message).into_owned());
    }
    if let Some(value) = &problem.value {
        let chars_max = if page.view.verbose {
            usize::MAX
        } else {
            VALUE_CHARS_MAX
        };
        said.push(quote(value, chars_max));
    }
    let parts: Vec<String> = [place.join(", "), said.join(": ")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if !parts.is_empty() {
        page.paragraph(6, 8, &parts.join(": "));
    }
    if let (true, Some(hint)) = (with_hint, &problem.hint) {
        page.paragraph(8, 14, &format!("hint: {}", escape(hint)));
    }
}

/// What all problems of a cause say alike.
fn common<'a>(
    cause: &Cause<'a>,
    part: impl Fn(&'a Problem) -> Option<&'a String>,
) -> Option<&'a String> {
    let first = part(cause[0])?;
    cause
        .iter()
        .all(|problem| part(problem) == Some(first))
        .then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples::problem;

    #[test]
    fn no_problems_are_no_text() {
        assert_eq!(problems_text(&[], &View::plain(80)), "");
    }

    #[test]
    fn problems_are_grouped_by_cause_with_the_first_examples() {
        insta::assert_snapshot!(problems_text(&many(), &View::plain(80)), @r#"
        Problems in people.csv: 14 errors, 1 warning
          error: not a mail address, because its domain has no dot (column "mail",
              invalid_email, 12 times)
              line 10, T-1010: "user10@example"
              line 11, T-1011: "user11@example"
              line 12, T-1012: "user12@example"
              … and 9 more
              hint: write it as name@domain; the current address stays until then
          error: ragged row (ragged_row, 2 times)
              line 30: the row has 10 cells, the header has 9
              line 31: the row has 11 cells, the header has 9
          warning: no property of a user is called so (column "Emial", unknown_column)
              line 1
              hint: did you mean Email?
        "#);
        insta::assert_snapshot!(problems_text(&many(), &View::plain(200)), @r#"
        Problems in people.csv: 14 errors, 1 warning
          error: not a mail address, because its domain has no dot (column "mail", invalid_email, 12 times)
              line 10, T-1010: "user10@example"
              line 11, T-1011: "user11@example"
              line 12, T-1012: "user12@example"
              … and 9 more
              hint: write it as name@domain; the current address stays until then
          error: ragged row (ragged_row, 2 times)
              line 30: the row has 10 cells, the header has 9
              line 31: the row has 11 cells, the header has 9
          warning: no property of a user is called so (column "Emial", unknown_column)
              line 1
              hint: did you mean Email?
        "#);
    }

    #[test]
    fn verbose_lists_every_one() {
        let text = problems_text(
            &many(),
            &View {
                verbose: true,
                ..View::plain(80)
            },
        );
        assert_eq!(text.matches("@example").count(), 12);
        assert!(!text.contains("more"));
    }

    #[test]
    fn problems_of_two_files_name_theirs() {
        let mut other = problem("invalid_bool", 7, "active", "maybe", "neither yes nor no");
        other.file = Some("-".into());
        let text = problems_text(&[many()[0].clone(), other], &View::plain(80));
        insta::assert_snapshot!(text, @r#"
        Problems: 1 error, 1 warning
          error: neither yes nor no (column "active", invalid_bool)
              standard input, line 7, T-1007: "maybe"
          warning: no property of a user is called so (column "Emial", unknown_column)
              people.csv, line 1
              hint: did you mean Email?
        "#);
    }

    fn many() -> Vec<Problem> {
        let mut problems = vec![
            Problem::warning("unknown_column", "no property of a user is called so")
                .file(&"people.csv".into())
                .line(1)
                .column("Emial")
                .hint("did you mean Email?"),
        ];
        for line in 10..22 {
            let value = format!("user{line}@example");
            let message = "not a mail address, because its domain has no dot";
            let bad = problem("invalid_email", line, "mail", &value, message);
            problems
                .push(bad.hint("write it as name@domain; the current address stays until then"));
        }
        for line in [30, 31] {
            let message = format!("the row has {} cells, the header has 9", line - 20);
            problems.push(
                Problem::error("ragged_row", message)
                    .file(&"people.csv".into())
                    .line(line),
            );
        }
        problems
    }
}
