//! What became of one user, run by run → text: from the line of the export to the tenant's answer, newest first.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value as Json;

use crate::model::{AbsentUser, AnswerNote, Change, Origin, Outcome, Problem};

use super::change_line::put_change;
use super::escape::{escape, quote};
use super::history_text::{PastCall, put_call};
use super::page::{Page, Tone, View};
use super::problems::put_problems;

/// One user's way through the runs that the journal knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Explained {
    /// The id that was asked for.
    pub user_id: String,
    /// Other spellings of it that were met.
    pub also: Vec<String>,
    /// The tenant.
    pub tenant: String,
    /// Sources that answer for the user.
    pub managed: Vec<ManagedBy>,
    /// What is known of him in the tenant, under each spelling.
    pub known: Vec<KnownAs>,
    /// Runs that had something to do with him, newest first.
    pub runs: Vec<ExplainedRun>,
    /// How many more there are, older ones.
    pub older_runs: u64,
    /// Calls by hand about him, newest first.
    pub calls: Vec<PastCall>,
}

/// A source that answers for a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManagedBy {
    /// The source.
    pub source: String,
    /// Since when.
    pub since: Timestamp,
    /// The first good run that missed him, while he is absent.
    pub absent_since: Option<Timestamp>,
    /// The last good run that listed him, while he is absent.
    pub last_seen: Option<Timestamp>,
}

/// What is known of a user in the tenant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KnownAs {
    /// As the tenant spells him.
    pub user_id: String,
    /// How it is known.
    pub origin: Origin,
    /// Since when it is known so.
    pub seen_at: Timestamp,
    /// Since when the tenant lacks him.
    pub gone_at: Option<Timestamp>,
    /// His whole object, without his password.
    pub object: Json,
}

/// What one run had to do with a user.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedRun {
    /// The run.
    pub run: String,
    /// The source whose export it worked on.
    pub source: String,
    /// When it began.
    pub started_at: Timestamp,
    /// How it ended, as in [`PastEntry`](super::PastEntry).
    pub how: String,
    /// Problems of his rows.
    pub problems: Vec<Problem>,
    /// The evidence, where he was absent from the export.
    pub absent: Option<AbsentUser>,
    /// What was planned for him.
    pub changes: Vec<ExplainedChange>,
}

/// A planned change and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedChange {
    /// The change.
    pub change: Change,
    /// The calls that carried it.
    pub calls: Vec<ExplainedCall>,
    /// What the answers said about him.
    pub answers: Vec<AnswerNote>,
    /// How it ended; `None` while it has not.
    pub outcome: Option<Outcome>,
}

/// A call that carried a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplainedCall {
    /// Its number in the journal.
    pub attempt: i64,
    /// When it was taken down, just before it left.
    pub at: Timestamp,
    /// The kind of call, e.g. `bulk`.
    pub endpoint: String,
    /// Our word for the answer; `None` while its end is not known.
    pub verdict: Option<String>,
    /// The HTTP status of the answer.
    pub http_status: Option<u16>,
}

/// One user's way, for a terminal.
pub fn explain_text(explained: &Explained, view: &View) -> String {
    let mut page = Page::new(view);
    let also = match explained.also.is_empty() {
        true => String::new(),
        false => format!(", also spelled {}", escape(&explained.also.join(", "))),
    };
    let (user, tenant) = (escape(&explained.user_id), escape(&explained.tenant));
    page.paragraph(0, 4, &format!("{user}{also}, in {tenant}"));
    put_standing(&mut page, explained);
    for run in &explained.runs {
        put_run(&mut page, run);
    }
    for call in &explained.calls {
        put_call(&mut page, call);
    }
    if explained.older_runs > 0 {
        page.gap();
        page.more(
            0,
            explained.older_runs as usize,
            " older runs; --last N shows them",
        );
    }
    page.finish()
}

