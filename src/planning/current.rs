//! How the users are now: listed by the tenant, read one by one, taken from a snapshot, or nobody at all.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;

use crate::diff::{Compared, Comparison, Holder, KnownIds, Match};
use crate::fetch::{Bases, FetchError, FetchErrorKind, Reading, Reads};
use crate::input::Export;
use crate::model::{EqualForms, Field, Problem, User, UserKey};
use crate::validate::Expected;

use super::{PlanningError, snapshot::read_snapshot};

/// What an export is compared with.
pub enum Against {
    /// The tenant: its list of users, then each candidate read by itself.
    Live(Arc<Reads>),
    /// Nobody: every row is a create.
    Empty,
    /// A file of users by property names.
    Snapshot(Box<Export>),
}

/// The current state as far as the plan needs it: users that differ, and nothing of the others.
#[derive(Default)]
pub struct Current {
    candidates: HashMap<UserKey, Candidate>,
    /// What it was taken from, where that is not the tenant: a plan's id stands for it.
    pub compared_with: String,
    /// Whether all users of the tenant were seen, so that absence can be told.
    pub listed: bool,
    /// Users that the export does not mention.
    pub absent: u64,
    /// Who holds which storage location.
    pub holders: HashMap<Box<str>, Holder>,
    /// What the tenant's ids teach about those of the export.
    pub known_ids: KnownIds,
    /// What a person should know about the reading.
    pub problems: Vec<Problem>,
}

enum Candidate {
    Absent {
        user_id: Box<str>,
        read_at: Option<Duration>,
    },
    Present {
        user: Box<User>,
        read_at: Option<Duration>,
    },
    Twins,
}

impl Current {
    /// A state about which nothing was asked.
    pub fn unread() -> Current {
        Current::default()
    }

    /// Whether the user may differ from what the export wants.
    pub fn is_candidate(&self, key: &UserKey) -> bool {
        self.candidates.contains_key(key)
    }

    /// Whether two users of the tenant meet under this key.
    pub fn is_twin(&self, key: &UserKey) -> bool {
        matches!(self.candidates.get(key), Some(Candidate::Twins))
    }

    /// The user as he is; `None` if there is no such user.
    pub fn user(&self, key: &UserKey) -> Option<&User> {
        match self.candidates.get(key) {
            Some(Candidate::Present { user, .. }) => Some(user),
            _ => None,
        }
    }

    /// The user as he was read by himself; `None` if he was not, or does not exist.
    pub fn read_by_himself(&self, key: &UserKey) -> Option<&User> {
        match self.candidates.get(key) {
            Some(Candidate::Present {
                user,
                read_at: Some(_),
            }) => Some(user),
            _ => None,
        }
    }

    /// The users that were read one by one, to be used while they are fresh.
    pub fn into_bases(self) -> Bases {
        let bases = self
            .candidates
            .into_values()
            .filter_map(|candidate| match candidate {
                Candidate::Absent { user_id, read_at } => {
                    Some((user_id, (read_at?, Reading::Absent)))
                }
                Candidate::Present { user, read_at } => {
                    Some((user.user_id().into(), (read_at?, Reading::Present(*user))))
                }
                Candidate::Twins => None,
            });
        bases.collect()
    }

    fn of(expected: &Expected, compared: Compared, listed: bool) -> Current {
        let mut current = Current {
            listed,
            absent: compared.absent,
            holders: compared.holders,
            known_ids: compared.known_ids,
            ..Current::default()
        };
        let mut matches = compared.matches;
        for (key, expectation) in expected.iter() {
            let candidate = match matches.remove(key) {
                Some(Match::Unchanged(_)) => continue,
                Some(Match::Twins) => Candidate::Twins,
                Some(Match::Differs(user)) => Candidate::Present {
                    user,
                    read_at: None,
                },
                None => Candidate::Absent {
                    user_id: expectation.user_id.clone(),
                    read_at: None,
                },
            };
            current.candidates.insert(key.clone(), candidate);
        }
        current
    }
}

