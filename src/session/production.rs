//! A question before a production tenant is written to, for a person who sits at a terminal.

use std::io::{self, IsTerminal};

use crate::failure::Failure;
use crate::model::Plan;
use crate::report::counted;

use super::by_hand::ask;
use super::{Connection, Session, Signals};

impl Session {
    /// Asks whether the plan is to be sent, if the tenant is a production one and somebody is there to answer. A
    /// nightly job is asked nothing, and neither is who has answered with `--yes`.
    ///
    /// # Errors
    /// The answer was no, or a signal came instead of one.
    pub async fn confirm_production(
        &self,
        plan: &Plan,
        connection: &Connection,
        is_confirmed: bool,
        signals: &Signals,
    ) -> Result<(), Failure> {
        let changes = plan.sendable().count() as u64;
        let is_attended = io::stdin().is_terminal() && io::stderr().is_terminal();
        let is_asked = self.settings.tenant.production
            && is_attended
            && !is_confirmed
            && changes > 0
            && !plan.is_refused();
        if !is_asked {
            return Ok(());
        }
        let changes = counted(changes, "change", "changes");
        let what = format!("Send {changes} to {}, production", connection.identity);
        let asking = tokio::task::spawn_blocking(move || ask(&what, "nothing was sent"));
        tokio::select! {
            answer = asking => match answer {
                Ok(answer) => answer,
                Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
            },
            () = signals.interrupt.cancelled() => Err(signals.before_sending()),
        }
    }
}
