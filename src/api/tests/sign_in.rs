//! Signing in with name and password, against raw answers.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::future::join_all;

use super::{BODY, announced, post};
use crate::api::raw_server::{Act, RawServer, Seen, json};
use crate::api::{ClientOptions, Credentials, Reader, Renewal, Writer};
use crate::wire::{TransportError, Unreachable};

fn login(options: &mut ClientOptions) {
    options.credentials = Credentials::Login {
        username: "hr \"bot\"".to_owned(),
        password: "planted-password".into(),
    };
}

/// Answers logons with tokens `jwt-1`, `jwt-2`, … and other calls with 401 unless they bring the newest one.
async fn tenant_with_logons() -> RawServer {
    let issued = AtomicU32::new(0);
    RawServer::start(move |seen, _| {
        if seen.target == "POST /createjwt" {
            return json(
                200,
                &format!(
                    "{{\"token\":\"jwt-{}\"}}",
                    issued.fetch_add(1, Ordering::SeqCst) + 1
                ),
            );
        }
        let newest = format!("x-access-token: jwt-{}\r\n", issued.load(Ordering::SeqCst));
        json(
            if seen.head.contains(&newest) {
                200
            } else {
                401
            },
            "{}",
        )
    })
    .await
}

#[tokio::test]
async fn a_login_is_made_once_on_first_use() {
    let server = tenant_with_logons().await;
    let mut options = server.options();
    login(&mut options);
    let reader = Reader::new(&options).unwrap();
    assert_eq!(server.connections(), 0);
    let answers = join_all((0..8).map(|_| reader.get_user("T-1"))).await;
    assert!(
        answers
            .iter()
            .all(|answer| answer.as_ref().unwrap().status == 200)
    );
    Writer::new(&options, &reader)
        .unwrap()
        .bulk_users(&announced(BODY), BODY.to_vec())
        .await
        .unwrap();
    let logons: Vec<_> = server
        .requests()
        .into_iter()
        .filter(|seen| seen.target == "POST /createjwt")
        .collect();
    assert_eq!(logons.len(), 1);
    assert_eq!(
        logons[0].body,
        br#"{"username":"hr \"bot\"","password":"planted-password"}"#
    );
    assert!(!logons[0].head.contains("x-access-token"));
    assert_eq!(server.requests().len(), 10);
}

#[tokio::test]
async fn callers_that_were_refused_together_renew_once() {
    let server = tenant_with_logons().await;
    let mut options = server.options();
    login(&mut options);
    let reader = Reader::new(&options).unwrap();
    reader.get_user("T-1").await.unwrap();
    let session = reader.session();
    let renewals = join_all((0..8).map(|_| reader.renew(session))).await;
    assert!(
        renewals
            .into_iter()
            .all(|renewal| renewal == Ok(Renewal::Renewed))
    );
    assert_eq!(reader.session(), session + 1);
    assert_eq!(reader.get_user("T-1").await.unwrap().status, 200);
    let logons = server
        .targets()
        .iter()
        .filter(|target| *target == "POST /createjwt")
        .count();
    assert_eq!(logons, 2);
}

#[tokio::test]
async fn who_asks_while_another_renews_is_not_held_up() {
    let server = RawServer::start(|seen, before| match (seen.target.as_str(), before) {
        ("POST /createjwt", 0) => json(200, "{\"token\":\"jwt-1\"}"),
        ("POST /createjwt", _) => Act::WriteAndHang(Vec::new()),
        _ => json(200, "{}"),
    })
    .await;
    let mut options = server.options();
    login(&mut options);
    let reader = Reader::new(&options).unwrap();
    reader.sign_in().await.unwrap();
    let mut renewal = std::pin::pin!(reader.renew(reader.session()));
    assert!(futures::poll!(&mut renewal).is_pending());
    assert_eq!(reader.get_user("T-1").await.unwrap().status, 200);
    assert!(futures::poll!(&mut renewal).is_pending());
    assert_eq!(reader.session(), 0);
}

#[tokio::test]
async fn a_refused_login_is_not_repeated() {
    let server = RawServer::start(|_, _| json(401, "{}")).await;
    let mut options = server.options();
    login(&mut options);
    let reader = Reader::new(&options).unwrap();
    for answer in join_all((0..8).map(|_| reader.get_user("T-1"))).await {
        assert_eq!(answer.unwrap().status, 401);
    }
    assert_eq!(reader.renew(reader.session()).await, Ok(Renewal::Refused));
    assert_eq!(server.targets(), ["POST /createjwt"]);
}

