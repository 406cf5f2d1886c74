//! The loop: takes pieces off the queue, keeps the allowance full, and hands each answer to be settled.

use std::collections::HashMap;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;

use crate::fetch::Reading;
use crate::model::{AnswerNote, Event, Outcome, Problem, Status};
use crate::pacing::{Breaker, ChunkSizer};
use crate::planner::{CANARY_USERS_MAX, CanaryDue, Piece, Queue, phases};
use crate::store::{Calls, UnsettledAttempt};
use crate::wire::{encoded_len, payload};

use super::Delivered;
use super::attempt::{Attempted, Fate, attempt};
use super::blame::{Causes, outcome};
use super::context::Context;
use super::decide::Carried;
use super::earlier::{Earlier, proven_causes};
use super::known::keep_written;
use super::stop::Stop;

/// The state of a delivery. Only the driver changes it, between answers.
pub struct Driver<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) queue: Queue,
    pub(super) sizer: ChunkSizer,
    pub(super) causes: Causes,
    /// False after a pointer has named a row that passed alone.
    pub(super) pointers_trusted: bool,
    /// Server errors and calls that were put off, since the last one that passed.
    pub(super) failures_in_a_row: u32,
    pub(super) breaker: Breaker,
    /// Of refused chunks that were given up; looked at once more when the phase ends.
    pub(super) given_up: Vec<usize>,
    /// Single rows that met a 500 while others passed; believed when another call passes or the phase ends.
    pub(super) blamed: Vec<(usize, Outcome)>,
    /// Whether the token was renewed since the last call that passed.
    pub(super) renewed: bool,
    /// Whether a call has passed; the first one goes alone.
    pub(super) has_passed: bool,
    canary_due: CanaryDue,
    /// Left by a process that died; settled before anything is sent.
    in_flight: Vec<UnsettledAttempt>,
    outcomes: HashMap<usize, Outcome>,
    answers: Vec<AnswerNote>,
    pub(super) problems: Vec<Problem>,
    stopped: Option<Stop>,
}

