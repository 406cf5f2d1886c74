//! What comes back, or breaks on the way.

use std::time::Duration;

use super::{get, post};
use crate::api::Reader;
use crate::api::raw_server::{Act, RawServer, answer, json};
use crate::wire::TransportError;

#[tokio::test]
async fn a_clean_answer_comes_back_as_it_was_sent() {
    let head = "200 OK\r\ncontent-type: application/json; x=y\r\nretry-after: 7\r\nDate: then\r\n\
                X-RateLimit-Limit: 15\r\nx-ratelimit-remaining: 0\r\nX-RATELIMIT-RESET: 1";
    let server = RawServer::start(move |_, _| answer(head, "{\"UserID\": \"T-1\"}\n")).await;
    let answer = get(&server.options()).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, b"{\"UserID\": \"T-1\"}\n");
    let headers = answer.headers;
    assert_eq!(
        headers.content_type.as_deref(),
        Some("application/json; x=y")
    );
    assert_eq!(headers.retry_after.as_deref(), Some("7"));
    assert_eq!(headers.date.as_deref(), Some("then"));
    assert_eq!(headers.rate_limit.as_deref(), Some("15"));
    assert_eq!(headers.rate_remaining.as_deref(), Some("0"));
    assert_eq!(headers.rate_reset.as_deref(), Some("1"));
    assert_eq!(headers.location, None);
}

#[tokio::test]
async fn what_breaks_after_the_connection_stood_is_ambiguous_and_never_resent() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec();
    let cut_chunk = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"".to_vec();
    for (name, act) in [
        ("reset", Act::Reset),
        ("closed", Act::WriteAndClose(Vec::new())),
        (
            "half a head",
            Act::WriteAndClose(b"HTTP/1.1 200 OK\r\nCont".to_vec()),
        ),
        (
            "no HTTP",
            Act::WriteAndClose(b"220 smtp.example.com\r\n\r\n".to_vec()),
        ),
        ("half a body", Act::WriteAndClose(cut)),
        ("half a chunk", Act::WriteAndClose(cut_chunk)),
    ] {
        let server = RawServer::start(move |_, _| act.clone()).await;
        for result in [get(&server.options()).await, post(&server.options()).await] {
            assert!(
                matches!(result, Err(TransportError::Ambiguous { .. })),
                "{name}: {result:?}"
            );
        }
        assert_eq!(server.requests().len(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_reset_before_the_request_was_read_is_ambiguous_too() {
    let server = RawServer::resetting().await;
    for result in [get(&server.options()).await, post(&server.options()).await] {
        assert!(
            matches!(result, Err(TransportError::Ambiguous { .. })),
            "{result:?}"
        );
    }
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn silence_and_trickling_end_at_a_deadline() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{".to_vec();
    for (name, act, when) in [
        (
            "no answer",
            Act::WriteAndHang(Vec::new()),
            "before an answer came",
        ),
        (
            "then silence",
            Act::WriteAndHang(head),
            "while the answer was read",
        ),
        ("trickling", Act::Trickle, "while the answer was read"),
    ] {
        let server = RawServer::start(move |_, _| act.clone()).await;
        let mut options = server.options();
        match name {
            "trickling" => options.total_timeout = Duration::from_millis(150),
            _ => options.read_timeout = Duration::from_millis(100),
        }
        let error = post(&options).await.unwrap_err();
        assert!(
            matches!(error, TransportError::Ambiguous { .. }),
            "{name}: {error:?}"
        );
        assert_eq!(error.to_string(), format!("time ran out {when}"), "{name}");
    }
}

#[tokio::test]
async fn an_answer_longer_than_the_cap_is_not_read_on() {
    let endless = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n{}\r\n",
        "x".repeat(1024)
    );
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n".to_vec();
    for act in [
        Act::WriteAndHang(endless.into_bytes()),
        Act::WriteAndHang(announced),
    ] {
        let server = RawServer::start(move |_, _| act.clone()).await;
        let mut options = server.options();
        options.body_bytes_max = 1000;
        let error = get(&options).await.unwrap_err();
        assert_eq!(error, TransportError::TooLarge { limit_bytes: 1000 });
    }
}

#[tokio::test]
async fn an_answer_as_long_as_the_cap_is_read() {
    let server = RawServer::start(|_, _| json(200, &"x".repeat(1000))).await;
    let mut options = server.options();
    options.body_bytes_max = 1000;
    assert_eq!(get(&options).await.unwrap().body.len(), 1000);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let elsewhere = RawServer::start(|_, _| json(200, "{}")).await;
    let url = elsewhere.url();
    for status in [301, 302, 303, 307, 308] {
        let head = format!("{status} X\r\nLocation: {url}/stolen");
        let server = RawServer::start(move |_, _| answer(&head, "")).await;
        for result in [get(&server.options()).await, post(&server.options()).await] {
            let answer = result.unwrap();
            assert_eq!(answer.status, status);
            assert_eq!(
                answer.headers.location.as_deref(),
                Some(format!("{url}/stolen").as_str())
            );
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn answers_that_end_with_their_connection_are_read_whole() {
    for (name, bytes) in [
        ("HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n{\"UserID\":\"T-1\"}"),
        (
            "close",
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"UserID\":\"T-1\"}",
        ),
        (
            "a hint first",
            "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"UserID\":\"T-1\"}",
        ),
    ] {
        let server =
            RawServer::start(move |_, _| Act::WriteAndClose(bytes.as_bytes().to_vec())).await;
        let reader = Reader::new(&server.options()).unwrap();
        for _ in 0..2 {
            let answer = reader.get_user("T-1").await.unwrap();
            assert_eq!(
                (answer.status, answer.body.as_slice()),
                (200, &b"{\"UserID\":\"T-1\"}"[..]),
                "{name}"
            );
        }
        assert_eq!(server.connections(), 2, "{name}");
    }
}

#[tokio::test]
async fn a_page_is_an_answer_like_any_other() {
    let page = "<!doctype html><h1>Maintenance</h1>";
    let server =
        RawServer::start(move |_, _| answer("200 OK\r\nContent-Type: text/html", page)).await;
    let answer = get(&server.options()).await.unwrap();
    assert_eq!(answer.headers.content_type.as_deref(), Some("text/html"));
    assert_eq!(answer.body, page.as_bytes());
}
