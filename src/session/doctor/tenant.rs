//! What the tenant shows when it is asked two harmless questions.

use std::time::SystemTime;

use crate::api::Query;
use crate::by_hand::HandError;
use crate::failure::Failure;
use crate::model::{Finding, FindingVerdict};
use crate::pacing::Endpoint;
use crate::session::by_hand::hand_failure;
use crate::session::{Connection, Console, Session};
use crate::wire::{Answer, read_user, read_users};

use super::{error, finding, place, reading_hand};

/// A user whom no tenant has.
const NOBODY: &str = "crewsync-doctor";
/// Clocks that differ by more make `exp` and `Retry-After` dates unsafe to read.
const SKEW_MAX_S: i64 = 30;

/// Asks for one user and for one page.
pub async fn look(
    session: &Session,
    connection: &Connection,
    console: &Console,
    findings: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let hand = reading_hand(session, connection, console)?;
    let failed = |cause: &HandError, endpoint| {
        let failure = hand_failure(cause, endpoint, "the question of doctor", connection);
        error("reachability", &failure)
    };
    let answer = match hand.answer(hand.client().get_user(NOBODY)).await {
        Ok(answer) => answer,
        Err(cause) => {
            findings.push(failed(&cause, Endpoint::UserGet));
            return Ok(());
        }
    };
    let is_well = reachability(&answer, connection, findings);
    clock(&answer, findings);
    limits(&answer, session, findings);
    if !is_well {
        return Ok(());
    }
    let page = Query {
        sort: Some("UserID".to_owned()),
        limit: Some(2),
        start: Some(0),
        ..Query::default()
    };
    match hand.answer(hand.client().query_users(&page)).await {
        Ok(answer) => query(&answer, findings),
        Err(cause) => findings.push(failed(&cause, Endpoint::Query)),
    }
    Ok(())
}

/// Whether it answers as a tenant does.
fn reachability(answer: &Answer, connection: &Connection, findings: &mut Vec<Finding>) -> bool {
    let tenant = place(&connection.reader);
    let (verdict, message, hint) = match answer.status {
        200 if read_user(answer).is_ok() => (
            FindingVerdict::Ok,
            format!("{tenant} answers"),
            "it even has a user crewsync-doctor",
        ),
        410 => (
            FindingVerdict::Ok,
            format!("{tenant} answers, and says 410 of a user who is not there"),
            "that is how the vendor describes it",
        ),
        404 => (
            FindingVerdict::Warning,
            format!("{tenant} answers 404 for a user who is not there, as for a wrong address"),
            "if users can be listed below, it is a habit of this tenant; else check what stands before /seiapi in the base URL",
        ),
        401 => (
            FindingVerdict::Error,
            format!("{tenant} refuses the credentials (401)"),
            "check the token, or the user name and password, and whether it has expired",
        ),
        300..=399 => (
            FindingVerdict::Error,
            format!(
                "{tenant} answers with a redirect ({}), which is never followed",
                answer.status
            ),
            "set base_url to the final address",
        ),
        status => (
            FindingVerdict::Error,
            format!("{tenant} answers {status} when asked for a user"),
            "check the base URL and the rights of this account, or look again later",
        ),
    };
    findings.push(finding("reachability", verdict, message, hint));
    verdict != FindingVerdict::Error
}

/// The tenant's clock beside ours.
fn clock(answer: &Answer, findings: &mut Vec<Finding>) {
    let date = answer.headers.date.as_deref();
    let Some(theirs) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
        let message = "the answers say no time";
        let hint = "whether a token has expired is judged by this machine's clock alone";
        findings.push(finding("clock", FindingVerdict::Ok, message, hint));
        return;
    };
    let skew_s = seconds(theirs) - seconds(SystemTime::now());
    let way = if skew_s > 0 { "behind" } else { "ahead of" };
    findings.push(match skew_s.abs() > SKEW_MAX_S {
        true => finding(
            "clock",
            FindingVerdict::Warning,
            format!(
                "this machine's clock is {} s {way} the tenant's",
                skew_s.abs()
            ),
            "let NTP set it: when tokens expire and how old exports are is judged by it",
        ),
        false => finding(
            "clock",
            FindingVerdict::Ok,
            "this machine's clock and the tenant's agree",
            "to the second, as far as an answer tells",
        ),
    });
}

fn seconds(at: SystemTime) -> i64 {
    let since = at.duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

/// What the answer says of its rate limit, beside what we keep to.
fn limits(answer: &Answer, session: &Session, findings: &mut Vec<Finding>) {
    let limits = &session.settings.delivery.limits;
    let kept_to = match limits.is_off() {
        true => "none".to_owned(),
        false => limits.to_string(),
    };
    let said = answer.headers.rate_limit.as_deref();
    let Some(said) = said else {
        let message = format!("the answers tell no rate limit; kept to: {kept_to}");
        let hint = "what an answer tells later only ever slows the run down";
        findings.push(finding("rate limit", FindingVerdict::Ok, message, hint));
        return;
    };
    let remaining = answer.headers.rate_remaining.as_deref().unwrap_or("?");
    let reset = answer.headers.rate_reset.as_deref().unwrap_or("?");
    let message = format!(
        "reading a user: X-RateLimit-Limit {said}, {remaining} left, {reset} s to the end of the window; kept to: {kept_to}"
    );
    let ours = limits
        .rate(Endpoint::UserGet)
        .map(|rate| u64::from(rate.count));
    let fewer = match (said.trim().parse::<u64>(), ours) {
        (Ok(theirs), Some(ours)) => theirs < ours,
        _ => false,
    };
    findings.push(match fewer {
        true => finding(
            "rate limit",
            FindingVerdict::Warning,
            message,
            "this tenant allows fewer: set [delivery] limits, so that runs do not meet 429",
        ),
        false => finding("rate limit", FindingVerdict::Ok, message, "nothing to do"),
    });
}

/// Whether users can be listed.
fn query(answer: &Answer, findings: &mut Vec<Finding>) {
    let users = read_users(answer);
    findings.push(match (answer.status, users) {
        (200, Ok(users)) => {
            let is_list = answer.body.trim_ascii_start().starts_with(b"[");
            let shape = if is_list { "a bare list" } else { "a list under `Users`" };
            let message = format!("users can be listed: {shape}, {} of 2 asked for", users.len());
            let hint = "the list is narrowed by this account's rights; absence is always confirmed by GET";
            finding("query", FindingVerdict::Ok, message, hint)
        }
        (200, Err(why)) => finding(
            "query",
            FindingVerdict::Error,
            format!("the list of users cannot be read: {why}"),
            "check the base URL; something else may answer there",
        ),
        (status @ (403..=405), _) => finding(
            "query",
            FindingVerdict::Warning,
            format!("users cannot be listed ({status})"),
            "each user of the export is read by himself then, and nobody counts as absent; ask for the right to list users",
        ),
        (status, _) => finding(
            "query",
            FindingVerdict::Error,
            format!("the list of users is answered with {status}"),
            "look again later, or ask who runs the tenant",
        ),
    });
}
