//! Fresh bases for the users of a piece, and what follows from them for each.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::fetch::Reading;
use crate::model::{Action, Effect, Hold, Outcome, Status, User, UserKey};
use crate::planner::Piece;
use crate::wire::encoded_len;

use super::blame::outcome;
use super::context::Context;
use super::decide::{Carried, Decision, decide};
use super::stop::Stop;

/// The base of a replace is at most this old when the call leaves.
pub const BASE_AGE_MAX: Duration = Duration::from_secs(60);

/// One change, ready to be sent.
pub struct Sending {
    /// Index into the plan's changes.
    pub change: usize,
    /// The user as he was read; `None` for one who does not exist.
    pub base: Option<User>,
    /// The object to send.
    pub payload: Map<String, Json>,
}

/// A piece on fresh bases.
pub struct Prepared {
    /// What is to be sent, in order.
    pub sending: Vec<Sending>,
    /// Changes that reached their end without being sent.
    pub ended: Vec<(usize, Outcome)>,
    /// Changes that no longer fit into the call's bytes, with the payloads as heavy as they are.
    pub left_over: Vec<usize>,
    /// When the oldest base was read.
    pub oldest: Duration,
}

impl Prepared {
    /// Leaves over what goes beyond so many users.
    pub fn keep(&mut self, users_max: usize) {
        let beyond = users_max.max(1).min(self.sending.len());
        let changes = self.sending.drain(beyond..).map(|sending| sending.change);
        self.left_over.splice(..0, changes);
    }
}

/// Reads what is not fresh, decides on each change, and keeps what fits into one call.
pub async fn prepare(context: &Context<'_>, piece: &Piece) -> Result<Prepared, Stop> {
    refresh(context, piece).await?;
    let mut prepared = Prepared {
        sending: Vec::new(),
        ended: Vec::new(),
        left_over: Vec::new(),
        oldest: context.tools.pace.now(),
    };
    let mut bytes = 0;
    for &index in &piece.changes {
        let change = context.change(index);
        let (read_at, base) = match context.base(index) {
            Some(found) => found,
            None => (context.tools.pace.now(), Reading::Absent),
        };
        let once_seen = once_seen(context, index)?;
        let decision = match protects(context, index, &base) {
            true => Decision::Hold(Hold::Protected),
            false => decide(change, &base, context.carried(index), &once_seen),
        };
        match decision {
            Decision::Send(payload) => {
                bytes += encoded_len(&payload) + 1;
                if bytes > context.settings.chunk_bytes_max && !prepared.sending.is_empty() {
                    prepared.left_over.push(index);
                    continue;
                }
                prepared.oldest = prepared.oldest.min(read_at);
                let base = match base {
                    Reading::Present(user) => Some(user),
                    Reading::Absent => None,
                };
                let sending = Sending {
                    change: index,
                    base,
                    payload,
                };
                prepared.sending.push(sending);
            }
            decision => {
                let (status, reason) = match decision {
                    Decision::AppliedByUs => (Status::Applied, "read_back"),
                    Decision::Hold(hold) => (Status::Held, hold.name()),
                    _ => (Status::Skipped, "already_as_wanted"),
                };
                prepared
                    .ended
                    .push((index, outcome(change, status, reason)));
            }
        }
    }
    Ok(prepared)
}

/// Whether the user must not lose access, as he is now, although the plan says so. A call that has been made is
/// settled all the same.
fn protects(context: &Context<'_>, index: usize, base: &Reading) -> bool {
    let change = context.change(index);
    if change.effect != Effect::LosesAccess || context.carried(index) != Carried::Never {
        return false;
    }
    let protection = &context.tools.protection;
    let why = match (base, change.place) {
        (Reading::Present(user), None) => protection.of_absent(user),
        _ => protection.of(&UserKey::of(&change.user_id)),
    };
    why.is_some()
}

/// Reads every user of the piece whose base is missing or old. Under `confirm_absent = "trust"` a user to
/// create is not read until a call that carried him has failed. What a base was seen with is remembered before
/// the first call with it, whoever read it.
async fn refresh(context: &Context<'_>, piece: &Piece) -> Result<(), Stop> {
    let now = context.tools.pace.now();
    let stale: Vec<usize> = piece
        .changes
        .iter()
        .copied()
        .filter(|&index| {
            let trusted = !context.settings.confirm_absent
                && context.change(index).action == Action::Create
                && context.carried(index) == Carried::Never;
            let fresh = context
                .base(index)
                .is_some_and(|(read_at, _)| now.saturating_sub(read_at) <= BASE_AGE_MAX / 2);
            !trusted && !fresh
        })
        .collect();
    let mut read = match stale.is_empty() {
        true => Vec::new(),
        false => context.read(&stale).await?,
    };
    let from_planning = piece.changes.iter().copied();
    let from_planning = from_planning
        .filter(|index| !stale.contains(index) && context.carried(*index) == Carried::Never)
        .filter_map(|index| Some((index, context.base(index)?.1)));
    read.extend(from_planning);
    match read.is_empty() {
        true => Ok(()),
        false => context.note_properties(&read),
    }
}

fn once_seen(context: &Context<'_>, index: usize) -> Result<Vec<String>, Stop> {
    let change = context.change(index);
    if change.action == Action::Create {
        return Ok(Vec::new());
    }
    context
        .store()
        .properties_seen(&change.user_id)
        .map_err(Stop::Store)
}
