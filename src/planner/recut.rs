//! A piece of a phase that goes in one call, and how it is cut when the call fails or is refused.

use crate::model::Detail;
use crate::wire::parse_data_path;

/// Changes that travel in one bulk call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Indexes into the plan's changes, in the order in which they are sent.
    pub changes: Vec<usize>,
    /// How often it was sent with an outcome that had to be tried again.
    pub tries: u32,
    /// Its whole is known to hold an offender, so sending it unsplit would be wasted.
    pub known_bad: bool,
    /// A pointer named it; if it passes alone, the pointer lied.
    pub suspect: bool,
    /// Part of a chunk that fails while others pass: sent once, without retry.
    pub once: bool,
    /// Others in the same call were carried out, and this one change was not: if it fails alone, it is the
    /// change and not the server.
    pub witnessed: bool,
    /// Part of the canary: re-read as whole objects when it has passed.
    pub canary: bool,
    /// The first refused call that it comes from, through however many cuts.
    pub chunk: Option<u32>,
    /// The whole that it was cut from, where the fate of one part says something about the others.
    pub cut: Option<Cut>,
}

/// Ties the parts of one whole together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Number of the whole.
    pub whole: u32,
    /// What became of the whole.
    pub why: CutWhy,
}

/// Why a whole was cut, and so what it means if one part passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutWhy {
    /// Something in it was refused: if one part passes, the offender is in the others.
    Refused,
    /// The same, and one offender was found since: the others may be clean.
    Explained,
    /// The server failed over it: if one part passes, the server is well, and the others need no retries.
    Failed,
}

impl Piece {
    /// A fresh piece.
    pub fn of(changes: Vec<usize>) -> Piece {
        Piece {
            changes,
            tries: 0,
            known_bad: false,
            suspect: false,
            once: false,
            witnessed: false,
            canary: false,
            chunk: None,
            cut: None,
        }
    }

    /// The part that holds those changes, with the same history.
    pub fn part(&self, changes: Vec<usize>) -> Piece {
        Piece {
            once: self.once,
            canary: self.canary,
            chunk: self.chunk,
            ..Piece::of(changes)
        }
    }

    /// Both halves, the first not smaller than the second, tied by `cut`.
    ///
    /// # Panics
    /// If the piece has fewer than two changes: a single one is an end, not a cut.
    pub fn halves(&self, cut: Option<Cut>) -> (Piece, Piece) {
        assert!(self.changes.len() > 1, "a single change cannot be halved");
        let (first, second) = self.changes.split_at(self.changes.len().div_ceil(2));
        let half = |changes: &[usize]| Piece {
            cut,
            ..self.part(changes.to_vec())
        };
        (half(first), half(second))
    }

    /// The suspects, each a piece of its own, and the rest (if any), all tied by `cut`.
    pub fn take_out(&self, suspects: &[usize], cut: Cut) -> (Vec<Piece>, Option<Piece>) {
        let tied = |changes: Vec<usize>| Piece {
            cut: Some(cut),
            ..self.part(changes)
        };
        let alone = suspects
            .iter()
            .map(|&index| Piece {
                suspect: true,
                ..tied(vec![self.changes[index]])
            })
            .collect();
        let rest: Vec<usize> = (0..self.changes.len())
            .filter(|index| !suspects.contains(index))
            .map(|index| self.changes[index])
            .collect();
        (alone, (!rest.is_empty()).then(|| tied(rest)))
    }

    /// Whether it comes from that refused chunk and was not named as the offender.
    pub fn is_unnamed_of(&self, chunk: u32) -> bool {
        self.chunk == Some(chunk) && !self.suspect
    }

    /// Whether it was cut from that whole.
    pub fn is_part_of(&self, whole: u32) -> bool {
        self.cut.is_some_and(|cut| cut.whole == whole)
    }
}

/// The positions that the details point at, within a call of `users` users: in order, each once,
/// out-of-range pointers left out.
pub fn suspects(details: &[Detail], users: usize) -> Vec<usize> {
    let mut positions: Vec<usize> = details
        .iter()
        .filter_map(|detail| parse_data_path(detail.data_path.as_deref()?))
        .map(|pointer| pointer.index)
        .filter(|&index| index < users)
        .collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;

    #[test]
    fn cutting_loses_nobody() {
        let piece = Piece::of(vec![7, 8, 9, 10, 11]);
        let (first, second) = piece.halves(None);
        assert_eq!(
            (first.changes, second.changes),
            (vec![7, 8, 9], vec![10, 11])
        );

        let cut = Cut {
            whole: 1,
            why: CutWhy::Refused,
        };
        let (alone, rest) = piece.take_out(&[1, 4], cut);
        let alone: Vec<_> = alone.iter().map(|piece| piece.changes.clone()).collect();
        assert_eq!(alone, vec![vec![8], vec![11]]);
        assert_eq!(rest.unwrap().changes, vec![7, 9, 10]);
        assert_eq!(Piece::of(vec![7]).take_out(&[0], cut).1, None);
    }

    #[test]
    fn only_pointers_that_can_be_meant_are_suspects() {
        let paths = [
            "/Users/2/Email",
            "Users[0].Email",
            "/Users/9/Email",
            "",
            "/Users/2/SMS",
        ];
        let details: Vec<Detail> = paths
            .iter()
            .map(|path| Detail {
                code: 400,
                message: String::new(),
                params: Json::Null,
                data_path: Some((*path).to_owned()),
            })
            .collect();
        assert_eq!(suspects(&details, 5), vec![0, 2]);
    }
}
