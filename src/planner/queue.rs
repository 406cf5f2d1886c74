//! What is still to be sent of one phase: re-cut pieces first, then fresh pieces off the front.

use std::collections::VecDeque;

use super::recut::Piece;

/// The work of one phase. Pieces are cut from the front only when they are asked for, so that a chunk
/// size learned on the way holds for all that follows.
#[derive(Clone, Debug)]
pub struct Queue {
    fresh: VecDeque<usize>,
    recut: VecDeque<Piece>,
    parked: Vec<Piece>,
    siblings: u32,
}

impl Queue {
    /// All changes of a phase, in order.
    pub fn new(changes: Vec<usize>) -> Queue {
        Queue {
            fresh: changes.into(),
            recut: VecDeque::new(),
            parked: Vec::new(),
            siblings: 0,
        }
    }

    /// Whether nothing is left to send or parked.
    pub fn is_empty(&self) -> bool {
        self.fresh.is_empty() && self.recut.is_empty() && self.parked.is_empty()
    }

    /// Whether there is something that can be sent now.
    pub fn has_next(&self) -> bool {
        !self.fresh.is_empty() || !self.recut.is_empty()
    }

    /// The change that the next piece begins with.
    pub fn peek(&self) -> Option<usize> {
        let recut = self.recut.front().and_then(|piece| piece.changes.first());
        recut.or(self.fresh.front()).copied()
    }

    /// The changes not yet sent or not yet ended, parked ones included.
    pub fn changes(&self) -> impl Iterator<Item = usize> {
        let pieces = self.recut.iter().chain(&self.parked);
        let recut = pieces.flat_map(|piece| piece.changes.iter().copied());
        self.fresh.iter().copied().chain(recut)
    }

    /// The next piece: a re-cut one, else a fresh one of at most `users_max` users (at least one) whose
    /// weights, as `bytes` tells them, stay within `bytes_max` (unless one alone is heavier).
    /// A piece that is known bad comes out already halved.
    pub fn next(
        &mut self,
        users_max: usize,
        bytes_max: usize,
        bytes: impl Fn(usize) -> usize,
    ) -> Option<Piece> {
        if let Some(piece) = self.recut.pop_front() {
            if piece.known_bad && piece.changes.len() > 1 {
                let (first, second) = self.halve(&piece);
                self.recut.push_front(second);
                return Some(first);
            }
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

    /// Puts pieces back to be sent next, in this order.
    pub fn push_front(&mut self, pieces: Vec<Piece>) {
        for piece in pieces.into_iter().rev() {
            self.recut.push_front(piece);
        }
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
            self.push_halves_or_single(piece);
        }
    }

    /// No other piece is left to be the witness: the parked ones are cut in two, so that the parts can
    /// testify for each other. Single ones come back as they are.
    pub fn release_as_witnesses(&mut self) {
        for piece in std::mem::take(&mut self.parked) {
            self.push_halves_or_single(piece);
        }
    }

    /// Cuts a piece in two and puts both halves first in line.
    pub fn push_halves(&mut self, piece: &Piece) {
        let (first, second) = self.halve(piece);
        self.push_front(vec![first, second]);
    }

    /// A half has passed: its sibling, if it waits, is known to hold the offender.
    pub fn passed(&mut self, piece: &Piece) {
        let Some(siblings) = piece.siblings else {
            return;
        };
        for other in &mut self.recut {
            other.known_bad |= other.siblings == Some(siblings);
        }
    }

    /// Pointers can no longer be trusted: suspects that wait alone are put together again.
    pub fn merge_suspects(&mut self) {
        let (suspects, others): (Vec<Piece>, Vec<Piece>) =
            self.recut.drain(..).partition(|piece| piece.suspect);
        let mut merged: Vec<usize> = suspects.iter().flat_map(|p| p.changes.clone()).collect();
        let template = suspects.into_iter().next();
        let mut others: VecDeque<Piece> = others.into();
        if let Some(template) = template {
            // The rest of the refused piece stands behind its suspects; together they are what remains of it.
            if let Some(rest) = others.pop_front() {
                merged.extend(rest.changes);
            }
            merged.sort_unstable();
            others.push_front(template.part(merged));
        }
        self.recut = others;
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

    fn push_halves_or_single(&mut self, piece: Piece) {
        if piece.changes.len() > 1 {
            self.push_halves(&piece);
        } else {
            self.push_front(vec![piece]);
        }
    }

    fn halve(&mut self, piece: &Piece) -> (Piece, Piece) {
        self.siblings += 1;
        piece.halves(self.siblings)
    }
}

#[cfg(test)]
mod tests;
