use super::*;
use crate::model::{EqualForm, Place};

#[test]
fn an_equal_user_needs_no_change() {
    let wanted = record(&[("Email", Some("a@b.example")), ("SMS", None)]);
    let current = user(r#"{"UserID":"ann","Email":"a@b.example","SMS":"","Grade":3}"#);
    assert_eq!(
        diff(&wanted, Some(&current), &none(), &file()),
        (None, vec![])
    );
}

/// Name, wanted fields, current user, and what follows.
type Case<'c> = (
    &'c str,
    &'c [(&'c str, Option<&'c str>)],
    &'c str,
    Action,
    Effect,
);

#[test]
fn each_case_becomes_the_action_and_effect_that_people_expect() {
    use Action::*;
    let cases: &[Case] = &[
        (
            "new",
            &[("Email", Some("x"))],
            "",
            Create,
            Effect::GainsAccess,
        ),
        (
            "new, inactive",
            &[("Activated", Some("false"))],
            "",
            Create,
            Effect::None,
        ),
        (
            "field",
            &[("Email", Some("x"))],
            r#"{"UserID":"ann"}"#,
            Update,
            Effect::None,
        ),
        (
            "clear",
            &[("SMS", None)],
            r#"{"UserID":"ann","SMS":"1"}"#,
            Update,
            Effect::None,
        ),
        (
            "leaver",
            &[("Activated", Some("false")), ("Email", Some("x"))],
            r#"{"UserID":"ann","Activated":true}"#,
            Deactivate,
            Effect::LosesAccess,
        ),
        (
            "back",
            &[("Activated", Some("true"))],
            r#"{"UserID":"ann","Activated":false}"#,
            Reactivate,
            Effect::GainsAccess,
        ),
        (
            "app taken away",
            &[("IsMobileWorker", Some("false"))],
            r#"{"UserID":"ann","IsMobileWorker":true}"#,
            Update,
            Effect::LosesAccess,
        ),
        (
            "deleted before",
            &[("Email", Some("x"))],
            r#"{"UserID":"ann","Deleted":true}"#,
            Restore,
            Effect::GainsAccess,
        ),
    ];
    for (name, wanted, current, action, effect) in cases {
        assert_diff(name, wanted, current, *action, *effect);
    }
}

fn assert_diff(
    name: &str,
    wanted: &[(&str, Option<&str>)],
    current: &str,
    action: Action,
    effect: Effect,
) {
    let current = (!current.is_empty()).then(|| user(current));
    let (change, problems) = diff(&record(wanted), current.as_ref(), &none(), &file());
    let change = change.expect(name);
    assert_eq!((change.action, change.effect), (action, effect), "{name}");
    assert_eq!((change.held, problems), (None, vec![]), "{name}");
}

#[test]
fn the_spelling_of_the_tenant_is_written() {
    let mut wanted = record(&[("Email", Some("x"))]);
    wanted.user_id = "ANN".into();
    let (change, _) = diff(
        &wanted,
        Some(&user(r#"{"UserID":"ann"}"#)),
        &none(),
        &file(),
    );
    assert_eq!(&*change.unwrap().user_id, "ann");
}

#[test]
fn a_moved_storage_location_is_held_and_the_rest_goes() {
    let current = user(r#"{"UserID":"ann","StorageLocationID":"VAN-1","Email":"a"}"#);
    let moved = ("StorageLocationID", Some("VAN-2"));

    let (change, problems) = diff(&record(&[moved]), Some(&current), &none(), &file());
    assert_eq!(change.unwrap().held, Some(Hold::StorageLocation));
    assert_eq!(problems, vec![]);

    let wanted = record(&[("Email", Some("b")), moved]);
    let (change, problems) = diff(&wanted, Some(&current), &none(), &file());
    let change = change.unwrap();
    assert_eq!((change.fields.len(), change.held), (1, None));
    assert_eq!(problems[0].code, STORAGE_LOCATION_HELD);
}

#[test]
fn a_location_goes_to_one_technician_only() {
    let claim = |user_id: &str, line| {
        let mut wanted = record(&[("StorageLocationID", Some("VAN-1"))]);
        wanted.user_id = user_id.into();
        wanted.place.line = line;
        create(&wanted)
    };
    let mut free = vec![claim("ann", 2), claim("ben", 3)];
    let problems = settle_locations(&mut free, &Default::default(), &file());
    assert_eq!((free[0].fields.len(), free[1].fields.len()), (1, 0));
    assert!(
        problems[0].message.contains("belongs to ann (line 2"),
        "{problems:?}"
    );

    let holder = Holder {
        user_id: "zoe".into(),
        name: "Zoë Meier".into(),
    };
    let mut held = vec![claim("ann", 2)];
    let problems = settle_locations(&mut held, &[("VAN-1".into(), holder)].into(), &file());
    assert_eq!(held[0].fields.len(), 0);
    assert!(
        problems[0].message.contains("zoe (Zoë Meier)"),
        "{problems:?}"
    );
}

#[test]
fn a_value_that_the_tenant_stores_in_another_form_is_equal() {
    let sms = Field::Property(Property::SMS);
    let text = |text| Value::text(text).unwrap();
    let form = EqualForm::new(&sms, &text("0170-123456"), &text("0170123456")).unwrap();
    let forms = EqualForms::from_iter([form]);
    let nothing = none();
    let current = user(r#"{"UserID":"ann","SMS":"0170123456"}"#);
    let changes =
        |wanted, forms| diff(&record(&[("SMS", wanted)]), Some(&current), forms, &file()).0;
    assert_eq!(changes(Some("0170-123456"), &forms), None);
    assert_ne!(changes(Some("0170-123456"), &nothing), None);
    assert_ne!(changes(Some("0170-123457"), &forms), None);
    assert_ne!(changes(None, &forms), None);
}

fn none() -> EqualForms {
    EqualForms::default()
}

fn file() -> Arc<str> {
    "people.csv".into()
}

fn record(values: &[(&str, Option<&str>)]) -> UserRecord {
    let mut values: Vec<(Field, Wanted)> = values
        .iter()
        .map(|(name, value)| {
            let wanted = match value {
                None => Wanted::Clear,
                Some("true") => Wanted::Set(Value::Bool(true)),
                Some("false") => Wanted::Set(Value::Bool(false)),
                Some(text) => Wanted::Set(Value::Text((*text).into())),
            };
            (Field::named(name).unwrap(), wanted)
        })
        .collect();
    values.sort_by(|a, b| a.0.cmp(&b.0));
    UserRecord {
        user_id: "ann".into(),
        place: Place { line: 2, record: 1 },
        values,
    }
}

fn user(json: &str) -> User {
    User::new(serde_json::from_str(json).unwrap()).unwrap()
}
