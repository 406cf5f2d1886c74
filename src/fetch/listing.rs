//! The list of all users that the tenant shows us, page by page.

use std::collections::{BTreeSet, HashSet};

use crate::fetch::ask::{Question, Reply};
use crate::fetch::{FetchError, FetchErrorKind, Reads};
use crate::model::{Event, User};
use crate::pacing::query_verdict;

/// Users asked for in one page. Servers may give fewer.
const PAGE: u32 = 500;

/// A list that was read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// How many different users were visited.
    pub users: u64,
    /// Names of the properties that at least one of them had, blank or not. What is missing here is never
    /// returned by the query, so it must not be compared from it.
    pub fields_seen: BTreeSet<String>,
}

impl Reads {
    /// Visits every user that the query shows, each once, in the order of the pages.
    ///
    /// The query is narrowed by our security level: who is missing here may still be there. Goes on from what
    /// was received until an empty page or one without new users, because servers cap their pages.
    ///
    /// # Errors
    /// If any page cannot be read: what was visited until then is no list. `QueryRefused` (403, 404, 405) means
    /// that users may not be listed at all, while single ones may perhaps be read.
    pub async fn list(&self, visit: &mut (dyn FnMut(User) + Send)) -> Result<Listing, FetchError> {
        let mut pages = self.pages();
        while let Some(page) = pages.next().await? {
            page.into_iter().for_each(&mut *visit);
        }
        Ok(pages.listing)
    }

    /// The same, a page at a time.
    pub fn pages(&self) -> Pages<'_> {
        Pages {
            reads: self,
            start: 0,
            known: HashSet::new(),
            listing: Listing::default(),
        }
    }

    async fn page(&self, start: u64) -> Result<Vec<User>, FetchError> {
        let question = Question::Page { start, limit: PAGE };
        let kind = match self.ask(question, query_verdict).await? {
            Reply::Present(users) => return Ok(users),
            // Having shown a page, the tenant has shown that it may be asked: this is a failure in mid-list.
            Reply::NotFound if start == 0 => FetchErrorKind::QueryRefused { status: 404 },
            Reply::Refused {
                status: status @ (403 | 405),
                ..
            } if start == 0 => FetchErrorKind::QueryRefused { status },
            Reply::Refused { status, details } => FetchErrorKind::Refused { status, details },
            Reply::NotFound => refused(404),
            Reply::Absent => refused(410),
        };
        Err(self.error(question, kind))
    }
}

/// A list that is being read.
pub struct Pages<'r> {
    reads: &'r Reads,
    start: u64,
    known: HashSet<Fingerprint>,
    listing: Listing,
}

impl Pages<'_> {
    /// The next page's users, without those whom an earlier page had; `None` at the end of the list.
    ///
    /// # Errors
    /// As [`Reads::list`].
    pub async fn next(&mut self) -> Result<Option<Vec<User>>, FetchError> {
        let mut page = self.reads.page(self.start).await?;
        self.start += page.len() as u64;
        page.retain(|user| self.known.insert(fingerprint(user)));
        if page.is_empty() {
            return Ok(None);
        }
        page.iter().for_each(|user| self.listing.note(user));
        let users = page.len() as u64;
        self.reads.progress().event(Event::UsersListed { users });
        Ok(Some(page))
    }
}

impl Listing {
    fn note(&mut self, user: &User) {
        self.users += 1;
        for name in user.object().keys() {
            if !self.fields_seen.contains(name) {
                self.fields_seen.insert(name.clone());
            }
        }
    }
}

fn refused(status: u16) -> FetchErrorKind {
    let details = Vec::new();
    FetchErrorKind::Refused { status, details }
}

/// So that a million ids do not have to be kept.
type Fingerprint = [u8; 16];

fn fingerprint(user: &User) -> Fingerprint {
    let hash = blake3::hash(user.user_id().as_bytes());
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(&hash.as_bytes()[..16]);
    fingerprint
}
