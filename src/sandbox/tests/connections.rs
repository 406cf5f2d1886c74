//! HTTP itself: credentials, unknown URLs, connections.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{BULK, eventually, start, start_with};
use crate::pacing::Limits;
use crate::sandbox::SandboxOptions;

#[tokio::test]
async fn unknown_urls_and_methods_answer_in_the_vendors_form() {
    let server = start("", json!({})).await;
    for path in [
        "/",
        "/seiapi/v3/bulk/users",
        "/seiapi/v3/trans/User/",
        "/seiapi/v3/bulk/Users/",
        "/sandbox",
    ] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status, answer.json()["code"].clone()),
            (404, json!(404)),
            "{path}"
        );
    }
    let answer = server.get(BULK).await;
    assert_eq!(
        (answer.status, answer.json()["code"].clone()),
        (405, json!(405))
    );
    assert_eq!(answer.header("allow"), Some("POST"));
    assert_eq!(
        server
            .call("PATCH /seiapi/v3/trans/User/a", "")
            .await
            .status,
        405
    );
    assert_eq!(server.statuses().await.len(), 7);
}

#[tokio::test]
async fn credentials_are_asked_for_on_every_call_but_login() {
    let options = |token: Option<&str>| SandboxOptions {
        token: token.map(str::to_owned),
        limits: Limits::OFF,
        ..SandboxOptions::default()
    };
    for (token, headers, query, status) in [
        (None, "", "", 401),
        (None, "x-access-token: any\r\n", "", 410),
        (None, "X-Access-Token: \r\n", "", 401),
        (Some("T"), "x-access-token: any\r\n", "", 401),
        (Some("T"), "x-access-token: T\r\n", "", 410),
        (
            Some("T"),
            "",
            "?customerid=sandbox&customercode=sandbox",
            410,
        ),
        (None, "", "?customerid=sandbox&customercode=x", 401),
    ] {
        let server = start_with(options(token)).await;
        for head in [
            format!("GET /seiapi/v3/trans/User/a{query}"),
            format!("DELETE /seiapi/v3/trans/User/a{query}"),
        ] {
            let answer = server.try_call(&head, headers, "").await.unwrap();
            assert_eq!(
                (answer.status, answer.json()["code"].clone()),
                (status, json!(status)),
                "{headers}{query}"
            );
        }
        let requests = server.own("requests").await;
        assert_eq!(
            requests[0]["path"],
            json!("/seiapi/v3/trans/User/a"),
            "no codes in the log"
        );
    }
}

#[tokio::test]
async fn a_login_gives_a_token_that_passes_until_it_expires() {
    let mut options = SandboxOptions {
        token: Some("T".to_owned()),
        limits: Limits::OFF,
        ..SandboxOptions::default()
    };
    options.seed = super::read_seed(
        r#"{"UserID":"a","AuthenticationID":"login","Password":"p"} {"UserID":"b","Password":"p","Locked":true}"#,
    );
    let server = start_with(options).await;
    for (body, status) in [
        (r#"{"username":"login","password":"p"}"#, 200),
        (r#"{"username":"a","password":"p"}"#, 200),
        (r#"{"username":"a","password":"x"}"#, 401),
        (r#"{"username":"b","password":"p"}"#, 401),
        (r#"{"username":"c","password":""}"#, 401),
        (r#"{"username":"a"}"#, 400),
        ("", 400),
    ] {
        assert_eq!(
            server
                .try_call("POST /createjwt", "", body)
                .await
                .unwrap()
                .status,
            status,
            "{body}"
        );
    }
    for (lifetime_s, status) in [(3600, 200), (0, 401)] {
        server
            .set_faults(json!({"switches": {"token_lifetime_s": lifetime_s}}))
            .await;
        let login = r#"{"username":"a","password":"p"}"#;
        let token = server
            .try_call("POST /createjwt", "", login)
            .await
            .unwrap()
            .json();
        let header = format!("x-access-token: {}\r\n", token["token"].as_str().unwrap());
        let answer = server
            .try_call("GET /seiapi/v3/trans/User/a", &header, "")
            .await
            .unwrap();
        assert_eq!(answer.status, status);
    }
}

#[tokio::test]
async fn another_content_type_is_415_and_none_is_fine() {
    let server = start("", json!({})).await;
    let body = r#"{"Users":[{"UserID":"a"}]}"#;
    for (content_type, status) in [
        ("Content-Type: text/csv\r\n", 415),
        ("Content-Type: application/json; charset=utf-8\r\n", 200),
        ("", 200),
    ] {
        let headers = format!("x-access-token: t\r\n{content_type}");
        let answer = server
            .try_call(&format!("POST {BULK}"), &headers, body)
            .await
            .unwrap();
        assert_eq!(answer.status, status, "{content_type}");
    }
}

#[tokio::test]
async fn a_connection_serves_several_calls() {
    let server = start(r#"{"UserID":"a"}"#, json!({})).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let get = "GET /seiapi/v3/trans/User/a HTTP/1.1\r\nHost: x\r\nx-access-token: t\r\n\r\n";
    let last = get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    stream
        .write_all(format!("{get}{get}{last}").as_bytes())
        .await
        .unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3);
}

#[tokio::test]
async fn junk_harms_nobody_else() {
    let server = start("", json!({})).await;
    for junk in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\u{0}\u{1}",
        "POST /seiapi/v3/bulk/Users HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(junk.as_bytes()).await.unwrap();
    }
    assert_eq!(server.bulk(json!([{"UserID": "a"}])).await.status, 200);
}

#[tokio::test]
async fn a_stopped_sandbox_answers_what_is_open_and_frees_its_port() {
    let script = json!({"faults": [{"delay_ms": 100}]});
    let server = start("", script).await;
    let mut open = server
        .send(
            &format!("POST {BULK}"),
            "x-access-token: t\r\n",
            r#"{"Users":[{"UserID":"a"}]}"#,
        )
        .await
        .unwrap();
    eventually(async || !server.statuses().await.is_empty()).await;
    let address = server.address;
    server.stop().await;
    let mut answer = String::new();
    open.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(TcpStream::connect(address).await.is_err());
}
