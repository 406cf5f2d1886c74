//! A user put by hand: read, merged, shown, asked about, sent.

use serde_json::{Map, Value as Json, json};

use crate::by_hand::{Merged, merge, takes_access};
use crate::cli::UserPutArgs;
use crate::failure::{Exit, Failure};
use crate::model::{Field, Property, User, Value};
use crate::report::{View, changes_text, escape, quote};
use crate::session::Console;

use super::{ByHand, Told, confirm};

/// A user who is about to be put.
pub struct Put {
    base: Option<User>,
    merged: Merged,
}

/// A user out of a file.
///
/// # Errors
/// The object has no UserID.
pub fn given_user(object: Map<String, Json>) -> Result<User, Failure> {
    User::new(object).map_err(|_| {
        Failure::usage("the User object has no UserID, or one that is no text")
            .hint("\"UserID\" is the key of a user and says who is meant")
    })
}

impl Put {
    /// Reads the user, and lays over him what is given.
    ///
    /// # Errors
    /// What the tenant said instead.
    pub async fn prepare(
        by_hand: &ByHand,
        given: &User,
        args: &UserPutArgs,
    ) -> Result<Put, Failure> {
        let base = by_hand.user(given.user_id()).await?;
        let merged = merge(base.as_ref(), given, args.replace);
        Ok(Put { base, merged })
    }

    /// What changes, for people.
    pub fn preview(&self, view: &View) -> String {
        let user_id = escape(self.user_id());
        let password = match self.merged.has_password {
            true => "  and the password\n",
            false => "",
        };
        let head = match (&self.base, self.is_nothing()) {
            (_, true) => return String::new(),
            (None, _) => format!("{user_id} is new\n"),
            (Some(_), _) => format!("{user_id} changes\n"),
        };
        let changes = match self.merged.changes.is_empty() {
            true => String::new(),
            false => changes_text(&self.merged.changes, view),
        };
        format!("{head}{changes}{password}")
    }

    /// Names that are neither in the vendor's pages nor of this user: mostly slips of the pen.
    pub fn unknown_properties(&self) -> Vec<String> {
        let of_user = |name: &str| {
            let base = self.base.as_ref();
            base.is_some_and(|base| base.object().contains_key(name))
        };
        let collections = ["Phones", "Extensions"];
        let names = self.merged.user.object().keys();
        names
            .filter(|name| Property::named(name).is_none() && !collections.contains(&name.as_str()))
            .filter(|name| !of_user(name))
            .map(|name| {
                let name = quote(name, 60);
                format!("{name} is no property that crewsync knows; it is sent as it stands")
            })
            .collect()
    }

    /// Whether he is so already.
    pub fn is_nothing(&self) -> bool {
        self.base.is_some() && self.merged.changes.is_empty() && !self.merged.has_password
    }

    /// Says that nothing was sent.
    pub fn tell_unchanged(&self, console: &Console) {
        let sentence = format!("{} is so already", self.user_id());
        Told::unchanged("user_put", self.user_id()).tell(console, &sentence);
    }

    /// Spares the protected, and asks if it takes access or mails somebody.
    ///
    /// # Errors
    /// As [`ByHand::spare`] and [`confirm`].
    pub fn confirm(&self, by_hand: &ByHand, args: &UserPutArgs) -> Result<(), Failure> {
        let (user_id, user) = (self.user_id(), &self.merged.user);
        let takes = self
            .base
            .as_ref()
            .is_some_and(|base| takes_access(base, user));
        if takes || (self.base.is_some() && self.merged.has_password) {
            by_hand.spare(user_id)?;
        }
        let resets = user.get(&Field::Property(Property::ResetPassword)) == Some(Value::Bool(true));
        let mails = resets || (args.notify && self.base.is_none());
        let question = match (takes, mails) {
            (false, false) => return Ok(()),
            (true, false) => format!("Take access from {user_id}"),
            (false, true) => format!("Mail {user_id} a password"),
            (true, true) => format!("Take access from {user_id} and mail a password"),
        };
        confirm(&args.write, &question)
    }

    /// Sends it, and tells what came of it.
    ///
    /// # Errors
    /// What the tenant said instead.
    pub async fn send(
        &self,
        by_hand: &ByHand,
        notify: bool,
        console: &Console,
    ) -> Result<Exit, Failure> {
        let (user_id, notify) = (self.user_id(), notify && self.base.is_none());
        let can_be_read = !self.merged.has_password && !notify;
        let is_done = async {
            let found = by_hand.user(user_id).await?;
            Ok(can_be_read && found.is_some_and(|found| self.is_as_put(&found)))
        };
        let call = by_hand.client().put_user(&self.merged.user, notify);
        let warnings = by_hand.write(format!("the user {user_id}"), call, is_done);
        let changes = self.merged.changes.iter();
        let changes =
            changes.map(|(name, from, to)| json!({"field": name, "from": from, "to": to}));
        let told = Told::applied("user_put", user_id, warnings.await?);
        let done = if self.base.is_some() {
            "changed"
        } else {
            "created"
        };
        told.with_changes(changes.collect())
            .tell(console, &format!("{user_id} is {done}"));
        Ok(Exit::Done)
    }

    /// Whether every property that was to change now is as it was sent.
    fn is_as_put(&self, found: &User) -> bool {
        merge(Some(found), &self.merged.user, true)
            .changes
            .iter()
            .all(|(name, ..)| {
                let was_changed = self
                    .merged
                    .changes
                    .iter()
                    .any(|(changed, ..)| changed == name);
                !was_changed
            })
    }

    fn user_id(&self) -> &str {
        self.merged.user.user_id()
    }
}
