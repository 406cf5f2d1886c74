//! An answer → ends, pieces to send again, or a reason to stop; written to the journal in one step.

use std::sync::atomic::Ordering;

use jiff::Timestamp;

use crate::fetch::Reading;
use crate::model::{Action, Change, Detail, Field, Hold, Outcome, Status};
use crate::pacing::{AfterRefusal, Verdict};
use crate::planner::{Piece, suspects, unplanned_changes};
use crate::store::{Rest, Settlement};

use super::attempt::Sent;
use super::blame::{notes, outcome, rejection};
use super::decide::ReadBack;
use super::driver::Driver;
use super::prepare::prepare;
use super::stop::Stop;
use super::verify::{Seen, compare_after};

/// Changes that have ended, and how.
pub(super) type Ends = Vec<(usize, Outcome)>;

impl Driver<'_> {
    /// Judges what came of a call. What has ended is written with the answer in one transaction; what has
    /// not goes back to the queue.
    pub(super) async fn settle(&mut self, piece: Piece, sent: Sent) {
        let details = sent.verdict.details().to_vec();
        let status = sent.status.unwrap_or_default();
        let notes = notes(self.context.plan, &piece, sent.attempt, status, &details);
        let canary_is_well = self.check_canary(&piece, &sent);
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
        let users_max = self.sizer.users();
        self.context.users_max.store(users_max, Ordering::Relaxed);
        let all_applied = ends.len() == piece.changes.len()
            && ends.iter().all(|(_, end)| end.status == Status::Applied);
        if canary_is_well && all_applied {
            self.canary_passed(&piece);
        }
        self.keep_answers(notes);
        self.forget_cleared(&ends);
        self.end(ends);
    }

    /// What was to be cleared and is clear is not missing: a tenant that does not return blanks is then right.
    pub(super) fn forget_cleared(&mut self, ends: &[(usize, Outcome)]) {
        let cleared: Vec<(&str, Vec<&str>)> = ends
            .iter()
            .filter(|(_, outcome)| matches!(outcome.status, Status::Applied | Status::Skipped))
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
        self.breaker.passed(piece.chunk);
        self.renewed = false;
        self.sizer.passed(piece.changes.len(), sent.bytes);
        self.open_up();
        self.end_blamed();
        self.queue.passed(piece);
        self.queue.release_as_poison();
        if piece.suspect {
            self.pointers_trusted = false;
            self.queue.lied(piece);
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

    /// Whoever was read after a canary must be as he was, but for the plan; else nothing more is sent. Also
    /// after an answer that does not confirm, because the call may have been executed all the same.
    fn check_canary(&mut self, piece: &Piece, sent: &Sent) -> bool {
        if !piece.canary {
            return false;
        }
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
                self.stop(Stop::Canary { user_id, unplanned });
                return false;
            }
        }
        true
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
            self.queue.proven(piece);
            self.hold_same_cause(index, details);
            self.mind_the_breaker(piece, details);
            return vec![(index, rejection(change, status, details))];
        }
        let (explained, rest): (Vec<usize>, Vec<usize>) = piece
            .changes
            .iter()
            .partition(|&&index| self.causes.explain(self.context.change(index)));
        if !explained.is_empty() {
            // They are reason enough for the refusal; the others have another chance together.
            if !rest.is_empty() {
                self.queue.push_front(vec![piece.part(rest)]);
            }
            return self.held(explained, Hold::SameCause);
        }
        let suspects = match self.pointers_trusted {
            true => suspects(details, piece.changes.len()),
            false => Vec::new(),
        };
        self.queue.cut_refused(piece, &suspects);
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
        let ends = self.held(held, Hold::SameCause);
        self.end_unsent(ends);
    }

    /// After many rows that were refused alone: probes the chunk, leaves the rest of it alone, or ends the run.
    fn mind_the_breaker(&mut self, piece: &Piece, details: &[Detail]) {
        let Some(chunk) = piece.chunk else {
            return;
        };
        let can_probe = self.queue.has_probe(chunk);
        match self.breaker.refused(chunk, can_probe) {
            AfterRefusal::GoOn => {}
            AfterRefusal::Probe => {
                let probe = self.queue.take_probe(chunk);
                self.queue.push_front(probe.into_iter().collect());
            }
            AfterRefusal::GiveUp => {
                let rest = self.queue.give_up(chunk);
                self.given_up.extend(rest);
            }
            AfterRefusal::Stop => {
                let said = details.first().map(|detail| detail.message.clone());
                let said = said.unwrap_or_default();
                self.stop(Stop::RefusesAll { said });
            }
        }
    }

    /// Holds what was given up. A refused call may have carried out some of it, so the users are read first.
    pub(super) async fn end_given_up(&mut self) {
        let changes = std::mem::take(&mut self.given_up);
        if changes.is_empty() {
            return;
        }
        for &index in &changes {
            self.context.drop_base(index);
        }
        let prepared = match prepare(self.context, &Piece::of(changes)).await {
            Ok(prepared) => prepared,
            Err(stop) => return self.stop(stop),
        };
        let unsent = prepared.sending.iter().map(|sending| sending.change);
        let unsent = unsent.chain(prepared.left_over).collect();
        let held = self.held(unsent, Hold::ChunkRefused);
        self.end_unsent(prepared.ended.into_iter().chain(held).collect());
    }

    fn held(&self, held: Vec<usize>, why: Hold) -> Ends {
        let ends = held.into_iter().map(|index| {
            let change = self.context.change(index);
            (index, outcome(change, Status::Held, why.name()))
        });
        ends.collect()
    }

    fn too_large(&mut self, piece: &Piece, bytes: usize) -> Ends {
        if let [index] = piece.changes[..] {
            let change = self.context.change(index);
            return vec![(index, rejection(change, 413, &[]))];
        }
        self.sizer.too_large(piece.changes.len(), bytes);
        self.queue.cut_too_large(piece);
        Vec::new()
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
