//! How the users are now, as far as the plan needs it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use crate::diff::{AbsentPersons, Compared, FoundAbsent, Holder, KnownIds, KnownReferences, Match};
use crate::fetch::{Bases, Reading};
use crate::model::{Kept, Orphans, Problem, User, UserKey};
use crate::validate::Expected;

/// The current state as far as the plan needs it: users that differ, and nothing of the others.
#[derive(Default)]
pub struct Current {
    pub(super) candidates: HashMap<UserKey, Candidate>,
    /// What it was taken from, where that is not the tenant: a plan's id stands for it.
    pub compared_with: String,
    /// Whether it is the tenant's own, be it as it was last known, and not a file or nobody in its place.
    pub is_of_the_tenant: bool,
    /// Users whom we switched off and who are on again.
    pub touched: Vec<Box<str>>,
    /// Users whom the export speaks of under another id: its key → the id that the tenant knows.
    pub known_as: HashMap<UserKey, Box<str>>,
    /// The same the other way round, by keys.
    pub(super) rows: HashMap<UserKey, UserKey>,
    /// Active users whom the export does not mention, by what may tell who they are.
    pub persons: AbsentPersons,
    /// Whether all users of the tenant were seen, so that absence can be told.
    pub listed: bool,
    /// Users that the export does not mention.
    pub absent: u64,
    /// Managed users among them, as far as the tenant shows them.
    pub absentees: HashMap<UserKey, FoundAbsent>,
    /// Active users outside every source.
    pub orphans: Orphans,
    /// Users of the tenant, deleted ones aside; `None` if the tenant itself was not listed.
    pub visible: Option<u64>,
    /// Listed users who are managed by this source.
    pub managed: u64,
    /// Who holds which storage location.
    pub holders: HashMap<Box<str>, Holder>,
    /// Teams, groups, languages and locations that users have.
    pub references: KnownReferences,
    /// What the tenant's ids teach about those of the export.
    pub known_ids: KnownIds,
    /// What a person should know about the reading.
    pub problems: Vec<Problem>,
}

pub(super) enum Candidate {
    Absent {
        user_id: Box<str>,
        read_at: Option<Duration>,
    },
    /// As he was listed, with his id.
    Listed(Box<str>, Kept),
    /// As he was read by himself.
    Present {
        user: Box<User>,
        read_at: Duration,
    },
    Twins,
}

impl Current {
    /// A state about which nothing was asked.
    pub fn unread() -> Current {
        Current::default()
    }

    /// Whether there is a user of whom nobody knows who is meant.
    pub fn has_twins(&self) -> bool {
        let mut candidates = self.candidates.values();
        candidates.any(|candidate| matches!(candidate, Candidate::Twins))
    }

    /// The numbers of the rows whose users may differ from what they want, sorted.
    pub fn rows_to_look_at(&self, expected: &Expected) -> Vec<u64> {
        let keys = self.candidates.keys();
        let rows = keys.filter_map(|key| Some(expected.get(key)?.place().record));
        let mut rows: Vec<u64> = rows.collect();
        rows.sort_unstable();
        rows
    }

    /// Whether two users of the tenant meet under this key.
    pub fn is_twin(&self, key: &UserKey) -> bool {
        matches!(self.candidates.get(key), Some(Candidate::Twins))
    }

    /// Whether the tenant lacks the user, or has him as deleted.
    pub fn is_missing(&self, key: &UserKey) -> bool {
        match self.candidates.get(key) {
            Some(Candidate::Absent { .. }) => true,
            Some(Candidate::Listed(_, user)) => user.user().is_deleted(),
            Some(Candidate::Present { user, .. }) => user.is_deleted(),
            Some(Candidate::Twins) | None => false,
        }
    }

    /// The candidate of a row, or of the user whom it means.
    fn candidate(&self, key: &UserKey) -> Option<&Candidate> {
        let of_row = self.candidates.get(key);
        of_row.or_else(|| self.candidates.get(self.rows.get(key)?))
    }

    /// Whether the export speaks of that user of the tenant under another id.
    pub fn is_known_otherwise(&self, key: &UserKey) -> bool {
        self.rows.contains_key(key)
    }

    /// The user as he is; `None` if there is no such user.
    pub fn user(&self, key: &UserKey) -> Option<Cow<'_, User>> {
        match self.candidate(key) {
            Some(Candidate::Present { user, .. }) => Some(Cow::Borrowed(user)),
            Some(Candidate::Listed(_, user)) => Some(user.user()),
            _ => None,
        }
    }

    /// The user as he was read by himself; `None` if he was not, or does not exist.
    pub fn read_by_himself(&self, key: &UserKey) -> Option<&User> {
        match self.candidate(key) {
            Some(Candidate::Present { user, .. }) => Some(user),
            Some(_) => None,
            None => {
                let absent = self.absentees.get(key).filter(|absent| absent.confirmed);
                absent.map(|absent| &absent.user)
            }
        }
    }

    /// How many users of the export the tenant has.
    pub fn found(&self, expected: &Expected) -> u64 {
        let is_missing = |candidate: &&Candidate| {
            matches!(candidate, Candidate::Absent { .. } | Candidate::Twins)
        };
        let missing = self.candidates.values().filter(is_missing).count();
        (expected.len() - missing) as u64
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
                    Some((user.user_id().into(), (read_at, Reading::Present(*user))))
                }
                Candidate::Listed(..) | Candidate::Twins => None,
            });
        bases.collect()
    }

    pub(super) fn of(expected: &Expected, compared: Compared, listed: bool) -> Current {
        let mut current = Current {
            listed,
            absent: compared.absent,
            absentees: compared
                .absentees
                .into_iter()
                .map(|(key, user)| {
                    (
                        key,
                        FoundAbsent {
                            user,
                            confirmed: false,
                        },
                    )
                })
                .collect(),
            touched: compared.touched,
            rows: compared
                .known_as
                .iter()
                .map(|(row, user_id)| (UserKey::of(user_id), row.clone()))
                .collect(),
            known_as: compared.known_as,
            persons: compared.persons,
            orphans: compared.orphans,
            managed: compared.managed,
            holders: compared.holders,
            known_ids: compared.known_ids,
            references: compared.references,
            ..Current::default()
        };
        let mut matches = compared.matches;
        for number in 0..expected.len() as u32 {
            let Some(found) = matches.take_candidate(number) else {
                continue;
            };
            let expectation = expected.at(number);
            let candidate = match found {
                Some(Match::Unchanged(_)) => continue,
                Some(Match::Twins) => Candidate::Twins,
                Some(Match::Differs(user_id, user)) => Candidate::Listed(user_id, user),
                None => Candidate::Absent {
                    user_id: expectation.user_id().into(),
                    read_at: None,
                },
            };
            current.candidates.insert(expectation.key(), candidate);
        }
        current
    }
}
