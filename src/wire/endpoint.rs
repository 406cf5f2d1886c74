//! Every endpoint of the API, by name: what is called, how, and whether it changes anything.
//!
//! Source: the vendor's pages "User REST API", "Bulk Users", "Query", "Roles", "Service teams" and "Authentication".

/// One endpoint. The vendor counts each by itself, so each has its own turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// `POST bulk/Users`
    Bulk,
    /// `PUT trans/User/{id}`
    UserPut,
    /// `DELETE trans/User/{id}`
    UserDelete,
    /// `GET trans/User/{id}`
    UserGet,
    /// `GET query/Users`
    Query,
    /// `POST createjwt`
    Login,
    /// `PUT trans/User/{id}/SendResetPasswordEmail`
    SendResetEmail,
    /// `PUT trans/User/{id}/ResetPassword`
    ResetPassword,
    /// `PUT trans/User/{id}/ChangePassword`
    ChangePassword,
    /// `PUT trans/User/{id}/ChangeStorageLocation`
    ChangeStorageLocation,
    /// `GET trans/User/{id}/roles`
    RolesGet,
    /// `POST trans/User/{id}/roles`
    RolesSet,
    /// `PUT trans/User/{id}/ServiceTeams`
    ServiceTeamsSet,
    /// `GET trans/User/{id}/Entity`
    EntityGet,
    /// `PUT trans/User/{id}/Entity`
    EntityPut,
    /// `POST saas/v3/Entity/{id}/Roles/{id}/delegate`
    Delegate,
    /// `POST trans/User/{id}/impersonate`
    Impersonate,
    /// `GET trans/role/{id}/users`
    RoleUsersGet,
    /// `PUT trans/role/{id}/users`
    RoleUsersSet,
    /// `PUT trans/role/{id}/user/{id}`
    RoleUserAdd,
    /// `DELETE trans/role/{id}/user/{id}`
    RoleUserRemove,
    /// `GET ServiceTeam/{id}/Users`
    TeamUsersGet,
    /// `PUT ServiceTeam/{id}/Users`
    TeamUsersSet,
}

impl Endpoint {
    /// Every endpoint, in the order of their numbers.
    pub const ALL: [Endpoint; 23] = [
        Endpoint::Bulk,
        Endpoint::UserPut,
        Endpoint::UserDelete,
        Endpoint::UserGet,
        Endpoint::Query,
        Endpoint::Login,
        Endpoint::SendResetEmail,
        Endpoint::ResetPassword,
        Endpoint::ChangePassword,
        Endpoint::ChangeStorageLocation,
        Endpoint::RolesGet,
        Endpoint::RolesSet,
        Endpoint::ServiceTeamsSet,
        Endpoint::EntityGet,
        Endpoint::EntityPut,
        Endpoint::Delegate,
        Endpoint::Impersonate,
        Endpoint::RoleUsersGet,
        Endpoint::RoleUsersSet,
        Endpoint::RoleUserAdd,
        Endpoint::RoleUserRemove,
        Endpoint::TeamUsersGet,
        Endpoint::TeamUsersSet,
    ];

    /// A stable word, under which the time of its last request is stored and fault scripts name it.
    pub fn name(self) -> &'static str {
        match self {
            Endpoint::Bulk => "bulk",
            Endpoint::UserPut => "user_put",
            Endpoint::UserDelete => "user_delete",
            Endpoint::UserGet => "user_get",
            Endpoint::Query => "query",
            Endpoint::Login => "login",
            Endpoint::SendResetEmail => "send_reset_email",
            Endpoint::ResetPassword => "reset_password",
            Endpoint::ChangePassword => "change_password",
            Endpoint::ChangeStorageLocation => "change_storage_location",
            Endpoint::RolesGet => "roles_get",
            Endpoint::RolesSet => "roles_set",
            Endpoint::ServiceTeamsSet => "service_teams_set",
            Endpoint::EntityGet => "entity_get",
            Endpoint::EntityPut => "entity_put",
            Endpoint::Delegate => "delegate",
            Endpoint::Impersonate => "impersonate",
            Endpoint::RoleUsersGet => "role_users_get",
            Endpoint::RoleUsersSet => "role_users_set",
            Endpoint::RoleUserAdd => "role_user_add",
            Endpoint::RoleUserRemove => "role_user_remove",
            Endpoint::TeamUsersGet => "team_users_get",
            Endpoint::TeamUsersSet => "team_users_set",
        }
    }

    /// The HTTP method.
    pub fn method(self) -> &'static str {
        match self {
            Endpoint::UserGet
            | Endpoint::Query
            | Endpoint::RolesGet
            | Endpoint::EntityGet
            | Endpoint::RoleUsersGet
            | Endpoint::TeamUsersGet => "GET",
            Endpoint::Bulk
            | Endpoint::Login
            | Endpoint::RolesSet
            | Endpoint::Delegate
            | Endpoint::Impersonate => "POST",
            Endpoint::UserDelete | Endpoint::RoleUserRemove => "DELETE",
            _ => "PUT",
        }
    }

    /// Whether it may change something, mail somebody or give out somebody's power. Signing in does not.
    pub fn is_write(self) -> bool {
        self.method() != "GET" && self != Endpoint::Login
    }

    /// Whether it lies below `trans/User/{id}`: the User REST API, whose writes have a rate of their own.
    pub fn is_of_one_user(self) -> bool {
        matches!(
            self,
            Endpoint::UserPut
                | Endpoint::UserDelete
                | Endpoint::UserGet
                | Endpoint::SendResetEmail
                | Endpoint::ResetPassword
                | Endpoint::ChangePassword
                | Endpoint::ChangeStorageLocation
                | Endpoint::RolesGet
                | Endpoint::RolesSet
                | Endpoint::ServiceTeamsSet
                | Endpoint::EntityGet
                | Endpoint::EntityPut
                | Endpoint::Impersonate
        )
    }

    /// Whether the call carries a token (or the deprecated customer id and code). Three prove themselves by a
    /// password in the body instead, and must not carry one.
    pub fn wants_pass(self) -> bool {
        !matches!(
            self,
            Endpoint::Login | Endpoint::Delegate | Endpoint::Impersonate
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_the_order_of_the_numbers_and_names_are_unique() {
        for (index, endpoint) in Endpoint::ALL.into_iter().enumerate() {
            assert_eq!(endpoint as usize, index, "{endpoint:?}");
            let same = |other: &Endpoint| other.name() == endpoint.name();
            assert_eq!(Endpoint::ALL.iter().filter(|other| same(other)).count(), 1);
        }
    }

    #[test]
    fn what_gives_out_power_counts_as_a_write_and_signing_in_does_not() {
        for (endpoint, is_write) in [
            (Endpoint::UserGet, false),
            (Endpoint::Query, false),
            (Endpoint::Login, false),
            (Endpoint::Bulk, true),
            (Endpoint::Impersonate, true),
            (Endpoint::Delegate, true),
            (Endpoint::SendResetEmail, true),
        ] {
            assert_eq!(endpoint.is_write(), is_write, "{endpoint:?}");
        }
    }
}
