//! The client against raw bytes. Nothing here is answered by our own sandbox: both could share a mistake.

mod answers;
mod endpoints;
mod sign_in;

use std::time::Duration;

use crate::api::raw_server::{Act, RawServer, dead_url, json};
use crate::api::{ClientError, ClientOptions, Credentials, Reader, Writer};
use crate::model::InFlight;
use crate::wire::{Answer, TransportError, Unreachable};

const BODY: &[u8] = br#"{"Users":[{"UserID":"T-1"}]}"#;

/// Any certificate: nothing in these tests is signed by it.
const CERTIFICATE: &str = include_str!("tests/certificate.pem");

async fn post(options: &ClientOptions) -> Result<Answer, TransportError> {
    let reader = Reader::new(options).unwrap();
    let writer = Writer::new(options, &reader).unwrap();
    writer.bulk_users(&announced(BODY), BODY.to_vec()).await
}

async fn get(options: &ClientOptions) -> Result<Answer, TransportError> {
    Reader::new(options).unwrap().get_user("T-1").await
}

fn announced(body: &[u8]) -> InFlight {
    InFlight::recorded(7, *blake3::hash(body).as_bytes())
}

fn customer(options: &mut ClientOptions) {
    options.credentials = Credentials::Customer {
        id: "planted-id".into(),
        code: "planted code&".into(),
    };
}

#[tokio::test]
async fn every_call_says_who_asks_and_what_it_speaks() {
    let server = RawServer::start(|_, _| json(200, "{}")).await;
    let mut options = server.options();
    options.base_url = format!("{}/tenant/7/", server.url()).parse().unwrap();
    let reader = Reader::new(&options).unwrap();
    reader.get_user("a/b?c#d").await.unwrap();
    reader.query_users(500, 250).await.unwrap();
    post(&options).await.unwrap();
    assert_eq!(
        server.targets(),
        [
            "GET /tenant/7/seiapi/v3/trans/User/a%2Fb%3Fc%23d",
            "GET /tenant/7/seiapi/v3/query/Users/?sort=UserID&limit=250&start=500",
            "POST /tenant/7/seiapi/v3/bulk/Users",
        ]
    );
    for seen in server.requests() {
        let lines: Vec<_> = seen.head.lines().collect();
        assert!(lines.contains(&"x-access-token: the-token"), "{lines:?}");
        assert!(
            lines.contains(&"content-type: application/json"),
            "{lines:?}"
        );
        assert!(seen.head.contains("user-agent: crewsync/"), "{lines:?}");
        // Packed answers would need a cap of their own.
        assert!(!seen.head.contains("accept-encoding"), "{lines:?}");
    }
    assert_eq!(server.requests()[2].body, BODY);
}

#[tokio::test]
async fn customer_id_and_code_go_into_the_query_alone() {
    let server = RawServer::start(|_, _| json(200, "{}")).await;
    let mut options = server.options();
    customer(&mut options);
    get(&options).await.unwrap();
    Reader::new(&options)
        .unwrap()
        .query_users(0, 1)
        .await
        .unwrap();
    let secrets = "customerid=planted-id&customercode=planted+code%26";
    assert_eq!(
        server.targets(),
        [
            format!("GET /seiapi/v3/trans/User/T-1?{secrets}"),
            format!("GET /seiapi/v3/query/Users/?sort=UserID&limit=1&start=0&{secrets}"),
        ]
    );
    assert!(!server.requests()[0].head.contains("x-access-token"));
}

