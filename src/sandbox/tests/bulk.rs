//! The bulk call and its switches.

use serde_json::{Value as Json, json};

use super::{BULK, many, start};

const CLEAN: &str = r#"{"code":200,"detail":{"message":"","params":{"value":""},"dataPath":""}}"#;

#[tokio::test]
async fn an_empty_chunk_is_done() {
    let server = start("", json!({})).await;
    let answer = server.bulk(json!([])).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/json"))
    );
    assert_eq!(String::from_utf8(answer.body).unwrap(), CLEAN);
}

#[tokio::test]
async fn adds_updates_and_deletes_mix() {
    let server = start(r#"[{"UserID":"old"},{"UserID":"gone"}]"#, json!({})).await;
    let answer = server
        .bulk(json!([
            {"UserID": "new", "Email": "n@x", "Custom": {"n": 1}},
            {"UserID": "old", "Email": "o@x", "Activated": false},
            {"UserID": "gone", "Deleted": true},
        ]))
        .await;
    assert_eq!(String::from_utf8(answer.body).unwrap(), CLEAN);
    assert_eq!(server.users_with("Email").await, ["new:n@x", "old:o@x"]);
    assert_eq!(
        server.users_with("Activated").await,
        ["new:true", "old:false"]
    );
    assert_eq!(
        server.own("users").await["Users"][0]["Custom"],
        json!({"n": 1})
    );
}

#[tokio::test]
async fn bodies_that_are_no_chunk_are_refused() {
    let server = start("", json!({})).await;
    for (body, path) in [
        ("", json!("")),
        ("{", json!("")),
        ("[]", json!("")),
        ("{}", json!("")),
        (r#"{"Users":{}}"#, json!("/Users")),
        (r#"{"Users":[7]}"#, json!("/Users/0")),
        (r#"{"Users":[{"UserID":"a"},{}]}"#, json!("/Users/1")),
        (
            r#"{"Users":[{"UserID":"a","Phones":[{"PhoneNum":1}]}]}"#,
            json!("/Users/0/Phones/0/PhoneNum"),
        ),
        (
            &format!("{}1{}", "[".repeat(300), "]".repeat(300)),
            json!(""),
        ),
    ] {
        let answer = server.call(&format!("POST {BULK}"), body).await;
        assert_eq!((answer.status, answer.data_path()), (400, path), "{body}");
        assert_eq!(answer.json()["code"], json!(400));
    }
    assert!(server.ids().await.is_empty());
}

#[tokio::test]
async fn a_refused_chunk_leaves_what_is_switched() {
    for (bulk, left) in [
        ("atomic", vec![]),
        ("partial", vec!["a", "c"]),
        ("stops", vec!["a"]),
    ] {
        let server = start("", json!({"switches": {"bulk": bulk}})).await;
        let users = json!([{"UserID": "a"}, {"UserID": "b", "Email": 7}, {"UserID": "c"}]);
        let answer = server.bulk(users).await;
        assert_eq!(
            (answer.status, answer.data_path()),
            (400, json!("/Users/1/Email"))
        );
        assert_eq!(answer.json()["detail"]["params"], json!({"value": "7"}));
        assert_eq!(server.ids().await, left, "{bulk}");
    }
}

#[tokio::test]
async fn every_flaw_is_told_if_switched() {
    for bulk in ["atomic", "partial"] {
        let server = start("", json!({"switches": {"bulk": bulk, "details": "all"}})).await;
        let users =
            json!([{"UserID": "a", "Email": 7}, {"UserID": "b"}, {"UserID": "c", "SMS": 7}]);
        let answer = server.bulk(users).await.json();
        let paths: Vec<&Json> = answer["detail"]
            .as_array()
            .unwrap()
            .iter()
            .map(|detail| &detail["dataPath"])
            .collect();
        assert_eq!(paths, ["/Users/0/Email", "/Users/2/SMS"]);
    }
}

#[tokio::test]
async fn errors_come_in_both_forms_and_every_notation() {
    for (data_path, path) in [
        ("pointer", json!("/Users/0/Email")),
        ("javascript", json!("Users[0].Email")),
        ("dot_javascript", json!(".Users[0].Email")),
        ("dollar", json!("$.Users[0].Email")),
        ("bracket", json!("$['Users'][0]['Email']")),
        ("fragment", json!("#/Users/0/Email")),
        ("none", Json::Null),
    ] {
        let server = start("", json!({"switches": {"data_path": data_path}})).await;
        let users = json!([{"UserID": "a", "Email": 7}]);
        let answer = server.bulk(users.clone()).await;
        assert_eq!(answer.data_path(), path);
        server
            .set_faults(json!({"switches": {"data_path": data_path, "error_format": "b"}}))
            .await;
        let answer = server.bulk(users).await.json();
        assert_eq!(
            (&answer["status"], answer["detail"].is_string()),
            (&json!(400), true)
        );
        assert_eq!(answer["invalidParams"][0]["path"], path);
    }
}

#[tokio::test]
async fn omitted_properties_fall_back_or_stay_but_the_password_stays() {
    let seed = r#"[{"UserID":"a","Email":"e","Custom":1,"Password":"secret","Activated":false,"Extensions":{"k":"v"}}]"#;
    for (omitted, email, activated, custom) in [
        ("cleared", "", true, Json::Null),
        ("kept", "e", false, json!(1)),
    ] {
        let server = start(seed, json!({"switches": {"omitted": omitted}})).await;
        server.bulk(json!([{"UserID": "a", "LastName": "L"}])).await;
        let user = server.own("users").await["Users"][0].clone();
        assert_eq!(user["Email"], json!(email), "{omitted}");
        assert_eq!(
            (&user["Activated"], &user["Custom"]),
            (&json!(activated), &custom)
        );
        server
            .bulk(json!([{"UserID": "a", "Activated": true}]))
            .await;
        let login = json!({"username": "a", "password": "secret"}).to_string();
        assert_eq!(server.call("POST /createjwt", &login).await.status, 200);
    }
}

#[tokio::test]
async fn a_deleted_user_is_gone_or_marked_and_can_come_back() {
    let server = start(r#"[{"UserID":"a","StorageLocationID":"V"}]"#, json!({})).await;
    server.bulk(json!([{"UserID": "a", "Deleted": true}])).await;
    assert_eq!(server.get("/seiapi/v3/trans/User/a").await.status, 410);

    let soft = json!({"switches": {"deleted": "soft"}});
    let server = start(
        r#"[{"UserID":"a","LastName":"L","StorageLocationID":"V"}]"#,
        soft,
    )
    .await;
    server.bulk(json!([{"UserID": "a", "Deleted": true}])).await;
    let user = server.get("/seiapi/v3/trans/User/a").await.json();
    assert_eq!(
        (&user["Deleted"], &user["LastName"]),
        (&json!(true), &json!("L"))
    );
    let again = server.bulk(json!([{"UserID": "a", "Deleted": true}])).await;
    assert_eq!(
        (again.status, again.message()),
        (200, "The user does not exist".to_owned())
    );
    // He holds his storage location no longer.
    assert_eq!(
        server
            .bulk(json!([{"UserID": "b", "StorageLocationID": "V"}]))
            .await
            .status,
        200
    );
    assert_eq!(
        server
            .bulk(json!([{"UserID": "a", "LastName": "M"}]))
            .await
            .status,
        200
    );
    assert_eq!(server.users_with("Deleted").await, ["a:false", "b:false"]);
}

#[tokio::test]
async fn deleting_an_absent_user_is_a_warning_or_410() {
    let users = json!([{"UserID": "a"}, {"UserID": "x", "Deleted": true}]);
    let server = start("", json!({})).await;
    let answer = server.bulk(users.clone()).await;
    assert_eq!(
        (answer.status, answer.data_path()),
        (200, json!("/Users/1/UserID"))
    );
    assert_eq!(server.ids().await, ["a"]);
    let server = start("", json!({"switches": {"absent_delete": 410}})).await;
    assert_eq!(server.bulk(users).await.status, 410);
    assert!(server.ids().await.is_empty());
}

#[tokio::test]
async fn a_user_twice_is_done_in_order_or_refused() {
    let users =
        json!([{"UserID": "a", "Email": "1"}, {"UserID": "a", "Email": "2"}, {"UserID": "A"}]);
    let server = start("", json!({})).await;
    assert_eq!(server.bulk(users.clone()).await.status, 200);
    assert_eq!(server.users_with("Email").await, ["A:", "a:2"]);
    for (user_ids, index) in [("exact", 1), ("any_case", 1)] {
        let switches = json!({"switches": {"duplicates": "refused", "user_ids": user_ids}});
        let server = start("", switches).await;
        let answer = server.bulk(users.clone()).await;
        assert_eq!(
            (answer.status, answer.data_path()),
            (400, json!(format!("/Users/{index}/UserID")))
        );
    }
}

#[tokio::test]
async fn case_tells_users_apart_unless_switched() {
    let server = start(
        r#"[{"UserID":"Ann"}]"#,
        json!({"switches": {"user_ids": "any_case"}}),
    )
    .await;
    server.bulk(json!([{"UserID": "ANN", "Email": "e"}])).await;
    assert_eq!(server.users_with("Email").await, ["Ann:e"]);
    assert_eq!(
        server.get("/seiapi/v3/trans/User/ann").await.json()["UserID"],
        json!("Ann")
    );
}

#[tokio::test]
async fn too_large_chunks_are_413() {
    let server = start("", json!({"switches": {"chunk_users_max": 3}})).await;
    assert_eq!(server.bulk(json!(many(4))).await.status, 413);
    assert_eq!(server.bulk(json!(many(3))).await.status, 200);
    let server = start("", json!({"switches": {"chunk_bytes_max": 100}})).await;
    assert_eq!(server.bulk(json!(many(3))).await.status, 413);
    assert_eq!(server.bulk(json!(many(2))).await.status, 200);
}

#[tokio::test]
async fn one_storage_location_has_one_holder() {
    let server = start(r#"[{"UserID":"a","StorageLocationID":"V1"}]"#, json!({})).await;
    let answer = server
        .bulk(json!([{"UserID": "b", "StorageLocationID": "V1"}]))
        .await;
    assert_eq!(
        (answer.status, answer.data_path()),
        (409, json!("/Users/0/StorageLocationID"))
    );
    assert_eq!(answer.json()["detail"]["params"], json!({"value": "V1"}));
    // Freed before it is claimed, in order.
    let swap = json!([{"UserID": "a", "StorageLocationID": ""}, {"UserID": "b", "StorageLocationID": "V1"}]);
    assert_eq!(server.bulk(swap).await.status, 200);
    assert_eq!(server.users_with("StorageLocationID").await, ["a:", "b:V1"]);
    server
        .set_faults(json!({"switches": {"shared_locations": true}}))
        .await;
    assert_eq!(
        server
            .bulk(json!([{"UserID": "a", "StorageLocationID": "V1"}]))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_deprecated_property_is_a_warning_under_200() {
    let server = start("", json!({})).await;
    let user = |id: &str| json!({"UserID": id, "EntityEmployeeNumber": "7"});
    let one = server.bulk(json!([{"UserID": "z"}, user("a")])).await;
    assert_eq!(
        (one.status, one.data_path()),
        (200, json!("/Users/1/EntityEmployeeNumber"))
    );
    assert_eq!(one.json()["code"], json!(200));
    let two = server.bulk(json!([user("a"), user("b")])).await.json();
    assert_eq!(two["detail"].as_array().unwrap().len(), 2);
    assert_eq!(
        server.own("users").await["Users"][0]["EntityEmployeeNumber"],
        json!("7")
    );
}

#[tokio::test]
async fn a_reset_password_is_mailed_each_time_and_never_kept() {
    let server = start("", json!({})).await;
    let user = json!([{"UserID": "a", "Password": "p", "ResetPassword": true}]);
    server.bulk(user.clone()).await;
    server.bulk(user).await;
    let mails = server.own("mails").await;
    assert_eq!(
        mails[1],
        json!({"seq": 2, "user_id": "a", "kind": "password"})
    );
    let user = &server.own("users").await["Users"][0];
    assert_eq!(
        (&user["Password"], &user["ResetPassword"]),
        (&json!(""), &json!(false))
    );
    let login = json!({"username": "a", "password": "p"}).to_string();
    assert_eq!(server.call("POST /createjwt", &login).await.status, 401);
}

#[tokio::test]
async fn a_tidying_server_stores_another_form() {
    let server = start("", json!({"switches": {"tidies": true}})).await;
    server
        .bulk(json!([{"UserID": "a", "LastName": " L "}]))
        .await;
    assert_eq!(server.users_with("LastName").await, ["a:L"]);
}

#[tokio::test]
async fn the_log_names_the_users_in_order() {
    let server = start("", json!({})).await;
    server
        .bulk(json!([{"UserID": "b"}, {"UserID": "a"}, {"UserID": 7}]))
        .await;
    let entry = server.own("requests").await[0].clone();
    assert_eq!(entry["users"], json!(["b", "a"]));
    assert_eq!(
        (&entry["method"], &entry["path"]),
        (&json!("POST"), &json!(BULK))
    );
    assert_eq!((&entry["status"], &entry["seq"]), (&json!(400), &json!(1)));
}
