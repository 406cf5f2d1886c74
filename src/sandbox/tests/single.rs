//! One user by his URL.

use serde_json::json;

use super::start;

#[tokio::test]
async fn an_absent_user_is_410_or_404() {
    let server = start("", json!({})).await;
    let answer = server.get("/seiapi/v3/trans/User/a").await;
    assert_eq!(
        (answer.status, answer.json()["code"].clone()),
        (410, json!(410))
    );
    assert_eq!(
        server
            .call("DELETE /seiapi/v3/trans/User/a", "")
            .await
            .status,
        410
    );
    server
        .set_faults(json!({"switches": {"absent_get": 404}}))
        .await;
    assert_eq!(server.get("/seiapi/v3/trans/User/a").await.status, 404);
    assert_eq!(
        server
            .call("DELETE /seiapi/v3/trans/User/a", "")
            .await
            .status,
        410
    );
}

#[tokio::test]
async fn a_put_inserts_replaces_and_shows_no_password() {
    let server = start("", json!({})).await;
    let put = async |body: &str| {
        server
            .call("PUT /seiapi/v3/trans/User/a", body)
            .await
            .status
    };
    assert_eq!(
        put(r#"{"Email":"e","Password":"p","Custom":"c"}"#).await,
        200
    );
    let user = server.get("/seiapi/v3/trans/User/a").await.json();
    assert_eq!(
        (&user["UserID"], &user["Email"], &user["Password"]),
        (&json!("a"), &json!("e"), &json!(""))
    );
    // `Deleted` is for the bulk call; what is omitted is gone.
    assert_eq!(put(r#"{"UserID":"a","SMS":"s","Deleted":true}"#).await, 200);
    let user = server.get("/seiapi/v3/trans/User/a").await.json();
    assert_eq!(
        (&user["Email"], &user["SMS"], &user["Deleted"]),
        (&json!(""), &json!("s"), &json!(false))
    );
    assert_eq!(user.get("Custom"), None);
}

#[tokio::test]
async fn bodies_that_do_not_fit_are_refused() {
    let server = start("", json!({})).await;
    for (body, path) in [
        ("", json!("")),
        ("[]", json!("")),
        (r#"{"UserID":"b"}"#, json!("/UserID")),
        (r#"{"UserID":7}"#, json!("/UserID")),
        (r#"{"Locked":"no"}"#, json!("/Locked")),
    ] {
        let answer = server.call("PUT /seiapi/v3/trans/User/a", body).await;
        assert_eq!((answer.status, answer.data_path()), (400, path), "{body}");
    }
    assert!(server.ids().await.is_empty());
}

#[tokio::test]
async fn only_a_new_user_is_welcomed_by_mail() {
    let server = start("", json!({})).await;
    for query in [
        "",
        "?emailNotification=false",
        "?emailNotification=true",
        "?emailNotification=true",
    ] {
        server
            .call(
                &format!("PUT /seiapi/v3/trans/User/u{}{query}", query.len()),
                "{}",
            )
            .await;
    }
    assert_eq!(
        server.own("mails").await,
        json!([{"seq": 1, "user_id": "u23", "kind": "welcome"}])
    );
}

#[tokio::test]
async fn ids_are_one_decoded_segment() {
    let server = start("", json!({})).await;
    for (segment, id) in [
        ("a%2Fb%3Fc%23d", "a/b?c#d"),
        ("%2E%2E", ".."),
        ("%252e", "%2e"),
        ("a+b%20c", "a+b c"),
        ("Zo%C3%AB", "Zoë"),
    ] {
        assert_eq!(
            server
                .call(&format!("PUT /seiapi/v3/trans/User/{segment}"), "{}")
                .await
                .status,
            200
        );
        let user = server
            .get(&format!("/seiapi/v3/trans/User/{segment}"))
            .await
            .json();
        assert_eq!(user["UserID"], json!(id));
        let deleted = server
            .call(&format!("DELETE /seiapi/v3/trans/User/{segment}"), "")
            .await;
        assert_eq!(deleted.status, 200);
        let log = server.own("requests").await;
        let last = log.as_array().unwrap().last().unwrap();
        assert_eq!(last["users"], json!([id]));
        assert_eq!(
            last["path"],
            json!(format!("/seiapi/v3/trans/User/{segment}"))
        );
    }
    assert_eq!(server.get("/seiapi/v3/trans/User/%FF").await.status, 400);
    assert_eq!(server.get("/seiapi/v3/trans/User/a/b").await.status, 404);
}

#[tokio::test]
async fn get_may_leave_properties_out() {
    let script = json!({"switches": {"get_omits": ["Email", "Phones"]}});
    let server = start(r#"[{"UserID":"a","Email":"e"}]"#, script).await;
    let user = server.get("/seiapi/v3/trans/User/a").await.json();
    assert_eq!(
        (user.get("Email"), user.get("Phones"), user.get("SMS")),
        (None, None, Some(&json!("")))
    );
    assert_eq!(server.users_with("Email").await, ["a:e"]);
}

#[tokio::test]
async fn numbers_and_unknown_properties_come_back_as_they_were() {
    let seed = r#"{"UserID":"a","Custom":{"n":[1.50,9007199254740993,1e+400]},"Extensions":{"Grade":7.10}}"#;
    let server = start(seed, json!({})).await;
    let body = server.get("/seiapi/v3/trans/User/a").await.body;
    let body = String::from_utf8(body).unwrap();
    assert!(
        body.contains(r#""Custom":{"n":[1.50,9007199254740993,1e+400]}"#),
        "{body}"
    );
    assert!(body.contains(r#""Extensions":{"Grade":7.10}"#), "{body}");
    let sent = format!(r#"{{"Users":[{body}]}}"#);
    assert_eq!(
        server
            .call("POST /seiapi/v3/bulk/Users", &sent)
            .await
            .status,
        200
    );
    assert_eq!(
        server.get("/seiapi/v3/trans/User/a").await.body,
        body.as_bytes()
    );
}
