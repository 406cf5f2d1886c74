//! What the store refuses, and that it keeps the files as they are.

use std::fs;

use tempfile::TempDir;

use crate::model::Status;
use crate::store::*;

use super::world::*;

#[test]
fn one_run_at_a_time_and_the_second_learns_who_holds_the_lock() {
    let temp = TempDir::new().unwrap();
    let dir = StateDir::open(&temp.path().join("a/b")).unwrap();
    let lock = dir.lock("sync").unwrap();
    let error = dir.lock("plan").unwrap_err();
    let StoreError::Locked {
        holder: Some(holder),
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!(
        (holder.pid, holder.purpose.as_str()),
        (std::process::id(), "sync")
    );
    assert!(
        error
            .to_string()
            .contains(&format!("sync, process {} on {}", holder.pid, holder.host)),
        "{error}"
    );
    drop(lock);
    let again = dir.lock("sync").unwrap();
    drop(again);
    fs::write(dir.file("lock"), "left by a killed run").unwrap();
    dir.lock("sync").expect("what the file says is no lock");
}

#[test]
fn a_lock_without_a_name_yet_is_still_a_lock() {
    let temp = TempDir::new().unwrap();
    let dir = StateDir::open(temp.path()).unwrap();
    let _lock = dir.lock("sync").unwrap();
    fs::write(dir.file("lock"), "").unwrap();
    assert!(matches!(
        dir.lock("sync"),
        Err(StoreError::Locked { holder: None, .. })
    ));
}

#[test]
fn what_contradicts_the_journal_is_refused_and_leaves_it_as_it_was() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    let refused = |result: Result<(), StoreError>, why: &str| match result {
        Err(StoreError::Contradiction { .. }) => {}
        other => panic!("{why}: {other:?}"),
    };
    let open = |store: &mut Store, operations: &[_]| {
        store.open_attempt(&attempt(operations, at(1))).map(drop)
    };
    refused(open(&mut store, &[]), "no operation");
    refused(open(&mut store, &[(2, None)]), "held by the plan");
    refused(open(&mut store, &[(9, None)]), "no such operation");
    refused(open(&mut store, &[(0, None), (0, None)]), "twice");
    assert_eq!(store.unsettled_attempts().unwrap(), []);

    open(&mut store, &[(0, None)]).unwrap();
    refused(open(&mut store, &[(0, None)]), "in flight");
    let wrong = [(1, outcome(0, Status::Applied))];
    let settle = Settlement {
        outcomes: &wrong,
        ..settlement(at(2))
    };
    refused(store.settle_attempt(1, &settle), "another user's outcome");
    refused(
        store.settle_attempt(8, &settlement(at(2))),
        "no such attempt",
    );
    let right = [(0, outcome(0, Status::Applied))];
    store
        .settle_attempt(
            1,
            &Settlement {
                outcomes: &right,
                ..settlement(at(2))
            },
        )
        .unwrap();
    refused(store.settle_attempt(1, &settlement(at(2))), "settled twice");
    refused(store.record_outcomes("r1", &right, at(3)), "ended twice");
    refused(open(&mut store, &[(0, None)]), "ended");

    end(&mut store, RunEnd::Completed, 0);
    refused(open(&mut store, &[(1, None)]), "the run is completed");
    assert_eq!(store.outcomes("r1").unwrap(), right);
}

#[test]
fn a_store_without_a_run_follows_the_tenant() {
    let world = World::new();
    let mistyped = tenant("Acme", "https://a.example/typo", Some("c2"));
    drop(Store::open(&world.lock, &mistyped).unwrap());
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    drop(store);
    let error = Store::open(&world.lock, &mistyped).unwrap_err();
    assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
    drop(world.open());
}

