//! Where the current state comes from, and how much of it is read: the list, then each user whom the plan may touch.

use std::collections::{BTreeSet, HashSet};
use std::pin::pin;
use std::sync::Arc;

use futures::StreamExt;

use crate::diff::{Compared, Comparison, FoundAbsent, Watch};
use crate::fetch::{FetchError, FetchErrorKind, Reading, Reads};
use crate::input::Export;
use crate::model::{EqualForms, Field, Glance, KnownUser, Problem, UserKey};
use crate::store::StoreError;
use crate::validate::Expected;

use super::current::{Candidate, Current};
use super::{PlanningError, snapshot::compare_snapshot};

/// What an export is compared with.
pub enum Against {
    /// The tenant: its list of users, then each candidate read by itself.
    Live(Arc<Reads>),
    /// Nobody: every row is a create.
    Empty,
    /// A file of users by property names.
    Snapshot(Box<Export>),
    /// What is stored of the tenant's users, then each candidate read from the tenant.
    Stored {
        /// Every user whom the tenant has, as far as is known.
        users: StoredUsers,
        /// Names of the properties that the tenant's list shows: only those can be compared for everybody.
        properties_listed: BTreeSet<String>,
        /// Reads the candidates.
        reads: Arc<Reads>,
    },
}

/// Batches of what is stored of users.
pub type StoredUsers = Box<dyn Iterator<Item = Result<Vec<KnownUser>, StoreError>> + Send>;

/// Batches that wait to be compared.
const BATCHES_AHEAD: usize = 2;

/// Compares stored users, while another thread reads the next ones.
fn compare_stored(
    users: StoredUsers,
    expected: &Expected,
    comparison: &mut Comparison<'_>,
) -> Result<(), PlanningError> {
    std::thread::scope(|scope| {
        let (full, batches) = std::sync::mpsc::sync_channel(BATCHES_AHEAD);
        scope.spawn(move || {
            // Who does not listen has met an error of his own.
            users.map(|batch| full.send(batch)).find(Result::is_err)
        });
        for batch in batches {
            let batch: Vec<KnownUser> = batch.map_err(PlanningError::Store)?;
            let users: Vec<Glance<'_>> = batch.iter().filter_map(KnownUser::glance).collect();
            let seen = expected.at_first_sight(&users);
            for (user, seen) in users.into_iter().zip(seen) {
                comparison.visit_seen(user, seen);
            }
        }
        Ok(())
    })
}

/// What a load looks out for beside what the export expects.
pub struct Outlook<'a> {
    /// Values that the tenant stores in a form of its own.
    pub forms: &'a EqualForms,
    /// Whether users to create are read before they are called absent.
    pub confirm_absent: bool,
    /// Who is managed, and what else matters in a listing.
    pub watch: Watch<'a>,
    /// Absent managed users who are due to lose access: each is read by himself.
    pub due: HashSet<&'a UserKey>,
}

/// Loads the current state of the users that the export expects, and of managed ones whom it does not mention.
pub async fn load(
    expected: &Expected,
    against: Against,
    outlook: &Outlook<'_>,
) -> Result<Current, PlanningError> {
    match against {
        Against::Empty => Ok(Current {
            compared_with: "nobody".to_owned(),
            ..Current::of(expected, Compared::default(), true)
        }),
        Against::Snapshot(mut snapshot) => {
            let mut comparison = Comparison::new(expected, outlook.forms, outlook.watch);
            compare_snapshot(&mut snapshot, expected, &mut comparison)?;
            Ok(Current {
                compared_with: snapshot.digest().map(super::hex).unwrap_or_default(),
                ..Current::of(expected, comparison.finish(), true)
            })
        }
        Against::Stored {
            users,
            properties_listed,
            reads,
        } => {
            let mut comparison = Comparison::new(expected, outlook.forms, outlook.watch);
            compare_stored(users, expected, &mut comparison)?;
            let mut compared = comparison.finish();
            compared.properties_listed = properties_listed;
            distrust_unlisted_properties(expected, &mut compared);
            let mut current = Current {
                compared_with: "store".to_owned(),
                is_of_the_tenant: true,
                ..Current::of(expected, compared, true)
            };
            confirm_all(&mut current, outlook, &reads)
                .await
                .map_err(PlanningError::Fetch)?;
            Ok(current)
        }
        Against::Live(reads) => live(expected, outlook, &reads)
            .await
            .map_err(PlanningError::Fetch),
    }
}

