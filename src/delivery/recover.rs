//! What to do about an answer that is neither a confirmation nor a refusal: read back, wait, renew, cut, stop.

use crate::api::Renewal;
use crate::fetch::chance;
use crate::model::{Detail, Event, Status};
use crate::pacing::{Endpoint, Told, Verdict};
use crate::planner::Piece;
use crate::wire::Unreachable;

use super::attempt::Sent;
use super::blame::{outcome, rejection};
use super::decide::ReadBack;
use super::driver::Driver;
use super::settle::Ends;
use super::stop::Stop;

/// After more failures in a row the server counts as sick.
const FAILURES_MAX: u32 = 10;

/// While a poisonous chunk is cut down more are to be expected: two a level.
const FAILURES_MAX_CUTTING: u32 = 24;

impl Driver<'_> {
    /// Nobody knows yet whether it was executed, so the users were read: what is there has been applied,
    /// what is missing is sent again.
    pub(super) fn ambiguous(
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
        // A server that has done the one and not the other is well enough to tell them apart.
        let in_part = !ends.is_empty();
        if in_part {
            self.failures_in_a_row = 0;
            self.end_blamed();
        } else {
            self.failures_in_a_row += u32::from(!piece.witnessed);
        }
        let rest = Piece {
            tries: piece.tries + 1,
            witnessed: piece.witnessed || (in_part && missing.len() == 1),
            once: piece.once || in_part,
            changes: missing,
            ..piece.clone()
        };
        match server_error {
            Some(500) if rest.witnessed && in_part => self.queue.push_front(vec![rest]),
            Some(500) => ends.extend(self.poison_or_sick(rest, why, details)),
            _ => self.try_again(rest, why),
        }
        ends
    }

    /// A 500: either a row that the server cannot digest, or a sick server. Other pieces tell which, so the
    /// piece waits for them; once one has passed, its parts are sent once each, without retry.
    fn poison_or_sick(&mut self, piece: Piece, why: &str, details: &[Detail]) -> Ends {
        let rejected = |index: usize| {
            let change = self.context.change(index);
            (index, rejection(change, 500, details))
        };
        let failures_max = match piece.once {
            true => FAILURES_MAX_CUTTING,
            false => FAILURES_MAX,
        };
        match piece.changes[..] {
            [index] if piece.witnessed => return vec![rejected(index)],
            _ if self.failures_in_a_row > failures_max => self.give_up(piece, why),
            // Believed only when another call passes or the phase ends: the server may have fallen sick.
            [index] if piece.once => self.blamed.push(rejected(index)),
            _ if piece.once => self.queue.cut_refused(&piece, &[]),
            [index] if self.is_last_and_spent(&piece) => {
                // It is to blame if calls passed right before, so that it alone has failed since.
                if self.has_passed && self.failures_in_a_row <= piece.tries {
                    return vec![rejected(index)];
                }
                self.give_up(piece, why);
            }
            _ => {
                if !self.queue.has_next() {
                    self.back_off(piece.tries, why);
                }
                self.queue.park(piece);
            }
        }
        Vec::new()
    }

    /// Whether nothing else of the phase is left to be a witness, however often this is tried again.
    fn is_last_and_spent(&self, piece: &Piece) -> bool {
        self.queue.is_empty() && piece.tries >= self.context.settings.retry.attempts_max
    }

    /// A reset, a timeout, a gateway's error, an unreadable 200.
    fn try_again(&mut self, piece: Piece, why: &str) {
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
            _ => self.queue.cut_too_large(&piece),
        }
    }

    /// Nothing was executed, certainly: wait, renew, or stop.
    pub(super) async fn not_executed(&mut self, piece: &Piece, sent: &Sent, verdict: &Verdict) {
        let again = Piece {
            tries: piece.tries + 1,
            ..piece.clone()
        };
        let tries = again.tries;
        self.queue.push_front(vec![again]);
        match verdict {
            Verdict::Throttled { status } => self.throttled(tries, sent, *status),
            Verdict::Unauthorized => self.unauthorized(tries, sent.session).await,
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

    /// Renews the token that was refused, once until a call passes. If another call has done so since this one
    /// left, that is enough.
    async fn unauthorized(&mut self, tries: u32, session: u64) {
        let reader = &self.context.tools.reader;
        if session != reader.session() {
            return;
        }
        if self.renewed {
            return self.stop(Stop::Unauthorized);
        }
        match reader.renew(session).await {
            Ok(Renewal::Renewed) => self.renewed = true,
            Ok(Renewal::Fixed | Renewal::Refused) => self.stop(Stop::Unauthorized),
            Err(error) => self.unreachable(tries, &error.to_string(), false),
        }
    }

    fn throttled(&mut self, tries: u32, sent: &Sent, status: u16) {
        if status == 503 {
            self.sizer.slowed(sent.before.len());
        }
        let why = format!("the tenant answered {status}");
        self.failures_in_a_row += 1;
        let is_enough = self.failures_in_a_row > FAILURES_MAX;
        match sent.told {
            Told::TooLong(wait) => self.stop(Stop::ToldToWait { wait }),
            _ if is_enough || !self.may_retry() => self.stop(Stop::Sick { text: why }),
            // The wait itself happens where the next turn is taken.
            Told::Wait(wait) if !wait.is_zero() => {
                let attempt = tries;
                let event = Event::Retrying { attempt, why };
                self.context.tools.progress.event(event);
            }
            _ => self.back_off(tries, &why),
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
