use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::model::{Origin, UserKey};

fn known(object: &str) -> KnownUser {
    KnownUser {
        key: UserKey::of("a"),
        user_id: "a".into(),
        listed_as: None,
        object: object.into(),
        origin: Origin::Live,
        seen_at: Timestamp::UNIX_EPOCH,
        gone_at: None,
    }
}

const FIELDS: [&str; 7] = [
    "UserID",
    "Email",
    "Activated",
    "Deleted",
    "Phones.Work",
    "Phones.Home",
    "Extensions.x",
];

proptest! {
    #[test]
    fn at_first_sight_a_user_is_what_he_is(parts in prop::collection::vec(select(PARTS.to_vec()), 0..8)) {
        let object = format!(r#"{{"UserID":"a"{}}}"#, parts.concat());
        let known = known(&object);
        let (glance, user) = (known.glance().unwrap(), known.user().unwrap());
        for field in FIELDS.map(|name| Field::named(name).unwrap()) {
            prop_assert_eq!(glance.value(&field), user.value(&field), "{} {}", field, object);
        }
        prop_assert_eq!(glance.user_id(), user.user_id());
        prop_assert_eq!(glance.into_user(), user);
    }
}

const PARTS: [&str; 24] = [
    r#","Email":"a@b.example""#,
    r#","Email":"é\u00e9\n""#,
    r#","Email":"""#,
    r#","Email":null"#,
    r#","Email":17"#,
    r#","Email":true"#,
    r#","Email":["x"]"#,
    r#","email":"other""#,
    r#","Activated":true"#,
    r#","Activated":"false""#,
    r#","Activated":"maybe""#,
    r#","Activated":0"#,
    r#","Deleted":true"#,
    r#","Phones":null"#,
    r#","Phones":[{"PhoneNum":"1","PhoneType":"Work"},{"PhoneType":"Work","PhoneNum":"2"}]"#,
    r#","Phones":[{"PhoneNum":null,"PhoneType":"Home","x":{}},{"PhoneNum":"3"}]"#,
    r#","Phones":[{"PhoneNum":5,"PhoneType":"Home"},{"PhoneNum":"3","PhoneType":7}]"#,
    r#","Phones":["Work"]"#,
    r#","Phones":{"Work":"1"}"#,
    r#","Extensions":{"x":"1","y":[2],"x":"3"}"#,
    r#","Extensions":{"x":true}"#,
    r#","Extensions":{"x":4.50}"#,
    r#","Extensions":"x""#,
    r#","Other":{"UserID":"b","n":[1,{}]}"#,
];

#[test]
fn who_is_gone_or_nobody_is_not_looked_at() {
    let mut gone = known(r#"{"UserID":"a"}"#);
    gone.gone_at = Some(Timestamp::UNIX_EPOCH);
    assert!(gone.glance().is_none());
    for text in [r#"{"UserID":""}"#, "{}", "[]", r#"{"UserID":"a"} x"#, "{"] {
        assert!(known(text).glance().is_none(), "{text}");
    }
}
