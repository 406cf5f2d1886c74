//! A run as text: what did not go as planned and why, what the tenant said and of which lines, and what all rows
//! came to. The changes themselves, guards, absence and problems are the plan's text, which stands before it.

use std::collections::HashMap;

use crate::model::{Action, AnswerNote, Approval, Hold, Outcome, Review, Run, RunSummary, Status};

use super::change_line::{place, sign};
use super::escape::{escape, quote};
use super::page::{Page, Tone, View, unbroken};
use super::table::put_sum;
use super::words::{count, counted};

/// Outcomes of one kind, and kinds of answers, that are listed unless everything is.
const LISTED: usize = 20;
/// Users listed under an answer that many got.
const EXAMPLES_SHOWN: usize = 3;
/// Characters of a foreign message that are shown unless everything is.
const MESSAGE_CHARS_MAX: usize = 300;
/// Ends the line that says how many were left out.
const ALL: &str = "; --verbose shows them all";

/// The whole run for a terminal. Applied and skipped changes are listed only if the view is verbose.
pub fn run_text(run: &Run, view: &View) -> String {
    let mut page = Page::new(view);
    if view.verbose {
        put_outcomes(&mut page, run, Status::Applied, "Applied", Tone::Good);
        put_outcomes(&mut page, run, Status::Skipped, "Skipped", Tone::Good);
    }
    put_outcomes(
        &mut page,
        run,
        Status::Held,
        "Held, not sent",
        Tone::Attention,
    );
    put_outcomes(
        &mut page,
        run,
        Status::Unconfirmed,
        "Unconfirmed, may or may not have happened",
        Tone::Attention,
    );
    put_outcomes(
        &mut page,
        run,
        Status::Rejected,
        "Rejected by the tenant",
        Tone::Bad,
    );
    put_answers(&mut page, &run.answers);
    put_rows(&mut page, run);
    put_error(&mut page, run);
    put_review(&mut page, run.review.as_ref());
    page.gap();
    page.paragraph(0, 5, &summary_line(run));
    page.paragraph(
        0,
        5,
        &format!(
            "Run id: {}, plan id: {}",
            escape(&run.run),
            escape(&run.plan)
        ),
    );
    page.finish()
}

fn put_outcomes(page: &mut Page, run: &Run, status: Status, title: &str, tone: Tone) {
    let outcomes: Vec<&Outcome> = run
        .outcomes
        .iter()
        .filter(|outcome| outcome.status == status && !is_in_the_plan(outcome))
        .collect();
    if outcomes.is_empty() {
        return;
    }
    let users = counted(outcomes.len() as u64, "change", "changes");
    page.heading(&format!("{title}: {users}"));
    let shown = page.view.shown(outcomes.len(), LISTED);
    for outcome in &outcomes[..shown] {
        put_outcome(page, outcome, tone);
    }
    page.more(2, outcomes.len() - shown, ALL);
}

/// Whether the plan held the change: then its text, which stands before this one, has told of it.
fn is_in_the_plan(outcome: &Outcome) -> bool {
    let reason = outcome.reason.as_deref().unwrap_or_default();
    let hold = serde_json::from_value::<Hold>(reason.into());
    outcome.status == Status::Held && hold.is_ok_and(|hold| !hold.is_of_a_run())
}

/// `! update T-1004 (line 12): refused alone: 400 "Email is not valid" at /Users/0/Email`
fn put_outcome(page: &mut Page, outcome: &Outcome, tone: Tone) {
    let (mark, tone) = match outcome.status {
        Status::Applied => sign(outcome.action),
        Status::Skipped => ("=", tone),
        Status::Held => ("!", tone),
        Status::Unconfirmed => ("?", tone),
        Status::Rejected => ("x", tone),
    };
    let mark = page.view.paint(tone, mark);
    let (action, user_id) = (outcome.action.name(), escape(&outcome.user_id));
    let mut line = format!("{mark} {action} {user_id} ({})", place(outcome.line));
    let why = why(outcome, page.view);
    if !why.is_empty() {
        line = format!("{line}: {why}");
    }
    page.paragraph(2, 6, &line);
}

fn why(outcome: &Outcome, view: View) -> String {
    let mut why = Vec::new();
    if let Some(reason) = &outcome.reason {
        why.push(reason_words(reason));
    }
    if let Some(message) = said(
        outcome.code,
        outcome.message.as_deref(),
        outcome.data_path.as_deref(),
        view,
    ) {
        why.push(message);
    }
    why.join(": ")
}

