//! One storage location belongs to at most one technician: who may claim one, and who may not.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Action, Change, Field, Problem, Property, Value};

use super::STORAGE_LOCATION_HELD;

/// Who holds a storage location in the tenant today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The UserID.
    pub user_id: Box<str>,
    /// The name by which people know him.
    pub name: String,
}

/// Leaves a storage location out of every create that claims one which somebody holds and keeps, or which
/// an earlier create of this plan claims. The person is still created; each claim left out is a problem
/// that names the holder.
///
/// Source: "one storage location belongs to at most one technician: release it before it is assigned to
/// the next" (vendor page on users).
pub fn settle_locations(
    changes: &mut [Change],
    holders: &HashMap<Box<str>, Holder>,
    file: &Arc<str>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut claimed: HashMap<Box<str>, Holder> = HashMap::new();
    for change in changes.iter_mut().filter(|c| c.action == Action::Create) {
        let Some((at, location)) = claim(change) else {
            continue;
        };
        let holder = holders.get(&location).or_else(|| claimed.get(&location));
        match holder {
            None => {
                claimed.insert(
                    location,
                    Holder {
                        user_id: change.user_id.clone(),
                        name: format!("line {} of this export", change.line().unwrap_or_default()),
                    },
                );
            }
            Some(holder) => {
                change.fields.remove(at);
                problems.push(left_out(change, &location, holder, file));
            }
        }
    }
    problems
}

fn claim(change: &Change) -> Option<(usize, Box<str>)> {
    let wanted = Field::Property(Property::StorageLocationID);
    let at = change
        .fields
        .iter()
        .position(|field| field.field == wanted)?;
    match &change.fields[at].to {
        Some(Value::Text(location)) => Some((at, location.clone())),
        _ => None,
    }
}

fn left_out(change: &Change, location: &str, holder: &Holder, file: &Arc<str>) -> Problem {
    let mut problem = Problem::warning(
        STORAGE_LOCATION_HELD,
        format!(
            "storage location {location:?} belongs to {} ({}); the user is created without it",
            holder.user_id, holder.name
        ),
    )
    .file(file)
    .column(Property::StorageLocationID.name())
    .user(&*change.user_id)
    .value(location)
    .hint("release it from its holder in ServiceMobility first, then run again");
    problem.line = change.line();
    problem
}
