//! One piece on its way: prepared, announced, sent, judged, and read back where the answer does not settle it.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::SemaphorePermit;

use crate::fetch::Reading;
use crate::model::{Detail, Event, InFlight, Outcome, User};
use crate::pacing::{Endpoint, Told, Verdict, bulk_verdict};
use crate::planner::{Piece, suspects};
use crate::wire::encode_bulk;

use super::context::Context;
use super::decide::{Carried, ReadBack, judge_read_back};
use super::prepare::{BASE_AGE_MAX, prepare};
use super::stop::Stop;

/// Bases that went stale while the call waited for its turn are read again so often.
const REFRESHES_MAX: u32 = 3;

/// How an attempt at a piece ended.
pub struct Attempted {
    /// The piece, without the changes that ended or were left over.
    pub piece: Piece,
    /// Changes that ended without being sent.
    pub ended: Vec<(usize, Outcome)>,
    /// Changes that did not fit.
    pub left_over: Option<Piece>,
    /// What became of the call.
    pub fate: Fate,
    /// Why nothing more may be sent.
    pub stop: Option<Stop>,
}

/// What became of the call for a piece.
pub enum Fate {
    /// It never left.
    NotSent,
    /// It left, and here is what came of it.
    Sent(Sent),
    /// It left, and there was no time or no way to learn what came of it. The journal keeps it open.
    Unsettled,
}

/// A call that left and was judged.
pub struct Sent {
    /// Its number in the journal.
    pub attempt: i64,
    /// Bytes of its body.
    pub bytes: usize,
    /// Which token it carried, to renew just that one.
    pub session: u64,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What the answer means.
    pub verdict: Verdict,
    /// What the answer says about waiting.
    pub told: Told,
    /// The users as they were before, in the order of the piece.
    pub before: Vec<Option<User>>,
    /// The users as they were found afterwards, where that was asked for.
    pub after: Vec<(usize, ReadBack, Reading)>,
}

/// Takes a piece through one attempt. Until the record in the journal is durable a halt cancels it without
/// a trace; from then on it is given time to settle.
pub async fn attempt(context: &Context<'_>, piece: Piece) -> Attempted {
    let unsent = |piece: Piece, stop| Attempted {
        piece,
        ended: Vec::new(),
        left_over: None,
        fate: Fate::NotSent,
        stop,
    };
    let announced = tokio::select! {
        biased;
        () = context.halt.cancelled() => return unsent(piece, None),
        announced = announce(context, &piece) => announced,
    };
    match announced {
        Err(stop) => unsent(piece, Some(stop)),
        Ok(Announced {
            call: None, ended, ..
        }) => {
            let changes = Vec::new();
            Attempted {
                ended,
                ..unsent(Piece { changes, ..piece }, None)
            }
        }
        Ok(Announced {
            call: Some(call),
            ended,
            left_over,
        }) => {
            let left_over = (!left_over.is_empty()).then(|| piece.part(left_over));
            let piece = Piece {
                changes: call.changes.clone(),
                // What becomes of a part of a part says nothing about the other parts.
                cut: piece.cut.filter(|_| left_over.is_none()),
                ..piece
            };
            let (fate, stop) = send(context, &piece, call).await;
            Attempted {
                piece,
                ended,
                left_over,
                fate,
                stop,
            }
        }
    }
}

struct Announced<'c> {
    call: Option<Call<'c>>,
    ended: Vec<(usize, Outcome)>,
    left_over: Vec<usize>,
}

struct Call<'c> {
    changes: Vec<usize>,
    before: Vec<Option<User>>,
    body: Vec<u8>,
    in_flight: InFlight,
    permit: SemaphorePermit<'c>,
}

/// Everything up to the durable record, which is the last step.
async fn announce<'c>(context: &'c Context<'_>, piece: &Piece) -> Result<Announced<'c>, Stop> {
    let (Ok(_turn), Ok(permit)) = (
        context.turn.acquire().await,
        context.in_flight.acquire().await,
    ) else {
        return Err(Stop::Interrupted);
    };
    let mut ended = Vec::new();
    let mut rest = piece.clone();
    let mut refreshes = 0;
    loop {
        let mut prepared = prepare(context, &rest).await?;
        ended.append(&mut prepared.ended);
        if prepared.sending.is_empty() {
            return Ok(Announced {
                call: None,
                ended,
                left_over: Vec::new(),
            });
        }
        // A token that is about to expire is replaced before the turn is taken. What is wrong with that, the call says.
        let _ = context.tools.reader.sign_in().await;
        let tell = |wait| tell_wait(context, wait);
        let turn = context.tools.pace.turn_telling(Endpoint::Bulk, tell).await;
        turn.map_err(|long| Stop::ToldToWait { wait: long.wait })?;
        if context.is_too_late() {
            return Err(Stop::Deadline);
        }
        if let Some(paused) = context.is_paused() {
            return Err(paused);
        }
        // While it waited, an answer to another call may have shown what is too much.
        prepared.keep(context.users_max.load(Ordering::Relaxed));
        let changes: Vec<usize> = prepared
            .sending
            .iter()
            .map(|sending| sending.change)
            .collect();
        let age = context.tools.pace.now().saturating_sub(prepared.oldest);
        if age > BASE_AGE_MAX && refreshes < REFRESHES_MAX {
            refreshes += 1;
            rest.changes = changes.into_iter().chain(prepared.left_over).collect();
            continue;
        }
        let (payloads, before): (Vec<_>, Vec<_>) = prepared
            .sending
            .into_iter()
            .map(|sending| (sending.payload, sending.base))
            .unzip();
        let body = encode_bulk(&payloads);
        let operations: Vec<(u32, Option<&User>)> = changes
            .iter()
            .zip(&before)
            .map(|(&index, base)| (index as u32, base.as_ref()))
            .collect();
        let in_flight = context.open_attempt(&operations, &body)?;
        let call = Call {
            changes,
            before,
            body,
            in_flight,
            permit,
        };
        return Ok(Announced {
            call: Some(call),
            ended,
            left_over: prepared.left_over,
        });
    }
}

