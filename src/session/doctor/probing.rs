//! The probe, under lock and journal; its answers go into the store.

use jiff::Timestamp;

use crate::cli::{Cli, DoctorArgs};
use crate::failure::Failure;
use crate::model::{Finding, FindingVerdict, Habits};
use crate::pacing::Endpoint;
use crate::probe::{Probe, ProbeError};
use crate::session::by_hand::{ByHand, confirm, hand_failure};
use crate::session::{Connection, Console};

use super::{error, finding};

/// Bulk calls that the probe makes if no size limit is met.
const CALLS: u64 = 13;

/// Asks the tenant by way of one user whom it makes and deletes.
///
/// # Errors
/// It was not confirmed, another run holds the lock, or the store fails.
pub async fn probe(
    cli: &Cli,
    args: &DoctorArgs,
    user_id: &str,
    console: &Console,
    findings: &mut Vec<Finding>,
) -> Result<Habits, Failure> {
    let by_hand = ByHand::to_write(cli, &args.at, console, "doctor --probe").await?;
    let delivery = &by_hand.settings().delivery;
    let connection = by_hand.connection();
    let tenant = connection.reader.base_url().place();
    confirm(
        &args.write,
        &format!("Make and delete the user {user_id} at {tenant} to see how it behaves"),
    )?;
    let between = delivery.limits.spacing(Endpoint::Bulk).as_secs();
    if between > 0 {
        console.say(&format!(
            "the probe makes some {CALLS} bulk calls, so it takes about {} minutes under the rate limit",
            (CALLS * between).div_ceil(60)
        ));
    }
    let (users_max, bytes_max) = (delivery.chunk_users_max, delivery.chunk_bytes_max);
    let progress = console.progress();
    let probe = Probe::new(by_hand.hand(), user_id, users_max, bytes_max, progress);
    let probed = probe.run().await;
    findings.push(match &probed.error {
        Some(cause) => error("probe", &probe_failure(cause, user_id, connection)),
        None => finding(
            "probe",
            FindingVerdict::Ok,
            format!("{user_id} was made, looked at and deleted"),
            "the answers are in the store: chunks and reads go by them from now on",
        ),
    });
    for left in &probed.left {
        findings.push(finding(
            "probe",
            FindingVerdict::Error,
            format!("{left} could not be deleted"),
            format!("delete him by hand: crewsync user delete {left}"),
        ));
    }
    if probed.error.is_none() {
        by_hand.keep_habits(&probed.habits, Timestamp::now())?;
    }
    Ok(probed.habits)
}

fn probe_failure(cause: &ProbeError, user_id: &str, connection: &Connection) -> Failure {
    match cause {
        ProbeError::Exists => Failure::stopped(format!("there is a user {user_id} already"))
            .hint("name one who does not exist: the probe makes him and deletes him"),
        ProbeError::NotMade { status, why } => {
            let failure = Failure::stopped(format!("{user_id} could not be made ({status})"));
            let failure = why.iter().fold(failure, Failure::caused_by);
            failure.hint(
                "check the rights of this account, and whether the tenant allows such a UserID",
            )
        }
        ProbeError::Hand(cause) => hand_failure(cause, Endpoint::Bulk, "the probe", connection)
            .hint("the answers so far are not kept; look again later"),
    }
}