#[tokio::test]
async fn a_login_that_fails_otherwise_means_that_nothing_was_sent() {
    for (act, kind) in [
        (json(404, "{}"), Unreachable::Declined),
        (json(503, "{}"), Unreachable::Refused),
        (json(200, "{}"), Unreachable::Refused),
        (json(200, "{\"token\":\"a\\nb\"}"), Unreachable::Refused),
        (Act::Reset, Unreachable::Refused),
    ] {
        let server = RawServer::start(move |_, _| act.clone()).await;
        let mut options = server.options();
        login(&mut options);
        let error = post(&options).await.unwrap_err();
        let TransportError::NotSent { kind: met, text } = error else {
            panic!("{error:?}");
        };
        assert_eq!(met, kind, "{text}");
        assert!(
            text.starts_with("signing in at /createjwt failed: "),
            "{text}"
        );
        assert_eq!(server.targets(), ["POST /createjwt"]);
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_renewed_say_so_without_asking() {
    let server = RawServer::start(|_, _| json(401, "{}")).await;
    let reader = Reader::new(&server.options()).unwrap();
    assert_eq!(reader.renew(reader.session()).await, Ok(Renewal::Fixed));
    assert_eq!(server.connections(), 0);
}

/// A token that lasts so many seconds from when it was given out.
fn lasting(lifetime_s: i64, name: &str) -> String {
    let claims = format!("{{\"iat\":1000,\"exp\":{}}}", 1000 + lifetime_s);
    let token = format!("{name}.{}.sig", URL_SAFE_NO_PAD.encode(claims));
    format!("{{\"token\":\"{token}\"}}")
}

fn logons(server: &RawServer) -> usize {
    let targets = server.targets();
    let is_logon = |target: &&String| *target == "POST /createjwt";
    targets.iter().filter(is_logon).count()
}

#[tokio::test]
async fn a_token_that_is_about_to_expire_is_replaced_before_it_does_by_one_caller() {
    let server = RawServer::start(|seen, before| match (seen.target.as_str(), before) {
        ("POST /createjwt", 0) => json(200, &lasting(0, "first")),
        ("POST /createjwt", _) => json(200, &lasting(3600, "second")),
        _ => json(200, "{}"),
    })
    .await;
    let mut options = server.options();
    login(&mut options);
    let reader = Reader::new(&options).unwrap();
    reader.sign_in().await.unwrap();
    let before = reader.session();
    for entered in join_all((0..8).map(|_| reader.sign_in())).await {
        entered.unwrap();
    }
    assert_eq!((logons(&server), reader.session()), (2, before + 1));
    reader.get_user("T-1").await.unwrap();
    let heads = server.requests();
    let head = &heads.last().unwrap().head;
    assert!(head.contains("x-access-token: second."), "{head}");
    reader.sign_in().await.unwrap();
    assert_eq!(logons(&server), 2, "this one lasts");
}

#[tokio::test]
async fn a_token_that_cannot_be_replaced_serves_as_long_as_it_lasts() {
    for refusal in [401, 503] {
        let server = RawServer::start(move |seen, before| match (seen.target.as_str(), before) {
            ("POST /createjwt", 0) => json(200, &lasting(0, "first")),
            ("POST /createjwt", _) => json(refusal, "{}"),
            _ => json(200, "{}"),
        })
        .await;
        let mut options = server.options();
        login(&mut options);
        let reader = Reader::new(&options).unwrap();
        for _ in 0..4 {
            reader.sign_in().await.unwrap();
            assert_eq!(reader.get_user("T-1").await.unwrap().status, 200);
        }
        assert_eq!(
            logons(&server),
            2,
            "{refusal}: asked once, not over and over"
        );
    }
}

#[tokio::test]
async fn who_signs_in_and_is_not_looked_at_holds_nobody_up() {
    let lasting_never = |seen: &Seen, _| match seen.target.as_str() {
        "POST /createjwt" => json(200, &lasting(0, "jwt")),
        _ => json(200, "{}"),
    };
    let server = RawServer::start(lasting_never).await;
    let mut options = server.options();
    login(&mut options);
    let reader = Reader::new(&options).unwrap();
    reader.sign_in().await.unwrap();
    let number = reader.session();
    let mut early = std::pin::pin!(reader.sign_in());
    assert!(futures::poll!(&mut early).is_pending());
    // From here on `early` is not polled, as a call is not while its answer is thought about.
    let patience = std::time::Duration::from_secs(60);
    let renewed = tokio::time::timeout(patience, reader.renew(number)).await;
    assert_eq!(renewed.expect("in time"), Ok(Renewal::Renewed));
    assert_eq!(logons(&server), 2, "the two renewed together");
}
