//! What is worth saying about the credentials before anything depends on them.

use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::api::Credentials;
use crate::wire::TokenTimes;

use super::{Connection, Console, Session};

impl Session {
    /// What is wrong with the credentials without being an error; said once for each command.
    pub(super) fn remarks_on_credentials(&self, connection: &Connection) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(path) = self.settings.credentials.open_to_others() {
            let path = path.display();
            remarks.push(format!(
                "others on this machine may read the secret in {path}; `chmod 600 {path}` keeps it private"
            ));
        }
        if let Credentials::Customer { .. } = connection.credentials() {
            remarks.push(
                "the vendor has deprecated customer id and code, which travel in the address of every call; \
                 a token or a user name with password replaces them"
                    .to_owned(),
            );
        }
        if let Some(expired) = fixed_expiry(connection).filter(|at| *at <= Timestamp::now()) {
            remarks.push(format!(
                "by this machine's clock the token expired at {expired:.0}; get a new one"
            ));
        }
        remarks
    }

    /// Warns if the token will not last as long as the run is estimated to take. One that can be renewed does.
    pub fn warn_of_expiry(&self, connection: &Connection, estimated_s: f64, console: &Console) {
        let now = Timestamp::now();
        let Some(at) = fixed_expiry(connection).filter(|at| *at > now) else {
            return;
        };
        let left_s = at.duration_since(now).as_secs_f64();
        if left_s < estimated_s {
            console.warn(&format!(
                "the token expires at {at:.0}, in {left_s:.0} s, but the run is estimated to take {estimated_s:.0} s: \
                 it would stop then, and resume with another token would finish it"
            ));
        }
    }
}

/// When a token that cannot be renewed expires, if it says so.
pub(super) fn fixed_expiry(connection: &Connection) -> Option<Timestamp> {
    let Credentials::Token(token) = connection.credentials() else {
        return None;
    };
    let times = TokenTimes::of(token.expose_secret())?;
    Timestamp::from_second(times.expires_at_s).ok()
}