fn put_standing(page: &mut Page, explained: &Explained) {
    if explained.managed.is_empty() {
        page.paragraph(0, 4, "No source answers for this user.");
    }
    for ManagedBy {
        source,
        since,
        absent_since,
        last_seen,
    } in &explained.managed
    {
        let absent = absent_since
            .zip(*last_seen)
            .map(|(absent_since, last_seen)| {
                format!(
                    "; absent from its export since {absent_since:.0}, last seen {last_seen:.0}"
                )
            });
        let (source, absent) = (escape(source), absent.unwrap_or_default());
        page.paragraph(
            0,
            4,
            &format!("Managed by source {source} since {since:.0}{absent}"),
        );
    }
    if explained.known.is_empty() {
        page.paragraph(0, 4, "The store does not know the user in the tenant.");
    }
    for known in &explained.known {
        let how = match known.origin {
            Origin::Live => "as the tenant showed",
            Origin::Written => "as we wrote",
            Origin::Snapshot => "as a file said",
        };
        let gone = known
            .gone_at
            .map(|at| format!("; gone from the tenant since {at:.0}"));
        let (user, gone) = (escape(&known.user_id), gone.unwrap_or_default());
        page.paragraph(
            0,
            4,
            &format!("Known as {user}, {how} at {:.0}{gone}", known.seen_at),
        );
        if page.view.verbose {
            let object = known.object.as_object().into_iter().flatten();
            let fields = object.map(|(name, value)| {
                format!("{} {}", escape(name), quote(&value.to_string(), 200))
            });
            page.list(4, &fields.collect::<Vec<_>>());
        }
    }
}

fn put_run(page: &mut Page, run: &ExplainedRun) {
    page.gap();
    let (source, id) = (escape(&run.source), escape(&run.run));
    let head = format!("{:.0}  {source}, run {id}: {}", run.started_at, run.how);
    page.paragraph(0, 4, &page.view.paint(Tone::Heading, &head));
    put_problems(page, &run.problems);
    if let Some(absent) = &run.absent {
        let AbsentUser {
            why,
            last_seen,
            runs,
            ..
        } = absent;
        let why = escape(why);
        page.paragraph(2, 6, &format!("absent from the export: {why}; last seen {last_seen:.0}, missed by {runs} good runs"));
    }
    for explained in &run.changes {
        put_change(page, &explained.change);
        put_end(page, explained);
    }
}

fn put_end(page: &mut Page, explained: &ExplainedChange) {
    if let Some(hold) = explained.change.held {
        page.paragraph(6, 8, &format!("held {}: {}", hold.name(), hold.hint()));
    }
    for call in &explained.calls {
        let status = call.http_status.map(|status| format!(" ({status})"));
        let verdict = match &call.verdict {
            Some(verdict) => verdict.replace('_', " "),
            None => "its end is not known".to_owned(),
        };
        let (endpoint, status) = (escape(&call.endpoint), status.unwrap_or_default());
        page.paragraph(
            6,
            8,
            &format!(
                "sent {:.0} in call {} to {endpoint}: {verdict}{status}",
                call.at, call.attempt
            ),
        );
    }
    for answer in &explained.answers {
        let detail = &answer.detail;
        let path = detail
            .data_path
            .as_deref()
            .map(|path| format!(" at {}", escape(path)));
        let (message, path) = (escape(&detail.message), path.unwrap_or_default());
        page.paragraph(
            6,
            8,
            &format!("the tenant said {} {message}{path}", detail.code),
        );
    }
    match &explained.outcome {
        Some(outcome) => {
            let status = serde_json::to_value(outcome.status).unwrap_or_default();
            let status = status.as_str().unwrap_or_default().to_owned();
            let reason = outcome
                .reason
                .as_ref()
                .map(|reason| format!(", {}", reason.replace('_', " ")));
            let message = outcome
                .message
                .as_ref()
                .map(|message| format!(": {}", escape(message)));
            page.paragraph(
                6,
                8,
                &format!(
                    "{status}{}{}",
                    reason.unwrap_or_default(),
                    message.unwrap_or_default()
                ),
            );
        }
        None => page.paragraph(6, 8, "not settled yet"),
    }
}
