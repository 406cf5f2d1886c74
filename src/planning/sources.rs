//! Who answers for a user: this source alone, or another one too; and what a run teaches about that if it ends well.

use std::collections::HashSet;

use crate::model::{Absence, AbsenceState, Basis, Change, ExportFigures, Hold, Texts, UserKey};

use super::Current;
use super::access::Listing;

impl Listing<'_> {
    /// What the run teaches if it ends well. `left_out` are users whose changes were taken out of the plan.
    pub fn basis(
        &self,
        figures: ExportFigures,
        absence: &Absence,
        current: &Current,
        left_out: &HashSet<UserKey>,
    ) -> Basis {
        let managed = &self.past.managed;
        let is_judged = matches!(
            absence.state,
            AbsenceState::Evaluated | AbsenceState::Baseline
        );
        let written_as = |key: &UserKey| current.known_as.get(key);
        let answers_for = |key: &UserKey| {
            let otherwise = written_as(key).map(|user_id| UserKey::of(user_id));
            let key = otherwise.as_ref().unwrap_or(key);
            let is_ours = self.rank(key) == Rank::First || managed.own.contains_key(key);
            is_ours && !left_out.contains(key)
        };
        let is_gone = |key: &UserKey, terminated: bool| {
            terminated && self.terms.delete_terminated && current.is_missing(key)
        };
        // Then nothing has to be asked about the users one by one.
        let is_undisputed = managed.others.is_empty()
            && left_out.is_empty()
            && current.known_as.is_empty()
            && !current.has_twins();
        let mut users = Texts::default();
        let listed = self.expected.iter().filter(|_| self.is_kept);
        for one in listed {
            if is_undisputed && !one.is_terminated() {
                users.push(one.user_id());
                continue;
            }
            let key = one.key();
            let stays =
                answers_for(&key) && !current.is_twin(&key) && !is_gone(&key, one.is_terminated());
            if stays {
                users.push(written_as(&key).map_or(one.user_id(), |user_id| user_id));
            }
        }
        // Who is mentioned is there, be it in a row that was refused.
        let back = managed.own.iter();
        let back = back.filter(|(key, one)| one.absence.is_some() && self.mentions(key, current));
        back.for_each(|(_, one)| users.push(&one.user_id));
        let absent = self.absentees.iter();
        let absent = absent.filter(|one| !current.is_known_otherwise(&one.key));
        Basis {
            full: self.terms.is_full && !self.terms.is_partial(),
            judged: is_judged,
            input: self.input.to_owned(),
            figures,
            users,
            absent: match is_judged {
                true => absent.map(|one| one.managed.user_id.clone()).collect(),
                false => Vec::new(),
            },
            touched: match current.is_of_the_tenant {
                true => current.touched.clone(),
                false => Vec::new(),
            },
        }
    }

    /// Where this source stands among those that list a user.
    fn rank(&self, key: &UserKey) -> Rank {
        let Some(others) = self.past.managed.others.get(key) else {
            return Rank::First;
        };
        let terms = self.terms;
        let place = |source: &str| terms.precedence.iter().position(|one| one == source);
        let own = place(&terms.source);
        let best = others.iter().filter_map(|other| place(other)).min();
        match (own, best) {
            (Some(own), Some(best)) if best < own => Rank::Later,
            (Some(_), _) => Rank::First,
            (None, Some(_)) => Rank::Later,
            (None, None) => Rank::Unsaid,
        }
    }

    /// Settles who speaks for users whom another source lists too: changes that come second are taken out, and given
    /// as keys; where nobody says which source comes first, they are held.
    pub fn settle_two_sources(&self, changes: &mut Vec<Change>) -> HashSet<UserKey> {
        let mut left_out = HashSet::new();
        changes.retain_mut(|change| {
            let key = UserKey::of(&change.user_id);
            match self.rank(&key) {
                Rank::First => true,
                Rank::Later => {
                    left_out.insert(key);
                    false
                }
                Rank::Unsaid => {
                    change.held.get_or_insert(Hold::TwoSources);
                    true
                }
            }
        });
        left_out
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rank {
    /// It comes first, or is alone.
    First,
    /// Another one comes first.
    Later,
    /// Nobody says.
    Unsaid,
}
