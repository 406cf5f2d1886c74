//! The journal of a run that was cut short → a delivery that goes on as if it had never stopped.
//!
//! What was in flight when the process ended is settled first, by reading its users: nothing is sent to them
//! before it is known what the call did. What reading cannot tell stays unconfirmed and is never sent again.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::fetch::Reading;
use crate::model::{Action, AnswerNote, Change, Detail, Outcome, Status};
use crate::store::{Rest, Settlement, Store, StoreError, UnsettledAttempt};

use super::blame::{Causes, outcome};
use super::context::Context;
use super::decide::{Carried, ReadBack, is_in_known_form, judge_read_back};
use super::driver::Driver;
use super::stop::Stop;

/// What a run has behind it when it is taken up again; nothing for a new one.
#[derive(Clone, Debug, Default)]
pub struct Earlier {
    /// The changes that have ended, by index.
    pub(super) outcomes: Vec<(u32, Outcome)>,
    /// What the answers said.
    pub(super) answers: Vec<AnswerNote>,
    /// Changes that settled calls carried and may have made.
    pub(super) carried: Vec<u32>,
    /// Calls of which nobody knows what they did.
    pub(super) in_flight: Vec<UnsettledAttempt>,
}

impl Earlier {
    /// What the journal holds of that run.
    pub fn of(store: &Store, run: &str) -> Result<Earlier, StoreError> {
        let mut in_flight = store.unsettled_attempts()?;
        in_flight.retain(|attempt| attempt.run == run);
        Ok(Earlier {
            outcomes: store.outcomes(run)?,
            answers: store.notes(run)?,
            carried: store.carried(run)?,
            in_flight,
        })
    }

    /// Changes (by index) that have ended before anything was sent, and nothing else.
    pub fn ended_before(outcomes: Vec<(u32, Outcome)>) -> Earlier {
        Earlier {
            outcomes,
            ..Earlier::default()
        }
    }

    /// How many changes have ended.
    pub fn ended(&self) -> usize {
        self.outcomes.len()
    }

    /// How many changes were in flight.
    pub fn in_flight(&self) -> usize {
        let users = self.in_flight.iter();
        users.map(|attempt| attempt.operations.len()).sum()
    }
}

/// The causes that earlier rejections have proven, from what the answers said of each row.
pub(super) fn proven_causes(
    changes: &[Change],
    outcomes: &HashMap<usize, Outcome>,
    answers: &[AnswerNote],
) -> Causes {
    let mut details: HashMap<&str, Vec<Detail>> = HashMap::new();
    for note in answers {
        let user_id = note.user_id.as_deref().unwrap_or_default();
        details
            .entry(user_id)
            .or_default()
            .push(note.detail.clone());
    }
    let mut causes = Causes::default();
    let mut rejected: Vec<usize> = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.status == Status::Rejected)
        .map(|(index, _)| *index)
        .collect();
    rejected.sort_unstable();
    for change in rejected.into_iter().filter_map(|index| changes.get(index)) {
        if let Some(details) = details.get(&*change.user_id) {
            causes.prove(change, details);
        }
    }
    causes
}

impl Driver<'_> {
    /// Reads back the users of calls whose process has died, and settles those calls. Stops if that cannot be
    /// done: their users then stay in flight, and nothing else is sent.
    pub(super) async fn settle_in_flight(&mut self, in_flight: Vec<UnsettledAttempt>) {
        for attempt in in_flight {
            let changes: Vec<usize> = attempt.operations.iter().map(|seq| *seq as usize).collect();
            let read = match self.is_stopped() {
                true => None,
                false => read_unless_halted(self.context, &changes).await,
            };
            match read {
                Some(Ok(read)) => self.settle_by_reading(attempt.attempt, &read),
                failed => {
                    let interrupted = Err(Stop::Interrupted);
                    if let Err(stop) = failed.unwrap_or(interrupted) {
                        self.stop(stop);
                    }
                    self.leave_in_flight(&changes);
                }
            }
        }
    }

    fn settle_by_reading(&mut self, attempt: i64, read: &[(usize, Reading)]) {
        if let Err(stop) = self.context.note_properties(read) {
            self.stop(stop);
        }
        let changes = read.iter().map(|(index, _)| *index);
        self.context.mark(changes, Carried::Earlier);
        let ends: Vec<(usize, Outcome)> = read
            .iter()
            .filter_map(|(index, reading)| {
                let change = self.context.change(*index);
                let (status, reason) = end_of(change, reading)?;
                Some((*index, outcome(change, status, reason)))
            })
            .collect();
        let outcomes: Vec<(u32, Outcome)> = ends
            .iter()
            .map(|(index, outcome)| (*index as u32, outcome.clone()))
            .collect();
        let settlement = Settlement {
            verdict: "settled_by_reading",
            http_status: None,
            outcomes: &outcomes,
            // The tenant may still be at it: what is not there yet is no proof.
            rest: Rest::Ambiguous,
            notes: &[],
            at: Timestamp::now(),
        };
        let settled = self.context.store().settle_attempt(attempt, &settlement);
        if let Err(error) = settled {
            self.stop(Stop::Store(error));
        }
        self.forget_cleared(&ends);
        self.end(ends);
    }
}

