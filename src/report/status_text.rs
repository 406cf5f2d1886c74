//! How a source stands, for a monitor and for whoever is called by it at night.

use jiff::Timestamp;
use serde::Serialize;

use super::View;
use super::escape::escape;
use super::history_text::PastEntry;
use super::page::{Page, Tone};
use super::words::duration;

/// The verdict on a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The last run came to its end, and not too long ago.
    Ok,
    /// The last success is too old.
    Late,
    /// The last run failed, was refused by a guard, or was killed.
    Failed,
    /// No run has ever begun.
    Never,
}

/// How a source stands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceStatus {
    /// The verdict.
    pub status: Standing,
    /// The source.
    pub source: String,
    /// The tenant of the store; empty if there is none yet.
    pub tenant: String,
    /// The newest run of the source.
    pub last_run: Option<PastEntry>,
    /// When a run of the source last came to its end with every change settled.
    pub last_success: Option<Timestamp>,
    /// Seconds since then.
    pub age_seconds: Option<f64>,
    /// Seconds that may have passed.
    pub max_age_seconds: f64,
    /// Who works on the state directory at this moment.
    pub at_work: Option<String>,
    /// Why the source is paused.
    pub paused: Option<String>,
}

impl SourceStatus {
    /// The verdict as a sentence that says what to do.
    pub fn why(&self) -> (String, &'static str) {
        let source = &self.source;
        match self.status {
            Standing::Ok => (format!("the source {source} is in step"), ""),
            Standing::Never => (
                format!("no run of the source {source} has begun yet"),
                "run sync once, or look whether --state and --config name the right places",
            ),
            Standing::Late => (
                format!("the last success of the source {source} is too old"),
                "look whether the nightly job still runs, and what its log says",
            ),
            Standing::Failed => (
                format!("the last run of the source {source} failed"),
                "`crewsync report` tells what became of it; `crewsync resume` finishes it if that is possible",
            ),
        }
    }
}

/// The status for a terminal.
pub fn status_text(status: &SourceStatus, view: &View) -> String {
    let mut page = Page::new(view);
    let (word, tone) = match status.status {
        Standing::Ok => ("ok", Tone::Good),
        Standing::Late => ("late", Tone::Bad),
        Standing::Failed => ("failed", Tone::Bad),
        Standing::Never => ("never run", Tone::Bad),
    };
    let word = page.view.paint(tone, word);
    let of = match status.tenant.is_empty() {
        true => String::new(),
        false => format!(" of {}", escape(&status.tenant)),
    };
    page.paragraph(
        0,
        4,
        &format!("{word}: source {}{of}", escape(&status.source)),
    );
    if let Some(run) = &status.last_run {
        let end = match (run.ended_at, run.exit_code) {
            (Some(at), Some(code)) => format!("{} at {at:.0}, exit {code}", run.how),
            _ => run.how.clone(),
        };
        let message = run
            .error
            .as_ref()
            .and_then(|error| error.get("message")?.as_str());
        let message = message.map(|message| format!(": {}", escape(message)));
        let started_at = run.started_at;
        page.paragraph(
            4,
            8,
            &format!(
                "last run began at {started_at:.0}, {end}{}",
                message.unwrap_or_default()
            ),
        );
    }
    if let (Some(at), Some(age)) = (status.last_success, status.age_seconds) {
        let (age, most) = (duration(age), duration(status.max_age_seconds));
        page.paragraph(
            4,
            8,
            &format!("last success {age} ago (at most {most}), at {at:.0}"),
        );
    } else if status.last_run.is_some() {
        page.paragraph(4, 8, "no run has come to its end yet");
    }
    if let Some(holder) = &status.at_work {
        page.paragraph(4, 8, &format!("at work: {}", escape(holder)));
    }
    if let Some(reason) = &status.paused {
        page.paragraph(4, 8, &format!("paused: {}", escape(reason)));
    }
    page.finish()
}
