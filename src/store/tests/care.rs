//! Care of the store: copies, examination, what is purged and who is forgotten.

use std::fs;

use serde_json::json;

use crate::model::{
    EqualForm, Field, FieldChange, KnownUser, Origin, Plan, Problem, Status, User, Value,
};
use crate::store::*;

use super::world::*;

fn user(user_id: &str, name: &str) -> User {
    let object = json!({"UserID": user_id, "LastName": name, "Email": format!("{name}@x.example")});
    User::new(object.as_object().unwrap().clone()).unwrap()
}

/// A plan that names one person wherever a plan can.
fn plan_about(user_id: &str, name: &str) -> Plan {
    let mut plan = plan();
    plan.changes[1].user_id = user_id.into();
    plan.changes[1].fields = vec![FieldChange {
        field: Field::named("LastName").unwrap(),
        from: Value::text("Oldname"),
        to: Value::text(name),
    }];
    let about = Problem::error("invalid_email", format!("{name} is no address"));
    plan.problems.push(about.user(user_id).value(name).line(3));
    let beside = Problem::warning("twins", format!("T-1 looks like {user_id}"));
    plan.problems.push(beside.user("T-1").line(2));
    plan
}

/// A run that sends what is planned for one person, with an answer that repeats him.
fn run_about(store: &mut Store, user_id: &str, name: &str) {
    let plan = plan_about(user_id, name);
    store.begin_run("r1", &plan, "default", at(0)).unwrap();
    let before = user(user_id, "Oldname");
    let operations = [(1, Some(&before))];
    let sent = store.open_attempt(&attempt(&operations, at(1))).unwrap();
    let mut ended = outcome(1, Status::Rejected);
    ended.user_id = user_id.into();
    ended.message = Some(format!("{name} is taken"));
    let mut said = note(sent.attempt());
    said.user_id = Some(user_id.into());
    said.detail.message = format!("{name} is taken");
    let settled = Settlement {
        outcomes: &[(1, ended)],
        notes: &[said],
        ..settlement(at(2))
    };
    store.settle_attempt(sent.attempt(), &settled).unwrap();
}

fn know(store: &mut Store, user: &User) {
    let mut known = [KnownUser::new(user, Origin::Live, at(3))];
    store.keep_users(&mut known, None).unwrap();
    store
        .note_properties(&[(user.user_id(), &["LastName"])])
        .unwrap();
    store
        .adopt("default", &[user.user_id().into()], at(3))
        .unwrap();
}

#[test]
fn who_is_forgotten_stands_nowhere_and_the_figures_stay() {
    let world = World::new();
    let mut store = world.open();
    run_about(&mut store, "Zed-9", "Quixote");
    end(&mut store, RunEnd::Completed, 3);
    know(&mut store, &user("Zed-9", "Quixote"));
    know(&mut store, &user("T-1", "Bob"));
    let form = |sent, stored| {
        let (sent, stored) = (Value::text(sent).unwrap(), Value::text(stored).unwrap());
        EqualForm::new(&Field::named("LastName").unwrap(), &sent, &stored).unwrap()
    };
    store
        .remember_forms(&[form("Quixote", "Quixote "), form("Bob", "Bob ")], at(4))
        .unwrap();
    let before = user("ZED-9", "Quixote");
    let call = HandCall {
        endpoint_class: "user_delete",
        method: "DELETE",
        path: "/seiapi/v3/trans/User/ZED-9",
        body_hash: None,
        user_ids: &["ZED-9".to_owned()],
        reason: Some("Zed-9 asked for it"),
        before: Some(&before),
        at: at(5),
    };
    store.open_call(&call).unwrap();

    let found = store.traces("zed-9").unwrap();
    assert_eq!(found.runs(), ["r1"]);
    assert_eq!(
        (found.calls.len(), found.sources.len(), found.known.len()),
        (1, 1, 1)
    );
    let statuses = |store: &Store| -> Vec<Status> {
        let outcomes = store.outcomes("r1").unwrap().into_iter();
        outcomes.map(|(_, outcome)| outcome.status).collect()
    };
    let ended = statuses(&store);
    store.forget("zed-9").unwrap();
    store.compact().unwrap();

    assert!(store.traces("zed-9").unwrap().is_empty());
    assert_eq!(statuses(&store), ended);
    assert_eq!(store.plan("r1").unwrap().unwrap().changes.len(), 3);
    assert!(store.known_users(&["T-1"]).unwrap()[0].is_some());
    assert_eq!(store.hand_calls().unwrap().len(), 1);
    drop(store);
    drop(world.open());
    Store::examine(world.state()).unwrap();
    for entry in fs::read_dir(world.state()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = String::from_utf8_lossy(&fs::read(&path).unwrap()).to_lowercase();
        for planted in ["zed-9", "quixote", "oldname"] {
            assert!(!bytes.contains(planted), "{planted} in {}", path.display());
        }
        assert!(!path.ends_with("state.db") || bytes.contains("t-1"));
    }
}

