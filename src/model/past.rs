//! What earlier runs asked of the tenant, as far as a new plan has to know.

use std::collections::HashSet;

use super::{Change, Field, Problem, Value};

/// A value that a field of a user was to have; blank is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
    /// The user, as the tenant spells him.
    pub user_id: Box<str>,
    /// Which field.
    pub field: Field,
    /// What it was to be.
    pub to: Option<Value>,
}

impl Asked {
    /// Everything that a change asks.
    pub fn by(change: &Change) -> impl Iterator<Item = Asked> {
        change.fields.iter().map(|field| Asked {
            user_id: change.user_id.clone(),
            field: field.field.clone(),
            to: field.to.clone(),
        })
    }
}

/// An earlier run of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastRun {
    /// The day on which it began: days since 1970 in UTC.
    pub day: i64,
    /// What its changes to existing users asked, those held for not converging included.
    pub planned: HashSet<Asked>,
    /// The part of it that the tenant took, as it said then.
    pub applied: HashSet<Asked>,
    /// The part of it that was held because earlier nights had not made it lasting.
    pub held: HashSet<Asked>,
    /// The problems under which single fields were left out for the same reason.
    pub left_out: Vec<Problem>,
}
