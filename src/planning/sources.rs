//! Who answers for a user: this source alone, or another one too; and what a run teaches about that if it ends well.

use std::collections::HashSet;

use crate::model::{Absence, AbsenceState, Basis, Change, ExportFigures, Hold, UserKey};

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
        let users = self
            .expected
            .iter()
            .filter(|(key, _)| answers_for(key) && !current.is_twin(key))
            .filter(|(key, one)| !is_gone(key, one.is_terminated()))
            .map(|(key, one)| written_as(key).unwrap_or(&one.user_id).clone());
        // Who is mentioned is there, be it in a row that was refused.
        let back = managed
            .own
            .iter()
            .filter(|(key, one)| one.absence.is_some() && self.mentions(key, current))
            .map(|(_, one)| one.user_id.clone());
        let absent = self.absentees.iter();
        let absent = absent.filter(|one| !current.is_known_otherwise(&one.key));
        Basis {
            full: self.terms.is_full && !self.terms.is_partial(),
            judged: is_judged,
            input: self.input.to_owned(),
            figures,
            users: users.chain(back).collect(),
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
