//! Reading users one by one.

use std::sync::atomic::{AtomicU32, Ordering};

use futures::StreamExt;

use super::{GONE, login, reads, reads_of};
use crate::api::raw_server::{Act, RawServer, answer, dead_url, json};
use crate::api::{ClientOptions, Credentials};
use crate::fetch::{FetchErrorKind, Reading};
use crate::model::Event;

const T1: &str = r#"{"UserID":"T-1","Email":"a@example.com"}"#;

fn is_present(reading: &Reading) -> bool {
    matches!(reading, Reading::Present(_))
}

#[tokio::test]
async fn a_user_is_there_or_not() {
    let server = RawServer::start(|seen, _| match seen.target.ends_with("/T-1") {
        true => json(200, T1),
        false => json(410, GONE),
    })
    .await;
    let reads = reads_of(&server);
    let Reading::Present(user) = reads.user("T-1").await.unwrap() else {
        panic!("T-1 is there");
    };
    assert_eq!(user.object()["Email"], "a@example.com");
    assert_eq!(reads.user("T-2").await.unwrap(), Reading::Absent);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn not_found_means_absent_only_where_a_tenant_has_answered() {
    for (proof, is_proof) in [
        (json(410, GONE), true),
        (json(200, T1), true),
        (json(400, "{}"), false),
    ] {
        let server = RawServer::start(move |seen, _| match seen.target.ends_with("/T-1") {
            true => proof.clone(),
            false => answer("404 Not Found\r\nContent-Type: text/html", "<h1>nginx</h1>"),
        })
        .await;
        let reads = reads_of(&server);
        let error = reads.user("T-2").await.unwrap_err();
        assert_eq!(error.kind, FetchErrorKind::WrongBaseUrl);
        assert!(
            error
                .to_string()
                .starts_with(&format!("{} answers 404", server.url())),
            "{error}"
        );
        assert!(error.is_configuration());
        let _ = reads.user("T-1").await;
        match reads.user("T-2").await {
            Ok(reading) => assert!(is_proof && reading == Reading::Absent),
            Err(error) => assert!(!is_proof && error.kind == FetchErrorKind::WrongBaseUrl),
        }
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec();
    for (name, act) in [
        ("500", json(500, "{}")),
        (
            "502 page",
            answer("502 Bad Gateway\r\nContent-Type: text/html", "<h1>no</h1>"),
        ),
        (
            "200 page",
            answer("200 OK\r\nContent-Type: text/html", "<h1>login</h1>"),
        ),
        ("empty 200", answer("200 OK", "")),
        ("no user", json(200, r#"{"code":200}"#)),
        ("another user", json(200, r#"{"UserID":"T-2"}"#)),
        ("reset", Act::Reset),
        ("cut", Act::WriteAndClose(cut)),
        ("503 without a word", json(503, "{}")),
        ("429 at once", answer("429 X\r\nRetry-After: 0", "{}")),
    ] {
        let flaky = act.clone();
        let server = RawServer::start(move |_, before| match before {
            0..3 => flaky.clone(),
            _ => json(200, T1),
        })
        .await;
        let (reads, heard) = reads(&server.options());
        assert!(is_present(&reads.user("T-1").await.unwrap()), "{name}");
        assert_eq!(server.requests().len(), 4, "{name}");
        let attempts: Vec<_> = heard
            .events()
            .into_iter()
            .map(|event| match event {
                Event::Retrying { attempt, .. } => attempt,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(attempts, [2, 3, 4], "{name}");

        let server = RawServer::start(move |_, _| act.clone()).await;
        let error = reads_of(&server).user("T-1").await.unwrap_err();
        assert!(
            matches!(error.kind, FetchErrorKind::Failed { attempts: 4, .. }),
            "{name}: {error:?}"
        );
        assert_eq!(
            error.to_string(),
            format!("user T-1 could not be read from {}", server.url())
        );
        assert_eq!(server.requests().len(), 4, "{name}");
    }
}

#[tokio::test]
async fn what_will_not_pass_is_asked_once() {
    let elsewhere = RawServer::start(|_, _| json(200, T1)).await;
    let location = format!("302 Found\r\nLocation: {}/", elsewhere.url());
    let detail = r#"{"code":400,"detail":{"message":"bad id","params":{},"dataPath":""}}"#;
    for (act, is_configuration) in [
        (answer(&location, ""), true),
        (json(400, detail), false),
        (json(403, detail), false),
        (json(401, detail), false),
    ] {
        let server = RawServer::start(move |_, _| act.clone()).await;
        let error = reads_of(&server).user("T-1").await.unwrap_err();
        assert_eq!(server.requests().len(), 1, "{error:?}");
        assert_eq!(error.is_configuration(), is_configuration, "{error:?}");
        assert!(!error.causes().is_empty(), "{error:?}");
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn an_id_that_no_url_can_hold_stops_before_anything_is_sent() {
    let server = RawServer::start(|_, _| json(200, T1)).await;
    let error = reads_of(&server).user("..").await.unwrap_err();
    assert!(
        matches!(error.kind, FetchErrorKind::Fatal { .. }),
        "{error:?}"
    );
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_unreachable_tenant_is_named_without_secrets() {
    let url = dead_url().await;
    let mut options = ClientOptions::new(url.parse().unwrap(), login());
    for credentials in [
        login(),
        Credentials::Customer {
            id: "planted-id".into(),
            code: "planted-code".into(),
        },
    ] {
        options.credentials = credentials;
        let error = reads(&options).0.user("T-1").await.unwrap_err();
        assert!(
            matches!(error.kind, FetchErrorKind::Unreachable { attempts: 4, .. }),
            "{error:?}"
        );
        assert_eq!(error.to_string(), format!("{url} cannot be reached"));
        assert!(error.causes()[0].contains("refused"), "{error:?}");
        assert!(!format!("{error:?}").contains("planted"));
    }
}

/// Gives tokens `jwt-1`, `jwt-2`, … and accepts those from `valid_from` on.
async fn tenant_with_logons(valid_from: u32) -> RawServer {
    let issued = AtomicU32::new(0);
    RawServer::start(move |seen, _| {
        if seen.target == "POST /createjwt" {
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            return json(200, &format!("{{\"token\":\"jwt-{number}\"}}"));
        }
        let number = issued.load(Ordering::SeqCst);
        let newest = format!("x-access-token: jwt-{number}\r\n");
        match number >= valid_from && seen.head.contains(&newest) {
            true => json(200, T1),
            false => json(401, "{}"),
        }
    })
    .await
}

fn logons(server: &RawServer) -> usize {
    let targets = server.targets();
    targets
        .iter()
        .filter(|target| *target == "POST /createjwt")
        .count()
}

#[tokio::test]
async fn a_token_is_renewed_once() {
    let server = tenant_with_logons(2).await;
    let mut options = server.options();
    options.credentials = login();
    let (reads, heard) = reads(&options);
    assert!(is_present(&reads.user("T-1").await.unwrap()));
    assert_eq!((logons(&server), server.requests().len()), (2, 4));
    assert_eq!(heard.events(), []);

    let server = tenant_with_logons(99).await;
    options.base_url = server.url().parse().unwrap();
    let error = super::reads(&options).0.user("T-1").await.unwrap_err();
    assert!(
        matches!(error.kind, FetchErrorKind::Unauthorized { .. }),
        "{error:?}"
    );
    assert_eq!((logons(&server), server.requests().len()), (2, 4));
}

#[tokio::test]
async fn many_reads_renew_together() {
    let server = tenant_with_logons(2).await;
    let mut options = server.options();
    options.credentials = login();
    let (reads, _) = reads(&options);
    let ids = vec!["T-1".into(); 40];
    let readings: Vec<_> = reads.users(ids).collect().await;
    assert!(
        readings
            .iter()
            .all(|(_, reading)| is_present(reading.as_ref().unwrap()))
    );
    assert_eq!(logons(&server), 2);
}

#[tokio::test]
async fn users_come_in_the_order_asked_for() {
    let server = RawServer::start(|seen, _| {
        let (_, id) = seen.target.rsplit_once('/').unwrap();
        match id.ends_with('7') {
            true => json(410, GONE),
            false => json(200, &format!("{{\"UserID\":\"{id}\"}}")),
        }
    })
    .await;
    let (reads, heard) = reads(&server.options());
    let ids: Vec<Box<str>> = (0..100)
        .map(|number| format!("T-{number}").into())
        .collect();
    let readings: Vec<_> = reads.users(ids.clone()).collect().await;
    assert!(readings.iter().map(|(id, _)| id).eq(&ids));
    for (id, reading) in readings {
        match reading.unwrap() {
            Reading::Present(user) => assert_eq!(user.user_id(), &*id),
            Reading::Absent => assert!(id.ends_with('7')),
        }
    }
    let events = heard.events();
    assert_eq!(events[0], Event::ReadsPlanned { users: 100 });
    assert_eq!(events[1..], vec![Event::UserRead; 100]);
}

#[tokio::test]
async fn one_failure_does_not_hide_the_others() {
    let server = RawServer::start(|seen, _| match seen.target.ends_with("/T-1") {
        true => json(200, T1),
        false => json(400, "{}"),
    })
    .await;
    let (reads, _) = reads(&server.options());
    let readings: Vec<_> = reads
        .users(vec!["T-0".into(), "T-1".into()])
        .collect()
        .await;
    assert!(readings[0].1.is_err());
    assert!(is_present(readings[1].1.as_ref().unwrap()));
}

#[tokio::test]
async fn a_storm_of_failures_is_not_answered_with_a_storm_of_trials() {
    let server = RawServer::start(|_, _| json(500, "{}")).await;
    let (reads, _) = reads(&server.options());
    let ids = vec!["T-1".into(); 100];
    let readings: Vec<_> = reads.users(ids).collect().await;
    assert!(readings.iter().all(|(_, reading)| reading.is_err()));
    let requests = server.requests().len();
    assert!((100..=120).contains(&requests), "{requests}");
}

#[test]
fn reading_can_move_between_threads() {
    fn is_send<T: Send>(_: T) {}
    let options = ClientOptions::new("http://127.0.0.1:1".parse().unwrap(), login());
    let (reads, _) = reads(&options);
    is_send(reads.user("T-1"));
    is_send(reads.users(Vec::new()));
    is_send(reads.list(&mut |_| {}));
}