#[tokio::test]
async fn an_id_that_no_url_can_hold_is_not_asked_for() {
    let server = RawServer::start(|_, _| json(200, "{}")).await;
    let reader = Reader::new(&server.options()).unwrap();
    for id in [".", ".."] {
        let error = reader.get_user(id).await.unwrap_err();
        assert!(
            matches!(
                error,
                TransportError::NotSent {
                    kind: Unreachable::Declined,
                    ..
                }
            ),
            "{error:?}"
        );
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let options = ClientOptions::new(
        dead_url().await.parse().unwrap(),
        Credentials::Token("t".into()),
    );
    for result in [get(&options).await, post(&options).await] {
        let error = result.unwrap_err();
        assert!(
            matches!(
                error,
                TransportError::NotSent {
                    kind: Unreachable::Refused,
                    ..
                }
            ),
            "{error:?}"
        );
        assert!(error.to_string().contains("refused"), "{error}");
    }
}

#[tokio::test]
async fn reads_keep_their_connection_and_writes_open_their_own() {
    let server = RawServer::start(|_, _| json(200, "{}")).await;
    let reader = Reader::new(&server.options()).unwrap();
    let writer = Writer::new(&server.options(), &reader).unwrap();
    for _ in 0..3 {
        reader.get_user("T-1").await.unwrap();
    }
    assert_eq!(server.connections(), 1);
    for _ in 0..3 {
        writer
            .bulk_users(&announced(BODY), BODY.to_vec())
            .await
            .unwrap();
    }
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn a_body_that_was_not_announced_does_not_leave() {
    let server = RawServer::start(|_, _| json(200, "{}")).await;
    let options = server.options();
    let reader = Reader::new(&options).unwrap();
    let writer = Writer::new(&options, &reader).unwrap();
    let error = writer
        .bulk_users(&announced(b"another"), BODY.to_vec())
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            TransportError::NotSent {
                kind: Unreachable::Declined,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "the body is not the one that attempt 7 announced"
    );
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn no_error_repeats_a_url_or_a_secret() {
    let cut = Act::WriteAndClose(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec());
    let server = RawServer::start(move |_, _| cut.clone()).await;
    for url in [server.url(), dead_url().await] {
        let mut options = server.options();
        options.base_url = url.parse().unwrap();
        customer(&mut options);
        let error = post(&options).await.unwrap_err();
        let text = format!("{error} {error:?}");
        for banned in ["planted", "http:", "seiapi", "customer"] {
            assert!(!text.contains(banned), "{banned}: {text}");
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_prove_who_it_is_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), CERTIFICATE).unwrap();
    let no_tls = RawServer::greeting(b"220 mail.example.com ready\r\n").await;
    let silent = RawServer::start(|_, _| Act::Reset).await;
    for (server, want) in [
        (no_tls, Unreachable::Tls),
        (silent, Unreachable::ConnectTimeout),
    ] {
        let mut options = server.options();
        options.base_url = server.url().replace("http:", "https:").parse().unwrap();
        options.ca_file = Some(folder.path().join("ca.pem"));
        if want == Unreachable::ConnectTimeout {
            options.connect_timeout = Duration::from_millis(100);
        }
        match post(&options).await {
            Err(TransportError::NotSent { kind, .. }) => assert_eq!(kind, want),
            other => panic!("{want:?}: {other:?}"),
        }
        assert_eq!(server.requests().len(), 0);
    }
}

#[tokio::test]
async fn a_tenant_on_this_machine_is_never_asked_through_a_proxy() {
    let server = RawServer::start(|_, _| json(200, "{}")).await;
    let mut options = server.options();
    options.proxy = Some(dead_url().await);
    assert_eq!(get(&options).await.unwrap().status, 200);
}

#[test]
fn options_that_cannot_work_are_refused_before_anything_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate here\n").unwrap();
    let remote = |change: &dyn Fn(&mut ClientOptions)| {
        let token = Credentials::Token("t".into());
        let mut options = ClientOptions::new("https://sm.example.com".parse().unwrap(), token);
        change(&mut options);
        Reader::new(&options).err().unwrap()
    };
    let error = remote(&|options| options.ca_file = Some(folder.path().join("none.pem")));
    assert!(matches!(error, ClientError::Certificates { .. }), "{error}");
    let error = remote(&|options| options.ca_file = Some(empty.clone()));
    assert_eq!(
        error.to_string(),
        format!("{}: it holds no certificate", empty.display())
    );
    let error = remote(&|options| options.proxy = Some("http://user:planted@".to_owned()));
    assert!(matches!(error, ClientError::Proxy), "{error}");
    assert!(!format!("{error} {error:?}").contains("planted"));
    let error = remote(&|options| options.credentials = Credentials::Token("".into()));
    assert!(matches!(error, ClientError::Credential { .. }), "{error}");
}
