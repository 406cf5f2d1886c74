//! Rules that hold a change, or take it out, because of who its user is: protected, switched off by hand, gone, one
//! person under two ids, beyond the limit of a pilot.

use std::collections::HashSet;
use std::sync::Arc;

use crate::diff::{Remembered, hold_by_hand, hold_quarantined, hold_renames};
use crate::model::{
    Action, Change, Effect, Field, FieldChange, Hold, Place, Problem, Property, User, UserKey,
    Value,
};

use super::Current;
use super::access::Listing;

impl Listing<'_> {
    /// Holds changes by row that take access from a protected user.
    pub fn hold_protected(&self, changes: &mut [Change]) {
        let losing = changes
            .iter_mut()
            .filter(|change| change.held.is_none() && change.effect == Effect::LosesAccess);
        for change in losing {
            let protected = self.terms.protection.of(&UserKey::of(&change.user_id));
            change.held = protected.map(|_| Hold::Protected);
        }
    }

    /// Whether the tenant has a managed user no more: a row that says he left has come true, by whatever way.
    pub fn is_gone(&self, key: &UserKey, current: &Current) -> bool {
        current.is_of_the_tenant && self.past.managed.knows(key) && current.is_missing(key)
    }

    /// Holds what looks like one person under a new id.
    pub fn hold_renames(
        &self,
        changes: &mut [Change],
        current: &Current,
        file: &Arc<str>,
    ) -> Vec<Problem> {
        let is_settled = self.terms.known_by.is_some();
        hold_renames(changes, &current.persons, is_settled, file)
    }

    /// Holds what the tenant has just refused as it is.
    pub fn hold_quarantined(
        &self,
        changes: &mut [Change],
        current: &Current,
        file: &Arc<str>,
    ) -> Vec<Problem> {
        match current.is_of_the_tenant && !self.terms.retries_quarantined {
            true => hold_quarantined(changes, &self.past.quarantine, self.now, file),
            false => Vec::new(),
        }
    }

    /// Whether the run is for everybody, so that a user whom it does not mention is missing from it.
    pub fn is_for_everybody(&self) -> bool {
        self.terms.is_full && !self.terms.is_partial()
    }

    /// Holds what would undo the work of a person in the tenant.
    pub fn hold_by_hand(&self, changes: &mut [Change], current: &Current) {
        let remembered = Remembered {
            managed: &self.past.managed,
            switched_off: &self.past.switched_off,
        };
        if !current.is_of_the_tenant {
            return;
        }
        for change in changes {
            let key = UserKey::of(&change.user_id);
            hold_by_hand(change, current.user(&key).as_deref(), &key, remembered);
        }
    }

    /// Takes out what goes beyond the number of changes that was asked for, and gives it as keys.
    pub fn limit(&self, changes: &mut Vec<Change>) -> HashSet<UserKey> {
        let mut left_out = HashSet::new();
        let Some(limit) = self.terms.limit else {
            return left_out;
        };
        let mut sent = 0;
        changes.retain(|change| {
            sent += u64::from(change.held.is_none());
            let goes = change.held.is_some() || sent <= limit;
            if !goes {
                left_out.insert(UserKey::of(&change.user_id));
            }
            goes
        });
        left_out
    }
}

/// The delete of a user whose row says that he is not active; `None` if the tenant has no such user any more.
pub fn terminate(user: Option<&User>, place: Place) -> Option<Change> {
    let user = user.filter(|user| !user.is_deleted())?;
    let field = Field::Property(Property::Deleted);
    Some(Change {
        action: Action::Delete,
        effect: Effect::LosesAccess,
        user_id: user.user_id().into(),
        place: Some(place),
        fields: vec![FieldChange {
            from: user.get(&field),
            field,
            to: Some(Value::Bool(true)),
        }],
        held: None,
        seen: None,
        mail: None,
    })
}
