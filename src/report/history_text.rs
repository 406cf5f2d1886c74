//! Past runs and calls by hand → text: newest first, one entry each.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;

use crate::model::{PlanSummary, RunSummary};

use super::View;
use super::escape::escape;
use super::page::{Page, Tone};
use super::run_text::figures_of;
use super::words::duration;

/// What a store tells of the past.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct History {
    /// Whose store it is.
    pub tenant: String,
    /// Runs, newest first.
    pub runs: Vec<PastEntry>,
    /// Calls that a person made by hand, newest first.
    pub calls: Vec<PastCall>,
}

/// One past run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PastEntry {
    /// Its id.
    pub run: String,
    /// The id of its plan.
    pub plan: String,
    /// The source whose export it worked on.
    pub source: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended last; `None` if it works or was killed.
    pub ended_at: Option<Timestamp>,
    /// `completed`, `stopped`, `interrupted`, `superseded`, or `unfinished`: at work, or killed.
    pub how: String,
    /// The exit code of the program, if it ended.
    pub exit_code: Option<u8>,
    /// Whether `resume` can finish it.
    pub resumable: bool,
    /// Who approved what the guards held or refused.
    pub approved_by: Option<String>,
    /// Its figures; those of the plan if it has not ended.
    pub summary: RunSummary,
    /// Why it stopped, if something stopped it.
    pub error: Option<Json>,
}

/// One call by hand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PastCall {
    /// Its number in the journal.
    pub number: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Method and path.
    pub call: String,
    /// Whom it was about.
    pub user_ids: Vec<String>,
    /// Why, where a reason was given.
    pub reason: Option<String>,
    /// Our word for what came of it; `None`: the process ended before that was known.
    pub verdict: Option<String>,
}

impl PastEntry {
    /// The figures of a run that has not ended: those of its plan.
    pub fn planned(summary: PlanSummary) -> RunSummary {
        RunSummary {
            plan: summary,
            ..RunSummary::default()
        }
    }
}

/// Runs and calls for a terminal, interleaved, newest first.
pub fn history_text(history: &History, view: &View) -> String {
    let mut page = Page::new(view);
    page.paragraph(0, 4, &format!("Tenant: {}", escape(&history.tenant)));
    if history.runs.is_empty() && history.calls.is_empty() {
        page.paragraph(0, 4, "Nothing has been sent yet.");
    }
    let (mut runs, mut calls) = (
        history.runs.iter().peekable(),
        history.calls.iter().peekable(),
    );
    loop {
        match (runs.peek(), calls.peek()) {
            (Some(run), Some(call)) if run.started_at < call.at => {
                calls
                    .next()
                    .into_iter()
                    .for_each(|call| put_call(&mut page, call));
            }
            (Some(_), _) => runs
                .next()
                .into_iter()
                .for_each(|run| put_run(&mut page, run)),
            (None, Some(_)) => calls
                .next()
                .into_iter()
                .for_each(|call| put_call(&mut page, call)),
            (None, None) => return page.finish(),
        }
    }
}

fn put_run(page: &mut Page, entry: &PastEntry) {
    let tone = match (entry.how.as_str(), entry.exit_code) {
        ("completed", Some(0)) => Tone::Good,
        ("completed" | "superseded", _) => Tone::Attention,
        _ => Tone::Bad,
    };
    let how = page.view.paint(tone, &entry.how);
    let took = entry.ended_at.map(|ended_at| {
        let seconds = ended_at.duration_since(entry.started_at).as_secs_f64();
        format!(" after {}", duration(seconds))
    });
    let exit = entry.exit_code.map(|code| format!(", exit {code}"));
    let source = escape(&entry.source);
    page.gap();
    page.paragraph(
        0,
        4,
        &format!(
            "{:.0}  {source}: {how}{}{}",
            entry.started_at,
            took.unwrap_or_default(),
            exit.unwrap_or_default()
        ),
    );
    page.paragraph(4, 8, &figures_of(&entry.summary));
    let message = entry
        .error
        .as_ref()
        .and_then(|error| error.get("message")?.as_str());
    if let Some(message) = message {
        page.paragraph(4, 8, &escape(message));
    }
    if let Some(by) = &entry.approved_by {
        page.paragraph(4, 8, &format!("approved by {}", escape(by)));
    }
    let resume = if entry.resumable {
        "; can be resumed"
    } else {
        ""
    };
    let (run, plan) = (escape(&entry.run), escape(&entry.plan));
    page.paragraph(4, 8, &format!("run {run}, plan {plan}{resume}"));
}

pub(super) fn put_call(page: &mut Page, call: &PastCall) {
    let verdict = match &call.verdict {
        Some(verdict) => verdict.replace('_', " "),
        None => "its end is not known".to_owned(),
    };
    page.gap();
    let line = escape(&call.call);
    page.paragraph(
        0,
        4,
        &format!("{:.0}  by hand: {line}: {}", call.at, escape(&verdict)),
    );
    if let Some(reason) = &call.reason {
        page.paragraph(4, 8, &format!("reason: {}", escape(reason)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_sent_is_said() {
        let history = History {
            tenant: "sandbox".to_owned(),
            runs: vec![],
            calls: vec![],
        };
        let text = history_text(&history, &View::plain(80));
        assert_eq!(text, "Tenant: sandbox\nNothing has been sent yet.\n");
    }

    #[test]
    fn runs_and_calls_stand_in_the_order_of_their_times() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut summary = RunSummary {
            created: 3,
            requests: 1,
            ..RunSummary::default()
        };
        summary.plan.rows = 3;
        let entry = |run: &str, started: i64, how: &str| PastEntry {
            run: run.to_owned(),
            plan: "p1".to_owned(),
            source: "default".to_owned(),
            started_at: at(started),
            ended_at: (how != "unfinished").then(|| at(started + 61)),
            how: how.to_owned(),
            exit_code: (how != "unfinished").then_some(0),
            resumable: how == "unfinished",
            approved_by: (how == "completed").then(|| "Eve\u{1b}".to_owned()),
            summary,
            error: (how == "stopped").then(|| json!({"message": "no space"})),
        };
        let call = PastCall {
            number: 1,
            at: at(50),
            call: "DELETE /seiapi/v3/trans/User/a".to_owned(),
            user_ids: vec!["a".to_owned()],
            reason: Some("ticket 1".to_owned()),
            verdict: None,
        };
        let history = History {
            tenant: "https://a.example".to_owned(),
            runs: vec![
                entry("c", 100, "unfinished"),
                entry("b", 60, "stopped"),
                entry("a", 0, "completed"),
            ],
            calls: vec![call],
        };
        insta::assert_snapshot!(history_text(&history, &View::plain(80)), @r"
        Tenant: https://a.example

        1970-01-01T00:01:40Z  default: unfinished
            3 created (3 rows)
            run c, plan p1; can be resumed

        1970-01-01T00:01:00Z  default: stopped after 1 min 1 s, exit 0
            3 created (3 rows)
            no space
            run b, plan p1

        1970-01-01T00:00:50Z  by hand: DELETE /seiapi/v3/trans/User/a: its end is not
            known
            reason: ticket 1

        1970-01-01T00:00:00Z  default: completed after 1 min 1 s, exit 0
            3 created (3 rows)
            approved by Eve\u{1b}
            run a, plan p1
        ");
    }
}
