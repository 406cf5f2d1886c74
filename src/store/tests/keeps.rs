//! What the store keeps, also over a kill.

use std::fs;

use serde_json::json;

use crate::model::{Status, User};
use crate::store::*;

use super::world::*;

#[test]
fn a_new_store_is_empty_private_and_opens_again() {
    let world = World::new();
    for _ in 0..2 {
        let store = world.open();
        assert_eq!(store.runs().unwrap(), []);
        assert_eq!(store.unsettled_attempts().unwrap(), []);
        assert_eq!(store.last_sent("bulk").unwrap(), None);
        assert_eq!(store.properties_seen("T-1").unwrap(), [""; 0]);
        assert_eq!(store.plan("r1").unwrap(), None);
        let pragma = |name| {
            store.read("", |c| {
                Ok(c.pragma_query_value(None, name, |row| row.get::<_, i64>(0))?)
            })
        };
        assert_eq!(pragma("synchronous").unwrap(), 2, "FULL");
        assert_eq!(pragma("foreign_keys").unwrap(), 1);
        assert!(
            world.state().join("state.db-wal").exists(),
            "write-ahead log"
        );
        assert_eq!(
            world.modes(),
            "lock 600, state.db 600, state.db-shm 600, state.db-wal 600, . 700"
        );
    }
}

#[test]
fn a_plan_reads_back_whole() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    assert_eq!(store.plan("r1").unwrap(), Some(plan()));
    let again = store.begin_run("r1", &plan(), "default", at(1));
    assert!(
        matches!(again, Err(StoreError::Contradiction { .. })),
        "{again:?}"
    );
    let runs = store.runs().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (
            runs[0].run.as_str(),
            runs[0].plan.as_str(),
            runs[0].source.as_str()
        ),
        ("r1", "p1", "default")
    );
    assert_eq!((runs[0].started_at, &runs[0].end), (at(0), &None));
}

#[test]
fn an_attempt_and_its_settlement_are_kept_with_all_that_was_said() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    let in_flight = store
        .open_attempt(&attempt(&[(0, None), (1, None)], at(1)))
        .unwrap();
    assert_eq!(in_flight.body_hash(), &[7; 32]);
    assert_eq!(store.unsettled_attempts().unwrap()[0].operations, [0, 1]);
    let outcomes = [
        (1, outcome(1, Status::Rejected)),
        (0, outcome(0, Status::Applied)),
    ];
    let notes = [note(in_flight.attempt())];
    let settlement = Settlement {
        outcomes: &outcomes,
        notes: &notes,
        ..settlement(at(2))
    };
    store
        .settle_attempt(in_flight.attempt(), &settlement)
        .unwrap();
    drop(store);
    let store = world.open();
    assert_eq!(store.unsettled_attempts().unwrap(), []);
    let read = store.outcomes("r1").unwrap();
    assert_eq!(read, [outcomes[1].clone(), outcomes[0].clone()]);
    assert_eq!(store.notes("r1").unwrap(), notes);
    assert_eq!(store.notes("r2").unwrap(), []);
}

#[test]
fn an_open_attempt_survives_a_kill_at_that_instant() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    store.open_attempt(&attempt(&[(1, None)], at(1))).unwrap();
    // What a killed process leaves: the files as they are now, nobody closed anything.
    let copy = World::new();
    for file in ["state.db", "state.db-wal"] {
        fs::copy(world.state().join(file), copy.state().join(file)).unwrap();
    }
    let unsettled = copy.open().unsettled_attempts().unwrap();
    let expected = UnsettledAttempt {
        attempt: 1,
        run: "r1".to_owned(),
        endpoint_class: "bulk".to_owned(),
        opened_at: at(1),
        operations: vec![1],
    };
    assert_eq!(unsettled, [expected]);
}

