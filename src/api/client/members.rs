//! The members of roles and service teams, from their side: one call for many users.

use crate::api::request::Request;
use crate::api::{Call, Client};
use crate::model::Detail;
use crate::wire::{self, Answer, Unreadable};

impl Client {
    /// `GET /seiapi/v3/trans/role/{RoleID}/users`: the ids of the users who have the role.
    ///
    /// Answers 200 with a list of ids, bare or under `Users`. `Gone`: there is no such role. Source: "Roles".
    pub fn get_role_users(&self, role_id: &str) -> Call<'_, Vec<String>> {
        Call::new(self, Request::get_role_users(role_id), read_members)
    }

    /// `PUT /seiapi/v3/trans/role/{RoleID}/users`: these users have the role, and nobody else.
    ///
    /// Body `["UserID",…]`. Answers 200. `Gone`: there is no such role or user. Source: "Roles".
    pub fn set_role_users(&self, role_id: &str, user_ids: &[String]) -> Call<'_, Vec<Detail>> {
        let request = Request::set_role_users(role_id, user_ids);
        Call::new(self, request, wire::read_done)
    }

    /// `PUT /seiapi/v3/trans/role/{RoleID}/user/{UserID}`: gives the user the role.
    ///
    /// No body. Answers 200. `Gone`: there is no such role or user. Source: "Roles".
    pub fn add_role_user(&self, role_id: &str, user_id: &str) -> Call<'_, Vec<Detail>> {
        let request = Request::add_role_user(role_id, user_id);
        Call::new(self, request, wire::read_done)
    }

    /// `DELETE /seiapi/v3/trans/role/{RoleID}/user/{UserID}`: takes the role from the user.
    ///
    /// Answers 200. `Gone`: there is no such role or user, or he does not have it. Source: "Roles".
    pub fn remove_role_user(&self, role_id: &str, user_id: &str) -> Call<'_, Vec<Detail>> {
        let request = Request::remove_role_user(role_id, user_id);
        Call::new(self, request, wire::read_done)
    }

    /// `GET /seiapi/v3/ServiceTeam/{ServiceTeamID}/Users`: the ids of the users in the team.
    ///
    /// Answers 200 with `{"Users":[ids]}`. `Gone`: there is no such team. Source: "Service teams".
    pub fn get_team_users(&self, team_id: &str) -> Call<'_, Vec<String>> {
        Call::new(self, Request::get_team_users(team_id), read_members)
    }

    /// `PUT /seiapi/v3/ServiceTeam/{ServiceTeamID}/Users`: these users are in the team, and nobody else.
    ///
    /// Body `{"Users":[ids]}`. Answers 200. `Gone`: there is no such team or user. Source: "Service teams".
    pub fn set_team_users(&self, team_id: &str, user_ids: &[String]) -> Call<'_, Vec<Detail>> {
        let request = Request::set_team_users(team_id, user_ids);
        Call::new(self, request, wire::read_done)
    }
}

fn read_members(answer: &Answer) -> Result<Vec<String>, Unreadable> {
    wire::read_ids(answer, "Users")
}