/// Our word for a reason as people read it, with what to do about it where it is a hold.
fn reason_words(reason: &str) -> String {
    let words = escape(reason).replace('_', " ");
    match serde_json::from_value::<Hold>(reason.into()) {
        Ok(hold) => format!("{words}: {}", hold.hint()),
        Err(_) => words,
    }
}

/// What the tenant said: `400 "message" at /Users/0/Email`.
fn said(
    code: Option<i64>,
    message: Option<&str>,
    data_path: Option<&str>,
    view: View,
) -> Option<String> {
    let chars_max = if view.verbose {
        usize::MAX
    } else {
        MESSAGE_CHARS_MAX
    };
    let message = message
        .filter(|message| !message.is_empty())
        .map(|message| quote(message, chars_max));
    let at = data_path
        .filter(|path| !path.is_empty())
        .map(|path| format!("at {}", escape(path)));
    let parts: Vec<String> = [code.map(|code| code.to_string()), message, at]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// Each thing the tenant said once, with the users and lines that it was about.
fn put_answers(page: &mut Page, answers: &[AnswerNote]) {
    if answers.is_empty() {
        return;
    }
    let mut groups: Vec<Vec<&AnswerNote>> = Vec::new();
    let mut index_of = HashMap::new();
    for note in answers {
        let key = (note.status, note.detail.code, &note.detail.message);
        let index = *index_of.entry(key).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.push(note),
            None => groups.push(vec![note]),
        }
    }
    page.heading(&format!(
        "The tenant's answers: {}",
        counted(answers.len() as u64, "detail", "details")
    ));
    let shown = page.view.shown(groups.len(), LISTED);
    for group in &groups[..shown] {
        put_answer_group(page, group);
    }
    page.more(2, groups.len() - shown, ALL);
}

fn put_answer_group(page: &mut Page, group: &[&AnswerNote]) {
    let first = group[0];
    let (word, tone) = match first.status {
        200..300 => ("warning", Tone::Changed),
        _ => ("refusal", Tone::Bad),
    };
    let word = page.view.paint(tone, word);
    let said = said(
        Some(first.detail.code),
        Some(&first.detail.message),
        None,
        page.view,
    )
    .unwrap_or_default();
    let times = match group.len() {
        1 => String::new(),
        many => format!(" ({} times)", count(many as u64)),
    };
    page.paragraph(2, 6, &format!("{word}: {said}{times}"));
    let shown = page.view.shown(group.len(), EXAMPLES_SHOWN);
    for note in &group[..shown] {
        let at = note
            .detail
            .data_path
            .as_deref()
            .filter(|path| !path.is_empty());
        let at = at
            .map(|path| format!(" at {}", escape(path)))
            .unwrap_or_default();
        let about = match (&note.user_id, note.line) {
            (Some(user_id), line) => format!("{} ({}){at}", escape(user_id), place(line)),
            (None, _) => format!("it does not say about whom{at}"),
        };
        page.paragraph(6, 8, &about);
    }
    page.more(6, group.len() - shown, "");
}

