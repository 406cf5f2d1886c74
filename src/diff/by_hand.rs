//! What people do in the tenant stands: whom they switched off is not switched on, whom they removed does not come
//! back, until a person says so.

use crate::model::{
    Access, Action, Change, Effect, Field, Hold, ManagedUsers, Property, SwitchedOff, User, UserKey,
};

/// What is remembered of the tenant's users.
#[derive(Clone, Copy, Debug)]
pub struct Remembered<'a> {
    /// Who is managed, by whatever source.
    pub managed: &'a ManagedUsers,
    /// Whom we switched off, and how we left them.
    pub switched_off: &'a SwitchedOff,
}

/// Holds the change of a user (`None`: the tenant has none) that would undo what a person did: a managed user who is
/// gone, or whom somebody deleted, is `vanished`; one who would be able to log on again, although it was not we who
/// switched him off, or although somebody has touched his access since, is `suspended_by_hand`.
///
/// A user who was never managed and is deleted counts as absent, so he comes back as a new one would.
pub fn hold_by_hand(
    change: &mut Change,
    user: Option<&User>,
    key: &UserKey,
    remembered: Remembered<'_>,
) {
    let hold = match (change.action, user) {
        (Action::Create | Action::Restore, _) if remembered.managed.knows(key) => {
            let by_us = user.is_some_and(|user| is_as_we_left_him(user, key, remembered));
            (!by_us).then_some(Hold::Vanished)
        }
        (Action::Create | Action::Restore, _) | (_, None) => None,
        (_, Some(user)) => {
            let undoes = switches_on(change) && !is_as_we_left_him(user, key, remembered);
            undoes.then_some(Hold::SuspendedByHand)
        }
    };
    if let Some(hold) = hold {
        change.held.get_or_insert(hold);
    }
}

fn switches_on(change: &Change) -> bool {
    let is_switch = |field: &Field| {
        matches!(
            field,
            Field::Property(Property::Activated | Property::Locked)
        )
    };
    change.fields.iter().any(|field| {
        let effect = Effect::of(&field.field, field.from.as_ref(), field.to.as_ref());
        is_switch(&field.field) && effect == Effect::GainsAccess
    })
}

fn is_as_we_left_him(user: &User, key: &UserKey, remembered: Remembered<'_>) -> bool {
    let left = remembered.switched_off.get(key);
    left.is_some_and(|left| *left == Access::of(user))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{FieldChange, Managed, Value};

    #[test]
    fn a_user_who_stays_as_he_is_is_not_held() {
        let update = change(Action::Update, &[("Email", "a", "b")]);
        for left in [None, Some(false)] {
            assert_eq!(held(update.clone(), Some(true), left, true), None);
        }
    }

    #[test]
    fn only_whom_we_switched_off_and_nobody_touched_is_switched_on() {
        let on = change(Action::Reactivate, &[("Activated", "false", "true")]);
        for (left, hold) in [
            (Some(false), None),
            (Some(true), Some(Hold::SuspendedByHand)),
            (None, Some(Hold::SuspendedByHand)),
        ] {
            for is_managed in [true, false] {
                assert_eq!(held(on.clone(), Some(false), left, is_managed), hold);
            }
        }
        let unlocked = change(Action::Update, &[("Locked", "true", "false")]);
        assert_eq!(
            held(unlocked, Some(true), None, true),
            Some(Hold::SuspendedByHand)
        );
        let mobile = change(Action::Update, &[("IsMobileWorker", "false", "true")]);
        assert_eq!(held(mobile, Some(true), None, true), None);
    }

    #[test]
    fn a_managed_user_who_is_gone_does_not_come_back_by_himself() {
        let create = change(Action::Create, &[]);
        assert_eq!(held(create.clone(), None, None, true), Some(Hold::Vanished));
        assert_eq!(held(create, None, None, false), None);
        let restore = change(Action::Restore, &[("Deleted", "true", "false")]);
        assert_eq!(held(restore.clone(), Some(true), None, false), None);
        assert_eq!(
            held(restore.clone(), Some(true), None, true),
            Some(Hold::Vanished)
        );
        assert_eq!(held(restore, Some(true), Some(true), true), None);
    }

    #[test]
    fn what_is_held_already_keeps_its_reason() {
        let mut create = change(Action::Create, &[]);
        create.held = Some(Hold::TwoSources);
        assert_eq!(held(create, None, None, true), Some(Hold::TwoSources));
    }

    /// `left`: how we left `Activated`, if we switched him off.
    fn held(
        mut change: Change,
        activated: Option<bool>,
        left: Option<bool>,
        is_managed: bool,
    ) -> Option<Hold> {
        let user = |activated: bool| {
            let object = json!({"UserID": "a", "Activated": activated});
            User::new(object.as_object().unwrap().clone()).unwrap()
        };
        let key = UserKey::of("a");
        let mut managed = ManagedUsers::default();
        if is_managed {
            let one = Managed {
                user_id: "a".into(),
                since: jiff::Timestamp::UNIX_EPOCH,
                absence: None,
            };
            managed.own.insert(key.clone(), one);
        }
        let left = left.map(|activated| (key.clone(), Access::of(&user(activated))));
        let remembered = Remembered {
            managed: &managed,
            switched_off: &left.into_iter().collect(),
        };
        hold_by_hand(&mut change, activated.map(user).as_ref(), &key, remembered);
        change.held
    }

    fn change(action: Action, fields: &[(&str, &str, &str)]) -> Change {
        let value = |text: &str| match text {
            "true" | "false" => Some(Value::Bool(text == "true")),
            _ => Value::text(text),
        };
        let fields = fields.iter().map(|(field, from, to)| FieldChange {
            field: Field::named(field).unwrap(),
            from: value(from),
            to: value(to),
        });
        Change {
            action,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: fields.collect(),
            held: None,
            seen: None,
            mail: None,
        }
    }
}