/// Says why nothing moves, if that takes long enough to wonder.
fn tell_wait(context: &Context<'_>, for_time: Duration) {
    if for_time >= Duration::from_secs(1) {
        let why = "rate limit".to_owned();
        context
            .tools
            .progress
            .event(Event::Waiting { for_time, why });
    }
}

/// Sends, judges and reads back, as long as there is time.
async fn send(context: &Context<'_>, piece: &Piece, call: Call<'_>) -> (Fate, Option<Stop>) {
    context.mark(piece.changes.iter().copied(), Carried::Now);
    let users = piece.changes.len() as u64;
    context.tools.progress.event(Event::ChunkSent { users });
    tokio::select! {
        settled = send_and_judge(context, piece, call) => match settled {
            Ok(sent) => (Fate::Sent(sent), None),
            Err(stop) => (Fate::Unsettled, Some(stop)),
        },
        () = context.time_to_settle_is_over() => (Fate::Unsettled, Some(Stop::Interrupted)),
    }
}

async fn send_and_judge(
    context: &Context<'_>,
    piece: &Piece,
    call: Call<'_>,
) -> Result<Sent, Stop> {
    let Call {
        before,
        body,
        in_flight,
        permit,
        ..
    } = call;
    let bytes = body.len();
    let session = context.tools.reader.session();
    if piece.tries == 0 {
        context.tools.pace.count_needed();
    }
    // The journal may have been slow.
    context.tools.pace.leaves(Endpoint::Bulk);
    let result = context.tools.writer.bulk_users(&in_flight, body).await;
    let (status, told) = match &result {
        Ok(answer) => (
            Some(answer.status),
            context.tools.pace.learn(Endpoint::Bulk, answer),
        ),
        Err(_) => (None, Told::None),
    };
    let verdict = bulk_verdict(&result);
    drop(permit);
    let named = who_to_read(&verdict, piece);
    let mut after = read_back(context, &named).await?;
    // A 200 that left out one whom it names may have left out others: then it is not believed at all.
    let left_out = |(_, judged, _): &(_, ReadBack, _)| *judged == ReadBack::Untouched;
    if matches!(verdict, Verdict::AppliedWithDetails(_)) && after.iter().any(left_out) {
        let others = piece.changes.iter().copied();
        let others: Vec<usize> = others.filter(|index| !named.contains(index)).collect();
        after.extend(read_back(context, &others).await?);
    }
    Ok(Sent {
        attempt: in_flight.attempt(),
        bytes,
        session,
        status,
        verdict,
        told,
        before,
        after,
    })
}

async fn read_back(
    context: &Context<'_>,
    changes: &[usize],
) -> Result<Vec<(usize, ReadBack, Reading)>, Stop> {
    let read = context.read(changes).await?;
    let judged = read.into_iter().map(|(index, reading)| {
        let judged = judge_read_back(context.change(index), &reading);
        (index, judged, reading)
    });
    Ok(judged.collect())
}

/// Whom to read after the answer: all after an ambiguous one and after a canary (a refused one may have been
/// applied in part), those whom the details name after a 200 with details (all, if one names nobody), a single
/// user who was answered 410.
fn who_to_read(verdict: &Verdict, piece: &Piece) -> Vec<usize> {
    match verdict {
        Verdict::Ambiguous { .. } => piece.changes.clone(),
        Verdict::Applied | Verdict::AppliedWithDetails(_) | Verdict::Refused { .. }
            if piece.canary =>
        {
            piece.changes.clone()
        }
        Verdict::AppliedWithDetails(details) => named_or_all(details, piece),
        Verdict::Refused { status: 410, .. } if piece.changes.len() == 1 => piece.changes.clone(),
        _ => Vec::new(),
    }
}

fn named_or_all(details: &[Detail], piece: &Piece) -> Vec<usize> {
    let names_nobody =
        |detail: &Detail| suspects(std::slice::from_ref(detail), piece.changes.len()).is_empty();
    if details.iter().any(names_nobody) {
        return piece.changes.clone();
    }
    suspects(details, piece.changes.len())
        .into_iter()
        .map(|position| piece.changes[position])
        .collect()
}