async fn live(
    expected: &Expected,
    outlook: &Outlook<'_>,
    reads: &Reads,
) -> Result<Current, FetchError> {
    let mut comparison = Comparison::new(expected, outlook.forms, outlook.watch);
    let mut current = match reads.list(&mut |user| comparison.visit(user)).await {
        Ok(_) => {
            let mut compared = comparison.finish();
            distrust_unlisted_properties(expected, &mut compared);
            Current {
                is_of_the_tenant: true,
                visible: Some(compared.visible),
                ..Current::of(expected, compared, true)
            }
        }
        Err(FetchError {
            kind: FetchErrorKind::QueryRefused { status },
            ..
        }) => {
            let mut current = Current {
                is_of_the_tenant: true,
                ..Current::of(expected, Compared::default(), false)
            };
            current.problems.push(query_refused(status, expected.len()));
            confirm(&mut current, reads, true).await?;
            return Ok(current);
        }
        Err(error) => return Err(error),
    };
    confirm_all(&mut current, outlook, reads).await?;
    Ok(current)
}

/// Reads everybody whom the plan may touch.
async fn confirm_all(
    current: &mut Current,
    outlook: &Outlook<'_>,
    reads: &Reads,
) -> Result<(), FetchError> {
    confirm(current, reads, outlook.confirm_absent).await?;
    confirm_absentees(current, reads, &outlook.due).await
}

/// Reads every absent user who is due and seems to have access: only what a GET says counts.
async fn confirm_absentees(
    current: &mut Current,
    reads: &Reads,
    due: &HashSet<&UserKey>,
) -> Result<(), FetchError> {
    let mut asked: Vec<(UserKey, Box<str>)> = current
        .absentees
        .iter()
        .filter(|(key, found)| due.contains(key) && !found.user.is_deleted())
        .map(|(key, found)| (key.clone(), found.user.user_id().into()))
        .collect();
    asked.sort();
    let ids = asked.iter().map(|(_, user_id)| user_id.clone()).collect();
    let mut readings = pin!(reads.users(ids));
    let mut asked = asked.into_iter();
    while let (Some((_, reading)), Some((key, _))) = (readings.next().await, asked.next()) {
        match reading? {
            Reading::Present(user) => {
                let found = FoundAbsent {
                    user,
                    confirmed: true,
                };
                current.absentees.insert(key, found);
            }
            Reading::Absent => {
                current.absentees.remove(&key);
            }
        }
    }
    Ok(())
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
    for expectation in expected.iter() {
        if compared.matches.is_unchanged(expectation.number())
            && !expectation.fields().iter().all(is_listed)
        {
            compared.matches.doubt(&expectation);
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
            Candidate::Listed(user_id, _) => Some((key.clone(), user_id.clone())),
            Candidate::Present { user, .. } => Some((key.clone(), user.user_id().into())),
            Candidate::Absent { .. } | Candidate::Twins => None,
        })
        .collect();
    asked.sort();
    let ids = asked.iter().map(|(_, user_id)| user_id.clone()).collect();
    let mut readings = pin!(reads.users(ids));
    let mut asked = asked.into_iter();
    while let (Some((_, reading)), Some((key, user_id))) = (readings.next().await, asked.next()) {
        let read_at = reads.now();
        let candidate = match reading? {
            Reading::Present(user) => Candidate::Present {
                user: Box::new(user),
                read_at,
            },
            Reading::Absent => Candidate::Absent {
                user_id,
                read_at: Some(read_at),
            },
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
