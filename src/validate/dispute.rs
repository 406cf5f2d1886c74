//! Several rows for one user: whether they can be one, and how that is told.

use std::sync::Arc;

use super::register::Reduced;
use crate::model::Problem;

/// A later row of a user who already has one.
#[derive(Debug)]
pub(super) struct Repeat {
    pub row: Reduced,
    user_id: Box<str>,
    is_spelled_otherwise: bool,
    says_the_same: bool,
}

impl Repeat {
    /// The later row, compared with the first.
    pub(super) fn of((first, first_id): (Reduced, &str), row: Reduced, user_id: &str) -> Repeat {
        Repeat {
            says_the_same: first.fingerprint == row.fingerprint && first.shape == row.shape,
            is_spelled_otherwise: *first_id != *user_id,
            user_id: user_id.into(),
            row,
        }
    }

    /// Its spelling, where that is not the one of the first row.
    fn spelling(&self) -> Option<&str> {
        self.is_spelled_otherwise.then_some(&*self.user_id)
    }
}

/// All rows of one user.
pub(super) struct Dispute<'r> {
    /// The first one, and its spelling of the id.
    pub first: (Reduced, &'r str),
    pub repeats: &'r [Repeat],
    /// The line of a row of this user that was refused.
    pub refused_line: Option<u64>,
    pub file: &'r Arc<str>,
}

/// Rows of one user that are told one by one, and lines that a message lists. A hostile file may hold
/// the same user a million times.
const SHOWN_MAX: usize = 10;

impl Dispute<'_> {
    /// Whether all rows say the same of the same UserID, so that the first can stand.
    pub(super) fn is_repetition(&self) -> bool {
        let same = |repeat: &Repeat| repeat.says_the_same && !repeat.is_spelled_otherwise;
        self.refused_line.is_none() && self.repeats.iter().all(same)
    }

    /// Which row the rules prefer (0 is the first), where rows differ and the best is alone.
    pub(super) fn preferred(&self) -> Option<usize> {
        let may_be_compared = self.refused_line.is_none()
            && !self.is_repetition()
            && !self
                .repeats
                .iter()
                .any(|repeat| repeat.is_spelled_otherwise);
        if !may_be_compared {
            return None;
        }
        let later = self.repeats.iter().map(|repeat| repeat.row.rank);
        let ranks: Vec<u16> = std::iter::once(self.first.0.rank).chain(later).collect();
        let best = *ranks.iter().max()?;
        let mut at = ranks.iter().enumerate().filter(|(_, rank)| **rank == best);
        match (at.next(), at.next()) {
            (Some((at, _)), None) => Some(at),
            _ => None,
        }
    }

    /// How many readable rows there are.
    pub(super) fn rows(&self) -> u64 {
        1 + self.repeats.len() as u64
    }

    /// One problem for each row that does not stand.
    pub(super) fn tell(&self, problems: &mut Vec<Problem>) {
        let skipped = usize::from(self.is_repetition());
        let first = (self.first.0.place, self.first.1);
        let repeats = self.repeats.iter();
        let repeats = repeats.map(|repeat| (repeat.row.place, &*repeat.user_id));
        let rows = std::iter::once(first).chain(repeats);
        let preferred = self.preferred();
        let rows = rows.enumerate().filter(|(at, _)| Some(*at) != preferred);
        for (_, (place, user_id)) in rows.skip(skipped).take(SHOWN_MAX) {
            let problem = self.problem();
            problems.push(problem.file(self.file).at(place).user(user_id));
        }
    }

    fn problem(&self) -> Problem {
        let lines = self.lines();
        let other = self.repeats.iter().find_map(Repeat::spelling);
        if self.preferred().is_some() {
            return Problem::warning(
                "duplicate_row",
                format!(
                    "lines {lines} contradict each other about this user, and [duplicates] prefer leaves this one out"
                ),
            );
        }
        if self.is_repetition() {
            return Problem::warning(
                "duplicate_row",
                format!("lines {lines} say the same of this user, so the first stands for all"),
            )
            .hint("let the export name each person once");
        }
        if let Some(other) = other {
            let first = self.first.1;
            return Problem::error(
                "user_id_twins",
                format!(
                    "\"{first}\" and \"{other}\" differ by case or Unicode form only: lines {lines}"
                ),
            )
            .hint("spell the UserID of one person in one way, and give two people different ids");
        }
        let message = match self.refused_line {
            Some(refused) => format!(
                "line {refused} speaks of this user too and was refused, so nobody knows which is right: lines {lines}"
            ),
            None => format!("lines {lines} contradict each other about this user"),
        };
        Problem::error("duplicate_user_id", message)
            .hint("let the export name each person once; none of these rows is sent")
    }

    /// All lines in order, the first few by number.
    fn lines(&self) -> String {
        let mut lines: Vec<u64> = self
            .repeats
            .iter()
            .map(|repeat| repeat.row.place.line)
            .collect();
        lines.push(self.first.0.place.line);
        lines.extend(self.refused_line);
        lines.sort_unstable();
        let more = lines.len().saturating_sub(SHOWN_MAX);
        lines.truncate(SHOWN_MAX);
        let shown: Vec<String> = lines.iter().map(u64::to_string).collect();
        match (shown.split_last(), more) {
            (Some((last, before)), 0) if !before.is_empty() => {
                format!("{} and {last}", before.join(", "))
            }
            (_, 0) => shown.join(", "),
            (_, more) => format!("{} and {more} more", shown.join(", ")),
        }
    }
}
