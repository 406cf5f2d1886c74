//! What each call does, once it may.

use crate::pacing::Endpoint;
use crate::sandbox::answer::{Finding, Reply, Style};
use crate::sandbox::calls::Call;
use crate::sandbox::fault_actions::Strike;
use crate::sandbox::state::State;
use crate::sandbox::storage::Work;
use crate::sandbox::switches::Switches;
use crate::sandbox::{account, auth, bulk, members, query, single};

/// Carries the call out, under the faults that strike it.
pub fn carry_out(state: &State, call: &Call, switches: &Switches, strike: &Strike) -> Reply {
    let style = strike.style(switches);
    let refused = |finding| Reply::refusal(finding, style);
    if call.has_wrong_type {
        return refused(Finding::new(415, "Content-Type must be application/json"));
    }
    let mut storage = state.storage();
    let work = match storage.begin() {
        Ok(work) => work,
        Err(error) => return refused(error.into()),
    };
    let caller = auth::caller(&call.shown);
    match (call.endpoint, &call.rows) {
        (Endpoint::Bulk, Err(finding)) => refused(finding.clone()),
        (Endpoint::Bulk, Ok(rows)) => {
            bulk::carry_out(work, &call.body, rows, switches, strike, caller.as_deref())
        }
        _ => {
            let step = Step {
                state,
                call,
                switches,
                style,
                caller: caller.as_deref(),
            };
            step.rejected(strike)
                .map_or_else(|| step.carry_out(work), Err)
                .unwrap_or_else(refused)
        }
    }
}

/// A call about one thing.
struct Step<'a> {
    state: &'a State,
    call: &'a Call,
    switches: &'a Switches,
    style: Style,
    caller: Option<&'a str>,
}

impl Step<'_> {
    /// Why the fault script refuses it, if it does.
    fn rejected(&self, strike: &Strike) -> Option<Finding> {
        let has_body = !self.call.body.is_empty();
        let objects = self.call.objects();
        let mut refusals = objects
            .iter()
            .filter_map(|object| strike.refusal_of_user(object, has_body));
        refusals.next()
    }

    fn carry_out(&self, work: Work<'_>) -> Result<Reply, Finding> {
        let Step {
            call,
            switches,
            style,
            ..
        } = *self;
        let user = call.named.user_id.as_deref().unwrap_or_default();
        let body = &*call.body;
        match call.endpoint {
            Endpoint::UserGet => single::get(&work, switches, user),
            Endpoint::UserPut => {
                let notify = call.parameter("emailNotification") == Some("true");
                single::put(work, switches, user, body, (notify, self.caller), style)
            }
            Endpoint::UserDelete => single::delete(work, switches, user, style),
            Endpoint::SendResetEmail => account::send_reset_email(work, switches, user, style),
            Endpoint::ResetPassword => account::reset_password(work, switches, user, style),
            Endpoint::ChangePassword => account::change_password(work, switches, user, body, style),
            Endpoint::ChangeStorageLocation => {
                account::change_storage_location(work, switches, user, body, style)
            }
            Endpoint::EntityGet => account::get_entity(&work, switches, user),
            Endpoint::EntityPut => account::put_entity(work, switches, user, body, style),
            Endpoint::Query => query::answer(&work, switches, &call.parameters),
            Endpoint::Login | Endpoint::Delegate | Endpoint::Impersonate => {
                self.give_out_token(&work)
            }
            _ => self.change_members(work),
        }
    }

    fn give_out_token(&self, work: &Work<'_>) -> Result<Reply, Finding> {
        let Step {
            state,
            call,
            switches,
            ..
        } = *self;
        let (now_s, lifetime_s) = (state.now_s(), switches.token_lifetime_s);
        let user = call.named.user_id.as_deref().unwrap_or_default();
        let entity = call.named.entity_id.as_deref().unwrap_or_default();
        let role = call.named.group_id.as_deref().unwrap_or_default();
        match call.endpoint {
            Endpoint::Delegate => {
                auth::delegate(work, &call.body, (entity, role), now_s, lifetime_s)
            }
            Endpoint::Impersonate => auth::impersonate(work, switches, &call.body, user, now_s),
            _ => auth::create_jwt(work, &call.body, now_s, lifetime_s),
        }
    }

    /// Roles and teams, from either side.
    fn change_members(&self, work: Work<'_>) -> Result<Reply, Finding> {
        let Step {
            call,
            switches,
            style,
            ..
        } = *self;
        let user = call.named.user_id.as_deref().unwrap_or_default();
        let group = call.named.group_id.as_deref().unwrap_or_default();
        let body = &*call.body;
        match call.endpoint {
            Endpoint::RolesGet => members::roles_of(&work, switches, user),
            Endpoint::RolesSet => members::set_roles_of(work, switches, user, body, style),
            Endpoint::ServiceTeamsSet => members::set_teams_of(work, switches, user, body, style),
            Endpoint::RoleUsersGet => members::users_of_role(&work, group),
            Endpoint::RoleUsersSet => {
                members::set_users_of_role(work, switches, group, body, style)
            }
            Endpoint::RoleUserAdd => {
                members::set_user_of_role(work, switches, (group, user), true, style)
            }
            Endpoint::RoleUserRemove => {
                members::set_user_of_role(work, switches, (group, user), false, style)
            }
            Endpoint::TeamUsersGet => members::users_of_team(&work, switches, group),
            Endpoint::TeamUsersSet => {
                members::set_users_of_team(work, switches, group, body, style)
            }
            _ => Err(Finding::new(404, "No such URL")),
        }
    }
}
