//! What a run that goes on, and a later plan, need to know of earlier ones.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Asked, EqualForm, Field, Hold, Problem, Status, Value};
use crate::store::*;

use super::world::*;

#[test]
fn a_run_without_calls_has_carried_nothing() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    assert_eq!(store.calls("r1").unwrap(), Calls::default());
    assert_eq!(store.carried("r1").unwrap(), [0; 0]);
    assert_eq!(store.past_runs("default", 2, at(0)).unwrap(), []);
}

#[test]
fn calls_are_counted_and_only_what_followed_a_failure_is_a_retry() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    // A refusal is followed by parts of it; throttling, doubt and a dead process by the same again.
    for (operations, verdict, retries) in [
        (&[0, 1][..], Some("refused"), 0),
        (&[0], Some("throttled"), 0),
        (&[0], Some("not_sent"), 0),
        (&[0], Some("ambiguous"), 1),
        (&[1], Some("settled_by_reading"), 1),
        (&[0, 1], None, 2),
    ] {
        let operations: Vec<_> = operations.iter().map(|seq| (*seq, None)).collect();
        let in_flight = store.open_attempt(&attempt(&operations, at(1))).unwrap();
        if let Some(verdict) = verdict {
            let settlement = Settlement {
                verdict,
                ..settlement(at(2))
            };
            let number = in_flight.attempt();
            store.settle_attempt(number, &settlement).unwrap();
        }
        assert_eq!(store.calls("r1").unwrap().retries, retries, "{verdict:?}");
    }
    assert_eq!(store.calls("r1").unwrap().requests, 5);
    assert_eq!(store.calls("r2").unwrap(), Calls::default());
}

#[test]
fn only_calls_that_may_have_been_executed_have_carried_a_change() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    for (seq, rest) in [(0, Rest::NotExecuted), (1, Rest::Ambiguous)] {
        let in_flight = store.open_attempt(&attempt(&[(seq, None)], at(1))).unwrap();
        let settlement = Settlement {
            rest,
            ..settlement(at(2))
        };
        let number = in_flight.attempt();
        store.settle_attempt(number, &settlement).unwrap();
    }
    assert_eq!(store.carried("r1").unwrap(), [1]);
}

#[test]
fn an_end_can_be_corrected_once_and_the_first_one_stays_beside_it() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    let amended = [(0, Status::Unconfirmed, "different_afterwards")];
    let unknown = store.amend_outcomes("r1", &amended, at(1));
    assert!(matches!(unknown, Err(StoreError::Contradiction { .. })));
    let ends = [
        (0, outcome(0, Status::Applied)),
        (1, outcome(1, Status::Applied)),
    ];
    store.record_outcomes("r1", &ends, at(1)).unwrap();
    store.amend_outcomes("r1", &amended, at(2)).unwrap();
    let again = store.amend_outcomes("r1", &amended, at(3));
    assert!(matches!(again, Err(StoreError::Contradiction { .. })));
    drop(store);
    let store = world.open();
    let read: Vec<_> = store.outcomes("r1").unwrap();
    let ends: Vec<_> = read
        .iter()
        .map(|(_, end)| (end.status, end.reason.as_deref()))
        .collect();
    assert_eq!(
        ends,
        [
            (Status::Unconfirmed, Some("different_afterwards")),
            (Status::Applied, Some("refused_alone"))
        ]
    );
    // What the tenant had said at first still counts where the question is whether it keeps its word.
    let tomorrow = at(0) + SignedDuration::from_hours(24);
    let past = store.past_runs("default", 2, tomorrow).unwrap();
    assert_eq!(past[0].applied, Asked::by(&plan().changes[1]).collect());
}

