//! What each stage calls an error, told as a failure: what happened, caused by, hint.

use crate::delivery::Stop;
use crate::failure::{Failure, FailureKind};
use crate::model::Problem;
use crate::planning::PlanningError;
use crate::report::count;
use crate::sandbox::SandboxError;
use crate::store::StoreError;

impl From<PlanningError> for Failure {
    fn from(error: PlanningError) -> Failure {
        match error {
            PlanningError::Export(error) => error.into(),
            PlanningError::Fetch(error) => error.into(),
            PlanningError::Store(error) => error.into(),
            PlanningError::Unmappable(problems) => {
                refused("the export cannot be mapped", &problems)
            }
            PlanningError::Snapshot(problems) => {
                refused("the file to compare with cannot be used", &problems)
            }
        }
    }
}

/// A file that is refused for several reasons: all of them, and the hint of the first.
fn refused(message: &str, problems: &[Problem]) -> Failure {
    const CAUSES_MAX: usize = 20;
    let mut failure = Failure::stopped(message);
    for problem in problems.iter().take(CAUSES_MAX) {
        failure = failure.caused_by(one_line(problem));
    }
    if problems.len() > CAUSES_MAX {
        failure = failure.caused_by(format!("{} more", problems.len() - CAUSES_MAX));
    }
    with_hint(
        failure,
        problems.iter().find_map(|problem| problem.hint.clone()),
    )
}

/// A problem as one sentence with its place.
pub fn one_line(problem: &Problem) -> String {
    let file = problem.file.as_deref().map(|file| match file {
        "-" => "standard input: ".to_owned(),
        file => format!("{file}: "),
    });
    let line = problem.line.map(|line| format!("line {line}: "));
    let said = |column: &&String| problem.message.contains(&**column);
    let column = problem
        .column
        .as_ref()
        .filter(|column| !said(column))
        .map(|column| format!("column {column:?}: "));
    let place: String = [file, line, column].into_iter().flatten().collect();
    format!("{place}{}", problem.message)
}

fn with_hint(failure: Failure, hint: Option<String>) -> Failure {
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Why a delivery ended early. `signal` is what asked for it, if one did; `not_sent` is how many rows wait;
/// `tenant` is its address for people.
pub fn stop_failure(stop: Stop, signal: FailureKind, not_sent: u64, tenant: &str) -> Failure {
    let waiting = match not_sent {
        0 => "nothing was left to send".to_owned(),
        1 => "1 change was not sent".to_owned(),
        _ => format!("{} changes were not sent", count(not_sent)),
    };
    let again = "resume finishes this run; sync would plan anew and send what is missing";
    let failure = match stop {
        Stop::Interrupted => {
            return Failure::new(signal, "interrupted; what was in flight was given time to settle")
                .caused_by(waiting)
                .hint(again);
        }
        Stop::Read(error) => return Failure::from(error).caused_by(waiting).resumable(true),
        Stop::Store(error) => return store_failure(error).caused_by(waiting),
        Stop::Misconfigured { status } => {
            return Failure::usage(format!("{tenant} does not take bulk calls here (HTTP {status})"))
                .caused_by(waiting)
                .hint("check base_url and whether this account may write users; nothing was changed by that call");
        }
        Stop::Redirected => {
            return Failure::usage(format!("{tenant} answers with a redirect, which is never followed"))
                .caused_by(waiting)
                .hint("a redirect would carry the token to another address; set base_url to the final one");
        }
        Stop::Paused { reason } => {
            Failure::new(FailureKind::Guarded, "the source was paused while it was sent")
                .caused_by(format!("reason: {reason}"))
                .hint("after unpause, resume finishes this run; sync would plan anew and send what is missing")
        }
        Stop::Deadline => Failure::stopped("the deadline came").hint(again),
        Stop::Unauthorized => Failure::stopped(format!("{tenant} no longer accepts the credentials (401)"))
            .hint("renew the token or the password, then run resume"),
        Stop::Unreachable { text } => {
            Failure::stopped(format!("{tenant} cannot be reached")).caused_by(text).hint(again)
        }
        Stop::ToldToWait { wait } => Failure::stopped(format!(
            "{tenant} asks to wait {} s, longer than [delivery] retry_after_max_s allows",
            wait.as_secs()
        ))
        .hint("run resume after that time, which is remembered and kept"),
        Stop::Sick { text } => Failure::stopped(format!("{tenant} keeps failing"))
            .caused_by(text)
            .hint("what was applied was read back and is in the report; run resume when the tenant is well"),
        Stop::RefusesAll { said } => refuses_all(tenant, &said),
        Stop::Canary { user_id, unplanned } => canary(&user_id, &unplanned),
    };
    failure.caused_by(waiting).resumable(true)
}

/// The journal failed in the middle of a run, which can go on once the disk is well.
pub(super) fn store_failure(error: StoreError) -> Failure {
    let hint = match error.is_of_disk() {
        true => format!("{}: resume finishes this run", error.hint()),
        false => error.hint(),
    };
    Failure::from(error).hint(hint).resumable(true)
}

fn refuses_all(tenant: &str, said: &str) -> Failure {
    let failure = Failure::stopped(format!(
        "{tenant} refuses one row after the other and takes none, so nothing more was sent"
    ));
    let failure = match said {
        "" => failure,
        _ => failure.caused_by(format!("of the last one it says: {said}")),
    };
    failure.hint(
        "the report says what it answered of each; if a rule or a setting is wrong for all, mend that and run sync; \
         resume sends the rest of this run as it is",
    )
}

fn canary(user_id: &str, unplanned: &[crate::planner::Unplanned]) -> Failure {
    let mut failure = Failure::stopped(format!(
        "after the first small chunk, {user_id} had changed beside the plan; nothing more was sent"
    ));
    for change in unplanned {
        failure = failure.caused_by(format!(
            "{} went from {} to {}",
            change.property, change.before, change.after
        ));
    }
    failure.hint("compare that user in ServiceMobility: does the tenant clear or rewrite what a call does not mention?")
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Failure {
        Failure::stopped("the sandbox cannot start").caused_by_all(&error)
    }
}