#[test]
fn whom_an_unfinished_run_needs_is_not_forgotten() {
    let world = World::new();
    let mut store = world.open();
    run_about(&mut store, "Zed-9", "Quixote");
    let refused = store.forget("Zed-9");
    assert!(
        matches!(refused, Err(StoreError::Contradiction { .. })),
        "{refused:?}"
    );
    assert_eq!(store.traces("Zed-9").unwrap().unfinished, ["r1"]);
    end(&mut store, RunEnd::Completed, 0);
    store.forget("Zed-9").unwrap();
}

fn end_of(how: RunEnd) -> EndOfRun<'static> {
    let summary = Box::leak(Box::default());
    EndOfRun {
        problems: &[],
        how,
        exit_code: 0,
        resumable: how == RunEnd::Interrupted,
        summary,
        error: None,
        at: at(9),
    }
}

#[test]
fn a_purge_leaves_what_is_young_unfinished_or_among_the_newest() {
    let world = World::new();
    let mut store = world.open();
    let hour = 60 * 60;
    for run in 0..40 {
        let id = format!("r{run}");
        store
            .begin_run(&id, &plan(), "default", at(run * hour))
            .unwrap();
        let how = match run {
            1 => RunEnd::Interrupted,
            _ => RunEnd::Completed,
        };
        if run != 2 {
            store.end_run(&id, &end_of(how)).unwrap();
        }
    }
    store.begin_run("other", &plan(), "payroll", at(0)).unwrap();
    store.end_run("other", &end_of(RunEnd::Completed)).unwrap();
    let purged = store.purge(at(8 * hour)).unwrap();
    assert_eq!(purged.runs, ["r0", "r3", "r4", "r5", "r6", "r7"]);
    let all = store.purge(at(100 * hour)).unwrap();
    assert_eq!(all.runs, ["r8", "r9"], "the newest stay");
    store.compact().unwrap();
    drop(store);
    let examined = Store::examine(world.state()).unwrap();
    assert_eq!(examined.runs, 41 - 8);
    assert!(world.open().plan("r0").unwrap().is_none());
}

#[test]
fn a_copy_is_whole_private_and_a_store_of_its_own() {
    let world = World::new();
    let mut store = world.open();
    run_about(&mut store, "Zed-9", "Quixote");
    know(&mut store, &user("T-1", "Bob"));
    // The log holds what was written; the run goes on.
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy.db");
    let copied = Store::back_up(world.state(), &to).unwrap();
    assert_eq!((copied.runs, copied.users, copied.managed), (1, 1, 1));
    assert_eq!(copied.tenant, acme());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&to).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let again = Store::back_up(world.state(), &to);
    assert!(matches!(again, Err(StoreError::Io { .. })), "{again:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);

    let restored = StateDir::open(&folder.path().join("state")).unwrap();
    fs::copy(&to, restored.file("state.db")).unwrap();
    let restored = Store::open(&restored.lock("test").unwrap(), &acme()).unwrap();
    assert_eq!(restored.plan("r1").unwrap(), store.plan("r1").unwrap());
}

#[test]
fn a_wrong_row_that_a_run_would_not_read_is_found_by_examining() {
    let world = World::new();
    let mut store = world.open();
    know(&mut store, &user("T-1", "Bob"));
    drop(store);
    world.change("UPDATE users SET object = '{}'");
    drop(world.open());
    for found in [
        Store::examine(world.state()).map(drop),
        Store::back_up(world.state(), &world.state().join("copy.db")).map(drop),
    ] {
        assert!(
            matches!(found, Err(StoreError::Corrupt { .. })),
            "{found:?}"
        );
    }
}
