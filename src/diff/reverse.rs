//! A change that was carried out → the change that takes it back, field by field and three ways: as it was before, as
//! the run made it, as it is now. What somebody has changed since is left as it is.

use crate::model::{
    Action, Change, Effect, EqualForms, Field, FieldChange, Hold, Kind, Property, User, Value,
};

use super::action;

/// What taking back a change comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reversed {
    /// The change that takes it back; `None` if nothing is (left) to take back.
    pub change: Option<Change>,
    /// Fields that somebody has changed since; they stay.
    pub changed_since: Vec<Field>,
    /// Properties of a deleted user that only the tenant could give him.
    pub lost: Vec<String>,
}

/// Never sent by a field, so never taken back.
const NOT_TAKEN_BACK: [Property; 4] = [
    Property::Password,
    Property::ResetPassword,
    Property::Status,
    Property::UserID,
];

/// Takes back a change of a user who was as `before` (`None`: there was none) and is as `now`.
///
/// A user who was created is deleted again, unless somebody has changed him since: then that is held. One who was
/// deleted is created again with the values that a field can set. Fields are set back where they are still as the
/// run made them.
pub fn reverse(
    change: &Change,
    before: Option<&User>,
    now: Option<&User>,
    forms: &EqualForms,
) -> Reversed {
    let there = now.filter(|user| !user.is_deleted());
    match (change.action, there) {
        (Action::Create, None) => Reversed::default(),
        (Action::Create, Some(user)) => uncreate(change, user, forms),
        (Action::Delete, Some(_)) => Reversed::default(),
        (Action::Delete, None) => bring_back(change, before, now),
        (_, None) => Reversed::default(),
        (Action::Restore, Some(user)) => delete_again(change, user),
        (_, Some(user)) => set_back(change, user, forms),
    }
}

fn uncreate(change: &Change, user: &User, forms: &EqualForms) -> Reversed {
    let differs =
        |field: &&FieldChange| is_readable(&field.field) && !is_as_made(field, user, forms);
    let changed_since: Vec<Field> = change
        .fields
        .iter()
        .filter(differs)
        .map(|field| field.field.clone())
        .collect();
    let mut reversed = delete_again(change, user);
    if let Some(change) = &mut reversed.change {
        change.held = (!changed_since.is_empty()).then_some(Hold::Drift);
    }
    Reversed {
        changed_since,
        ..reversed
    }
}

fn delete_again(change: &Change, user: &User) -> Reversed {
    let field = Field::Property(Property::Deleted);
    let fields = vec![FieldChange {
        from: user.get(&field),
        field,
        to: Some(Value::Bool(true)),
    }];
    Reversed {
        change: Some(finish(change, Action::Delete, user.user_id(), fields)),
        ..Reversed::default()
    }
}

fn bring_back(change: &Change, before: Option<&User>, now: Option<&User>) -> Reversed {
    if let Some(user) = now {
        // He is still there, as deleted.
        let fields = vec![FieldChange {
            field: Field::Property(Property::Deleted),
            from: Some(Value::Bool(true)),
            to: Some(Value::Bool(false)),
        }];
        return Reversed {
            change: Some(finish(change, Action::Restore, user.user_id(), fields)),
            ..Reversed::default()
        };
    }
    let Some(before) = before else {
        return Reversed::default();
    };
    let fields = fields_of(before);
    let known: Vec<&str> = Property::ALL
        .iter()
        .map(|property| property.name())
        .collect();
    let is_lost = |name: &&str| !known.contains(name) && !["Phones", "Extensions"].contains(name);
    let lost = before.non_blank_properties().into_iter().filter(is_lost);
    Reversed {
        lost: lost.map(str::to_owned).collect(),
        change: Some(finish(change, Action::Create, before.user_id(), fields)),
        changed_since: Vec::new(),
    }
}

