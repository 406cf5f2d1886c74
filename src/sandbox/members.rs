//! Roles and service teams, from the user's side and from theirs: one table, so that both sides agree.
//!
//! `ServiceTeamID` of the User object is one of his teams, the one he is shown with: he is a member of it, and when
//! he leaves it the next of his teams takes its place. Ids of roles and teams need no object of their own, unless
//! the switches say which exist.

use serde_json::{Value as Json, json};

use crate::sandbox::answer::{Finding, Reply, Spot, Style};
use crate::sandbox::storage::{Kind, Work};
use crate::sandbox::switches::Switches;
use crate::sandbox::writes::{self, Present};
use crate::sandbox::{single, users};

/// `GET …/User/{UserID}/roles` → `["RoleID",…]`.
pub fn roles_of(work: &Work<'_>, switches: &Switches, user_id: &str) -> Result<Reply, Finding> {
    let user = single::existing(work, switches, user_id)?;
    let roles = work.groups_of(Kind::Role, &user.stored.user_id)?;
    Ok(Reply::json(200, json!(roles).to_string()))
}

/// `POST …/User/{UserID}/roles` with `["RoleID",…]`: these and no others.
pub fn set_roles_of(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    let roles = ids(&parsed(body)?, "")?;
    let user = single::existing(&work, switches, user_id)?;
    set_groups(&work, Kind::Role, &user.stored.user_id, &roles)?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `PUT …/User/{UserID}/ServiceTeams` with `{"ServiceTeams":["id",…]}`: these and no others.
pub fn set_teams_of(
    work: Work<'_>,
    switches: &Switches,
    user_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    let body = parsed(body)?;
    let teams = ids(
        body.get("ServiceTeams")
            .ok_or_else(|| missing("ServiceTeams"))?,
        "ServiceTeams",
    )?;
    for (index, team) in teams.iter().enumerate() {
        let spot = Spot::Property(format!("ServiceTeams/{index}"));
        writes::check_team(switches, team).map_err(|finding| finding.at(spot))?;
    }
    let user = single::existing(&work, switches, user_id)?;
    set_groups(&work, Kind::Team, &user.stored.user_id, &teams)?;
    settle_team(&work, user)?;
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `GET trans/role/{RoleID}/users` → `["UserID",…]`.
pub fn users_of_role(work: &Work<'_>, role_id: &str) -> Result<Reply, Finding> {
    let members = work.members_of(Kind::Role, role_id)?;
    Ok(Reply::json(200, json!(members).to_string()))
}

/// `PUT trans/role/{RoleID}/users` with `["UserID",…]` (also under `Users`): these and no others.
pub fn set_users_of_role(
    work: Work<'_>,
    switches: &Switches,
    role_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    let wanted = members(&work, switches, body)?;
    for user_id in work.members_of(Kind::Role, role_id)? {
        work.leave(Kind::Role, role_id, &user_id)?;
    }
    for user in wanted {
        work.join(Kind::Role, role_id, &user.stored.user_id)?;
    }
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `PUT` and `DELETE trans/role/{RoleID}/user/{UserID}`; 410 if he does not have the role that is taken.
pub fn set_user_of_role(
    work: Work<'_>,
    switches: &Switches,
    (role_id, user_id): (&str, &str),
    has: bool,
    style: Style,
) -> Result<Reply, Finding> {
    let user = single::existing(&work, switches, user_id)?;
    match has {
        true => work.join(Kind::Role, role_id, &user.stored.user_id)?,
        false if work.leave(Kind::Role, role_id, &user.stored.user_id)? => {}
        false => {
            return Err(Finding::new(410, "The user does not have the role")
                .params(json!({"value": role_id})));
        }
    }
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// `GET ServiceTeam/{ServiceTeamID}/Users` → `{"Users":[ids]}`.
pub fn users_of_team(
    work: &Work<'_>,
    switches: &Switches,
    team_id: &str,
) -> Result<Reply, Finding> {
    writes::check_team(switches, team_id)?;
    let members = team_members(work, team_id)?;
    Ok(Reply::json(200, json!({"Users": members}).to_string()))
}

/// `PUT ServiceTeam/{ServiceTeamID}/Users` with `{"Users":[ids]}`: these and no others.
pub fn set_users_of_team(
    work: Work<'_>,
    switches: &Switches,
    team_id: &str,
    body: &[u8],
    style: Style,
) -> Result<Reply, Finding> {
    writes::check_team(switches, team_id)?;
    let wanted = members(&work, switches, body)?;
    let is_wanted = |id: &String| wanted.iter().any(|user| user.stored.user_id == *id);
    let leaving: Vec<String> = team_members(&work, team_id)?
        .into_iter()
        .filter(|id| !is_wanted(id))
        .collect();
    for user_id in leaving {
        work.leave(Kind::Team, team_id, &user_id)?;
        if let Some(user) = writes::find(&work, switches, &user_id)?
            && users::text(&user.object, "ServiceTeamID") == Some(team_id)
        {
            settle_team(&work, user)?;
        }
    }
    for user in wanted {
        work.join(Kind::Team, team_id, &user.stored.user_id)?;
    }
    work.commit()?;
    Ok(Reply::done(&[], style))
}

/// The ids in a body that names members, or nothing if it does not.
pub fn named_members(body: &[u8]) -> Vec<String> {
    let listed = parsed(body).and_then(|body| ids(body.get("Users").unwrap_or(&body), "Users"));
    listed.unwrap_or_default()
}

fn team_members(work: &Work<'_>, team_id: &str) -> Result<Vec<String>, Finding> {
    let mut members = work.members_of(Kind::Team, team_id)?;
    members.extend(work.users_of_team(team_id)?);
    members.sort();
    members.dedup();
    Ok(members)
}

fn set_groups(
    work: &Work<'_>,
    kind: Kind,
    user_id: &str,
    groups: &[String],
) -> Result<(), Finding> {
    for group in work.groups_of(kind, user_id)? {
        work.leave(kind, &group, user_id)?;
    }
    for group in groups {
        work.join(kind, group, user_id)?;
    }
    Ok(())
}

/// Shows the user with a team that he is in: the one he was shown with, else the first.
fn settle_team(work: &Work<'_>, user: Present) -> Result<(), Finding> {
    let teams = work.groups_of(Kind::Team, &user.stored.user_id)?;
    let shown = users::text(&user.object, "ServiceTeamID");
    if shown.is_none_or(|shown| teams.iter().any(|team| team == shown)) {
        return Ok(());
    }
    let mut object = user.object;
    let next = teams.into_iter().next().unwrap_or_default();
    object.insert("ServiceTeamID".to_owned(), json!(next));
    Ok(work.put(&users::record(&object, user.stored.password))?)
}

/// The users that a body names, all of whom must exist.
fn members(work: &Work<'_>, switches: &Switches, body: &[u8]) -> Result<Vec<Present>, Finding> {
    let body = parsed(body)?;
    let (list, at) = match body.get("Users") {
        Some(list) => (list, "Users/"),
        None => (&body, ""),
    };
    let listed = ids(list, at.trim_end_matches('/'))?;
    let find = |(index, id): (usize, &String)| {
        let spot = Spot::Property(format!("{at}{index}"));
        single::existing(work, switches, id).map_err(|finding| finding.at(spot))
    };
    listed.iter().enumerate().map(find).collect()
}

fn parsed(body: &[u8]) -> Result<Json, Finding> {
    serde_json::from_slice(body)
        .map_err(|error| Finding::new(400, format!("Invalid JSON: {error}")).at(Spot::Body))
}

fn missing(property: &str) -> Finding {
    Finding::new(400, format!("Missing required property: {property}"))
        .at(Spot::Body)
        .params(json!({"key": property}))
}

/// A list of ids, each once.
fn ids(list: &Json, property: &str) -> Result<Vec<String>, Finding> {
    let wrong = |message: &str| {
        let spot = match property {
            "" => Spot::Body,
            property => Spot::Property(property.to_owned()),
        };
        Finding::new(400, message).at(spot)
    };
    let elements = list
        .as_array()
        .ok_or_else(|| wrong("Invalid type (expected array)"))?;
    let mut ids = Vec::new();
    for element in elements {
        match element.as_str() {
            Some(id) if !id.is_empty() && !ids.iter().any(|known| known == id) => {
                ids.push(id.to_owned());
            }
            Some("") | None => return Err(wrong("Every element must be an id")),
            Some(_) => {}
        }
    }
    Ok(ids)
}
