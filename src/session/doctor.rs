//! The surroundings of a run, looked at: every finding says what to do about it.

mod local;
mod probing;
mod tenant;

use serde_json::json;

use crate::api::Reader;
use crate::by_hand::Hand;
use crate::cli::{Cli, DoctorArgs};
use crate::failure::{Exit, Failure};
use crate::model::{Finding, FindingVerdict, Habits};
use crate::report::{count, findings_text, habits_text};

use super::by_hand::ReadsOnly;
use super::{Connection, Console, Session};

/// Looks at everything, prints what was found, and says how the program ends: 1 if something does not work.
///
/// # Errors
/// Only what keeps a probe from beginning; all else is a finding.
pub async fn examine(cli: &Cli, args: &DoctorArgs, console: &Console) -> Result<Exit, Failure> {
    let mut findings = Vec::new();
    let mut habits = None;
    if let Some(session) = local::configuration(cli, args, &mut findings) {
        local::state(&session, &mut findings);
        let against = args.at.against();
        let opening = Connection::open(&session.settings, &against, console.progress());
        match opening.await {
            Ok(connection) => {
                local::credentials(&session, &connection, &mut findings);
                tenant::look(&session, &connection, console, &mut findings).await?;
            }
            Err(failure) => findings.push(error("tenant", &failure)),
        }
        let is_well = findings
            .iter()
            .all(|finding| finding.verdict != FindingVerdict::Error);
        if let Some(user_id) = args.probe.as_deref().filter(|_| is_well) {
            habits = Some(probing::probe(cli, args, user_id, console, &mut findings).await?);
        }
    }
    tell(&findings, habits.as_ref(), console)
}

fn tell(findings: &[Finding], habits: Option<&Habits>, console: &Console) -> Result<Exit, Failure> {
    let with = |verdict| {
        let found = findings.iter().filter(|finding| finding.verdict == verdict);
        found.count() as u64
    };
    let (errors, warnings) = (with(FindingVerdict::Error), with(FindingVerdict::Warning));
    let word = match (errors, warnings) {
        (0, 0) => "ok",
        (0, _) => "warning",
        _ => "error",
    };
    console.document(&json!({ "verdict": word, "findings": findings, "habits": habits }));
    console.text(&findings_text(findings, &console.view()));
    if let Some(habits) = habits {
        console.text(&habits_text(habits, &console.view()));
    }
    if errors > 0 {
        let things = if errors == 1 {
            "thing does"
        } else {
            "things do"
        };
        let failure = Failure::stopped(format!("{} {things} not work", count(errors)));
        return Ok(console.fail(&failure.hint("each finding above says what to do")));
    }
    if warnings > 0 {
        console.warn(&format!("{} of the findings want a look", count(warnings)));
    }
    Ok(Exit::Done)
}

fn finding(
    check: &str,
    verdict: FindingVerdict,
    message: impl Into<String>,
    hint: impl Into<String>,
) -> Finding {
    Finding {
        check: check.to_owned(),
        verdict,
        message: message.into(),
        hint: hint.into(),
    }
}

/// A failure as a finding: its causes belong to the message.
fn error(check: &str, failure: &Failure) -> Finding {
    let causes = failure.causes.iter().map(|cause| format!(": {cause}"));
    let message = format!("{}{}", failure.message, causes.collect::<String>());
    let hint = failure.hint.clone();
    let hint = hint.unwrap_or_else(|| "mend it and look again".to_owned());
    finding(check, FindingVerdict::Error, message, hint)
}

/// What asks the tenant without being able to change it.
fn reading_hand(
    session: &Session,
    connection: &Connection,
    console: &Console,
) -> Result<Hand, Failure> {
    let client = connection.client(std::sync::Arc::new(ReadsOnly))?;
    let policy = session.settings.delivery.retry;
    let pace = connection.pace.clone();
    Ok(Hand::new(client, pace, policy, console.progress()))
}

/// Its address for people.
fn place(reader: &Reader) -> String {
    reader.base_url().place()
}
