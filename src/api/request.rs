//! One request as a value: what would be sent, before anything is.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::model::User;
use crate::wire::{Endpoint, Entity, Logon, StorageLocationMove, encode_bulk, segment};

/// What a query asks for. Everything is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// `field:value,…`; all must hold. The names may differ from the User object's (`StorageLocation`,
    /// `UserStatus`, `WorkCenter`).
    pub filter: Option<String>,
    /// `term`, or `term::in:field,…`.
    pub search: Option<String>,
    /// A field, with `-` before it for descending.
    pub sort: Option<String>,
    /// Most users in the answer; the tenant may give fewer.
    pub limit: Option<u32>,
    /// How many to skip.
    pub start: Option<u64>,
}

/// A request before it is bound to a tenant. It may hold a password in its body, so it shows none of it.
pub(super) struct Request {
    pub(super) endpoint: Endpoint,
    /// Percent-encoded, from the slash after the base URL.
    pub(super) path: String,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) body: Option<Vec<u8>>,
    /// The passwords in the body. If there are any, not even its hash is kept.
    pub(super) secrets: Vec<SecretString>,
    /// Whom it is about.
    pub(super) user_ids: Vec<String>,
}

impl Request {
    fn new(endpoint: Endpoint, path: String) -> Request {
        Request {
            endpoint,
            path,
            query: Vec::new(),
            body: None,
            secrets: Vec::new(),
            user_ids: Vec::new(),
        }
    }

    /// Below one user.
    fn of_user(endpoint: Endpoint, user_id: &str, rest: &str) -> Request {
        let path = format!("/seiapi/v3/trans/User/{}{rest}", segment(user_id));
        Request::new(endpoint, path).about([user_id])
    }

