//! `[fields]`: when each field is written.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::failure::Failure;
use crate::model::{Field, FieldPolicies, FieldPolicy, Property};

/// `[fields]`: when each field is written.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct FieldsSection(BTreeMap<String, FieldPolicy>);

pub(super) fn field_policies(section: FieldsSection) -> Result<FieldPolicies, Failure> {
    let policies = section.0.into_iter().map(|(name, policy)| {
        let unknown = |why: &str| Failure::usage(format!("[fields]: {name:?} {why}"));
        match Field::named(&name) {
            None => Err(unknown("is no field of the User object")
                .hint("name a property, \"Phones.<type>\" or \"Extensions.<key>\"")),
            Some(Field::Property(Property::UserID)) => {
                Err(unknown("is always written").hint("take it out: it says who the user is"))
            }
            Some(field) => Ok((field, policy)),
        }
    });
    policies.collect()
}