/// Reads; `None` if a halt came first.
pub(super) async fn read_unless_halted(
    context: &Context<'_>,
    changes: &[usize],
) -> Option<Result<Vec<(usize, Reading)>, Stop>> {
    tokio::select! {
        biased;
        () = context.halt.cancelled() => None,
        read = context.read(changes) => Some(read),
    }
}

/// How a change ended that was in flight; `None` if it is to be decided on again. Others may have been at work
/// since, so a value that is neither the old one nor recognisably ours is left to that decision.
fn end_of(change: &Change, reading: &Reading) -> Option<(Status, &'static str)> {
    match (judge_read_back(change, reading), reading) {
        (ReadBack::AsWanted, _) => Some((Status::Applied, "read_back")),
        (ReadBack::CannotTell, _) => Some((Status::Unconfirmed, "cannot_be_read_back")),
        (ReadBack::InAnotherForm, Reading::Present(user)) => {
            let is_ours = change.action == Action::Create || is_in_known_form(change, user);
            is_ours.then_some((Status::Applied, "stored_in_another_form"))
        }
        (ReadBack::InAnotherForm | ReadBack::Untouched, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Effect, Field, FieldChange, Property, User, Value};

    #[test]
    fn only_what_is_recognisably_ours_has_ended() {
        let update = change(Action::Update);
        for (email, end) in [
            ("old", None),
            ("by hand", None),
            ("New@b.example", Some("read_back")),
            ("new@b.example", Some("stored_in_another_form")),
        ] {
            let reason = end_of(&update, &present(email)).map(|(_, reason)| reason);
            assert_eq!(reason, end, "{email}");
        }
        assert_eq!(end_of(&update, &Reading::Absent), None);
    }

    #[test]
    fn a_created_user_has_ended_however_he_looks_and_an_absent_one_has_not() {
        let create = change(Action::Create);
        assert_eq!(end_of(&create, &Reading::Absent), None);
        let end = end_of(&create, &present("by hand"));
        assert_eq!(end, Some((Status::Applied, "stored_in_another_form")));
    }

    #[test]
    fn a_mail_is_never_sent_on_a_guess() {
        let mut update = change(Action::Update);
        update.fields.push(FieldChange {
            field: Field::Property(Property::ResetPassword),
            from: None,
            to: Some(Value::Bool(true)),
        });
        let end = end_of(&update, &present("old"));
        assert_eq!(end, Some((Status::Unconfirmed, "cannot_be_read_back")));
    }

    #[test]
    fn rejections_of_an_earlier_process_count_as_proof() {
        let changes: Vec<Change> = (0..4).map(|_| change(Action::Update)).collect();
        let refused = |index: usize| {
            let mut refused = outcome(&changes[index], Status::Rejected, "refused_alone");
            refused.code = Some(400);
            (index, refused)
        };
        let outcomes: HashMap<usize, Outcome> = [refused(0), refused(1)].into();
        let detail = Detail {
            code: 400,
            message: "no".to_owned(),
            params: serde_json::Value::Null,
            data_path: Some("/Users/0/Email".to_owned()),
        };
        let note = AnswerNote {
            attempt: 1,
            status: 400,
            detail: detail.clone(),
            user_id: Some("a".into()),
            line: None,
        };
        let mut causes = proven_causes(&changes, &outcomes, &[note]);
        let third = causes.prove(&changes[2], &[detail]);
        assert!(third.is_some_and(|cause| cause.is_in(&changes[3])));
    }

    fn present(email: &str) -> Reading {
        let object = serde_json::json!({"UserID": "a", "Email": email});
        Reading::Present(User::new(object.as_object().unwrap().clone()).unwrap())
    }

    fn change(action: Action) -> Change {
        Change {
            action,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: vec![FieldChange {
                field: Field::Property(Property::Email),
                from: Value::text("old"),
                to: Value::text("New@b.example"),
            }],
            held: None,
            seen: None,
            mail: None,
        }
    }
}