/// Everything of a user that a field can set.
fn fields_of(user: &User) -> Vec<FieldChange> {
    let properties = Property::ALL.into_iter();
    let properties = properties
        .filter(|property| !NOT_TAKEN_BACK.contains(property) && *property != Property::Deleted)
        .map(Field::Property);
    let object = user.object();
    let phones = object.get("Phones").and_then(serde_json::Value::as_array);
    let phones = phones.into_iter().flatten();
    let phones =
        phones.filter_map(|phone| Some(Field::Phone(phone.get("PhoneType")?.as_str()?.into())));
    let extensions = object
        .get("Extensions")
        .and_then(serde_json::Value::as_object);
    let extensions = extensions
        .into_iter()
        .flat_map(|extensions| extensions.keys());
    let extensions = extensions.map(|key| Field::Extension(key.as_str().into()));
    let mut fields: Vec<Field> = properties.chain(phones).chain(extensions).collect();
    fields.sort();
    fields.dedup();
    let set = fields.into_iter().filter_map(|field| {
        let to = Some(user.get(&field)?);
        let from = None;
        Some(FieldChange { field, from, to })
    });
    set.collect()
}

fn set_back(change: &Change, user: &User, forms: &EqualForms) -> Reversed {
    let mut reversed = Reversed::default();
    let mut fields = Vec::new();
    for made in change.fields.iter().filter(|made| is_readable(&made.field)) {
        let now = user.get(&made.field);
        if is_same(&made.field, now.as_ref(), made.from.as_ref()) {
            continue;
        }
        match is_as_made(made, user, forms) {
            true => fields.push(FieldChange {
                field: made.field.clone(),
                from: now,
                to: made.from.clone(),
            }),
            false => reversed.changed_since.push(made.field.clone()),
        }
    }
    reversed.change = (!fields.is_empty()).then(|| {
        let action = action(&fields);
        finish(change, action, user.user_id(), fields)
    });
    reversed
}

fn finish(made: &Change, action: Action, user_id: &str, fields: Vec<FieldChange>) -> Change {
    let activated = Field::Property(Property::Activated);
    let is_inactive = fields
        .iter()
        .any(|field| field.field == activated && field.to == Some(Value::Bool(false)));
    let effect = match action {
        Action::Create if is_inactive => Effect::None,
        Action::Create => Effect::GainsAccess,
        _ => fields.iter().fold(Effect::None, |effect, field| {
            let own = Effect::of(&field.field, field.from.as_ref(), field.to.as_ref());
            effect.and(own)
        }),
    };
    Change {
        action,
        effect,
        user_id: user_id.into(),
        place: made.place,
        fields,
        held: None,
        seen: None,
        mail: None,
    }
}

fn is_readable(field: &Field) -> bool {
    !matches!(field, Field::Property(property) if NOT_TAKEN_BACK.contains(property))
}

fn is_as_made(made: &FieldChange, user: &User, forms: &EqualForms) -> bool {
    let now = user.get(&made.field);
    is_same(&made.field, now.as_ref(), made.to.as_ref())
        || forms.are_equal(&made.field, made.to.as_ref(), now.as_ref())
}

