//! Users as wholes: read, written, deleted, listed, in bulk; and signing in.

use secrecy::SecretString;
use serde_json::{Map, Value as Json};

use crate::api::request::Request;
use crate::api::{Call, Client, Query};
use crate::model::{Detail, User};
use crate::wire::{self, Token};

impl Client {
    /// `POST /seiapi/v3/bulk/Users`: adds, updates and deletes (`"Deleted": true`), in any mix.
    ///
    /// Body `{"Users":[User,…]}`. Answers 200; the details are warnings. A refusal may have left some of the
    /// users changed. Source: "Bulk Users".
    pub fn bulk_users(&self, users: &[Map<String, Json>]) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::bulk_users(users), wire::read_done)
    }

    /// `GET /seiapi/v3/trans/User/{UserID}`: one user as the tenant has him, unknown properties included.
    ///
    /// Answers 200 with the User object. `Gone`: there is no such user (some tenants say `NotFound`).
    /// Source: "User REST API".
    pub fn get_user(&self, user_id: &str) -> Call<'_, User> {
        Call::new(self, Request::get_user(user_id), wire::read_user)
    }

    /// `PUT /seiapi/v3/trans/User/{UserID}[?emailNotification=true]`: inserts the user, or **replaces** him whole;
    /// `Password` alone stays if it is left out.
    ///
    /// Body: the User object. Answers 200; the details are warnings. `notify` mails name and password to a *new*
    /// user. `Rejected` 400: also if the body's UserID is not the URL's. Source: "User REST API".
    pub fn put_user(&self, user: &User, notify: bool) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::put_user(user, notify), wire::read_done)
    }

    /// `DELETE /seiapi/v3/trans/User/{UserID}`: deletes the user.
    ///
    /// Answers 200. `Gone`: there is no such user. Source: "User REST API".
    pub fn delete_user(&self, user_id: &str) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::delete_user(user_id), wire::read_done)
    }

    /// `GET /seiapi/v3/query/Users/?filter=&q=&sort=&limit=&start=`: a page of the users that the caller may see.
    ///
    /// Answers 200 with `[User,…]` or `{"Users":[…]}`. Its properties may be fewer than the User object's and have
    /// other names, so it is never the base of a [`Client::put_user`]; who is missing may exist all the same.
    /// Source: "Query".
    pub fn query_users(&self, query: &Query) -> Call<'_, Vec<User>> {
        Call::new(self, Request::query_users(query), wire::read_users)
    }

    /// `POST /createjwt`: a token for a name and a password. Carries none itself.
    ///
    /// Body `{"username","password"}`. Answers 200 with `{"token":""}`. `Unauthorized`: invalid logon.
    /// Source: "Authentication".
    pub fn create_jwt(&self, username: &str, password: &SecretString) -> Call<'_, Token> {
        Call::new(
            self,
            Request::create_jwt(username, password),
            wire::read_token,
        )
    }
}
