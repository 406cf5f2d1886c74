//! What is still to be sent of one phase: re-cut pieces first, then fresh pieces off the front.

use std::collections::VecDeque;

use super::recut::{Cut, CutWhy, Piece};

/// The work of one phase. Pieces are cut from the front only when they are asked for, so that a chunk
/// size learned on the way holds for all that follows.
#[derive(Clone, Debug)]
pub struct Queue {
    fresh: VecDeque<usize>,
    recut: VecDeque<Piece>,
    parked: Vec<Piece>,
    /// Wholes of which a part is under way: what becomes of it decides how the others are sent.
    under_way: Vec<u32>,
    wholes: u32,
}

impl Queue {
    /// All changes of a phase, in order.
    pub fn new(changes: Vec<usize>) -> Queue {
        Queue {
            fresh: changes.into(),
            recut: VecDeque::new(),
            parked: Vec::new(),
            under_way: Vec::new(),
            wholes: 0,
        }
    }

    /// Whether nothing is left to send or parked.
    pub fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.recut.is_empty() && self.parked.is_empty()
    }

    /// Whether there is something that can be sent now.
    pub fn has_next(&self) -> bool {
        self.peek().is_some()
    }

    /// The change that the next piece begins with.
    pub fn peek(&self) -> Option<usize> {
        match self.next_recut() {
            Some(at) => self.recut[at].changes.first().copied(),
            None => self.fresh.front().copied(),
        }
    }

    /// The changes not yet sent or not yet ended, parked ones included.
    pub fn changes(&self) -> impl Iterator<Item = usize> {
        let pieces = self.recut.iter().chain(&self.parked);
        let recut = pieces.flat_map(|piece| piece.changes.iter().copied());
        self.fresh.iter().copied().chain(recut)
    }

    /// The next piece: a re-cut one, else a fresh one of at most `users_max` users (at least one) whose
    /// weights, as `bytes` tells them, stay within `bytes_max` (unless one alone is heavier).
    /// A piece that is known bad comes out already halved. Of the parts of one whole only one is out at a
    /// time, until [`Queue::landed`].
    pub fn next(
        &mut self,
        users_max: usize,
        bytes_max: usize,
        bytes: impl Fn(usize) -> usize,
    ) -> Option<Piece> {
        let recut = self.next_recut().and_then(|at| {
            let piece = self.recut.remove(at)?;
            if !piece.known_bad || piece.changes.len() < 2 {
                return Some(piece);
            }
            let cut = self.cut(CutWhy::Refused);
            let (first, second) = piece.halves(Some(cut));
            self.recut.insert(at, second);
            Some(first)
        });
        if let Some(piece) = recut {
            self.under_way.extend(piece.cut.map(|cut| cut.whole));
            return Some(piece);
        }
        let mut changes = Vec::new();
        let mut weight = 0;
        while let Some(&change) = self.fresh.front() {
            weight += bytes(change);
            if changes.len() >= users_max.max(1) || (weight > bytes_max && !changes.is_empty()) {
                break;
            }
            changes.push(change);
            self.fresh.pop_front();
        }
        (!changes.is_empty()).then(|| Piece::of(changes))
    }

    /// A piece that came out with that cut is no longer under way, whatever became of it.
    pub fn landed(&mut self, cut: Option<Cut>) {
        let at = cut.and_then(|cut| self.under_way.iter().position(|&whole| whole == cut.whole));
        if let Some(at) = at {
            self.under_way.swap_remove(at);
        }
    }

    /// Puts pieces back to be sent next, in this order.
    pub fn push_front(&mut self, pieces: Vec<Piece>) {
        for piece in pieces.into_iter().rev() {
            self.recut.push_front(piece);
        }
    }

    /// Takes back what did not fit into a call, to be sent next: cut anew, unless it has a history.
    pub fn put_back(&mut self, left_over: Piece) {
        if left_over != Piece::of(left_over.changes.clone()) {
            return self.recut.push_front(left_over);
        }
        for change in left_over.changes.into_iter().rev() {
            self.fresh.push_front(change);
        }
    }

    /// A piece was refused: its suspects go first, each alone, then the rest; without suspects it is halved.
    pub fn cut_refused(&mut self, piece: &Piece, suspects: &[usize]) {
        let cut = self.cut(CutWhy::Refused);
        let piece = &Piece {
            chunk: piece.chunk.or(Some(cut.whole)),
            ..piece.clone()
        };
        if suspects.is_empty() {
            let (first, second) = piece.halves(Some(cut));
            return self.push_front(vec![first, second]);
        }
        let (alone, rest) = piece.take_out(suspects, cut);
        self.push_front(alone.into_iter().chain(rest).collect());
    }

    /// A piece was too much as a whole, which says nothing about its rows.
    pub fn cut_too_large(&mut self, piece: &Piece) {
        let (first, second) = piece.halves(None);
        self.push_front(vec![first, second]);
    }

    /// Puts a piece aside until another one has shown whether the server is well.
    pub fn park(&mut self, piece: Piece) {
        self.parked.push(piece);
    }

    /// Whether a piece waits for a witness.
    pub fn has_parked(&self) -> bool {
        !self.parked.is_empty()
    }

    /// Another piece has passed: what is parked is poison, not a sick server. Each parked piece is cut in
    /// two (a single one stays) and sent once, without retry.
    pub fn release_as_poison(&mut self) {
        for mut piece in std::mem::take(&mut self.parked) {
            piece.once = true;
            self.cut_failed(piece);
        }
    }

    /// No other piece is left to be the witness: the parked ones are cut in two, so that the parts can
    /// testify for each other. Single ones come back as they are.
    pub fn release_as_witnesses(&mut self) {
        for piece in std::mem::take(&mut self.parked) {
            self.cut_failed(piece);
        }
    }

    /// A part has passed: see [`CutWhy`] for what that says about the others.
    pub fn passed(&mut self, piece: &Piece) {
        let Some(Cut { whole, why }) = piece.cut else {
            return;
        };
        let waiting = self.recut.iter_mut().chain(&mut self.parked);
        for other in waiting.filter(|other| other.is_part_of(whole)) {
            match why {
                CutWhy::Refused => other.known_bad = true,
                CutWhy::Explained => {}
                CutWhy::Failed => other.once = true,
            }
        }
    }

    /// A part was refused in a call of its own: that explains why its whole was.
    pub fn proven(&mut self, piece: &Piece) {
        let Some(Cut { whole, .. }) = piece.cut else {
            return;
        };
        let why = CutWhy::Explained;
        let waiting = self.recut.iter_mut().chain(&mut self.parked);
        for other in waiting.filter(|other| other.is_part_of(whole)) {
            other.cut = Some(Cut { whole, why });
        }
    }

    /// A suspect has passed alone: the pointer lied. What else waits of its whole is put together again; unless
    /// one was found already, the offender is in there.
    pub fn lied(&mut self, suspect: &Piece) {
        let Some(cut) = suspect.cut else {
            return;
        };
        let (parts, others): (VecDeque<Piece>, VecDeque<Piece>) = self
            .recut
            .drain(..)
            .partition(|piece| piece.is_part_of(cut.whole));
        self.recut = others;
        let mut changes: Vec<usize> = parts.into_iter().flat_map(|part| part.changes).collect();
        if changes.is_empty() {
            return;
        }
        changes.sort_unstable();
        self.recut.push_front(Piece {
            known_bad: cut.why == CutWhy::Refused,
            ..suspect.part(changes)
        });
    }

    /// Takes those changes out for good, wherever they wait.
    pub fn remove(&mut self, gone: impl Fn(usize) -> bool) -> Vec<usize> {
        let removed: Vec<usize> = self.changes().filter(|&change| gone(change)).collect();
        self.fresh.retain(|change| !gone(*change));
        for piece in self.recut.iter_mut().chain(&mut self.parked) {
            piece.changes.retain(|change| !gone(*change));
        }
        self.recut.retain(|piece| !piece.changes.is_empty());
        self.parked.retain(|piece| !piece.changes.is_empty());
        removed
    }

    /// A row of that refused chunk that no answer has named, to be tried alone: the last one of the largest piece.
    pub fn take_probe(&mut self, chunk: u32) -> Option<Piece> {
        let unnamed = self
            .recut
            .iter_mut()
            .filter(|piece| piece.is_unnamed_of(chunk));
        let largest = unnamed.max_by_key(|piece| piece.changes.len())?;
        let change = largest.changes.pop()?;
        let probe = Piece {
            cut: largest.cut,
            ..largest.part(vec![change])
        };
        self.recut.retain(|piece| !piece.changes.is_empty());
        Some(probe)
    }

    /// Whether [`Queue::take_probe`] would find one.
    pub fn has_probe(&self, chunk: u32) -> bool {
        self.recut.iter().any(|piece| piece.is_unnamed_of(chunk))
    }

    /// Takes out for good whatever waits of that refused chunk.
    pub fn give_up(&mut self, chunk: u32) -> Vec<usize> {
        let (refused, others): (VecDeque<Piece>, VecDeque<Piece>) = self
            .recut
            .drain(..)
            .partition(|piece| piece.chunk == Some(chunk));
        self.recut = others;
        refused
            .into_iter()
            .flat_map(|piece| piece.changes)
            .collect()
    }

    fn cut_failed(&mut self, piece: Piece) {
        if piece.changes.len() < 2 {
            return self.push_front(vec![piece]);
        }
        let cut = self.cut(CutWhy::Failed);
        let (first, second) = piece.halves(Some(cut));
        self.push_front(vec![first, second]);
    }

    fn cut(&mut self, why: CutWhy) -> Cut {
        self.wholes += 1;
        Cut {
            whole: self.wholes,
            why,
        }
    }

    /// Where the first re-cut piece stands of whose whole no other part is under way.
    fn next_recut(&self) -> Option<usize> {
        let is_under_way = |cut: Cut| self.under_way.contains(&cut.whole);
        self.recut
            .iter()
            .position(|piece| !piece.cut.is_some_and(is_under_way))
    }
}

#[cfg(test)]
mod tests;