#[test]
fn an_ambiguous_or_unexecuted_operation_may_be_sent_again() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    for rest in [Rest::NotExecuted, Rest::Ambiguous] {
        let in_flight = store.open_attempt(&attempt(&[(0, None)], at(1))).unwrap();
        store
            .settle_attempt(
                in_flight.attempt(),
                &Settlement {
                    rest,
                    ..settlement(at(2))
                },
            )
            .unwrap();
    }
    assert_eq!(
        store
            .open_attempt(&attempt(&[(0, None)], at(3)))
            .unwrap()
            .attempt(),
        3
    );
}

#[test]
fn a_before_image_is_the_whole_object_without_the_password() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    let object =
        json!({"UserID": "T-2", "Password": "planted", "Grade": 7.50, "Other": {"a": [1]}});
    let user = User::new(object.as_object().unwrap().clone()).unwrap();
    store
        .open_attempt(&attempt(&[(1, Some(&user))], at(1)))
        .unwrap();
    let sql = "SELECT before FROM attempt_operations";
    let before: String = store
        .read("", |c| Ok(c.query_row(sql, [], |row| row.get(0))?))
        .unwrap();
    assert_eq!(before, r#"{"UserID":"T-2","Grade":7.5,"Other":{"a":[1]}}"#);
    drop(store);
    let bytes = fs::read(world.state().join("state.db")).unwrap();
    assert!(!bytes.windows(7).any(|window| window == b"planted"));
}

#[test]
fn a_run_ends_and_a_resumed_one_ends_again() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    store.begin_run("r2", &plan(), "default", at(0)).unwrap();
    end(&mut store, RunEnd::Interrupted, 130);
    store
        .open_attempt(&attempt(&[(0, None)], at(1)))
        .expect("an interrupted run can go on");
    end(&mut store, RunEnd::Completed, 3);
    let runs = store.runs().unwrap();
    let last = runs[0].end.as_ref().unwrap();
    assert_eq!(
        (last.how, last.exit_code, last.resumable, last.ended_at),
        (RunEnd::Completed, 3, false, at(9))
    );
    assert_eq!(last.summary["created"], json!(4));
    assert_eq!(last.error, Some(json!({"message": "m"})));
    assert_eq!(runs[1].end, None);
}

#[test]
fn the_limiter_remembers_the_latest_possible_sending_and_what_it_was_told() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    store.open_attempt(&attempt(&[(0, None)], at(1))).unwrap();
    assert_eq!(store.last_sent("bulk").unwrap(), Some(at(1)));
    store.set_not_before("bulk", at(60)).unwrap();
    store.set_not_before("bulk", at(50)).unwrap();
    store.settle_attempt(1, &settlement(at(5))).unwrap();
    drop(store);
    let store = world.open();
    assert_eq!(
        store.last_sent("bulk").unwrap(),
        Some(at(5)),
        "the answer's time, never too early"
    );
    assert_eq!(
        store.not_before("bulk").unwrap(),
        Some(at(60)),
        "only ever later"
    );
    assert_eq!(store.not_before("user").unwrap(), None);
}

#[test]
fn properties_once_seen_stay_until_we_clear_them() {
    let world = World::new();
    let mut store = world.open();
    store
        .note_properties(&[
            ("T-1", &["Email", "Password", "Deleted", "ResetPassword"]),
            ("T-2", &["Email"]),
        ])
        .unwrap();
    store
        .note_properties(&[("T-1", &["Extensions.Grade"])])
        .unwrap();
    assert_eq!(
        store.properties_seen("T-1").unwrap(),
        ["Email", "Extensions.Grade"]
    );
    assert_eq!(store.properties_seen("T-2").unwrap(), ["Email"]);
    assert_eq!(
        store.properties_seen("t-1").unwrap(),
        [""; 0],
        "exactly this user"
    );
    store
        .forget_properties(&[("T-1", &["Email"]), ("T-3", &["Email"])])
        .unwrap();
    assert_eq!(store.properties_seen("T-1").unwrap(), ["Extensions.Grade"]);
    assert_eq!(store.properties_seen("T-2").unwrap(), ["Email"]);
}