/// Where every row of the export went; the figures above the line add up to the one below.
fn put_rows(page: &mut Page, run: &Run) {
    let plan = &run.summary.plan;
    let rows_that = |status: Status| {
        let ended = run
            .outcomes
            .iter()
            .filter(|outcome| outcome.status == status);
        ended.filter(|outcome| outcome.line.is_some()).count() as u64
    };
    let applied = |action: Action| {
        let ended = run
            .outcomes
            .iter()
            .filter(|outcome| outcome.status == Status::Applied);
        ended
            .filter(|outcome| outcome.line.is_some() && outcome.action == action)
            .count() as u64
    };
    let skipped_for = |reason: &str| {
        let skipped = run.outcomes.iter().filter(|outcome| {
            outcome.status == Status::Skipped && outcome.reason.as_deref() == Some(reason)
        });
        skipped.filter(|outcome| outcome.line.is_some()).count() as u64
    };
    let (left_out, done_earlier) = (skipped_for(Review::LEFT_OUT), skipped_for("done_earlier"));
    let by_tenant = rows_that(Status::Rejected);
    let parts: Vec<(u64, String)> = [
        (plan.unchanged, "unchanged"),
        (applied(Action::Create), "created"),
        (applied(Action::Update), "updated"),
        (applied(Action::Restore), "restored"),
        (applied(Action::Reactivate), "reactivated"),
        (applied(Action::Deactivate), "deactivated"),
        (applied(Action::Delete), "deleted"),
        (
            run.summary.skipped - left_out - done_earlier,
            "skipped, already as wanted when it was their turn",
        ),
        (left_out, "skipped, left out by whoever applied the plan"),
        (done_earlier, "skipped, done by an earlier run of this plan"),
        (plan.duplicate, "duplicate"),
        (plan.out_of_scope, "out of scope"),
        (plan.not_yet_effective, "not yet effective"),
        (plan.held, "held"),
        (
            plan.rejected.saturating_sub(by_tenant),
            "rejected before sending",
        ),
        (by_tenant, "rejected by the tenant"),
        (run.summary.unconfirmed, "unconfirmed"),
        (run.summary.not_sent, "not sent"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| (number, words.to_owned()))
    .collect();
    page.heading("Rows of the export");
    let noun = if plan.rows == 1 { "row" } else { "rows" };
    put_sum(page, &parts, (plan.rows, noun.to_owned()));
}

/// Who answers for the run, and what he left out.
fn put_review(page: &mut Page, review: Option<&Review>) {
    let Some(review) = review else {
        return;
    };
    page.gap();
    if let Some(Approval { by, at }) = &review.approval {
        let by = escape(by);
        page.paragraph(0, 4, &format!("Approved by {by} at {at:.0}"));
    }
    if !review.excluded.is_empty() {
        let users = counted(review.excluded.len() as u64, "user", "users");
        let shown = page.view.shown(review.excluded.len(), LISTED);
        let ids = review.excluded.iter().take(shown).map(|id| escape(id));
        let ids: Vec<_> = ids.collect();
        page.paragraph(0, 4, &format!("Left out: {users}: {}", ids.join(", ")));
        page.more(4, review.excluded.len() - shown, ALL);
    }
    if let Some(actions) = &review.actions {
        let actions: Vec<&str> = actions.iter().map(|action| action.name()).collect();
        page.paragraph(0, 4, &format!("Only these actions: {}", actions.join(", ")));
    }
}

fn put_error(page: &mut Page, run: &Run) {
    let message = run
        .error
        .as_ref()
        .and_then(|error| error.get("message")?.as_str());
    if let Some(message) = message {
        page.gap();
        let word = page.view.paint(Tone::Bad, "Stopped");
        page.paragraph(0, 4, &format!("{word}: {}", escape(message)));
    }
    if run.resumable {
        page.gap();
        page.paragraph(
            0,
            4,
            "The run is not finished. Nothing is lost: `crewsync resume` finishes it.",
        );
    }
}

/// `12 created, 1 rejected, 180 unchanged (193 rows)`
pub(super) fn figures_of(summary: &RunSummary) -> String {
    let plan = &summary.plan;
    let parts: Vec<String> = [
        (summary.created, "created"),
        (summary.updated, "updated"),
        (summary.restored, "restored"),
        (summary.reactivated, "reactivated"),
        (summary.deactivated, "deactivated"),
        (summary.deleted, "deleted"),
        (summary.skipped, "skipped"),
        (plan.held, "held"),
        (plan.rejected, "rejected"),
        (summary.unconfirmed, "unconfirmed"),
        (summary.not_sent, "not sent"),
        (plan.duplicate, "duplicate"),
        (plan.out_of_scope, "out of scope"),
        (plan.not_yet_effective, "not yet effective"),
        (plan.unchanged, "unchanged"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| unbroken(&format!("{} {what}", count(number))))
    .collect();
    let rows = unbroken(&counted(plan.rows, "row", "rows"));
    match parts.is_empty() {
        true => rows,
        false => format!("{} ({rows})", parts.join(", ")),
    }
}

/// `Run: 12 created, 1 rejected, 180 unchanged (193 rows). 4 requests, 1 of them a retry; 3 warnings.`
fn summary_line(run: &Run) -> String {
    let summary = &run.summary;
    let parts = figures_of(summary);
    if run.is_refused() {
        return format!("Run: {parts}. Refused by a guard: nothing was sent.");
    }
    let requests = unbroken(&counted(summary.requests, "request", "requests"));
    let retries = unbroken(&counted(summary.retries, "retry", "retries"));
    let warnings = unbroken(&counted(summary.warnings, "warning", "warnings"));
    format!("Run: {parts}. {requests}, {retries}, {warnings}.")
}

#[cfg(test)]
mod tests;
