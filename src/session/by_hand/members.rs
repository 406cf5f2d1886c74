//! The members of a role or a service team, by hand.

use serde_json::json;

use crate::cli::{Cli, HandFlags, WriteFlags};
use crate::failure::{Exit, Failure};
use crate::report::ids_text;
use crate::session::Console;

use super::ids::IdChange;
use super::{ByHand, Told, confirm};

/// Of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembersOf {
    /// The users who have a role.
    Role,
    /// The users in a service team.
    Team,
}

/// One role or team, ready to be asked.
pub struct Members<'a> {
    by_hand: ByHand,
    of: MembersOf,
    id: &'a str,
    console: &'a Console,
}

impl<'a> Members<'a> {
    /// To read, or with a purpose to write.
    ///
    /// # Errors
    /// As [`ByHand::to_read`] and [`ByHand::to_write`].
    pub async fn open(
        cli: &Cli,
        flags: &HandFlags,
        of: MembersOf,
        id: &'a str,
        purpose: Option<&str>,
        console: &'a Console,
    ) -> Result<Members<'a>, Failure> {
        let by_hand = match purpose {
            Some(purpose) => ByHand::to_write(cli, flags, console, purpose).await?,
            None => ByHand::to_read(cli, flags, console).await?,
        };
        Ok(Members {
            by_hand,
            of,
            id,
            console,
        })
    }

    /// Prints who they are.
    pub async fn show(&self) -> Result<Exit, Failure> {
        let users = self.read().await?;
        self.console
            .document(&json!({ "id": self.id, "users": users }));
        self.console
            .text(&ids_text("user", &users, &self.console.view()));
        Ok(Exit::Done)
    }

    /// These from now on, and nobody else.
    pub async fn set(&self, users: &[String], write: &WriteFlags) -> Result<Exit, Failure> {
        let call = match self.of {
            MembersOf::Role => "role_users_set",
            MembersOf::Team => "team_users_set",
        };
        let change = IdChange::between(&self.read().await?, users);
        if change.is_none() {
            Told::unchanged(call, self.id).tell(self.console, "the members are these already");
            return Ok(Exit::Done);
        }
        self.ask_first(&change.taken, write)?;
        let client = self.by_hand.client();
        let sent = match self.of {
            MembersOf::Role => client.set_role_users(self.id, users),
            MembersOf::Team => client.set_team_users(self.id, users),
        };
        let is_done = async { Ok(IdChange::between(&self.read().await?, users).is_none()) };
        let warnings = self.by_hand.write(&self.what(), sent, is_done).await?;
        let told = Told::applied(call, self.id, warnings).with_changes(change.json());
        told.tell(self.console, &format!("{}: {}", self.id, change.said()));
        Ok(Exit::Done)
    }

    /// These as well. Those who are members already are passed over.
    pub async fn add(&self, users: &[String]) -> Result<Exit, Failure> {
        let before = self.read().await?;
        let new = IdChange::between(&before, users).given;
        let change = IdChange {
            given: new,
            taken: Vec::new(),
        };
        self.one_by_one("role_user_add", change).await
    }

    /// Not these any more. Those who are no members are passed over.
    pub async fn remove(&self, users: &[String], write: &WriteFlags) -> Result<Exit, Failure> {
        let before = self.read().await?;
        let staying = |user: &&String| !users.contains(user);
        let after: Vec<String> = before.iter().filter(staying).cloned().collect();
        let change = IdChange::between(&before, &after);
        self.ask_first(&change.taken, write)?;
        self.one_by_one("role_user_remove", change).await
    }

    /// A call for each user. The first that fails ends it, and says who was done before.
    async fn one_by_one(&self, call: &'static str, change: IdChange) -> Result<Exit, Failure> {
        if change.is_none() {
            Told::unchanged(call, self.id).tell(self.console, "it is so already");
            return Ok(Exit::Done);
        }
        let client = self.by_hand.client();
        let (mut warnings, mut done) = (Vec::new(), Vec::new());
        let given = change.given.iter().map(|user| (user, true));
        let taken = change.taken.iter().map(|user| (user, false));
        for (user, is_given) in given.chain(taken) {
            let sent = match is_given {
                true => client.add_role_user(self.id, user),
                false => client.remove_role_user(self.id, user),
            };
            let is_done = async { Ok(self.read().await?.contains(user) == is_given) };
            let what = format!("the role {} of {user}", self.id);
            let written = self.by_hand.write(&what, sent, is_done).await;
            warnings.extend(written.map_err(|failure| match done.is_empty() {
                true => failure,
                false => failure.caused_by(format!("done before: {}", done.join(", "))),
            })?);
            done.push(user.as_str());
        }
        let told = Told::applied(call, self.id, warnings).with_changes(change.json());
        told.tell(self.console, &format!("{}: {}", self.id, change.said()));
        Ok(Exit::Done)
    }

    fn ask_first(&self, taken: &[String], write: &WriteFlags) -> Result<(), Failure> {
        if taken.is_empty() {
            return Ok(());
        }
        for user in taken {
            self.by_hand.spare(user)?;
        }
        let who = taken.join(", ");
        let question = match self.of {
            MembersOf::Role => format!("Take the role {} from {who}", self.id),
            MembersOf::Team => format!("Take {who} out of the team {}", self.id),
        };
        confirm(write, &question)
    }

    async fn read(&self) -> Result<Vec<String>, Failure> {
        let client = self.by_hand.client();
        let call = match self.of {
            MembersOf::Role => client.get_role_users(self.id),
            MembersOf::Team => client.get_team_users(self.id),
        };
        self.by_hand.ask(&self.what(), call).await
    }

    fn what(&self) -> String {
        match self.of {
            MembersOf::Role => format!("the users of the role {}", self.id),
            MembersOf::Team => format!("the users of the team {}", self.id),
        }
    }
}
