//! Merging, and whether what was merged is there.

use serde_json::json;

use super::*;
use crate::model::{Effect, Wanted};

fn user(json: Json) -> User {
    match json {
        Json::Object(object) => User::new(object).expect("a user"),
        other => panic!("no object: {other}"),
    }
}

/// A change of the fields named, to `null` (blank), a boolean or a text.
fn change(action: Action, fields: &[(&str, Json)]) -> Change {
    let fields = fields.iter().map(|(name, to)| FieldChange {
        field: Field::named(name).expect("a field"),
        from: None,
        to: match to {
            Json::Bool(flag) => Wanted::Set(Value::Bool(*flag)).value().cloned(),
            Json::String(text) => Value::text(text),
            _ => None,
        },
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

fn sent(base: Option<Json>, change: &Change) -> Json {
    Json::Object(payload(base.map(user).as_ref(), change))
}

#[test]
fn nothing_wanted_sends_back_what_was_read() {
    let base = json!({
        "Activated": false, "Deleted": false, "Email": null, "Extensions": {"k": 7, "l": null},
        "New": {"x": [1, null]}, "Phones": [{"PhoneNum": "1", "PhoneType": "Home", "Ext": "9"}],
        "ResetPassword": false, "Status": "ON_JOB", "UserID": "a",
    });
    let sent = sent(Some(base.clone()), &change(Action::Update, &[]));
    assert_eq!(sent.to_string(), base.to_string());
}

#[test]
fn what_must_not_travel_back_does_not() {
    let base = json!({"Password": "pw", "ResetPassword": true, "Deleted": true, "UserID": "a"});
    for (action, deleted) in [
        (Action::Update, false),
        (Action::Restore, false),
        (Action::Delete, true),
    ] {
        let want = json!({"ResetPassword": false, "Deleted": deleted, "UserID": "a"});
        assert_eq!(
            sent(Some(base.clone()), &change(action, &[])),
            want,
            "{action:?}"
        );
    }
    let planned = [("Password", json!("new")), ("ResetPassword", json!(true))];
    let sent = sent(Some(base), &change(Action::Update, &planned));
    assert_eq!(sent["Password"], "new");
    assert_eq!(sent["ResetPassword"], true);
}

#[test]
fn a_create_holds_its_id_and_what_is_wanted() {
    let fields = [
        ("Activated", json!(false)),
        ("Email", json!("a@b.c")),
        ("Phones.Mobile", json!("2")),
        ("Extensions.Grade", json!("7")),
        ("Phones.Home", json!(null)),
    ];
    let want = json!({
        "UserID": "a", "ResetPassword": false, "Activated": false, "Email": "a@b.c",
        "Phones": [{"PhoneNum": "2", "PhoneType": "Mobile"}], "Extensions": {"Grade": "7"},
        "Deleted": false,
    });
    assert_eq!(sent(None, &change(Action::Create, &fields)), want);
}

#[test]
fn the_tenants_spelling_of_the_id_stays() {
    let sent = sent(Some(json!({"UserID": "A"})), &change(Action::Update, &[]));
    assert_eq!(sent["UserID"], "A");
}

/// Changes one field of a user whose property `key` is `base`, and expects that property to be `want`.
fn check(key: &str, base: Json, (field, to): (&str, Json), want: Json) {
    let base = json!({"UserID": "a", key: base});
    let change = change(Action::Update, &[(field, to)]);
    let sent = sent(Some(base.clone()), &change);
    assert_eq!(sent[key], want, "{field} on {base}");
    assert!(is_as_wanted(&user(sent), &change), "{field} on {base}");
}

#[test]
fn a_property_is_set_in_its_own_type_and_cleared_to_what_blank_means() {
    for (name, base, to, want) in [
        ("Email", json!("x"), json!("y"), json!("y")),
        ("Email", json!("x"), json!(null), json!("")),
        ("Email", json!(7), json!("y"), json!("y")),
        ("Activated", json!(true), json!(false), json!(false)),
        ("Activated", json!("x"), json!(null), json!(true)),
        ("IsMobileWorker", json!(true), json!(null), json!(false)),
    ] {
        check(name, base, (name, to), want);
    }
}

#[test]
fn phones_merge_by_type() {
    let home = || json!({"PhoneNum": "1", "PhoneType": "Home"});
    let mobile = || json!({"PhoneNum": "2", "PhoneType": "Mobile", "Ext": "9"});
    let changed = || json!({"PhoneNum": "3", "PhoneType": "Mobile", "Ext": "9"});
    let new = || json!({"PhoneNum": "3", "PhoneType": "Mobile"});
    for (base, to, want) in [
        (
            json!([home(), mobile()]),
            json!("3"),
            json!([home(), changed()]),
        ),
        (json!([home()]), json!("3"), json!([home(), new()])),
        (json!([]), json!("3"), json!([new()])),
        (json!(null), json!("3"), json!([new()])),
        (json!("junk"), json!("3"), json!([new()])),
        (
            json!(["junk", null]),
            json!("3"),
            json!(["junk", null, new()]),
        ),
        // A second entry of the type: left alone when set, gone when cleared.
        (
            json!([mobile(), mobile()]),
            json!("3"),
            json!([changed(), mobile()]),
        ),
        (
            json!([mobile(), home(), mobile()]),
            json!(null),
            json!([home()]),
        ),
        (json!([home()]), json!(null), json!([home()])),
        (json!(null), json!(null), json!(null)),
    ] {
        check("Phones", base, ("Phones.Mobile", to), want);
    }
}

#[test]
fn extensions_merge_by_key() {
    for (base, to, want) in [
        (
            json!({"k": 1, "a/b": "2"}),
            json!("3"),
            json!({"k": 1, "a/b": "3"}),
        ),
        (json!({"k": 1}), json!("3"), json!({"k": 1, "a/b": "3"})),
        (
            json!({"k": 1, "a/b": "2"}),
            json!(null),
            json!({"k": 1, "a/b": ""}),
        ),
        (json!(null), json!("3"), json!({"a/b": "3"})),
        (json!([]), json!("3"), json!({"a/b": "3"})),
    ] {
        check("Extensions", base, ("Extensions.a/b", to), want);
    }
}

#[test]
fn as_wanted_is_told_field_by_field() {
    let base = || json!({"UserID": "a", "Email": "x", "Activated": true, "Extra": 1});
    for (field, to, want) in [
        ("Email", json!("x"), true),
        ("Email", json!("X"), false),
        ("Email", json!(null), false),
        ("SMS", json!(null), true),
        ("SMS", json!("1"), false),
        ("Activated", json!(true), true),
        ("Activated", json!(null), true),
        ("Activated", json!(false), false),
        ("Locked", json!(false), true),
        ("Locked", json!(true), false),
    ] {
        let one = change(Action::Update, &[(field, to.clone())]);
        assert_eq!(is_as_wanted(&user(base()), &one), want, "{field} {to}");
        let two = change(
            Action::Update,
            &[("UserID", json!("a")), (field, to.clone())],
        );
        assert_eq!(
            is_as_wanted(&user(base()), &two),
            want,
            "{field} {to} among others"
        );
    }
}

#[test]
fn as_wanted_means_deleted_for_a_delete_and_not_deleted_for_all_others() {
    let email = [("Email", json!("x"))];
    for (action, deleted, fields, want) in [
        (Action::Update, false, &[][..], true),
        (Action::Update, true, &[], false),
        (Action::Create, true, &[], false),
        (Action::Restore, true, &[], false),
        (Action::Restore, false, &[], true),
        (Action::Restore, false, &email, false),
        (Action::Delete, false, &[], false),
        (Action::Delete, true, &[], true),
        // What else he has does not matter then.
        (Action::Delete, true, &email, true),
    ] {
        let user = user(json!({"UserID": "a", "Deleted": deleted}));
        let change = change(action, fields);
        assert_eq!(
            is_as_wanted(&user, &change),
            want,
            "{action:?} {deleted} {fields:?}"
        );
    }
}

#[test]
fn passwords_cannot_be_read_back() {
    for (fields, want) in [
        (vec![], true),
        (vec![("Email", json!("x"))], true),
        (
            vec![("Email", json!("x")), ("ResetPassword", json!(true))],
            false,
        ),
        (vec![("Password", json!("x"))], false),
    ] {
        let change = change(Action::Update, &fields);
        assert_eq!(is_readable_back(&change), want, "{fields:?}");
    }
}

#[test]
fn a_body_is_as_long_as_its_users_say() {
    let users: Vec<_> = [json!({"UserID": "a"}), json!({"UserID": "Zoë", "n": 1.50})]
        .into_iter()
        .map(|json| json.as_object().cloned().expect("an object"))
        .collect();
    for count in 0..=users.len() {
        let body = encode_bulk(&users[..count]);
        let users_len: usize = users[..count].iter().map(encoded_len).sum();
        assert_eq!(
            body.len(),
            ENVELOPE_LEN + users_len + count.saturating_sub(1)
        );
        let read: Json = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(read, json!({"Users": users[..count]}));
    }
}
