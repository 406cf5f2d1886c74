//! Turns, and what answers ask for. Asserts only that nothing left too early, never how long anything took.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;

use super::{reads, reads_of};
use crate::api::raw_server::{RawServer, answer, json};
use crate::fetch::{FetchErrorKind, Pace, TooLong, chance};
use crate::model::Event;
use crate::pacing::{Endpoint, Limits, Told};
use crate::wire::{Answer, AnswerHeaders};

const T1: &str = r#"{"UserID":"T-1"}"#;
const SECOND: Duration = Duration::from_secs(1);

fn throttled(retry_after: &str) -> Answer {
    Answer {
        status: 429,
        headers: AnswerHeaders {
            retry_after: Some(retry_after.to_owned()),
            ..AnswerHeaders::default()
        },
        body: Vec::new(),
    }
}

#[tokio::test]
async fn without_limits_and_wishes_nobody_waits() {
    let pace = Pace::new(&Limits::OFF, SECOND);
    for endpoint in Endpoint::ALL {
        assert_eq!(pace.turn(endpoint).await, Ok(()));
        assert_eq!(pace.wait_left(endpoint), Duration::ZERO);
    }
}

#[tokio::test]
async fn turns_keep_their_distance_and_the_order_of_asking() {
    let limits: Limits = "bulk=1/30s,user=1/30s,default=20/s".parse().unwrap();
    let pace = Pace::new(&limits, SECOND);
    let turns = (0..5).map(async |number| {
        pace.turn(Endpoint::UserGet).await.unwrap();
        (pace.now(), number)
    });
    let turns = join_all(turns).await;
    assert!(turns.is_sorted(), "{turns:?}");
    for pair in turns.windows(2) {
        // 50 ms, less what passes between leaving and looking at the clock.
        let apart = pair[1].0 - pair[0].0;
        assert!(apart >= Duration::from_millis(45), "{turns:?}");
    }
}

#[tokio::test]
async fn endpoints_do_not_wait_for_each_other() {
    let pace = Pace::new(&Limits::VENDOR, SECOND);
    pace.hold(Endpoint::Bulk, Duration::from_secs(3600));
    assert_eq!(pace.turn(Endpoint::UserGet).await, Ok(()));
    assert_eq!(pace.turn(Endpoint::Query).await, Ok(()));
}

#[tokio::test]
async fn a_wish_holds_for_those_who_wait_already() {
    let limits: Limits = "bulk=1/30s,user=1/30s,default=10/s".parse().unwrap();
    let pace = Pace::new(&limits, SECOND);
    pace.turn(Endpoint::UserGet).await.unwrap();
    let waiting = pace.turn(Endpoint::UserGet);
    let learning = async {
        let told = pace.learn(Endpoint::UserGet, &throttled("1"));
        assert_eq!(told, Told::Wait(SECOND));
        pace.now()
    };
    let (turn, learnt_at) = tokio::join!(waiting, learning);
    assert_eq!(turn, Ok(()));
    assert!(pace.now() >= learnt_at + Duration::from_millis(999));
}

#[tokio::test]
async fn a_wish_beyond_measure_is_remembered_and_refused_at_once() {
    let pace = Pace::new(&Limits::VENDOR, SECOND);
    let told = pace.learn(Endpoint::Bulk, &throttled("1000000000"));
    assert!(matches!(told, Told::TooLong(_)));
    assert!(pace.wait_left(Endpoint::Bulk) > Duration::from_secs(999_999_000));
    let turn = pace.turn(Endpoint::Bulk).await;
    assert!(matches!(turn, Err(TooLong { wait }) if wait > Duration::from_secs(999_999_000)));
}

#[tokio::test]
async fn after_a_restart_the_last_request_still_counts() {
    let limits: Limits = "bulk=1/1s,user=1/30s,default=15/s".parse().unwrap();
    let pace = Pace::new(&limits, SECOND);
    pace.seed(Endpoint::Bulk, Duration::from_millis(800));
    pace.turn(Endpoint::Bulk).await.unwrap();
    assert!(pace.now() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_throttled_read_waits_as_told_and_does_not_count_as_a_trial() {
    let server = RawServer::start(|_, before| match before {
        0 => answer("429 X\r\nRetry-After: 1", "{}"),
        _ => json(200, T1),
    })
    .await;
    let (reads, heard) = reads(&server.options());
    reads.user("T-1").await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= SECOND);
    let waiting = Event::Waiting {
        for_time: SECOND,
        why: "the tenant answered 429".to_owned(),
    };
    assert_eq!(heard.events(), [waiting]);
}

#[tokio::test]
async fn a_used_up_allowance_holds_the_next_read() {
    let head = "200 OK\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1";
    let server = RawServer::start(move |_, _| answer(head, T1)).await;
    let reads = reads_of(&server);
    reads.user("T-1").await.unwrap();
    reads.user("T-1").await.unwrap();
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(999));
}

#[tokio::test]
async fn a_tenant_that_wants_to_be_left_alone_too_long_is_left_alone() {
    for head in ["429 X\r\nRetry-After: 3600", "503 X\r\nRetry-After: 3600"] {
        let server = RawServer::start(move |_, _| answer(head, "{}")).await;
        let reads = reads_of(&server);
        for _ in 0..2 {
            let error = reads.user("T-1").await.unwrap_err();
            assert!(
                matches!(error.kind, FetchErrorKind::ToldToWaitTooLong { .. }),
                "{error:?}"
            );
            assert!(error.to_string().starts_with(&server.url()), "{error}");
        }
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn chance_is_a_fraction_and_not_always_the_same() {
    let chances: Vec<f64> = (0..100).map(|_| chance()).collect();
    assert!(chances.iter().all(|chance| (0.0..1.0).contains(chance)));
    assert!(chances.iter().any(|chance| *chance != chances[0]));
}

#[test]
fn a_pace_is_shared_between_threads() {
    fn is_shared<T: Send + Sync>(_: T) {}
    is_shared(Arc::new(Pace::new(&Limits::VENDOR, SECOND)));
}
