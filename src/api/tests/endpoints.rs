//! Each endpoint against each kind of answer, from a raw server: what is sent, and what the answer becomes.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use crate::api::raw_server::{Act, RawServer, json as answer};
use crate::api::{ApiError, Client, ClientOptions, Query, Unrecorded};
use crate::model::User;
use crate::wire::{Endpoint, Entity, Logon, MoveOptions, StorageLocationMove};

/// An id that must stay one segment.
const ID: &str = "a/b?ü";
const SEGMENT: &str = "a%2Fb%3F%C3%BC";

/// Endpoint, what is sent, and an answer that is fine.
const ENDPOINTS: [(Endpoint, &str, &str); 23] = [
    (Endpoint::Bulk, "POST /seiapi/v3/bulk/Users", "{}"),
    (
        Endpoint::UserPut,
        "PUT /seiapi/v3/trans/User/{id}?emailNotification=true",
        "{}",
    ),
    (
        Endpoint::UserDelete,
        "DELETE /seiapi/v3/trans/User/{id}",
        "{}",
    ),
    (
        Endpoint::UserGet,
        "GET /seiapi/v3/trans/User/{id}",
        r#"{"UserID":"a"}"#,
    ),
    (
        Endpoint::Query,
        "GET /seiapi/v3/query/Users/?filter=Activated%3Atrue&q=x&sort=-UserID&limit=5&start=7",
        "[]",
    ),
    (Endpoint::Login, "POST /createjwt", r#"{"token":"t"}"#),
    (
        Endpoint::SendResetEmail,
        "PUT /seiapi/v3/trans/User/{id}/SendResetPasswordEmail",
        "{}",
    ),
    (
        Endpoint::ResetPassword,
        "PUT /seiapi/v3/trans/User/{id}/ResetPassword",
        "{}",
    ),
    (
        Endpoint::ChangePassword,
        "PUT /seiapi/v3/trans/User/{id}/ChangePassword",
        "{}",
    ),
    (
        Endpoint::ChangeStorageLocation,
        "PUT /seiapi/v3/trans/User/{id}/ChangeStorageLocation",
        "{}",
    ),
    (
        Endpoint::RolesGet,
        "GET /seiapi/v3/trans/User/{id}/roles",
        "[]",
    ),
    (
        Endpoint::RolesSet,
        "POST /seiapi/v3/trans/User/{id}/roles",
        "{}",
    ),
    (
        Endpoint::ServiceTeamsSet,
        "PUT /seiapi/v3/trans/User/{id}/ServiceTeams",
        "{}",
    ),
    (
        Endpoint::EntityGet,
        "GET /seiapi/v3/trans/User/{id}/Entity",
        "{}",
    ),
    (
        Endpoint::EntityPut,
        "PUT /seiapi/v3/trans/User/{id}/Entity",
        "{}",
    ),
    (
        Endpoint::Delegate,
        "POST /saas/v3/Entity/{id}/Roles/{id}/delegate",
        r#"{"Token":"t"}"#,
    ),
    (
        Endpoint::Impersonate,
        "POST /seiapi/v3/trans/User/{id}/impersonate",
        r#"{"Token":"t"}"#,
    ),
    (
        Endpoint::RoleUsersGet,
        "GET /seiapi/v3/trans/role/{id}/users",
        "[]",
    ),
    (
        Endpoint::RoleUsersSet,
        "PUT /seiapi/v3/trans/role/{id}/users",
        "{}",
    ),
    (
        Endpoint::RoleUserAdd,
        "PUT /seiapi/v3/trans/role/{id}/user/{id}",
        "{}",
    ),
    (
        Endpoint::RoleUserRemove,
        "DELETE /seiapi/v3/trans/role/{id}/user/{id}",
        "{}",
    ),
    (
        Endpoint::TeamUsersGet,
        "GET /seiapi/v3/ServiceTeam/{id}/Users",
        r#"{"Users":["a"]}"#,
    ),
    (
        Endpoint::TeamUsersSet,
        "PUT /seiapi/v3/ServiceTeam/{id}/Users",
        "{}",
    ),
];

/// Makes the endpoint's call and forgets what it gives.
async fn call(client: &Client, endpoint: Endpoint) -> Result<(), ApiError> {
    let ids = ["x".to_owned()];
    let object = json!({"UserID": ID}).as_object().cloned().unwrap();
    let user = User::new(object.clone()).unwrap();
    let secret = SecretString::from("planted");
    let logon = Logon {
        user_id: "hr".to_owned(),
        password: secret.clone(),
    };
    match endpoint {
        Endpoint::Bulk => client.bulk_users(&[object]).await.map(drop),
        Endpoint::UserPut => client.put_user(&user, true).await.map(drop),
        Endpoint::UserDelete => client.delete_user(ID).await.map(drop),
        Endpoint::UserGet => client.get_user(ID).await.map(drop),
        Endpoint::Query => {
            let query = Query {
                filter: Some("Activated:true".to_owned()),
                search: Some("x".to_owned()),
                sort: Some("-UserID".to_owned()),
                limit: Some(5),
                start: Some(7),
            };
            client.query_users(&query).await.map(drop)
        }
        Endpoint::Login => client.create_jwt("hr", &secret).await.map(drop),
        Endpoint::SendResetEmail => client.send_reset_email(ID).await.map(drop),
        Endpoint::ResetPassword => client.reset_password(ID).await.map(drop),
        Endpoint::ChangePassword => client.change_password(ID, &secret).await.map(drop),
        Endpoint::ChangeStorageLocation => {
            let moved = StorageLocationMove {
                user_id: ID.to_owned(),
                storage_location_id: "VAN".to_owned(),
                options: MoveOptions::default(),
            };
            client.change_storage_location(&moved).await.map(drop)
        }
        Endpoint::RolesGet => client.get_roles(ID).await.map(drop),
        Endpoint::RolesSet => client.set_roles(ID, &ids).await.map(drop),
        Endpoint::ServiceTeamsSet => client.set_service_teams(ID, &ids).await.map(drop),
        Endpoint::EntityGet => client.get_entity(ID).await.map(drop),
        Endpoint::EntityPut => client.put_entity(ID, &Entity::default()).await.map(drop),
        Endpoint::Delegate => client.delegate(ID, ID, &logon).await.map(drop),
        Endpoint::Impersonate => client.impersonate(ID, &logon).await.map(drop),
        Endpoint::RoleUsersGet => client.get_role_users(ID).await.map(drop),
        Endpoint::RoleUsersSet => client.set_role_users(ID, &ids).await.map(drop),
        Endpoint::RoleUserAdd => client.add_role_user(ID, ID).await.map(drop),
        Endpoint::RoleUserRemove => client.remove_role_user(ID, ID).await.map(drop),
        Endpoint::TeamUsersGet => client.get_team_users(ID).await.map(drop),
        Endpoint::TeamUsersSet => client.set_team_users(ID, &ids).await.map(drop),
    }
}

fn client(options: &ClientOptions) -> Client {
    Client::new(options, Arc::new(Unrecorded)).unwrap()
}

#[tokio::test]
async fn each_endpoint_asks_as_its_page_says_and_reads_a_good_answer() {
    for (endpoint, target, good) in ENDPOINTS {
        let server = RawServer::start(move |_, _| answer(200, good)).await;
        let client = client(&server.options());
        call(&client, endpoint)
            .await
            .unwrap_or_else(|error| panic!("{endpoint:?}: {error:?}"));
        assert_eq!(server.targets(), [target.replace("{id}", SEGMENT)]);
        let seen = &server.requests()[0];
        let carries_token = seen.head.contains("x-access-token:");
        assert_eq!(carries_token, endpoint.wants_pass(), "{endpoint:?}");
        assert!(seen.head.contains("content-type: application/json"));
    }
}

#[tokio::test]
async fn each_endpoint_gives_back_the_tenants_words() {
    for (endpoint, ..) in ENDPOINTS {
        for (status, name) in [
            (400, "rejected"),
            (401, "unauthorized"),
            (404, "not_found"),
            (409, "conflict"),
            (410, "gone"),
            (429, "throttled"),
            (307, "redirected"),
            (500, "ambiguous"),
        ] {
            let body = r#"{"code":1,"detail":{"message":"planted","params":{"value":"planted"}}}"#;
            let server = RawServer::start(move |_, _| answer(status, body)).await;
            let error = call(&client(&server.options()), endpoint)
                .await
                .unwrap_err();
            assert_eq!(error.name(), name, "{endpoint:?} {status}");
            // What was sent in secret does not come back, even if the tenant repeats it.
            let is_secret = [
                Endpoint::Login,
                Endpoint::ChangePassword,
                Endpoint::Delegate,
                Endpoint::Impersonate,
            ];
            let shown = format!("{error} {error:?}");
            assert!(
                !(is_secret.contains(&endpoint) && shown.contains("planted")),
                "{shown}"
            );
        }
    }
}

#[tokio::test]
async fn a_malformed_answer_is_unreadable_and_after_a_write_ambiguous() {
    for (endpoint, ..) in ENDPOINTS {
        let want = match endpoint.is_write() {
            true => "ambiguous",
            false => "unreadable",
        };
        for body in ["<html>", "{\"code\":200", "7"] {
            let server = RawServer::start(move |_, _| answer(200, body)).await;
            let error = call(&client(&server.options()), endpoint)
                .await
                .unwrap_err();
            assert_eq!(error.name(), want, "{endpoint:?} {body}");
        }
        let server = RawServer::start(move |_, _| Act::Reset).await;
        let error = call(&client(&server.options()), endpoint)
            .await
            .unwrap_err();
        assert_eq!(error.name(), "ambiguous", "{endpoint:?}");
    }
}