impl<'c> Driver<'c> {
    /// A driver that has sent nothing itself and knows what was done earlier.
    ///
    /// The canary is due again in any case: who knows what has changed at the tenant since.
    pub fn new(context: &'c Context<'c>, earlier: Earlier) -> Driver<'c> {
        let settings = context.settings;
        let carried = earlier.carried.iter().map(|seq| *seq as usize);
        context.mark(carried, Carried::Earlier);
        let ended = earlier.outcomes.into_iter();
        let outcomes = ended
            .map(|(seq, outcome)| (seq as usize, outcome))
            .collect();
        Driver {
            context,
            queue: Queue::new(Vec::new()),
            sizer: ChunkSizer::new(settings.chunk_users_max, settings.chunk_bytes_max),
            causes: proven_causes(&context.plan.changes, &outcomes, &earlier.answers),
            pointers_trusted: true,
            failures_in_a_row: 0,
            breaker: Breaker::default(),
            given_up: Vec::new(),
            blamed: Vec::new(),
            renewed: false,
            has_passed: false,
            canary_due: CanaryDue::all(),
            in_flight: earlier.in_flight,
            outcomes,
            answers: earlier.answers,
            problems: Vec::new(),
            stopped: None,
        }
    }

    /// Sends all phases in order; ends early when something stops it.
    pub async fn run(mut self) -> Delivered {
        let in_flight = std::mem::take(&mut self.in_flight);
        self.settle_in_flight(in_flight).await;
        for mut phase in phases(&self.context.plan.changes) {
            if self.is_stopped() {
                break;
            }
            phase
                .changes
                .retain(|index| !self.outcomes.contains_key(index));
            self.queue = Queue::new(phase.changes);
            self.breaker.begin_phase();
            self.run_phase().await;
        }
        if !self.is_stopped() {
            self.verify().await;
        }
        self.finish()
    }

    /// Settles what an earlier process left in flight, and nothing else.
    pub async fn settle_only(mut self) -> Delivered {
        let in_flight = std::mem::take(&mut self.in_flight);
        self.settle_in_flight(in_flight).await;
        self.finish()
    }

    /// Brings the stored state of the users up to date. A store that has failed takes nothing more.
    fn keep_written(&mut self) {
        if matches!(self.stopped, Some(Stop::Store(_))) {
            return;
        }
        let kept = keep_written(
            &mut self.context.store(),
            self.context.plan,
            self.context.run(),
        );
        if let Err(error) = kept {
            self.stop(Stop::Store(error));
        }
    }

    fn finish(mut self) -> Delivered {
        self.keep_written();
        let calls = self.context.store().calls(self.context.run());
        let calls = calls.unwrap_or_else(|error| {
            self.stop(Stop::Store(error));
            Calls::default()
        });
        let mut ends: Vec<(usize, Outcome)> = self.outcomes.into_iter().collect();
        ends.sort_by_key(|(index, _)| *index);
        Delivered {
            outcomes: ends.into_iter().map(|(_, outcome)| outcome).collect(),
            answers: self.answers,
            problems: self.problems,
            requests: calls.requests,
            retries: calls.retries,
            stopped: self.stopped,
        }
    }

    async fn run_phase(&mut self) {
        let context = self.context;
        let mut running = FuturesUnordered::new();
        let mut canary_runs = false;
        loop {
            self.stop_if_asked();
            // One attempt more than may be in flight: it reads its bases behind the others' backs.
            while self.stopped.is_none()
                && !canary_runs
                && running.len() <= context.settings.in_flight_max
                && self.queue.has_next()
            {
                if self.canary_is_next() && !running.is_empty() {
                    break;
                }
                let Some(piece) = self.next_piece() else {
                    break;
                };
                canary_runs = piece.canary;
                running.push(async move { (piece.cut, attempt(context, piece).await) });
            }
            match running.next().await {
                Some((cut, attempted)) => {
                    canary_runs &= !attempted.piece.canary;
                    self.queue.landed(cut);
                    self.take(attempted).await;
                }
                None if self.stopped.is_some() || self.queue.is_empty() => break,
                None => self.queue.release_as_witnesses(),
            }
        }
        if self.stopped.is_none() {
            self.end_blamed_unwitnessed();
            self.end_given_up().await;
        }
    }

    /// The server is well, so those whom it could not digest alone are to blame.
    pub(super) fn end_blamed(&mut self) {
        let blamed = std::mem::take(&mut self.blamed);
        self.end_unsent(blamed);
    }

    /// The phase is over, and nothing has passed since those rows failed alone. One or two may well have come
    /// last; when more calls in a row have failed, the server may be sick, and nobody is blamed.
    fn end_blamed_unwitnessed(&mut self) {
        const FAILURES_BELIEVED: u32 = 3;
        if self.blamed.is_empty() || self.failures_in_a_row <= FAILURES_BELIEVED {
            return self.end_blamed();
        }
        self.blamed.clear();
        let text = format!("the last {} calls all failed", self.failures_in_a_row);
        self.stop(Stop::Sick { text });
    }

    /// A call has passed, so the tenant takes calls: from now on several may be under way.
    pub(super) fn open_up(&mut self) {
        if !self.has_passed {
            self.has_passed = true;
            let others = self.context.settings.in_flight_max.saturating_sub(1);
            self.context.in_flight.add_permits(others);
        }
    }

    /// What an attempt brought: ends, leftovers, an answer, a reason to stop.
    async fn take(&mut self, attempted: Attempted) {
        let Attempted {
            piece,
            ended,
            left_over,
            fate,
            stop,
        } = attempted;
        if let Some(stop) = stop {
            self.stop(stop);
        }
        if ended.iter().any(|(_, end)| end.status == Status::Applied) {
            // A refused call has carried them out all the same.
            self.breaker.passed(piece.chunk);
        }
        self.end_unsent(ended);
        if let Some(left_over) = left_over {
            self.queue.put_back(left_over);
        }
        match fate {
            Fate::Sent(sent) => self.settle(piece, sent).await,
            Fate::NotSent if piece.changes.is_empty() => {}
            Fate::NotSent => self.queue.push_front(vec![piece]),
            Fate::Unsettled => self.leave_in_flight(&piece.changes),
        }
    }

    /// Says in the report that nobody knows yet. The journal says it by what it does not hold.
    pub(super) fn leave_in_flight(&mut self, changes: &[usize]) {
        let unsettled = changes.iter().map(|&index| {
            let change = self.context.change(index);
            (index, outcome(change, Status::Unconfirmed, "in_flight"))
        });
        self.end(unsettled.collect());
    }

    /// Records ends that no call brought about, then remembers them.
    pub(super) fn end_unsent(&mut self, ended: Vec<(usize, Outcome)>) {
        if ended.is_empty() {
            return;
        }
        let recorded: Vec<(u32, Outcome)> = ended
            .iter()
            .map(|(index, outcome)| (*index as u32, outcome.clone()))
            .collect();
        let run = self.context.run();
        let done = self
            .context
            .store()
            .record_outcomes(run, &recorded, Timestamp::now());
        if let Err(error) = done {
            self.stop(Stop::Store(error));
        }
        self.forget_cleared(&ended);
        self.end(ended);
    }

    /// Remembers ends. The journal has them already.
    pub(super) fn end(&mut self, ended: Vec<(usize, Outcome)>) {
        if ended.is_empty() {
            return;
        }
        let changes = ended.len() as u64;
        for (index, outcome) in ended {
            self.context.drop_base(index);
            self.outcomes.insert(index, outcome);
        }
        self.context
            .tools
            .progress
            .event(Event::Settled { changes });
    }

    /// Keeps what an answer said.
    pub(super) fn keep_answers(&mut self, notes: Vec<AnswerNote>) {
        self.answers.extend(notes);
    }

    /// Begins nothing new. The first reason is the one that is told.
    pub(super) fn stop(&mut self, stop: Stop) {
        self.stopped.get_or_insert(stop);
        self.context.halt.cancel();
    }

    /// Whether nothing new may be begun.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// The changes with such an end.
    pub(super) fn ended_as(&self, is_meant: impl Fn(&Outcome) -> bool) -> Vec<usize> {
        let ended = self.outcomes.iter();
        let meant = ended.filter(|(_, outcome)| is_meant(outcome));
        meant.map(|(index, _)| *index).collect()
    }

    /// Corrects ends that were recorded before.
    pub(super) fn amend(&mut self, changes: &[usize], status: Status, reason: &str) {
        if changes.is_empty() {
            return;
        }
        let amended: Vec<(u32, Status, &str)> = changes
            .iter()
            .map(|&index| (index as u32, status, reason))
            .collect();
        let run = self.context.run();
        let done = self
            .context
            .store()
            .amend_outcomes(run, &amended, Timestamp::now());
        if let Err(error) = done {
            self.stop(Stop::Store(error));
        }
        for index in changes {
            if let Some(outcome) = self.outcomes.get_mut(index) {
                outcome.status = status;
                outcome.reason = Some(reason.to_owned());
            }
        }
    }

    pub(super) fn stop_if_asked(&mut self) {
        if self.context.tools.interrupt.is_cancelled() {
            self.stop(Stop::Interrupted);
        } else if self.context.is_too_late() && !self.queue.is_empty() {
            self.stop(Stop::Deadline);
        }
    }

    /// The next piece under the limits learned so far. It is a canary while one is due: small and alone.
    fn next_piece(&mut self) -> Option<Piece> {
        let canary = self.canary_is_next();
        let users_max = match canary {
            true => CANARY_USERS_MAX.min(self.sizer.users()),
            false => self.sizer.users(),
        };
        let context = self.context;
        let weigh = |index: usize| {
            let base = context.base(index).map(|(_, reading)| reading);
            let base = match &base {
                Some(Reading::Present(user)) => Some(user),
                _ => None,
            };
            encoded_len(&payload(base, context.change(index))) + 1
        };
        let mut piece = self.queue.next(users_max, self.sizer.bytes(), weigh)?;
        piece.canary |= canary;
        Some(piece)
    }

    fn canary_is_next(&self) -> bool {
        let next = self.queue.peek();
        next.is_some_and(|index| self.canary_due.calls_for(self.context.change(index)))
    }

    /// A canary has come back whole: what it stood for is no longer due.
    pub(super) fn canary_passed(&mut self, piece: &Piece) {
        for &index in &piece.changes {
            self.canary_due.passed(self.context.change(index));
        }
    }
}