#[test]
fn forms_are_remembered_once_each() {
    let world = World::new();
    let mut store = world.open();
    let field = Field::named("Extensions.Desk").unwrap();
    let value = |text| Value::text(text).unwrap();
    let form = EqualForm::new(&field, &value("A-1"), &value("a1")).unwrap();
    for _ in 0..2 {
        let forms = std::slice::from_ref(&form);
        store.remember_forms(forms, at(1)).unwrap();
    }
    drop(store);
    let forms = world.open().equal_forms().unwrap();
    assert_eq!(forms.sent_as(&field, Some(&value("a1"))), [value("A-1")]);
}

#[test]
fn past_runs_are_those_of_the_last_days_and_of_the_source_only() {
    let world = World::new();
    let mut store = world.open();
    let day = |day: i64| at(0) + SignedDuration::from_hours(24 * day);
    let mut held = plan();
    held.changes[1].held = Some(Hold::NotConverging);
    let left_out = Problem::warning(Hold::NotConverging.name(), "m").user("T-9");
    held.problems.push(left_out.clone());
    for (run, plan, source, at) in [
        ("r0", &plan(), "default", day(0)),
        ("r1", &plan(), "default", day(1)),
        ("r2", &plan(), "other", day(2)),
        ("r3", &held, "default", day(3)),
        ("r4", &plan(), "default", day(4)),
    ] {
        store.begin_run(run, plan, source, at).unwrap();
    }
    let past = store.past_runs("default", 2, day(4)).unwrap();
    let days = |at: Timestamp| at.as_second() / 86_400;
    let found: Vec<_> = past.iter().map(|run| run.day).collect();
    assert_eq!(found, [days(day(3)), days(day(1))]);
    // The create is left out; T-3 is held for another reason, but planned.
    let planned = plan();
    let asked = |seq: usize| Asked::by(&planned.changes[seq]);
    assert_eq!(past[0].held, asked(1).collect());
    assert_eq!(past[0].left_out, [left_out]);
    assert_eq!(past[1].planned, asked(1).chain(asked(2)).collect());
    assert_eq!((past[1].held.len(), past[1].applied.len()), (0, 0));
}

#[test]
fn a_superseded_run_takes_no_further_attempt() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    end(&mut store, RunEnd::Superseded, 1);
    let refused = store.open_attempt(&attempt(&[(0, None)], at(1)));
    assert!(matches!(refused, Err(StoreError::Contradiction { .. })));
}

#[test]
fn reading_needs_no_lock_and_changes_nothing() {
    let world = World::new();
    let state = world.state().to_owned();
    assert!(Store::open_to_read(&state, &acme()).unwrap().is_none());
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    let mut reader = Store::open_to_read(&state, &acme()).unwrap().unwrap();
    assert_eq!(reader.runs().unwrap().len(), 1);
    let written = reader.begin_run("r2", &plan(), "default", at(0));
    assert!(matches!(written, Err(StoreError::Failed { .. })));
    let foreign = Store::open_to_read(&state, &tenant("Other", "https://b.example", None));
    assert!(matches!(foreign, Err(StoreError::Foreign { .. })));
    assert_eq!(store.runs().unwrap().len(), 1);
}

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date_by_a_run_only() {
    let world = World::new();
    drop(world.open());
    world.change(
        "DROP TABLE amendments; DROP TABLE equal_forms; DROP TABLE plan_uses; DROP TABLE approvals;
         DROP TABLE call_ends; DROP TABLE calls; DROP TABLE habits;
         DROP TABLE managed; DROP TABLE run_bases; DROP TABLE good_runs; DROP TABLE pauses;
         DROP TABLE users; DROP TABLE listing; DROP TABLE run_problems; DROP TABLE switched_off; DROP TABLE quarantine;
         PRAGMA user_version = 1",
    );
    assert!(
        Store::open_to_read(world.state(), &acme())
            .unwrap()
            .is_none()
    );
    let store = world.open();
    assert_eq!(store.outcomes("r1").unwrap(), []);
    assert!(
        Store::open_to_read(world.state(), &acme())
            .unwrap()
            .is_some()
    );
}
