//! Reading users one by one, and being sure of what absence means.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::stream::{self, Stream, StreamExt};

use crate::api::Reader;
use crate::fetch::ask::{Asker, Exchange, Question, Reply};
use crate::fetch::{FetchError, FetchErrorKind, Pace};
use crate::model::{Event, Progress, User, UserKey};
use crate::pacing::{ReadVerdict, RetryPolicy, get_verdict};

/// How many users are asked for at a time. At 15 requests a second this hides answers that take half a second.
const CONCURRENCY: usize = 8;

/// Reads a tenant. Holds nothing that can write.
pub struct Reads {
    asker: Asker,
    /// Whether anything under the base URL has answered as a tenant does (200 or 410).
    is_tenant: AtomicBool,
}

/// One user, as the tenant says.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Here he is; his spelling of the id is the tenant's, and `Deleted` may be true.
    Present(User),
    /// The tenant has no such user.
    Absent,
}

/// Users that were read, by UserID, each with the time since the start when he was.
pub type Bases = HashMap<Box<str>, (Duration, Reading)>;

impl Reads {
    /// The monotonic time since the start, as [`Pace::now`] tells it.
    pub fn now(&self) -> Duration {
        self.asker.pace.now()
    }

    /// Reads through `reader`, in turn with all who share `pace`.
    pub fn new(
        reader: Arc<Reader>,
        pace: Arc<Pace>,
        policy: RetryPolicy,
        progress: Arc<dyn Progress>,
    ) -> Reads {
        let reached = AtomicBool::new(false);
        Reads {
            asker: Asker {
                reader,
                pace,
                policy,
                progress,
                reached,
            },
            is_tenant: AtomicBool::new(false),
        }
    }

    /// The same for a tenant of which it is known that 404 is its word for an absent user.
    pub fn knowing_404(self) -> Reads {
        self.is_tenant.store(true, Ordering::Relaxed);
        self
    }

    /// Reads one user.
    ///
    /// 404 means absent only if something under the base URL has answered as a tenant does; before that it
    /// means that the base URL is wrong.
    pub async fn user(&self, user_id: &str) -> Result<Reading, FetchError> {
        let question = Question::User(user_id);
        let judge = |exchange: &Exchange| match get_verdict(exchange) {
            ReadVerdict::Present(user) if user.key() != UserKey::of(user_id) => {
                ReadVerdict::Retry("the answer holds another user".to_owned())
            }
            verdict => verdict,
        };
        match self.ask(question, judge).await? {
            Reply::Present(user) => Ok(Reading::Present(user)),
            Reply::Absent => Ok(Reading::Absent),
            Reply::NotFound if self.is_tenant.load(Ordering::Relaxed) => Ok(Reading::Absent),
            Reply::NotFound => Err(self.error(question, FetchErrorKind::WrongBaseUrl)),
            Reply::Refused { status, details } => {
                Err(self.error(question, FetchErrorKind::Refused { status, details }))
            }
        }
    }

    /// Reads users, several at a time, and gives them in the order asked for. Dropping the stream ends the reading.
    pub fn users(
        &self,
        user_ids: Vec<Box<str>>,
    ) -> impl Stream<Item = (Box<str>, Result<Reading, FetchError>)> {
        let users = user_ids.len() as u64;
        if users > 0 {
            self.progress().event(Event::ReadsPlanned { users });
        }
        stream::iter(user_ids)
            .map(async |user_id| {
                let reading = self.user(&user_id).await;
                self.progress().event(Event::UserRead);
                (user_id, reading)
            })
            .buffered(CONCURRENCY)
    }

    pub(super) fn progress(&self) -> &dyn Progress {
        &*self.asker.progress
    }

    /// Asks, and remembers if it was a tenant that answered.
    pub(super) async fn ask<T>(
        &self,
        question: Question<'_>,
        judge: impl Fn(&Exchange) -> ReadVerdict<T>,
    ) -> Result<Reply<T>, FetchError> {
        let reply = self.asker.ask(question, judge).await;
        if matches!(reply, Ok(Reply::Present(_) | Reply::Absent)) {
            self.is_tenant.store(true, Ordering::Relaxed);
        }
        reply.map_err(|kind| self.error(question, kind))
    }

    pub(super) fn error(&self, question: Question<'_>, kind: FetchErrorKind) -> FetchError {
        FetchError {
            origin: self.asker.reader.base_url().place(),
            what: question.to_string(),
            kind,
        }
    }
}
