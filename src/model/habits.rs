//! How a tenant behaves where no page of the vendor says it: the answers of a probe.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The answers. `None`: it was not found out. Words are those of the sandbox's switches (docs/sandbox.md), which
/// stand for the same questions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Habits {
    /// What GET of an absent user answers: 410, or 404.
    pub absent_get: Option<u16>,
    /// What the delete of an absent user in bulk answers: 200, or 410.
    pub absent_delete: Option<u16>,
    /// `hard`, or `soft`: a deleted user is still shown, with `Deleted: true`.
    pub deleted: Option<String>,
    /// `cleared` or `kept`: properties that a bulk update does not mention.
    pub omitted: Option<String>,
    /// `cleared` or `kept`: properties that are sent as `null`.
    pub null: Option<String>,
    /// `cleared` or `kept`: properties that are sent as `""`.
    pub empty: Option<String>,
    /// `atomic`, `partial` or `stops`: what a refused chunk leaves.
    pub bulk: Option<String>,
    /// `in_order` or `refused`: one user twice in a chunk.
    pub duplicates: Option<String>,
    /// `exact` or `any_case`: ids that differ by case.
    pub user_ids: Option<String>,
    /// Most users in a bulk call.
    pub chunk_users_max: Option<Bound>,
    /// Most bytes in the body of a bulk call.
    pub chunk_bytes_max: Option<Bound>,
    /// Whether several users may hold one storage location.
    pub shared_locations: Option<bool>,
    /// Whether only some service teams exist, and others are refused.
    pub knows_teams: Option<bool>,
    /// Whether texts are stored in another form than sent.
    pub tidies: Option<bool>,
    /// Properties that GET did not return although they were sent.
    pub get_omits: Option<Vec<String>>,
    /// What the query answers instead of a list; `None` if it gives one.
    pub query_status: Option<u16>,
    /// `bare` or `envelope`.
    pub query_shape: Option<String>,
    /// Most users on a page of the query.
    pub query_page_max: Option<Bound>,
    /// Properties that GET returns and the query does not.
    pub query_lacks: Option<Vec<String>>,
    /// Properties that the query returns under another name.
    pub query_renames: Option<BTreeMap<String, String>>,
    /// Whether the query shows a user that we have just made.
    pub query_shows_all: Option<bool>,
    /// `a` or `b`: the form of error bodies.
    pub error_format: Option<String>,
    /// How places are written in errors; `none`: they are missing.
    pub data_path: Option<String>,
    /// `first` or `all`: how many flaws a refusal tells.
    pub details: Option<String>,
    /// How long a token lasts, in seconds.
    pub token_lifetime_s: Option<i64>,
}

/// A limit that was looked for up to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The most that passed.
    pub passed: u64,
    /// Whether one more is too much; `false`: nothing larger was tried.
    pub is_limit: bool,
}

impl Habits {
    /// The most users in a bulk call, not more than `wanted`.
    pub fn users_max(&self, wanted: usize) -> usize {
        within(self.chunk_users_max, wanted)
    }

    /// The most bytes in a bulk call, not more than `wanted`.
    pub fn bytes_max(&self, wanted: usize) -> usize {
        within(self.chunk_bytes_max, wanted)
    }
}

fn within(bound: Option<Bound>, wanted: usize) -> usize {
    match bound {
        Some(bound) if bound.is_limit => {
            let most = usize::try_from(bound.passed).unwrap_or(usize::MAX);
            wanted.min(most.max(1))
        }
        _ => wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_limit_that_was_found_makes_chunks_smaller() {
        for (bound, users) in [
            (None, 400),
            (Some((400, false)), 400),
            (Some((50, false)), 400),
            (Some((50, true)), 50),
            (Some((0, true)), 1),
            (Some((900, true)), 400),
        ] {
            let bound = bound.map(|(passed, is_limit)| Bound { passed, is_limit });
            let habits = Habits {
                chunk_users_max: bound,
                ..Habits::default()
            };
            assert_eq!(habits.users_max(400), users, "{bound:?}");
        }
    }
}
