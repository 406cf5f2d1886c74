//! A mail cannot be read back: whoever may have got one is never sent again, wherever the program died.
//!
//! No export can ask for a mail, so the plan is put into the journal as a run that was killed at its very
//! beginning, and `resume` carries it out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value as Json;

use crewsync::model::{Action, Field, FieldChange, Plan, Value};
use crewsync::store::{StateDir, Store};

use crate::support::Done;
use crate::support::strace::say;

use super::case::Case;
use super::play;
use super::trap::{Moment, Spot};

/// Five users of the tenant and five new ones.
const MAILS: usize = 10;

#[test]
fn nobody_gets_two_mails() {
    let undisturbed = Case::new();
    begin_run_with_mails(&undisturbed);
    let done = undisturbed.live(None, "resume").expect("nobody kills it");
    assert_eq!(end(&undisturbed, &done), (MAILS, 0));
    let arrivals = undisturbed.server.arrivals();
    // Twice in a row, at each arrival of the first process and early in what takes it up.
    let chains: Vec<Vec<Spot>> = (1..=arrivals.len())
        .flat_map(|arrival| Moment::ALL.map(|moment| Spot { arrival, moment }))
        .filter(|spot| arrivals[spot.arrival - 1].is_bulk() || spot.moment == Moment::Arrived)
        .enumerate()
        .map(|(index, spot)| {
            let arrival = index % 7 + 1;
            vec![spot, Spot { arrival, ..spot }]
        })
        .collect();
    let in_doubt = play(&chains, |chain| {
        let case = Case::new();
        begin_run_with_mails(&case);
        let mut spots = chain.iter().copied();
        let done = loop {
            if let Some(done) = case.live(spots.next(), "resume") {
                break done;
            }
        };
        let (mails, in_doubt) = end(&case, &done);
        assert!(mails + in_doubt >= MAILS, "{chain:?}: {}", done.stdout);
        in_doubt
    });
    say(&format!(
        "mails over {} chains of kills: never two, {in_doubt} in doubt and not sent again",
        chains.len()
    ));
    assert!(in_doubt >= 20, "{in_doubt} in doubt");
}

/// How many mails were sent, none of them twice, and how many users may have got one.
fn end(case: &Case, done: &Done) -> (usize, usize) {
    assert_eq!(done.code, 3, "{}", done.stderr);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for user_id in case.server.mails() {
        *times.entry(user_id).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    let document = done.document();
    let outcomes = document["outcomes"].as_array().expect("outcomes");
    let is_in_doubt = |outcome: &&Json| outcome["status"] == "unconfirmed";
    let in_doubt = outcomes.iter().filter(is_in_doubt).count();
    for outcome in outcomes.iter().filter(is_in_doubt) {
        assert_eq!(outcome["reason"], "cannot_be_read_back", "{outcome}");
    }
    let applied: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome["status"] == "applied")
        .filter_map(|outcome| outcome["user_id"].as_str())
        .collect();
    assert!(applied.len() + in_doubt >= MAILS, "{document}");
    (times.len(), in_doubt)
}

/// Everybody who gets a new address is to get a mail too.
fn begin_run_with_mails(case: &Case) {
    let planned = case.live(None, "plan").expect("nobody kills it");
    let mut plan: Plan = serde_json::from_str(&planned.stdout).expect("a plan");
    let mail = FieldChange {
        field: Field::named("ResetPassword").expect("a field"),
        from: None,
        to: Some(Value::Bool(true)),
    };
    let mut mails = 0;
    for change in &mut plan.changes {
        let is_update = change.action == Action::Update;
        let email = Field::named("Email").expect("a field");
        let has_email = change.fields.iter().any(|change| change.field == email);
        if has_email && (is_update || change.action == Action::Create) {
            change.fields.push(mail.clone());
            mails += 1;
        }
    }
    assert_eq!(mails, MAILS);
    let directory = StateDir::open(&case.state()).expect("a state directory");
    let lock = directory.lock("test").expect("its lock");
    let mut store = Store::open(&lock, &case.identity()).expect("a store");
    let begun = store.begin_run("with-mails", &plan, "default", Timestamp::now());
    begun.expect("a run");
}
