//! What a user can do, as the flags that decide about it; and how we left whom we switched off.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Field, FieldChange, Listed, Property, UserKey, Value, ValueRef};

/// The flags that decide whether a user can log on and work. Blank ones are what the tenant takes them for: users
/// are active, and nothing else, unless told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    activated: bool,
    deleted: bool,
    locked: bool,
}

/// How we left each user whom we switched off, or created so, and have not switched on since.
pub type SwitchedOff = HashMap<UserKey, Access>;

impl Default for Access {
    /// Of a user of whom nothing is said.
    fn default() -> Access {
        Access {
            activated: true,
            deleted: false,
            locked: false,
        }
    }
}

impl Access {
    /// Of a user as he is.
    pub fn of(user: &impl Listed) -> Access {
        let flag = |property, blank| match user.value(&Field::Property(property)) {
            Some(ValueRef::Bool(flag)) => flag,
            _ => blank,
        };
        Access {
            activated: flag(Property::Activated, true),
            deleted: flag(Property::Deleted, false),
            locked: flag(Property::Locked, false),
        }
    }

    /// The same once these fields have changed.
    pub fn after(mut self, fields: &[FieldChange]) -> Access {
        for FieldChange { field, to, .. } in fields {
            let flag = |blank| match to {
                Some(Value::Bool(flag)) => *flag,
                _ => blank,
            };
            match field {
                Field::Property(Property::Activated) => self.activated = flag(true),
                Field::Property(Property::Deleted) => self.deleted = flag(false),
                Field::Property(Property::Locked) => self.locked = flag(false),
                _ => {}
            }
        }
        self
    }

    /// Whether the user cannot log on.
    pub fn is_off(self) -> bool {
        !self.activated || self.deleted || self.locked
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::User;

    #[test]
    fn blank_flags_mean_what_the_tenant_takes_them_for() {
        for (object, is_off) in [
            (json!({"UserID": "a"}), false),
            (
                json!({"UserID": "a", "Activated": null, "Locked": ""}),
                false,
            ),
            (json!({"UserID": "a", "Activated": "false"}), true),
            (json!({"UserID": "a", "Locked": true}), true),
            (json!({"UserID": "a", "Deleted": true}), true),
        ] {
            let user = User::new(object.as_object().unwrap().clone()).unwrap();
            assert_eq!(Access::of(&user).is_off(), is_off, "{object}");
        }
    }

    #[test]
    fn a_change_of_a_flag_changes_what_he_can_do() {
        let object = json!({"UserID": "a", "Activated": false});
        let user = User::new(object.as_object().unwrap().clone()).unwrap();
        let to = |field: &str, to: bool| FieldChange {
            field: Field::named(field).unwrap(),
            from: None,
            to: Some(Value::Bool(to)),
        };
        let before = Access::of(&user);
        assert!(!before.after(&[to("Activated", true)]).is_off());
        assert!(
            before
                .after(&[to("Activated", true), to("Locked", true)])
                .is_off()
        );
        assert_eq!(before.after(&[to("IsMobileWorker", true)]), before);
    }
}
