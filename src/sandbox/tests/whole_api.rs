//! Passwords, mails, locations, roles, teams, entities, and acting for others.

use serde_json::{Value as Json, json};

use super::{Answer, Server, start};

const SEED: &str = r#"[{"UserID":"a","Password":"pa","StorageLocationID":"VAN-1"},{"UserID":"b"},{"UserID":"gone","Deleted":true}]"#;
const USER: &str = "/seiapi/v3/trans/User";

async fn put(server: &Server, path: &str, body: Json) -> Answer {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    server.call(&format!("PUT {path}"), &body).await
}

#[tokio::test]
async fn what_is_asked_of_an_absent_or_deleted_user_is_410() {
    let server = start(SEED, json!({})).await;
    for (call, body) in [
        ("PUT SendResetPasswordEmail", ""),
        ("PUT ResetPassword", ""),
        ("PUT ChangePassword", r#"{"Password":"x"}"#),
        ("PUT ChangeStorageLocation", r#"{"StorageLocationID":"V"}"#),
        ("GET roles", ""),
        ("POST roles", "[]"),
        ("PUT ServiceTeams", r#"{"ServiceTeams":[]}"#),
        ("GET Entity", ""),
        ("PUT Entity", "{}"),
        ("POST impersonate", r#"{"UserID":"a","Password":"pa"}"#),
    ] {
        for id in ["nobody", "gone"] {
            let (method, rest) = call.split_once(' ').unwrap();
            let target = format!("{method} {USER}/{id}/{rest}");
            assert_eq!(server.call(&target, body).await.status, 410, "{target}");
        }
    }
    assert_eq!(server.own("mails").await, json!([]));
}

#[tokio::test]
async fn passwords_are_mailed_changed_and_checked() {
    let server = start(SEED, json!({})).await;
    let logs_on = async |password: &str| {
        let body = json!({"username": "a", "password": password}).to_string();
        server.call("POST /createjwt", &body).await.status
    };
    let reset = format!("{USER}/a/SendResetPasswordEmail");
    assert_eq!(put(&server, &reset, Json::Null).await.status, 200);
    assert_eq!(logs_on("pa").await, 200);
    let change = format!("{USER}/a/ChangePassword");
    for wrong in [json!({}), json!({"Password": ""}), json!({"Password": 7})] {
        let answer = put(&server, &change, wrong).await;
        assert_eq!(
            (answer.status, answer.data_path()),
            (400, json!("/Password"))
        );
    }
    let new = json!({"Password": "new"});
    assert_eq!(put(&server, &change, new).await.status, 200);
    assert_eq!((logs_on("pa").await, logs_on("new").await), (401, 200));
    let generate = format!("{USER}/a/ResetPassword");
    assert_eq!(put(&server, &generate, Json::Null).await.status, 200);
    assert_eq!(logs_on("new").await, 401);
    let mails = server.own("mails").await;
    let kinds: Vec<&Json> = mails
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["kind"])
        .collect();
    assert_eq!(kinds, ["reset_link", "password"]);
}

#[tokio::test]
async fn a_storage_location_has_one_technician() {
    let server = start(SEED, json!({})).await;
    let change = format!("{USER}/b/ChangeStorageLocation");
    let to = |location: &str| json!({"UserID": "b", "StorageLocationID": location});
    let answer = put(&server, &change, to("VAN-1")).await;
    assert_eq!(
        (answer.status, answer.data_path()),
        (409, json!("/StorageLocationID"))
    );
    let other = json!({"UserID": "a", "StorageLocationID": "V"});
    assert_eq!(put(&server, &change, other).await.status, 400);
    let wrong =
        json!({"UserID": "b", "StorageLocationID": "V", "Options": {"MigrateInventory": 1}});
    let answer = put(&server, &change, wrong).await;
    assert_eq!(answer.data_path(), json!("/Options/MigrateInventory"));
    let release = json!({"StorageLocationID": ""});
    let of_a = format!("{USER}/a/ChangeStorageLocation");
    assert_eq!(put(&server, &of_a, release).await.status, 200);
    assert_eq!(put(&server, &change, to("VAN-1")).await.status, 200);
    let users = server.users_with("StorageLocationID").await;
    assert_eq!(users, ["a:", "b:VAN-1", "gone:"]);
}

#[tokio::test]
async fn roles_agree_from_both_sides() {
    let server = start(SEED, json!({})).await;
    let of = |id: &str| format!("{USER}/{id}/roles");
    let role = |id: &str| format!("/seiapi/v3/trans/role/{id}");
    let target = format!("POST {}", of("a"));
    let set = server.call(&target, r#"["R1","R2","R1"]"#).await;
    assert_eq!(set.status, 200);
    assert_eq!(server.get(&of("a")).await.json(), json!(["R1", "R2"]));
    let members = put(&server, &format!("{}/users", role("R1")), json!(["b", "a"])).await;
    assert_eq!(members.status, 200);
    assert_eq!(
        server.get(&format!("{}/users", role("R1"))).await.json(),
        json!(["a", "b"])
    );
    let target = format!("DELETE {}/user/a", role("R1"));
    assert_eq!(server.call(&target, "").await.status, 200);
    assert_eq!(server.call(&target, "").await.status, 410);
    assert_eq!(server.get(&of("a")).await.json(), json!(["R2"]));
    let add = format!("{}/user/a", role("R3"));
    assert_eq!(put(&server, &add, Json::Null).await.status, 200);
    assert_eq!(server.get(&of("a")).await.json(), json!(["R2", "R3"]));
    let unknown = put(&server, &format!("{}/users", role("R1")), json!(["nobody"])).await;
    assert_eq!((unknown.status, unknown.data_path()), (410, json!("/0")));
    // A refused list changes nobody, a deleted user is a member of nothing.
    assert_eq!(server.get(&of("b")).await.json(), json!(["R1"]));
    assert_eq!(
        server.call(&format!("DELETE {USER}/b"), "").await.status,
        200
    );
    assert_eq!(
        server.get(&format!("{}/users", role("R1"))).await.json(),
        json!([])
    );
    for wrong in [r#"{["R1"]}"#, r#"{"R1":1}"#, r#"["",1]"#] {
        let refused = server.call(&format!("POST {}", of("a")), wrong).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn teams_agree_from_both_sides_and_with_the_user_object() {
    let server = start(SEED, json!({})).await;
    let team = |id: &str| format!("/seiapi/v3/ServiceTeam/{id}/Users");
    let bulk = json!({"Users": [{"UserID": "b", "ServiceTeamID": "WEST"}]}).to_string();
    assert_eq!(
        server
            .call("POST /seiapi/v3/bulk/Users", &bulk)
            .await
            .status,
        200
    );
    assert_eq!(
        server.get(&team("WEST")).await.json(),
        json!({"Users": ["b"]})
    );
    let teams = json!({"ServiceTeams": ["EAST", "NORTH"]});
    assert_eq!(
        put(&server, &format!("{USER}/b/ServiceTeams"), teams)
            .await
            .status,
        200
    );
    assert_eq!(server.get(&team("WEST")).await.json(), json!({"Users": []}));
    assert_eq!(server.users_with("ServiceTeamID").await[1], "b:EAST");
    let only_a = json!({"Users": ["a"]});
    assert_eq!(put(&server, &team("EAST"), only_a).await.status, 200);
    assert_eq!(
        server.get(&team("EAST")).await.json(),
        json!({"Users": ["a"]})
    );
    assert_eq!(server.users_with("ServiceTeamID").await[1], "b:NORTH");
    server
        .set_faults(json!({"switches": {"known_teams": ["EAST"]}}))
        .await;
    assert_eq!(server.get(&team("WEST")).await.status, 410);
    let refused = server.call("POST /seiapi/v3/bulk/Users", &bulk).await;
    assert_eq!(
        (refused.status, refused.data_path()),
        (410, json!("/Users/0/ServiceTeamID"))
    );
}

#[tokio::test]
async fn every_user_has_an_entity_that_is_replaced_whole() {
    let server = start(SEED, json!({})).await;
    let path = format!("{USER}/a/Entity");
    let blank = json!({"Addresses": [], "Contacts": [], "Name": "", "SystemID": ""});
    assert_eq!(server.get(&path).await.json(), blank);
    let sent = json!({"Name": "Ek", "Addresses": [{"City": "Y"}], "New": 1.50});
    assert_eq!(put(&server, &path, sent).await.status, 200);
    let entity = server.get(&path).await.json();
    assert_eq!(
        (&entity["Name"], entity["New"].to_string()),
        (&json!("Ek"), "1.5".to_owned())
    );
    assert_eq!(put(&server, &path, json!({"Name": null})).await.status, 200);
    assert_eq!(server.get(&path).await.json(), blank);
    for wrong in [json!({"Name": 1}), json!({"Contacts": ["x"]}), json!([])] {
        assert_eq!(put(&server, &path, wrong).await.status, 400);
    }
}

#[tokio::test]
async fn who_acts_for_others_proves_himself_and_nobody_locks_himself() {
    let server = start(SEED, json!({})).await;
    let delegate = "POST /saas/v3/Entity/E/Roles/R/delegate";
    let impersonate = format!("POST {USER}/b/impersonate");
    for target in [delegate, impersonate.as_str()] {
        // Without a token, whatever stands beside.
        let wrong = r#"{"UserID":"a","Password":"no"}"#;
        let answer = server.try_call(target, "", wrong).await.unwrap();
        assert_eq!(answer.status, 401, "{target}");
        let right = r#"{"UserID":"a","Password":"pa"}"#;
        let answer = server.try_call(target, "", right).await.unwrap();
        let token = answer.json()["Token"].as_str().unwrap().to_owned();
        let header = format!("x-access-token: {token}\r\n");
        let get = format!("GET {USER}/a");
        assert_eq!(
            server.try_call(&get, &header, "").await.unwrap().status,
            200
        );
    }
    let logon = r#"{"username":"a","password":"pa"}"#;
    let token = server.call("POST /createjwt", logon).await.json()["token"].clone();
    let header = format!("x-access-token: {}\r\n", token.as_str().unwrap());
    let lock = async |id: &str| {
        let body = r#"{"Locked":true}"#;
        let target = format!("PUT {USER}/{id}");
        server
            .try_call(&target, &header, body)
            .await
            .unwrap()
            .status
    };
    assert_eq!((lock("a").await, lock("b").await), (400, 200));
}
