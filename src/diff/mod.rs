//! (wanted, current) → changes, field by field, each with its effect on access.
//!
//! One user at a time ([`diff`]), all listed users against what the export expects ([`Comparison`]), and
//! the rules that need more than one user: one storage location for one technician ([`settle_locations`]),
//! no id that lost its leading zeros ([`hold_lost_zeros`]), no change that earlier nights have shown not to
//! last ([`hold_not_converging`]), nobody switched on whom a person switched off ([`hold_by_hand`]), nobody there twice because his id has
//! changed ([`hold_renames`]), nothing sent again that the tenant has just refused ([`hold_quarantined`]), and what becomes of users whom the export does not mention ([`settle_absence`]).
//! Beside them: what the export names and nobody has ([`unknown_references`]), what holds for every new user ([`CreateRules`]), what takes a change back ([`reverse`](fn@reverse)), and how a user differs from what was known of him ([`drift`]).
//! Pure: it never reads from the tenant, and it does not know where its users came from.

mod absence;
mod by_hand;
mod comparison;
mod convergence;
mod creation;
mod drift;
mod locations;
mod matches;
mod quarantine;
mod references;
mod renames;
mod reverse;
mod zeros;

pub use absence::{
    AbsenceRules, Absentee, FoundAbsent, OnAbsent, Today, absentees, is_active, settle_absence,
};
pub use by_hand::{Remembered, hold_by_hand};
pub use comparison::{Compared, Comparison, Watch};
pub use convergence::{NOT_CONVERGING, hold_not_converging};
pub use creation::{CreateRules, NewCredentials};
pub use drift::{drift, list_print, with_unlisted};
pub use locations::{Holder, settle_locations};
pub use matches::{Match, Matches};
pub use quarantine::hold_quarantined;
pub use references::{KnownReferences, unknown_references};
pub use renames::{AbsentPersons, hold_renames};
pub use reverse::{Reversed, reverse};
pub use zeros::{KnownIds, hold_lost_zeros};

use std::sync::Arc;

use crate::model::{
    Action, Change, Effect, EqualForms, Field, FieldChange, Hold, Problem, Property, User,
    UserRecord, Value, Wanted,
};

/// What has to happen so that the tenant's user is as the export wants him; `None` if he is already.
///
/// Only fields that the record mentions are compared; blank, absent and null are equal, and so are values of
/// which `forms` says that the tenant stores the one as the other. A later change of
/// `StorageLocationID` is left out of the change and reported, because the tenant has a call of its own
/// for it; if nothing else differs, the change is held.
pub fn diff(
    wanted: &UserRecord,
    current: Option<&User>,
    forms: &EqualForms,
    file: &Arc<str>,
) -> (Option<Change>, Vec<Problem>) {
    match current {
        None => (Some(create(wanted)), Vec::new()),
        Some(user) if user.is_deleted() => (Some(restore(wanted, user, forms)), Vec::new()),
        Some(user) => change(wanted, user, forms, file),
    }
}

fn create(wanted: &UserRecord) -> Change {
    let fields: Vec<FieldChange> = wanted
        .values
        .iter()
        .filter_map(|(field, wanted)| {
            wanted.value().map(|to| FieldChange {
                field: field.clone(),
                from: None,
                to: Some(to.clone()),
            })
        })
        .collect();
    let activated = wanted
        .get(&Field::Property(Property::Activated))
        .and_then(Wanted::value);
    let effect = match activated {
        Some(Value::Bool(false)) => Effect::None,
        _ => Effect::GainsAccess,
    };
    Change {
        action: Action::Create,
        effect,
        user_id: wanted.user_id.clone(),
        place: Some(wanted.place),
        fields,
        held: None,
        seen: None,
        mail: None,
    }
}

fn restore(wanted: &UserRecord, user: &User, forms: &EqualForms) -> Change {
    let mut fields = differences(wanted, user, forms);
    fields.push(FieldChange {
        field: Field::Property(Property::Deleted),
        from: Some(Value::Bool(true)),
        to: Some(Value::Bool(false)),
    });
    fields.sort_by(|a, b| a.field.cmp(&b.field));
    finish(Action::Restore, wanted, user, fields, None)
}

fn change(
    wanted: &UserRecord,
    user: &User,
    forms: &EqualForms,
    file: &Arc<str>,
) -> (Option<Change>, Vec<Problem>) {
    let mut fields = differences(wanted, user, forms);
    let storage_location = Field::Property(Property::StorageLocationID);
    let moved = fields
        .iter()
        .position(|change| change.field == storage_location);
    if let Some(at) = moved
        && fields.len() > 1
    {
        let left_out = fields.remove(at);
        let change = finish(action(&fields), wanted, user, fields, None);
        return (
            Some(change),
            vec![left_out_problem(wanted, &left_out, file)],
        );
    }
    if fields.is_empty() {
        return (None, Vec::new());
    }
    let held = moved.map(|_| Hold::StorageLocation);
    let change = finish(action(&fields), wanted, user, fields, held);
    (Some(change), Vec::new())
}

fn differences(wanted: &UserRecord, user: &User, forms: &EqualForms) -> Vec<FieldChange> {
    wanted
        .values
        .iter()
        .filter_map(|(field, wanted)| {
            let from = user.get(field);
            let to = wanted.value();
            let is_equal = from.as_ref() == to || forms.are_equal(field, to, from.as_ref());
            (!is_equal).then(|| FieldChange {
                field: field.clone(),
                from,
                to: to.cloned(),
            })
        })
        .collect()
}

fn action(fields: &[FieldChange]) -> Action {
    let activated = fields
        .iter()
        .find(|change| change.field == Field::Property(Property::Activated));
    match activated
        .map(|change| Effect::of(&change.field, change.from.as_ref(), change.to.as_ref()))
    {
        Some(Effect::LosesAccess) => Action::Deactivate,
        Some(Effect::GainsAccess) => Action::Reactivate,
        _ => Action::Update,
    }
}

fn finish(
    action: Action,
    wanted: &UserRecord,
    user: &User,
    fields: Vec<FieldChange>,
    held: Option<Hold>,
) -> Change {
    let effect = fields.iter().fold(Effect::None, |effect, change| {
        effect.and(Effect::of(
            &change.field,
            change.from.as_ref(),
            change.to.as_ref(),
        ))
    });
    Change {
        action,
        effect,
        user_id: user.user_id().into(),
        place: Some(wanted.place),
        fields,
        held,
        seen: None,
        mail: None,
    }
}

/// The problem code under which a storage location that was left out of a change is reported.
pub const STORAGE_LOCATION_HELD: &str = "storage_location_held";

fn left_out_problem(wanted: &UserRecord, change: &FieldChange, file: &Arc<str>) -> Problem {
    let show = |value: &Option<Value>| match value {
        Some(value) => format!("{value:?}", value = value.to_string()),
        None => "blank".to_owned(),
    };
    let problem = Problem::warning(
        STORAGE_LOCATION_HELD,
        format!(
            "StorageLocationID would change from {} to {}; it is held, the rest of the user goes",
            show(&change.from),
            show(&change.to)
        ),
    )
    .file(file)
    .at(wanted.place)
    .column(Property::StorageLocationID.name())
    .user(&*wanted.user_id)
    .hint(Hold::StorageLocation.hint());
    match &change.to {
        Some(value) => problem.value(value.to_string()),
        None => problem,
    }
}

#[cfg(test)]
mod tests;