#[test]
fn another_tenants_store_is_refused() {
    let world = World::new();
    drop(world.open());
    let known = tenant("Acme", "https://a.example", Some("c1"));
    let mut store = Store::open(&world.lock, &known).expect("the customer id became known");
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    drop(store);
    drop(world.open());
    for other in [
        tenant("Acme", "https://b.example", None),
        tenant("Acme Test", "https://a.example", None),
        tenant("Acme", "https://a.example", Some("c2")),
    ] {
        let error = Store::open(&world.lock, &other).unwrap_err();
        assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
        assert!(
            error
                .to_string()
                .contains(r#"belongs to the tenant "Acme" at https://a.example (customer c1)"#)
        );
    }
}

#[test]
fn a_newer_store_is_refused_and_kept() {
    let world = World::new();
    drop(world.open());
    world.change("PRAGMA user_version = 99");
    let error = Store::open(&world.lock, &acme()).unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error:?}"
    );
    let known = crate::store::migrations::latest();
    world.change(&format!("PRAGMA user_version = {known}"));
    drop(world.open());
}

#[test]
fn what_is_not_a_whole_store_is_refused_and_kept() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    drop(store);
    let whole = fs::read(world.file()).unwrap();
    let mut other = whole.clone();
    other[68..72].fill(0); // the application id
    for (bytes, why) in [
        (&b""[..], "empty"),
        (b"a text file, by mistake, that is longer than a hundred bytes, or so; a text file, by mistake, longer", "text"),
        (&whole[..whole.len() / 2], "truncated"),
        (&whole[..50], "cut in the header"),
        (&other, "another program's"),
    ] {
        fs::write(world.file(), bytes).unwrap();
        let error = Store::open(&world.lock, &acme()).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{why}: {error:?}");
        assert_eq!(fs::read(world.file()).unwrap(), bytes, "{why}: the file is kept");
    }
    fs::write(world.file(), &whole).unwrap();
    assert_eq!(world.open().runs().unwrap().len(), 1);
}

#[test]
fn a_missing_store_with_a_left_log_is_refused() {
    let world = World::new();
    drop(world.open());
    fs::remove_file(world.file()).unwrap();
    fs::write(world.state().join("state.db-wal"), "x").unwrap();
    assert!(matches!(
        Store::open(&world.lock, &acme()),
        Err(StoreError::Corrupt { .. })
    ));
    fs::remove_file(world.state().join("state.db-wal")).unwrap();
    fs::write(world.state().join("state.db.new"), "left by a kill").unwrap();
    assert_eq!(world.open().runs().unwrap(), []);
    assert!(!world.state().join("state.db.new").exists());
}

#[test]
fn a_changed_cell_is_noticed_by_the_rows_checksum() {
    let world = World::new();
    let mut store = world.open();
    store.begin_run("r1", &plan(), "default", at(0)).unwrap();
    drop(store);
    world.change("UPDATE operations SET change = replace(change, 'T-2', 'T-3') WHERE seq = 1");
    let error = Store::open(&world.lock, &acme()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("table operations: the checksum of row r1 is wrong"),
        "{error}"
    );
    assert!(error.hint().contains("the files were kept"));
}

#[test]
fn after_a_failed_write_the_store_takes_nothing_more() {
    let world = World::new();
    let mut store = world.open();
    let limit = "PRAGMA max_page_count = 1"; // SQLite sets it to the present size: the disk is full
    store
        .read("", |connection| {
            Ok(connection.query_row(limit, [], |_| Ok(()))?)
        })
        .unwrap();
    let mut huge = plan();
    huge.changes[0].user_id = "x".repeat(1 << 20).into();
    let error = store.begin_run("r1", &huge, "default", at(0)).unwrap_err();
    assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
    assert!(error.hint().contains("free some space"));
    let next = store.begin_run("r2", &plan(), "default", at(0));
    assert!(matches!(next, Err(StoreError::Stopped { .. })), "{next:?}");
    drop(store);
    assert_eq!(world.open().runs().unwrap(), []);
}

#[test]
fn a_state_path_that_is_a_file_is_an_error_with_its_path() {
    let temp = TempDir::new().unwrap();
    let path = temp.path().join("file");
    fs::write(&path, "").unwrap();
    let error = StateDir::open(&path).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
}