/// Loads the current state of the users that the export expects.
pub async fn load(
    expected: &Expected,
    against: Against,
    forms: &EqualForms,
    confirm_absent: bool,
) -> Result<Current, PlanningError> {
    match against {
        Against::Empty => Ok(Current {
            compared_with: "nobody".to_owned(),
            ..Current::of(expected, Compared::default(), true)
        }),
        Against::Snapshot(mut snapshot) => {
            let mut comparison = Comparison::new(expected, forms);
            read_snapshot(&mut snapshot, |user| comparison.visit(user))?;
            Ok(Current {
                compared_with: snapshot.digest().map(super::hex).unwrap_or_default(),
                ..Current::of(expected, comparison.finish(), true)
            })
        }
        Against::Live(reads) => live(expected, forms, &reads, confirm_absent)
            .await
            .map_err(PlanningError::Fetch),
    }
}

async fn live(
    expected: &Expected,
    forms: &EqualForms,
    reads: &Reads,
    confirm_absent: bool,
) -> Result<Current, FetchError> {
    let mut comparison = Comparison::new(expected, forms);
    let mut current = match reads.list(&mut |user| comparison.visit(user)).await {
        Ok(_) => {
            let mut compared = comparison.finish();
            distrust_unlisted_properties(expected, &mut compared);
            Current::of(expected, compared, true)
        }
        Err(FetchError {
            kind: FetchErrorKind::QueryRefused { status },
            ..
        }) => {
            let mut current = Current::of(expected, Compared::default(), false);
            current.problems.push(query_refused(status, expected.len()));
            confirm(&mut current, reads, true).await?;
            return Ok(current);
        }
        Err(error) => return Err(error),
    };
    confirm(&mut current, reads, confirm_absent).await?;
    Ok(current)
}

/// A property that the query never returned cannot be compared from it: a user counted as unchanged whose
/// row mentions such a property (it can only be a clear) is a candidate after all.
fn distrust_unlisted_properties(expected: &Expected, compared: &mut Compared) {
    let is_listed = |field: &Field| {
        let name = match field {
            Field::Property(property) => property.name(),
            Field::Phone(_) => "Phones",
            Field::Extension(_) => "Extensions",
        };
        compared.properties_listed.contains(name)
    };
    let mut doubtful = Vec::new();
    for (key, expectation) in expected.iter() {
        if let Some(Match::Unchanged(user_id)) = compared.matches.get(key)
            && !expectation.fields().iter().all(is_listed)
        {
            doubtful.push((key.clone(), user_id.clone()));
        }
    }
    for (key, user_id) in doubtful {
        let object = serde_json::json!({ "UserID": user_id });
        if let serde_json::Value::Object(object) = object
            && let Ok(user) = User::new(object)
        {
            compared.matches.insert(key, Match::Differs(Box::new(user)));
        }
    }
}

/// Reads every candidate by himself: the query may be narrowed, and it may return less than the user has.
async fn confirm(current: &mut Current, reads: &Reads, absent: bool) -> Result<(), FetchError> {
    let mut asked: Vec<(UserKey, Box<str>)> = current
        .candidates
        .iter()
        .filter_map(|(key, candidate)| match candidate {
            Candidate::Absent { user_id, .. } if absent => Some((key.clone(), user_id.clone())),
            Candidate::Present { user, .. } => Some((key.clone(), user.user_id().into())),
            _ => None,
        })
        .collect();
    asked.sort();
    let ids = asked.iter().map(|(_, user_id)| user_id.clone()).collect();
    let mut readings = pin!(reads.users(ids));
    let mut asked = asked.into_iter();
    while let (Some((_, reading)), Some((key, user_id))) = (readings.next().await, asked.next()) {
        let read_at = Some(reads.now());
        let candidate = match reading? {
            Reading::Present(user) => Candidate::Present {
                user: Box::new(user),
                read_at,
            },
            Reading::Absent => Candidate::Absent { user_id, read_at },
        };
        current.candidates.insert(key, candidate);
    }
    Ok(())
}

fn query_refused(status: u16, users: usize) -> Problem {
    Problem::warning(
        "query_refused",
        format!(
            "the tenant refuses to list its users (HTTP {status}); {users} users are read one by one, \
             and nobody counts as absent from the export"
        ),
    )
    .hint("let the account use /seiapi/v3/query/Users to see absent users and to plan faster")
}
