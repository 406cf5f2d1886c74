//! What belongs to one user: passwords, storage location, roles, teams, entity, and acting for him.

use secrecy::{ExposeSecret, SecretString};

use crate::api::request::Request;
use crate::api::{Call, Client};
use crate::model::Detail;
use crate::wire::{self, Answer, Entity, Logon, StorageLocationMove, Token, Unreadable};

impl Client {
    /// `PUT …/User/{UserID}/SendResetPasswordEmail`: **mails** the user a link to reset his password.
    ///
    /// No body. Answers 200. `Gone`: there is no such user. Whether an `Ambiguous` one has mailed cannot be read
    /// back. Source: "User REST API".
    pub fn send_reset_email(&self, user_id: &str) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::send_reset_email(user_id), wire::read_done)
    }

    /// `PUT …/User/{UserID}/ResetPassword`: generates a password and **mails** it to the user.
    ///
    /// No body. Answers 200. `Gone`: there is no such user. Whether an `Ambiguous` one has mailed cannot be read
    /// back. Source: "User REST API".
    pub fn reset_password(&self, user_id: &str) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::reset_password(user_id), wire::read_done)
    }

    /// `PUT …/User/{UserID}/ChangePassword`: gives the user this password.
    ///
    /// Body `{"Password":""}`. Answers 200. `Rejected` 400: the tenant's rules for passwords. `Gone`: there is no such
    /// user. Source: "User REST API".
    pub fn change_password(&self, user_id: &str, password: &SecretString) -> Call<'_, Vec<Detail>> {
        let request = Request::change_password(user_id, password.expose_secret());
        Call::new(self, request, wire::read_done)
    }

    /// `PUT …/User/{UserID}/ChangeStorageLocation`: gives the user another storage location, with what comes along,
    /// and alerts him if he is logged on.
    ///
    /// Body: the User Storage Location object. Answers 200. `Conflict`: another user holds the location. `Gone`:
    /// there is no such user. Source: "User REST API".
    pub fn change_storage_location(&self, moved: &StorageLocationMove) -> Call<'_, Vec<Detail>> {
        let request = Request::change_storage_location(moved);
        Call::new(self, request, wire::read_done)
    }

    /// `GET …/User/{UserID}/roles`: the ids of the user's roles; may be empty.
    ///
    /// Answers 200 with `["RoleID",…]`. `Gone`: there is no such user. Source: "User REST API".
    pub fn get_roles(&self, user_id: &str) -> Call<'_, Vec<String>> {
        let read = |answer: &Answer| -> Result<Vec<String>, Unreadable> {
            wire::read_ids(answer, "Roles")
        };
        Call::new(self, Request::get_roles(user_id), read)
    }

    /// `POST …/User/{UserID}/roles`: the user has these roles and no others.
    ///
    /// Body `["RoleID",…]` (the vendor's sample wraps it in braces, which is no JSON). Answers 200. `Gone`: there is
    /// no such user or role. Source: "User REST API".
    pub fn set_roles(&self, user_id: &str, role_ids: &[String]) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::set_roles(user_id, role_ids), wire::read_done)
    }

    /// `PUT …/User/{UserID}/ServiceTeams`: the user is in these teams and in no others.
    ///
    /// Body `{"ServiceTeams":["id",…]}`. Answers 200. `Gone`: there is no such user or team. Source: "User REST API".
    pub fn set_service_teams(&self, user_id: &str, team_ids: &[String]) -> Call<'_, Vec<Detail>> {
        let request = Request::set_service_teams(user_id, team_ids);
        Call::new(self, request, wire::read_done)
    }

    /// `GET …/User/{UserID}/Entity`: the user's entity.
    ///
    /// Answers 200 with the User Entity object. `Gone`: there is no such user. Source: "User REST API".
    pub fn get_entity(&self, user_id: &str) -> Call<'_, Entity> {
        Call::new(self, Request::get_entity(user_id), wire::read_entity)
    }

    /// `PUT …/User/{UserID}/Entity`: replaces the user's entity.
    ///
    /// Body: the User Entity object. Answers 200. `Gone`: there is no such user. Source: "User REST API".
    pub fn put_entity(&self, user_id: &str, entity: &Entity) -> Call<'_, Vec<Detail>> {
        Call::new(self, Request::put_entity(user_id, entity), wire::read_done)
    }

    /// `POST /saas/v3/Entity/{EntityID}/Roles/{RoleID}/delegate`: a token that acts for a role of an entity. Carries no
    /// token itself.
    ///
    /// Body `{"UserID","Password"}` of who asks. Answers 200 with `{"Token":""}`. `Unauthorized`: invalid logon.
    /// Source: "Delegation".
    pub fn delegate(&self, entity_id: &str, role_id: &str, logon: &Logon) -> Call<'_, Token> {
        let request = Request::delegate(entity_id, role_id, logon);
        Call::new(self, request, wire::read_token)
    }

    /// `POST …/User/{UserID}/impersonate`: a token that acts as that user. Carries no token itself.
    ///
    /// Body `{"UserID","Password"}` of who asks. Answers 200 with `{"Token":""}`. `Unauthorized`: invalid logon.
    /// `Gone`: there is no such user. Source: "User REST API".
    pub fn impersonate(&self, user_id: &str, logon: &Logon) -> Call<'_, Token> {
        Call::new(self, Request::impersonate(user_id, logon), wire::read_token)
    }
}
