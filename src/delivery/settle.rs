//! An answer → ends, pieces to send again, or a reason to stop; written to the journal in one step.

use jiff::Timestamp;

use crate::api::Renewal;
use crate::fetch::{Reading, chance};
use crate::model::{Action, Change, Detail, Event, Field, Hold, Outcome, Status};
use crate::pacing::{Endpoint, Told, Verdict};
use crate::planner::{Piece, suspects, unplanned_changes};
use crate::store::{Rest, Settlement};
use crate::wire::Unreachable;

use super::attempt::Sent;
use super::blame::{notes, outcome, rejection};
use super::decide::ReadBack;
use super::driver::Driver;
use super::stop::Stop;
use super::verify::{Seen, compare_after};

type Ends = Vec<(usize, Outcome)>;

impl Driver<'_> {
    /// Judges what came of a call. What has ended is written with the answer in one transaction; what has
    /// not goes back to the queue.
    pub(super) async fn settle(&mut self, piece: Piece, sent: Sent) {
        let details = sent.verdict.details().to_vec();
        let status = sent.status.unwrap_or_default();
        let notes = notes(self.context.plan, &piece, sent.attempt, status, &details);
        let ends = match &sent.verdict {
            Verdict::Applied | Verdict::AppliedWithDetails(_) => self.passed(&piece, &sent),
            Verdict::Refused { status, .. } => self.refused(&piece, &sent, *status, &details),
            Verdict::TooLarge => self.too_large(&piece, sent.bytes),
            Verdict::Ambiguous {
                why, server_error, ..
            } => self.ambiguous(&piece, &sent, why, *server_error, &details),
            not_executed => {
                self.not_executed(&piece, &sent, not_executed).await;
                Vec::new()
            }
        };
        let outcomes: Vec<(u32, Outcome)> = ends
            .iter()
            .map(|(index, outcome)| (*index as u32, outcome.clone()))
            .collect();
        let settlement = Settlement {
            verdict: sent.verdict.name(),
            http_status: sent.status,
            outcomes: &outcomes,
            rest: rest(&sent.verdict),
            notes: &notes,
            at: Timestamp::now(),
        };
        let settled = self
            .context
            .store()
            .settle_attempt(sent.attempt, &settlement);
        if let Err(error) = settled {
            self.stop(Stop::Store(error));
        }
        self.keep_answers(notes);
        self.forget_cleared(&ends);
        self.end(ends);
    }

    /// What we cleared ourselves is not missing: a tenant that does not return blanks is then right.
    pub(super) fn forget_cleared(&mut self, ends: &[(usize, Outcome)]) {
        let cleared: Vec<(&str, Vec<&str>)> = ends
            .iter()
            .filter(|(_, outcome)| outcome.status == Status::Applied)
            .map(|(index, _)| self.context.change(*index))
            .map(|change| (&*change.user_id, cleared_properties(change)))
            .filter(|(_, names)| !names.is_empty())
            .collect();
        if cleared.is_empty() {
            return;
        }
        let cleared: Vec<(&str, &[&str])> = cleared
            .iter()
            .map(|(id, names)| (*id, &names[..]))
            .collect();
        let forgotten = self.context.store().forget_properties(&cleared);
        if let Err(error) = forgotten {
            self.stop(Stop::Store(error));
        }
    }

    /// The tenant took it. Details are warnings; the users they name were read and must show the change.
    fn passed(&mut self, piece: &Piece, sent: &Sent) -> Ends {
        self.failures_in_a_row = 0;
        self.renewed = false;
        self.sizer.passed();
        self.end_blamed();
        self.queue.passed(piece);
        self.queue.release_as_poison();
        if piece.suspect {
            self.pointers_trusted = false;
            self.queue.merge_suspects();
        }
        if piece.canary {
            self.check_canary(piece, sent);
        }
        let mut forms = Vec::new();
        let mut ends = Vec::new();
        for &index in &piece.changes {
            let change = self.context.change(index);
            let seen = sent.after.iter().find(|(other, _, _)| *other == index);
            let end = match seen {
                None => (Status::Applied, "sent"),
                Some((_, judged, reading)) => match (compare_after(change, reading), judged) {
                    (Seen::AsWanted(found), _) if found.is_empty() => (Status::Applied, "sent"),
                    (Seen::AsWanted(found), _) => {
                        forms.extend(found);
                        (Status::Applied, "stored_in_another_form")
                    }
                    (_, ReadBack::InAnotherForm) => (Status::Applied, "stored_in_another_form"),
                    _ => (Status::Unconfirmed, "not_seen_after_200"),
                },
            };
            ends.push((index, outcome(change, end.0, end.1)));
        }
        self.remember(&forms);
        ends
    }

    fn check_canary(&mut self, piece: &Piece, sent: &Sent) {
        for (&index, before) in piece.changes.iter().zip(&sent.before) {
            let after = sent.after.iter().find(|(other, _, _)| *other == index);
            let (Some(before), Some((_, _, Reading::Present(after)))) = (before, after) else {
                continue;
            };
            let change = self.context.change(index);
            let mut unplanned = unplanned_changes(before, after, change);
            if !unplanned.is_empty() {
                unplanned.truncate(5);
                let user_id = change.user_id.clone();
                return self.stop(Stop::Canary { user_id, unplanned });
            }
        }
        self.canary_passed(piece);
    }

    /// The tenant refused the call. A row is blamed only after it was refused in a call of its own; until
    /// then pointers and halving choose whom to try alone.
    fn refused(&mut self, piece: &Piece, sent: &Sent, status: u16, details: &[Detail]) -> Ends {
        if let [index] = piece.changes[..] {
            let change = self.context.change(index);
            let gone = matches!(sent.after.first(), Some((_, _, Reading::Absent)));
            if status == 410 && gone && change.action == Action::Delete {
                return vec![(index, outcome(change, Status::Skipped, "already_gone"))];
            }
            self.hold_same_cause(index, details);
            return vec![(index, rejection(change, status, details))];
        }
        let suspects = match self.pointers_trusted {
            true => suspects(details, piece.changes.len()),
            false => Vec::new(),
        };
        if suspects.is_empty() {
            self.queue.push_halves(piece);
        } else {
            let (alone, rest) = piece.take_out(&suspects);
            self.queue
                .push_front(alone.into_iter().chain(rest).collect());
        }
        Vec::new()
    }

    /// After enough rows were proven bad for one cause, the others with it are not tried.
    fn hold_same_cause(&mut self, index: usize, details: &[Detail]) {
        let context = self.context;
        let Some(cause) = self.causes.prove(context.change(index), details) else {
            return;
        };
        let held = self
            .queue
            .remove(|other| other != index && cause.is_in(context.change(other)));
        let ends = held.into_iter().map(|index| {
            let change = context.change(index);
            (index, outcome(change, Status::Held, Hold::SameCause.name()))
        });
        self.end_unsent(ends.collect());
    }

    fn too_large(&mut self, piece: &Piece, bytes: usize) -> Ends {
        if let [index] = piece.changes[..] {
            let change = self.context.change(index);
            return vec![(index, rejection(change, 413, &[]))];
        }
        self.sizer.too_large(piece.changes.len(), bytes);
        self.queue.push_halves(piece);
        Vec::new()
    }

    /// Nobody knows yet whether it was executed, so the users were read: what is there has been applied,
    /// what is missing is sent again.
    fn ambiguous(
        &mut self,
        piece: &Piece,
        sent: &Sent,
        why: &str,
        server_error: Option<u16>,
        details: &[Detail],
    ) -> Ends {
        let mut ends = Vec::new();
        let mut missing = Vec::new();
        for (index, judged, _) in &sent.after {
            let (status, reason) = match judged {
                ReadBack::Untouched => {
                    missing.push(*index);
                    continue;
                }
                ReadBack::AsWanted => (Status::Applied, "read_back"),
                ReadBack::InAnotherForm => (Status::Applied, "stored_in_another_form"),
                ReadBack::CannotTell => (Status::Unconfirmed, "cannot_be_read_back"),
            };
            let change = self.context.change(*index);
            ends.push((*index, outcome(change, status, reason)));
        }
        if missing.is_empty() {
            return ends;
        }
        self.failures_in_a_row += 1;
        let rest = Piece {
            tries: piece.tries + 1,
            changes: missing,
            ..piece.clone()
        };
        match server_error {
            Some(500) => self.poison_or_sick(rest, why, details),
            _ => self.try_again(rest, why),
        }
        ends
    }

    /// A 500: either a row that the server cannot digest, or a sick server. Other pieces tell which, so the
    /// piece waits for them; once one has passed, its parts are sent once each, without retry.
    fn poison_or_sick(&mut self, piece: Piece, why: &str, details: &[Detail]) {
        if self.failures_in_a_row > self.failures_max(&piece) {
            self.give_up(piece, why);
        } else if !piece.once {
            let alone = self.queue.is_empty() && piece.changes.len() == 1;
            if alone && piece.tries >= self.context.settings.retry.attempts_max {
                return self.give_up(piece, why);
            }
            if !self.queue.has_next() {
                self.back_off(piece.tries, why);
            }
            self.queue.park(piece);
        } else if let [index] = piece.changes[..] {
            // Believed only when another call passes or the phase ends: the server may have fallen sick.
            let rejection = rejection(self.context.change(index), 500, details);
            self.blamed.push((index, rejection));
        } else {
            self.queue.push_halves(&piece);
        }
    }

    /// While parts of a poisonous chunk are cut down, failures in a row are to be expected: two a level.
    fn failures_max(&self, piece: &Piece) -> u32 {
        const ALONE: u32 = 12;
        const CUTTING: u32 = 24;
        if piece.once { CUTTING } else { ALONE }
    }

    /// A reset, a timeout, a gateway's error, an unreadable 200.
    fn try_again(&mut self, piece: Piece, why: &str) {
        const FAILURES_MAX: u32 = 12;
        let retry = self.context.settings.retry;
        if self.failures_in_a_row > FAILURES_MAX || !self.may_retry() {
            return self.give_up(piece, why);
        }
        self.back_off(piece.tries, why);
        if piece.tries < retry.attempts_max {
            return self.queue.push_front(vec![piece]);
        }
        self.sizer.slowed(piece.changes.len());
        match piece.changes.len() {
            1 => self.give_up(piece, why),
            _ => self.queue.push_halves(&piece),
        }
    }

    /// Nothing was executed, certainly: wait, renew, or stop.
    async fn not_executed(&mut self, piece: &Piece, sent: &Sent, verdict: &Verdict) {
        let again = Piece {
            tries: piece.tries + 1,
            ..piece.clone()
        };
        let tries = again.tries;
        self.queue.push_front(vec![again]);
        match verdict {
            Verdict::Throttled { status } => self.throttled(tries, sent, *status),
            Verdict::Unauthorized if self.renewed => self.stop(Stop::Unauthorized),
            Verdict::Unauthorized => {
                self.renewed = true;
                let renewal = self.context.tools.reader.renew(sent.session).await;
                if !matches!(renewal, Ok(Renewal::Renewed)) {
                    self.stop(Stop::Unauthorized);
                }
            }
            Verdict::Misconfigured { status, .. } => {
                self.stop(Stop::Misconfigured { status: *status })
            }
            Verdict::Redirected { .. } => self.stop(Stop::Redirected),
            Verdict::NotSent { kind, text } => {
                let fatal = matches!(kind, Unreachable::Tls | Unreachable::Declined);
                self.unreachable(tries, text, fatal);
            }
            _ => {}
        }
    }

    fn throttled(&mut self, tries: u32, sent: &Sent, status: u16) {
        if status == 503 {
            self.sizer.slowed(sent.before.len());
        }
        let why = format!("the tenant answered {status}");
        match sent.told {
            Told::TooLong(wait) => self.stop(Stop::ToldToWait { wait }),
            _ if !self.may_retry() => self.stop(Stop::Sick { text: why }),
            Told::Wait(_) => {}
            Told::None => self.back_off(tries, &why),
        }
    }

    fn unreachable(&mut self, tries: u32, text: &str, fatal: bool) {
        let give_up =
            fatal || tries >= self.context.settings.retry.attempts_max || !self.may_retry();
        match give_up {
            true => self.stop(Stop::Unreachable {
                text: text.to_owned(),
            }),
            false => self.back_off(tries, text),
        }
    }

    fn may_retry(&mut self) -> bool {
        self.context.tools.pace.take_retry()
    }

    fn back_off(&mut self, tries: u32, why: &str) {
        let wait = self.context.settings.retry.backoff(tries, chance());
        self.context.tools.pace.hold(Endpoint::Bulk, wait);
        let why = why.to_owned();
        let event = Event::Retrying {
            attempt: tries,
            why,
        };
        self.context.tools.progress.event(event);
    }

    fn give_up(&mut self, piece: Piece, why: &str) {
        self.queue.push_front(vec![piece]);
        self.stop(Stop::Sick {
            text: why.to_owned(),
        });
    }
}

/// The top-level properties that may be blank once the change is made.
fn cleared_properties(change: &Change) -> Vec<&'static str> {
    let cleared = change.fields.iter().filter(|field| field.to.is_none());
    cleared
        .map(|field| match &field.field {
            Field::Property(property) => property.name(),
            Field::Phone(_) => "Phones",
            Field::Extension(_) => "Extensions",
        })
        .collect()
}

/// What the journal should know of the changes in a call that have not ended with it.
fn rest(verdict: &Verdict) -> Rest {
    match verdict {
        Verdict::Throttled { .. }
        | Verdict::TooLarge
        | Verdict::Unauthorized
        | Verdict::Misconfigured { .. }
        | Verdict::Redirected { .. }
        | Verdict::NotSent { .. } => Rest::NotExecuted,
        // A refused chunk may have been applied in part.
        _ => Rest::Ambiguous,
    }
}
