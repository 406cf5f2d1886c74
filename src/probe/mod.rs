//! One user, made and deleted again → how the tenant behaves where no page says it.
//!
//! He is made without access and without mails, and he is gone in the end whatever happens in between. All other
//! ids that are sent begin with his and stand for nobody. Each question is a few calls under the usual limits.

mod bulk;
mod listing;
mod refusals;
mod size;
mod writing;

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::by_hand::{Hand, HandError};
use crate::model::{Event, Habits, Progress, User};
use crate::wire::{Answer, read_user};

/// What is asked, and how far.
pub struct Probe<'h> {
    hand: &'h Hand,
    user_id: String,
    users_max: usize,
    bytes_max: usize,
    progress: Arc<dyn Progress>,
    habits: Habits,
    /// Ids that the tenant may have taken for new users.
    made: Vec<String>,
}

/// Why there are no answers, or not all.
#[derive(Clone, Debug, PartialEq)]
pub enum ProbeError {
    /// The user exists: the probe would change somebody.
    Exists,
    /// The tenant did not let us make him; its reasons.
    NotMade {
        /// HTTP status.
        status: u16,
        /// Its words.
        why: Vec<String>,
    },
    /// A call had no answer.
    Hand(HandError),
}

impl From<HandError> for ProbeError {
    fn from(error: HandError) -> ProbeError {
        ProbeError::Hand(error)
    }
}

/// What the probe ended with.
pub struct Probed {
    /// The answers, as far as there are any.
    pub habits: Habits,
    /// Why they are not complete.
    pub error: Option<ProbeError>,
    /// Ids that may be left on the tenant, because they could not be deleted.
    pub left: Vec<String>,
}

impl<'h> Probe<'h> {
    /// On that user, who must not exist. Size limits are looked for up to `users_max` users and `bytes_max` bytes.
    pub fn new(
        hand: &'h Hand,
        user_id: &str,
        users_max: usize,
        bytes_max: usize,
        progress: Arc<dyn Progress>,
    ) -> Probe<'h> {
        Probe {
            hand,
            user_id: user_id.to_owned(),
            users_max,
            bytes_max,
            progress,
            habits: Habits::default(),
            made: Vec::new(),
        }
    }

    /// Asks everything, and leaves nobody behind.
    pub async fn run(mut self) -> Probed {
        let asked = self.ask_all().await;
        let left = self.clean_up().await;
        Probed {
            habits: self.habits,
            error: asked.err(),
            left,
        }
    }

    async fn ask_all(&mut self) -> Result<(), ProbeError> {
        self.note("does an absent user answer 410 or 404?");
        let absent = self.get(&self.user_id).await?;
        if absent.status == 200 && read_user(&absent).is_ok_and(|user| !user.is_deleted()) {
            return Err(ProbeError::Exists);
        }
        self.habits.absent_get = Some(absent.status).filter(|status| [404, 410].contains(status));
        self.habits.token_lifetime_s = self.hand.client().token_lifetime_s();
        let shown = self.make().await?;
        self.ask_about_listing(&shown).await?;
        self.ask_about_case().await?;
        self.ask_about_omission(&shown).await?;
        self.ask_about_duplicates().await?;
        self.ask_about_refusals().await?;
        self.ask_about_parts().await?;
        self.ask_about_teams().await?;
        self.ask_about_locations().await?;
        self.ask_about_absent_delete().await?;
        self.ask_about_size().await?;
        self.ask_about_deleted().await
    }

    /// Deletes what may have been made. Gives what may be left.
    async fn clean_up(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        for user_id in std::mem::take(&mut self.made) {
            let deletion = self.hand.client().delete_user(&user_id);
            let is_gone = match self.hand.answer(deletion).await {
                Ok(answer) => matches!(answer.status, 200 | 404 | 410),
                Err(_) => false,
            };
            if !is_gone {
                left.push(user_id);
            }
        }
        left
    }

    fn note(&self, question: &str) {
        let text = format!("asking: {question}");
        self.progress.event(Event::Note { text });
    }

    async fn get(&self, user_id: &str) -> Result<Answer, HandError> {
        let call = self.hand.client().get_user(user_id);
        self.hand.answer(call).await
    }

    /// The probe as he is shown now.
    async fn shown(&self) -> Result<Option<User>, HandError> {
        let answer = self.get(&self.user_id).await?;
        Ok(read_user(&answer).ok().filter(|_| answer.status == 200))
    }

    async fn bulk(&self, users: &[Map<String, Json>]) -> Result<Answer, HandError> {
        let call = self.hand.client().bulk_users(users);
        self.hand.answer(call).await
    }

    /// The probe with these properties and none else.
    fn row(&self, properties: Json) -> Map<String, Json> {
        self.row_of(&self.user_id, properties)
    }

    fn row_of(&self, user_id: &str, properties: Json) -> Map<String, Json> {
        let mut row = Map::from_iter([("UserID".to_owned(), json!(user_id))]);
        if let Json::Object(properties) = properties {
            row.extend(properties);
        }
        row
    }

    /// An id that stands for nobody.
    fn nobody(&self, what: &str) -> String {
        format!("{}-{what}", self.user_id)
    }
}