/// Blank flags are what the tenant takes them for: users are active, and nothing else, unless told.
fn is_same(field: &Field, one: Option<&Value>, other: Option<&Value>) -> bool {
    let blank = match field {
        Field::Property(property) if property.kind() == Kind::Bool => {
            Some(Value::Bool(*property == Property::Activated))
        }
        _ => None,
    };
    one.or(blank.as_ref()) == other.or(blank.as_ref())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn what_is_as_it_was_before_needs_nothing() {
        let made = change(Action::Update, &[("Email", "old", "new")]);
        let now = json!({"UserID": "a", "Email": "old"});
        assert_eq!(told(&made, Some(&now), Some(&now)), "nothing");
        assert_eq!(told(&made, Some(&now), None), "nothing");
    }

    #[test]
    fn fields_are_set_back_unless_somebody_has_changed_them_since() {
        let made = change(
            Action::Update,
            &[
                ("Email", "old", "new"),
                ("SMS", "", "1"),
                ("FaceTime", "f", ""),
            ],
        );
        let now = json!({"UserID": "a", "Email": "new", "SMS": "by hand"});
        let reversed = "update a: Email new → old, FaceTime  → f; kept: SMS";
        assert_eq!(told(&made, None, Some(&now)), reversed);
    }

    #[test]
    fn access_goes_back_with_its_effect() {
        let made = change(Action::Deactivate, &[("Activated", "true", "false")]);
        let now = json!({"UserID": "a", "Activated": false});
        assert_eq!(
            told(&made, None, Some(&now)),
            "reactivate a, GainsAccess: Activated false → true"
        );
        let on = json!({"UserID": "a"});
        assert_eq!(told(&made, None, Some(&on)), "nothing");
    }

    #[test]
    fn who_was_created_is_deleted_unless_he_was_changed_since() {
        let made = change(Action::Create, &[("Email", "", "new")]);
        let now = |mail: &str| json!({"UserID": "a", "Email": mail});
        let deleted = "delete a, LosesAccess: Deleted  → true";
        assert_eq!(told(&made, None, Some(&now("new"))), deleted);
        let held = format!("{deleted}; held: Drift; kept: Email");
        assert_eq!(told(&made, None, Some(&now("by hand"))), held);
        assert_eq!(told(&made, None, None), "nothing");
    }

    #[test]
    fn who_was_deleted_comes_back_with_what_can_be_set() {
        let made = change(Action::Delete, &[("Deleted", "", "true")]);
        let before = json!({"UserID": "a", "Email": "m", "Activated": true, "Odd": 7, "Deleted": false,
            "Phones": [{"PhoneType": "Home", "PhoneNum": "1"}], "Extensions": {"k": "v"}, "Status": "x"});
        let back = "create a, GainsAccess: Activated  → true, Email  → m, Phones.Home  → 1, Extensions.k  → v; lost: Odd";
        assert_eq!(told(&made, Some(&before), None), back);
        let deleted = json!({"UserID": "a", "Deleted": true});
        let restored = "restore a, GainsAccess: Deleted true → false";
        assert_eq!(told(&made, Some(&before), Some(&deleted)), restored);
    }

    fn told(made: &Change, before: Option<&Json>, now: Option<&Json>) -> String {
        let user = |object: &Json| User::new(object.as_object().unwrap().clone()).unwrap();
        let (before, now) = (before.map(user), now.map(user));
        let forms = EqualForms::default();
        let reversed = reverse(made, before.as_ref(), now.as_ref(), &forms);
        let Some(change) = &reversed.change else {
            return "nothing".to_owned();
        };
        let text = |value: &Option<Value>| value.as_ref().map(Value::to_string).unwrap_or_default();
        let fields: Vec<String> = change
            .fields
            .iter()
            .map(|field| {
                format!(
                    "{} {} → {}",
                    field.field,
                    text(&field.from),
                    text(&field.to)
                )
            })
            .collect();
        let mut told = format!("{} {}", change.action.name(), change.user_id);
        if change.effect != Effect::None {
            told.push_str(&format!(", {:?}", change.effect));
        }
        told.push_str(&format!(": {}", fields.join(", ")));
        if let Some(hold) = change.held {
            told.push_str(&format!("; held: {hold:?}"));
        }
        for field in &reversed.changed_since {
            told.push_str(&format!("; kept: {field}"));
        }
        for name in &reversed.lost {
            told.push_str(&format!("; lost: {name}"));
        }
        told
    }

    fn change(action: Action, fields: &[(&str, &str, &str)]) -> Change {
        let value = |text: &str| match text {
            "true" | "false" => Some(Value::Bool(text == "true")),
            text => Value::text(text),
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
