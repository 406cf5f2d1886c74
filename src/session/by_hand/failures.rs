//! What the tenant says of a call by hand, told as a failure.

use crate::api::ApiError;
use crate::by_hand::HandError;
use crate::failure::Failure;
use crate::model::Detail;
use crate::pacing::Endpoint;
use crate::report::escape;
use crate::session::Connection;

/// `what` names the thing that was asked for or done.
pub fn hand_failure(
    error: &HandError,
    endpoint: Endpoint,
    what: &str,
    connection: &Connection,
) -> Failure {
    let tenant = connection.reader.base_url().place();
    let what = escape(what);
    let error = match error {
        HandError::Api(error) => error,
        HandError::TooLong { wait } => {
            return Failure::stopped(format!(
                "{tenant} asks to wait {} s, longer than [delivery] retry_after_max_s allows",
                wait.as_secs()
            ))
            .hint("run it again after that time, which is remembered and kept");
        }
    };
    let said = format!("{what}: {error}");
    let failure = match error {
        ApiError::Unauthorized { .. } => unauthorized(endpoint, &tenant),
        ApiError::NotFound { .. } => Failure::usage(said)
            .hint("check the base URL: it is what stands before /seiapi, and some tenants lack some calls"),
        ApiError::Redirected { .. } => Failure::usage(format!("{tenant}: {error}"))
            .hint("a redirect would carry the token to another address; set base_url to the final one"),
        ApiError::Unreachable { text, .. } => Failure::stopped(format!("{tenant} cannot be reached"))
            .caused_by(text)
            .hint("nothing was sent; check the base URL, the network and the proxy setting"),
        ApiError::Ambiguous { why, .. } if endpoint.is_write() => {
            Failure::stopped(format!("{what}: nobody knows whether it was carried out"))
                .caused_by(why)
                .hint("look at it before you repeat it; a mail may have gone out")
        }
        ApiError::Gone { .. } => Failure::stopped(said).hint("check the ids; nothing was changed"),
        _ => Failure::stopped(said),
    };
    error
        .details()
        .iter()
        .fold(failure, |failure, detail| match detail.message.is_empty() {
            true => failure,
            false => failure.caused_by(detail_line(detail)),
        })
}

/// Whether the tenant may have carried the call out all the same.
pub fn is_doubtful(error: &HandError) -> bool {
    matches!(error, HandError::Api(ApiError::Ambiguous { .. }))
}

/// A reason of the tenant with its place.
pub fn detail_line(detail: &Detail) -> String {
    let message = escape(&detail.message);
    match &detail.data_path {
        Some(path) if !path.is_empty() => format!("{message} (at {})", escape(path)),
        _ => message.into_owned(),
    }
}

pub fn no_such_user(user_id: &str, connection: &Connection) -> Failure {
    let tenant = connection.reader.base_url().place();
    Failure::stopped(format!("{tenant} has no user {}", escape(user_id)))
        .hint("ids are exact, upper and lower case included; `crewsync user query` lists them")
}

fn unauthorized(endpoint: Endpoint, tenant: &str) -> Failure {
    match endpoint.wants_pass() {
        true => Failure::stopped(format!("{tenant} refuses the credentials (401)"))
            .hint("check the token, or the user name and password, and whether it has expired"),
        false => Failure::stopped(format!("{tenant} refuses the user or his password (401)"))
            .hint("repeated wrong logons may lock that account"),
    }
}
