//! What is held, and what goes.

use super::*;
use crate::model::{FieldChange, Mail, Place, Value};

#[test]
fn nothing_to_count_is_within_every_limit() {
    let (readings, problems) = guard(&mut [], GuardLimits::default(), 0);
    let names: Vec<&str> = readings.iter().map(|reading| &*reading.guard).collect();
    assert_eq!(
        names,
        [
            "max_deprovisions",
            "max_clears",
            "max_creates",
            "max_updates",
            "max_mails"
        ]
    );
    assert!(
        readings
            .iter()
            .all(|reading| reading.verdict == GuardVerdict::Ok)
    );
    assert_eq!(problems, []);
}

#[test]
fn those_who_lose_access_are_held_together_and_the_rest_goes() {
    for (losing, before, held) in [
        (30, 0, false),
        (31, 0, true),
        (2, 28, false),
        (3, 28, true),
        (0, 99, false),
    ] {
        let mut changes: Vec<Change> = (0..losing).map(|_| loses("Activated", false)).collect();
        changes.push(update("Email", Some("x")));
        let (readings, _) = guard(&mut changes, GuardLimits::default(), before);
        assert_eq!(
            readings[0].verdict == GuardVerdict::Held,
            held,
            "{:?}",
            readings[0]
        );
        let held_changes = changes
            .iter()
            .filter(|change| change.held.is_some())
            .count();
        assert_eq!(held_changes, if held { losing } else { 0 });
        assert!(
            changes
                .iter()
                .all(|change| change.held.is_none_or(Hold::is_guard))
        );
        assert_eq!(changes.last().unwrap().held, None);
    }
}

#[test]
fn it_is_the_effect_that_is_counted_not_the_verb() {
    let limits = GuardLimits {
        max_deprovisions: Cap::Count(2),
        ..GuardLimits::default()
    };
    let mut changes = [
        loses("Activated", false),
        loses("IsMobileWorker", false),
        loses("Locked", true),
        loses("Deleted", true),
    ];
    changes[3].action = Action::Delete;
    changes[3].place = None;
    let (readings, _) = guard(&mut changes, limits, 0);
    assert_eq!(
        readings[0].figure,
        "4 lose access, after 0 in the 7 days before"
    );
    assert!(
        changes
            .iter()
            .all(|change| change.held == Some(Hold::MaxDeprovisions))
    );
}

#[test]
fn a_change_that_is_held_already_is_not_counted() {
    let limits = GuardLimits {
        max_deprovisions: Cap::Count(1),
        ..GuardLimits::default()
    };
    let mut changes = [loses("Activated", false), loses("Activated", false)];
    changes[0].held = Some(Hold::Protected);
    let (readings, _) = guard(&mut changes, limits, 0);
    assert_eq!(readings[0].verdict, GuardVerdict::Ok);
}

#[test]
fn clears_are_counted_for_each_field() {
    for (emails, names, held) in [(20, 20, 0), (21, 20, 21), (21, 21, 42)] {
        let email = (0..emails).map(|_| update("Email", None));
        let name = (0..names).map(|_| update("LastName", None));
        let mut changes: Vec<Change> = email.chain(name).collect();
        changes.push(update("Email", Some("x")));
        let (readings, _) = guard(&mut changes, GuardLimits::default(), 0);
        let found = changes
            .iter()
            .filter(|change| change.held == Some(Hold::MaxClears))
            .count();
        assert_eq!(
            (found, readings[1].verdict == GuardVerdict::Held),
            (held, held > 0)
        );
    }
}

#[test]
fn a_leaver_goes_without_the_clear_that_is_held() {
    let mut changes: Vec<Change> = (0..21).map(|_| update("Email", None)).collect();
    let mut leaver = loses("Activated", false);
    leaver.fields.push(field("Email", None));
    changes.push(leaver);
    let (_, problems) = guard(&mut changes, GuardLimits::default(), 0);
    let leaver = changes.last().unwrap();
    assert_eq!((leaver.held, leaver.fields.len()), (None, 1));
    let told: Vec<&str> = problems
        .iter()
        .filter_map(|problem| problem.column.as_deref())
        .collect();
    assert_eq!(told, ["Email"]);
}

#[test]
fn creates_and_updates_are_counted_where_a_number_is_set() {
    let limits = GuardLimits {
        max_creates: Cap::Count(1),
        max_updates: Cap::Count(1),
        ..GuardLimits::default()
    };
    let create = || Change {
        action: Action::Create,
        ..update("Email", Some("x"))
    };
    let mut just = [
        create(),
        update("Email", Some("x")),
        loses("Activated", false),
    ];
    guard(&mut just, limits, 0);
    assert!(just.iter().all(|change| change.held.is_none()));
    let mut over = [
        create(),
        create(),
        update("Email", Some("x")),
        update("Email", Some("y")),
    ];
    guard(&mut over, limits, 0);
    let holds: Vec<Option<Hold>> = over.iter().map(|change| change.held).collect();
    let (creates, updates) = (Some(Hold::MaxCreates), Some(Hold::MaxUpdates));
    assert_eq!(holds, [creates, creates, updates, updates]);
}

#[test]
fn mails_are_counted_and_held_with_their_users() {
    for (mails, most, held) in [(1, 0, true), (2, 2, false), (3, 2, true)] {
        let mailed = Change {
            action: Action::Create,
            mail: Some(Mail::Link),
            ..update("Email", Some("x"))
        };
        let mut changes = vec![mailed; mails];
        changes.push(update("Email", Some("x")));
        let limits = GuardLimits {
            max_mails: Cap::Count(most),
            ..GuardLimits::default()
        };
        let (readings, _) = guard(&mut changes, limits, 0);
        assert_eq!(readings[4].verdict == GuardVerdict::Held, held);
        let holds = changes
            .iter()
            .filter(|change| change.held.is_some())
            .count();
        assert_eq!(holds, if held { mails } else { 0 });
    }
}

fn guard(
    changes: &mut [Change],
    limits: GuardLimits,
    lost_before: u64,
) -> (Vec<GuardReading>, Vec<Problem>) {
    let crowd = Crowd {
        users: 1000,
        lost_before,
    };
    hold_counted(changes, &limits, &crowd, &"a.csv".into())
}

fn field(name: &str, to: Option<&str>) -> FieldChange {
    FieldChange {
        field: Field::named(name).unwrap(),
        from: Value::text("old"),
        to: to.and_then(Value::text),
    }
}

fn update(name: &str, to: Option<&str>) -> Change {
    Change {
        action: Action::Update,
        effect: Effect::None,
        user_id: "a".into(),
        place: Some(Place { line: 2, record: 1 }),
        fields: vec![field(name, to)],
        held: None,
        seen: None,
        mail: None,
    }
}

fn loses(name: &str, to: bool) -> Change {
    let mut change = update(name, None);
    change.fields[0].from = Some(Value::Bool(!to));
    change.fields[0].to = Some(Value::Bool(to));
    change.action = Action::Deactivate;
    change.effect = Effect::LosesAccess;
    change
}
