//! The ladder: what counts as evidence, and what follows from it.

use super::*;
use crate::model::{AbsentSince, ExportFigures};

const DAY: SignedDuration = SignedDuration::from_hours(24);

#[test]
fn whoever_the_export_mentions_is_not_absent() {
    assert_eq!(runs_that_missed(at(0), &[], &today("a", 0)), 1);
    let nobody = ManagedUsers::default();
    let rules = rules(OnAbsent::Delete, 1, 0);
    let found = absentees(&nobody, &nothing_expected(), &[], &rules, &today("a", 0));
    assert_eq!(found, []);
}

#[test]
fn good_runs_count_if_they_lie_apart_and_their_inputs_differ() {
    for (runs, today_input, hour, count) in [
        (vec![], "a", 0, 1),
        (vec![(0, "a", true)], "b", 20, 2),
        (vec![(0, "a", true)], "b", 19, 1),
        (vec![(0, "a", true)], "a", 48, 1),
        (vec![(0, "a", true), (24, "b", true)], "a", 48, 2),
        (vec![(0, "a", true), (24, "b", true)], "c", 48, 3),
        (vec![(0, "a", true), (10, "b", true)], "c", 20, 2),
        (vec![(0, "a", true), (24, "b", false)], "c", 48, 2),
        (vec![(-24, "z", true), (0, "a", true)], "b", 24, 2),
    ] {
        let mut runs: Vec<GoodRun> = runs.into_iter().map(good_run).collect();
        runs.reverse();
        let counted = runs_that_missed(at(0), &runs, &today(today_input, hour));
        assert_eq!(counted, count, "{runs:?}");
    }
}

#[test]
fn a_user_is_due_only_when_runs_and_days_have_passed() {
    let absent = |hour| {
        Some(AbsentSince {
            since: at(hour),
            last_seen: at(hour - 24),
        })
    };
    let runs = [good_run((0, "a", true))];
    for (absence, rules, hour, due) in [
        (None, rules(OnAbsent::Deactivate, 1, 0), 0, true),
        (None, rules(OnAbsent::Deactivate, 0, 0), 0, true),
        (None, rules(OnAbsent::Deactivate, 2, 0), 0, false),
        (None, rules(OnAbsent::Deactivate, 1, 1), 0, false),
        (absent(0), rules(OnAbsent::Deactivate, 2, 0), 24, true),
        (absent(0), rules(OnAbsent::Deactivate, 2, 0), 19, false),
        (absent(0), rules(OnAbsent::Deactivate, 2, 2), 47, false),
        (absent(0), rules(OnAbsent::Deactivate, 2, 2), 48, true),
        (absent(0), rules(OnAbsent::Report, 1, 0), 480, false),
    ] {
        let managed = managed(absence);
        let expected = nothing_expected();
        let found = absentees(&managed, &expected, &runs, &rules, &today("b", hour));
        assert_eq!(
            found[0].waits.is_none(),
            due,
            "{rules:?} {hour} {:?}",
            found[0].waits
        );
    }
}

#[test]
fn whom_another_source_lists_is_not_absent_for_it() {
    let mut managed = managed(None);
    managed
        .others
        .insert(UserKey::of("ann"), vec!["contractors".to_owned()]);
    let rules = rules(OnAbsent::Delete, 1, 0);
    let found = absentees(&managed, &nothing_expected(), &[], &rules, &today("a", 0));
    let waits = found[0].waits.as_deref().unwrap();
    assert_eq!(waits, "the source contractors still lists the user");
}

#[test]
fn what_the_tenant_shows_decides_what_becomes_of_one_who_is_due() {
    let mobile = r#"{"UserID":"Ann","IsMobileWorker":true}"#;
    let off = r#"{"UserID":"Ann","IsMobileWorker":true,"Activated":false}"#;
    let deleted = r#"{"UserID":"Ann","Deleted":true}"#;
    let console = r#"{"UserID":"Ann","IsMobileWorker":false}"#;
    for (user, confirmed, on_absent, standing) in [
        (
            Some(mobile),
            true,
            OnAbsent::Deactivate,
            Standing::Deprovision,
        ),
        (Some(mobile), true, OnAbsent::Delete, Standing::Deprovision),
        (Some(mobile), false, OnAbsent::Delete, Standing::Waiting),
        (Some(off), true, OnAbsent::Deactivate, Standing::Off),
        (Some(off), true, OnAbsent::Delete, Standing::Deprovision),
        (Some(deleted), true, OnAbsent::Delete, Standing::Off),
        (Some(console), true, OnAbsent::Delete, Standing::Protected),
        (None, true, OnAbsent::Delete, Standing::Off),
    ] {
        let rules = rules(on_absent, 1, 0);
        let managed = managed(None);
        let due = absentees(&managed, &nothing_expected(), &[], &rules, &today("a", 0));
        let found = user.map(|json| {
            let user = User::new(serde_json::from_str(json).unwrap()).unwrap();
            (UserKey::of("ann"), FoundAbsent { user, confirmed })
        });
        let found = found.into_iter().collect();
        let protection = Protection::default();
        let (users, figures, changes) = settle_absence(due, &found, 1, on_absent, &protection);
        assert_eq!(users[0].standing, standing, "{user:?} {on_absent:?}");
        let acts = u64::from(standing == Standing::Deprovision);
        assert_eq!((changes.len() as u64, figures.deprovision), (acts, acts));
        let sum = figures.deprovision + figures.waiting + figures.protected + figures.off;
        assert_eq!((figures.absent, sum), (1, 1));
        assert!(
            changes
                .iter()
                .all(|change| change.effect == Effect::LosesAccess)
        );
    }
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_hours(hour)
}

fn today(input: &str, hour: i64) -> Today<'_> {
    Today {
        input,
        now: at(hour),
        suspended: None,
    }
}

fn rules(on_absent: OnAbsent, after_runs: u32, after_days: u32) -> AbsenceRules {
    AbsenceRules {
        on_absent,
        after_runs,
        after_days,
    }
}

fn good_run((hour, input, judged): (i64, &str, bool)) -> GoodRun {
    GoodRun {
        at: at(hour),
        input: input.to_owned(),
        judged,
        managed: 1,
        figures: ExportFigures::default(),
    }
}

fn managed(absence: Option<AbsentSince>) -> ManagedUsers {
    let user = Managed {
        user_id: "ann".into(),
        since: at(-24) - DAY,
        absence,
    };
    ManagedUsers {
        own: [(UserKey::of("ann"), user)].into(),
        ..ManagedUsers::default()
    }
}

fn nothing_expected() -> Expected {
    crate::validate::Roster::new("a.csv".into(), crate::validate::RosterTerms::default())
        .settle()
        .0
}