    fn about<'a>(self, user_ids: impl IntoIterator<Item = &'a str>) -> Request {
        let user_ids = user_ids.into_iter().map(str::to_owned).collect();
        Request { user_ids, ..self }
    }

    fn with_body(self, body: &impl Serialize) -> Request {
        let body = serde_json::to_vec(body).expect("text keys, and memory takes every byte");
        Request {
            body: Some(body),
            ..self
        }
    }

    fn holding<'a>(self, secrets: impl IntoIterator<Item = &'a str>) -> Request {
        Request {
            secrets: secrets.into_iter().map(SecretString::from).collect(),
            ..self
        }
    }

    pub(super) fn method(&self) -> Method {
        match self.endpoint.method() {
            "GET" => Method::GET,
            "POST" => Method::POST,
            "DELETE" => Method::DELETE,
            _ => Method::PUT,
        }
    }

    pub(super) fn bulk_users(users: &[Map<String, Json>]) -> Request {
        let ids = users.iter().filter_map(|user| user.get("UserID")?.as_str());
        let request = Request::new(Endpoint::Bulk, "/seiapi/v3/bulk/Users".to_owned());
        Request {
            body: Some(encode_bulk(users)),
            ..request
                .about(ids)
                .holding(users.iter().filter_map(password))
        }
    }

    pub(super) fn get_user(user_id: &str) -> Request {
        Request::of_user(Endpoint::UserGet, user_id, "")
    }

    pub(super) fn put_user(user: &User, notify: bool) -> Request {
        let request = Request::of_user(Endpoint::UserPut, user.user_id(), "");
        Request {
            query: match notify {
                true => vec![("emailNotification", "true".to_owned())],
                false => Vec::new(),
            },
            ..request
                .with_body(user.object())
                .holding(password(user.object()))
        }
    }

    pub(super) fn delete_user(user_id: &str) -> Request {
        Request::of_user(Endpoint::UserDelete, user_id, "")
    }

    pub(super) fn send_reset_email(user_id: &str) -> Request {
        Request::of_user(Endpoint::SendResetEmail, user_id, "/SendResetPasswordEmail")
    }

    pub(super) fn reset_password(user_id: &str) -> Request {
        Request::of_user(Endpoint::ResetPassword, user_id, "/ResetPassword")
    }

    pub(super) fn change_password(user_id: &str, password: &str) -> Request {
        Request::of_user(Endpoint::ChangePassword, user_id, "/ChangePassword")
            .with_body(&json!({ "Password": password }))
            .holding([password])
    }

    pub(super) fn change_storage_location(moved: &StorageLocationMove) -> Request {
        let rest = "/ChangeStorageLocation";
        Request::of_user(Endpoint::ChangeStorageLocation, &moved.user_id, rest).with_body(moved)
    }

    pub(super) fn get_roles(user_id: &str) -> Request {
        Request::of_user(Endpoint::RolesGet, user_id, "/roles")
    }

    pub(super) fn set_roles(user_id: &str, role_ids: &[String]) -> Request {
        Request::of_user(Endpoint::RolesSet, user_id, "/roles").with_body(&role_ids)
    }

    pub(super) fn set_service_teams(user_id: &str, team_ids: &[String]) -> Request {
        Request::of_user(Endpoint::ServiceTeamsSet, user_id, "/ServiceTeams")
            .with_body(&json!({ "ServiceTeams": team_ids }))
    }

    pub(super) fn get_entity(user_id: &str) -> Request {
        Request::of_user(Endpoint::EntityGet, user_id, "/Entity")
    }

    pub(super) fn put_entity(user_id: &str, entity: &Entity) -> Request {
        Request::of_user(Endpoint::EntityPut, user_id, "/Entity").with_body(entity)
    }

    pub(super) fn delegate(entity_id: &str, role_id: &str, logon: &Logon) -> Request {
        let (entity, role) = (segment(entity_id), segment(role_id));
        let path = format!("/saas/v3/Entity/{entity}/Roles/{role}/delegate");
        Request::new(Endpoint::Delegate, path)
            .about([&*logon.user_id])
            .with_body(&logon.body())
            .holding([logon.password.expose_secret()])
    }

    pub(super) fn impersonate(user_id: &str, logon: &Logon) -> Request {
        Request::of_user(Endpoint::Impersonate, user_id, "/impersonate")
            .about([user_id, &logon.user_id])
            .with_body(&logon.body())
            .holding([logon.password.expose_secret()])
    }

    pub(super) fn create_jwt(username: &str, password: &SecretString) -> Request {
        let password = password.expose_secret();
        Request::new(Endpoint::Login, "/createjwt".to_owned())
            .with_body(&json!({ "username": username, "password": password }))
            .holding([password])
    }

    pub(super) fn query_users(query: &Query) -> Request {
        let text = |name, text: &Option<String>| text.clone().map(|text| (name, text));
        let parameters = [
            text("filter", &query.filter),
            text("q", &query.search),
            text("sort", &query.sort),
            query.limit.map(|limit| ("limit", limit.to_string())),
            query.start.map(|start| ("start", start.to_string())),
        ];
        Request {
            query: parameters.into_iter().flatten().collect(),
            ..Request::new(Endpoint::Query, "/seiapi/v3/query/Users/".to_owned())
        }
    }

    pub(super) fn get_role_users(role_id: &str) -> Request {
        Request::new(Endpoint::RoleUsersGet, role_users(role_id))
    }

    pub(super) fn set_role_users(role_id: &str, user_ids: &[String]) -> Request {
        Request::new(Endpoint::RoleUsersSet, role_users(role_id))
            .about(user_ids.iter().map(String::as_str))
            .with_body(&user_ids)
    }

    pub(super) fn add_role_user(role_id: &str, user_id: &str) -> Request {
        Request::new(Endpoint::RoleUserAdd, role_user(role_id, user_id)).about([user_id])
    }

    pub(super) fn remove_role_user(role_id: &str, user_id: &str) -> Request {
        Request::new(Endpoint::RoleUserRemove, role_user(role_id, user_id)).about([user_id])
    }

    pub(super) fn get_team_users(team_id: &str) -> Request {
        Request::new(Endpoint::TeamUsersGet, team_users(team_id))
    }

    pub(super) fn set_team_users(team_id: &str, user_ids: &[String]) -> Request {
        Request::new(Endpoint::TeamUsersSet, team_users(team_id))
            .about(user_ids.iter().map(String::as_str))
            .with_body(&json!({ "Users": user_ids }))
    }
}

fn password(object: &Map<String, Json>) -> Option<&str> {
    object
        .get("Password")?
        .as_str()
        .filter(|text| !text.is_empty())
}

fn role_users(role_id: &str) -> String {
    format!("/seiapi/v3/trans/role/{}/users", segment(role_id))
}

fn role_user(role_id: &str, user_id: &str) -> String {
    let (role, user) = (segment(role_id), segment(user_id));
    format!("/seiapi/v3/trans/role/{role}/user/{user}")
}

fn team_users(team_id: &str) -> String {
    format!("/seiapi/v3/ServiceTeam/{}/Users", segment(team_id))
}
