//! Ids that lost their leading zeros in a spreadsheet, learned from the ids that the tenant knows.
//!
//! `007056` saved as a number is `7056`: a user who looks new, beside one who looks absent. A create whose id
//! becomes a known one by zeros in front is held; one that is merely shorter than the tenant's ids is told.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Action, Change, Hold, Listed, Problem, UserKey};
use crate::validate::Expected;

use super::Matches;

/// What a listing teaches about ids of digits.
#[derive(Clone, Debug, Default)]
pub struct KnownIds {
    /// Listed users whom the export does not mention, by the id of the row that may mean them.
    meant: HashMap<UserKey, Box<str>>,
    /// How many ids of digits have that many of them.
    widths: HashMap<usize, u64>,
}

/// Ids of digits that must be known before their width says anything.
const IDS_MIN: u64 = 20;

impl KnownIds {
    /// Takes one listed user; `is_mentioned` says that the export speaks of him.
    pub(super) fn visit(&mut self, user: &impl Listed, is_mentioned: bool, expected: &Expected) {
        let id = user.user_id();
        if !is_digits(id) || user.is_deleted() {
            return;
        }
        *self.widths.entry(id.len()).or_default() += 1;
        let short = id.trim_start_matches('0');
        if is_mentioned || short.len() == id.len() || short.is_empty() {
            return;
        }
        // A spreadsheet takes all zeros; a fixed number format may leave some.
        let shorter =
            (0..id.len() - short.len()).map(|zeros| &id[id.len() - short.len() - zeros..]);
        for candidate in shorter {
            if let Some(row) = expected.of(candidate) {
                self.meant.insert(row.key(), id.into());
            }
        }
    }

    /// Forgets those whom the tenant has under the shorter id as well.
    pub(super) fn settle(&mut self, matches: &Matches, expected: &Expected) {
        let is_listed = |key: &UserKey| {
            let row = expected.get(key);
            row.is_some_and(|row| matches.is_listed(row.number()))
        };
        self.meant.retain(|key, _| !is_listed(key));
    }

    /// The one width that nearly all ids of digits have.
    fn width(&self) -> Option<usize> {
        let all: u64 = self.widths.values().sum();
        let (width, count) = self.widths.iter().max_by_key(|(_, count)| **count)?;
        (all >= IDS_MIN && count * 20 >= all * 19).then_some(*width)
    }
}

/// Holds the creates whose id would be a known one with zeros in front, and tells of those that are shorter
/// than the ids of the tenant.
pub fn hold_lost_zeros(changes: &mut [Change], known: &KnownIds, file: &Arc<str>) -> Vec<Problem> {
    let width = known.width();
    let mut problems = Vec::new();
    for change in changes
        .iter_mut()
        .filter(|change| change.action == Action::Create)
    {
        let id = change.user_id.to_string();
        let problem = match (known.meant.get(&UserKey::of(&id)), width) {
            (Some(meant), _) => {
                change.held = Some(Hold::LostZeros);
                let message = format!(
                    "UserID: leading zeros seem lost: the tenant knows {meant}, whom the export does not mention"
                );
                Problem::warning(Hold::LostZeros.name(), message).hint(Hold::LostZeros.hint())
            }
            (None, Some(width)) if is_digits(&id) && id.len() < width => {
                let message =
                    format!("UserID: shorter than the tenant's ids, which have {width} digits");
                Problem::warning("short_id", message)
                    .hint("if a spreadsheet took its leading zeros, format the column as text")
            }
            _ => continue,
        };
        let problem = problem.file(file).user(&*id).value(&*id);
        problems.push(match change.place {
            Some(place) => problem.at(place),
            None => problem,
        });
    }
    problems
}

fn is_digits(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}
