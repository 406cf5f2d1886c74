//! A plan as text, in the manner of infrastructure tools: each change, what is held and why, what the guards
//! say, absence, problems; and last, where it stays in sight, what it all comes to.

use crate::model::{Action, Change, GuardReading, GuardVerdict, Hold, Plan};

use super::absence_text::put_absence;
use super::change_line::{put_change, put_create_in_short};
use super::escape::escape;
use super::page::{Page, View, unbroken};
use super::problems::put_problems;
use super::table::put_table;
use super::words::{count, counted, duration};

/// Changes of one kind that are listed unless everything is.
const CHANGES_SHOWN: usize = 10;

/// Up to so many creates are listed with all their fields.
const CREATES_WHOLE: usize = 3;

/// The order of the list: what takes access stands last, next to the summary.
const ORDER: [Action; 6] = [
    Action::Create,
    Action::Update,
    Action::Restore,
    Action::Reactivate,
    Action::Deactivate,
    Action::Delete,
];

/// The whole plan for a terminal. The list of changes is cut unless the view is verbose, and says so.
pub fn plan_text(plan: &Plan, view: &View) -> String {
    let mut page = Page::new(view);
    for action in ORDER {
        let changes: Vec<&Change> = plan
            .sendable()
            .filter(|change| change.action == action)
            .collect();
        page.gap();
        put_changes(&mut page, &changes, &format!("to {}", action.name()));
    }
    put_held(&mut page, plan);
    put_guards(&mut page, &plan.guards);
    put_absence(&mut page, &plan.absence, &plan.summary);
    put_problems(&mut page, &plan.problems);
    page.gap();
    let summary = summary_line(plan);
    page.paragraph(0, 6, &summary);
    let id = format!("Plan id: {}", escape(&plan.id));
    page.paragraph(0, 6, &id);
    page.finish()
}

fn put_changes(page: &mut Page, changes: &[&Change], what: &str) {
    let shown = page.view.shown(changes.len(), CHANGES_SHOWN);
    // Many creates are alike, and with all their fields they would bury the updates: one is the example.
    let to_create = changes
        .iter()
        .all(|change| change.action == Action::Create && change.held.is_none());
    let whole = match to_create && changes.len() > CREATES_WHOLE && !page.view.verbose {
        true => 1,
        false => shown,
    };
    for change in &changes[..whole] {
        put_change(page, change);
    }
    for change in &changes[whole..shown] {
        put_create_in_short(page, change);
    }
    let hidden = changes.len() - shown;
    match (hidden, whole < shown) {
        (0, true) => page.paragraph(2, 4, "--verbose shows all their fields"),
        (_, true) => page.more(
            2,
            hidden,
            &format!(" {what}; --verbose shows all, with all fields"),
        ),
        (_, false) => page.more(2, hidden, &format!(" {what}; --verbose shows them all")),
    }
}

fn put_held(page: &mut Page, plan: &Plan) {
    let mut reasons: Vec<Hold> = Vec::new();
    for hold in plan.changes.iter().filter_map(|change| change.held) {
        if !reasons.contains(&hold) {
            reasons.push(hold);
        }
    }
    for hold in reasons {
        let changes: Vec<&Change> = plan
            .changes
            .iter()
            .filter(|change| change.held == Some(hold))
            .collect();
        let number = counted(changes.len() as u64, "change", "changes");
        page.heading(&format!("Held: {number} ({})", hold.name()));
        page.paragraph(2, 2, &sentence(hold.hint()));
        put_changes(page, &changes, "held");
    }
}

fn put_guards(page: &mut Page, guards: &[GuardReading]) {
    if guards.is_empty() {
        return;
    }
    page.heading("Guards");
    let rows: Vec<Vec<String>> = guards
        .iter()
        .map(|reading| {
            // Colour would count as width inside a table cell, so capitals have to do.
            let word = match reading.verdict {
                GuardVerdict::Ok => "ok",
                GuardVerdict::Held => "HELD",
                GuardVerdict::Refused => "REFUSED",
            };
            let text = |text: &str| escape(text).into_owned();
            vec![
                text(&reading.guard),
                text(&reading.limit),
                text(&reading.figure),
                word.to_owned(),
            ]
        })
        .collect();
    put_table(page, &["guard", "limit", "figure", "verdict"], &rows);
}

/// With a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut characters = text.trim_end_matches('.').chars();
    match characters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), characters.as_str()),
        None => String::new(),
    }
}

/// `Plan: 12 to create, 1 held, 180 unchanged. 2 calls, about 31 s.`
fn summary_line(plan: &Plan) -> String {
    let summary = &plan.summary;
    let parts: Vec<String> = [
        (summary.create, "to create"),
        (summary.update, "to update"),
        (summary.restore, "to restore"),
        (summary.reactivate, "to reactivate"),
        (summary.deactivate, "to deactivate"),
        (summary.delete, "to delete"),
        (summary.held, "held"),
        (summary.rejected, "rejected"),
        (summary.duplicate, "duplicate"),
        (summary.out_of_scope, "out of scope"),
        (summary.not_yet_effective, "not yet effective"),
        (summary.unchanged, "unchanged"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| unbroken(&format!("{} {what}", count(number))))
    .collect();
    let rows = unbroken(&counted(summary.rows, "row", "rows"));
    let mut line = match parts.is_empty() {
        true => format!("Plan: {rows}"),
        false => format!("Plan: {} ({rows})", parts.join(", ")),
    };
    if summary.absent_deprovision > 0 {
        let users = counted(summary.absent_deprovision, "absent user", "absent users");
        line = format!("{line}; {} to deprovision", unbroken(&users));
    }
    if plan.is_refused() {
        return format!("{line}. Refused by a guard: nothing would be sent.");
    }
    if plan.sendable().next().is_none() {
        return format!("{line}. Nothing to change.");
    }
    let calls = unbroken(&counted(summary.calls, "call", "calls"));
    let calls = match summary.mails {
        0 => calls,
        mails => format!("{calls} and {}", unbroken(&counted(mails, "mail", "mails"))),
    };
    let about = if summary.estimated_seconds < 1.0 {
        ""
    } else {
        "about "
    };
    let time = unbroken(&format!("{about}{}", duration(summary.estimated_seconds)));
    format!("{line}. {calls}, {time}.")
}

#[cfg(test)]
mod tests;
