//! What the query shows of a user who is there, and ids that differ by case.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::api::Query;
use crate::model::{Bound, User};
use crate::wire::{read_user, read_users};

use super::{Probe, ProbeError};

/// More than any page holds.
const PAGE: u32 = 5_000;

impl Probe<'_> {
    /// The query: whether it may be asked, its shape and page, and what it shows of the probe.
    pub(super) async fn ask_about_listing(&mut self, shown: &User) -> Result<(), ProbeError> {
        self.note("what does the query show?");
        let (first, users) = match self.page(None, 0, PAGE).await? {
            Ok(page) => page,
            Err(status) => {
                self.habits.query_status = Some(status);
                return Ok(());
            }
        };
        self.habits.query_shape = Some(first.to_owned());
        let passed = users.len() as u64;
        let next = self.page(None, passed, 1).await?;
        let is_limit = passed > 0 && next.is_ok_and(|(_, users)| !users.is_empty());
        self.habits.query_page_max = Some(Bound { passed, is_limit });
        let filter = format!("UserID:{}", self.user_id);
        let found = self.page(Some(filter), 0, 10).await?;
        let found = found.map(|(_, users)| users).unwrap_or_default();
        let is_probe = |user: &&User| user.key() == shown.key();
        let listed = found.iter().chain(&users).find(is_probe);
        self.habits.query_shows_all = Some(listed.is_some());
        if let Some(listed) = listed {
            self.compare(shown, listed);
        }
        Ok(())
    }

    fn compare(&mut self, shown: &User, listed: &User) {
        let (shown, listed) = (shown.object(), listed.object());
        let is_blank = |value: &Json| value.is_null() || value.as_str() == Some("");
        let missing = shown
            .iter()
            .filter(|(name, value)| !is_blank(value) && !listed.contains_key(*name));
        let (mut lacks, mut renames) = (Vec::new(), BTreeMap::new());
        for (name, value) in missing {
            let is_same = |(other, found): &(&String, &Json)| {
                !shown.contains_key(*other) && *found == value && !value.is_boolean()
            };
            match listed.iter().find(is_same) {
                Some((other, _)) => {
                    renames.insert(name.clone(), other.clone());
                }
                None => lacks.push(name.clone()),
            }
        }
        self.habits.query_lacks = Some(lacks);
        self.habits.query_renames = Some(renames);
    }

    /// A page with its shape, or the status that stands in its place.
    async fn page(
        &self,
        filter: Option<String>,
        start: u64,
        limit: u32,
    ) -> Result<Result<(&'static str, Vec<User>), u16>, ProbeError> {
        let query = Query {
            filter,
            sort: Some("UserID".to_owned()),
            limit: Some(limit),
            start: Some(start),
            ..Query::default()
        };
        let call = self.hand.client().query_users(&query);
        let answer = self.hand.answer(call).await?;
        match (answer.status, read_users(&answer)) {
            (200, Ok(users)) => {
                let is_list = answer.body.trim_ascii_start().starts_with(b"[");
                Ok(Ok((if is_list { "bare" } else { "envelope" }, users)))
            }
            (status, _) => Ok(Err(status)),
        }
    }

    /// Whether the id in the other case is the same user.
    pub(super) async fn ask_about_case(&mut self) -> Result<(), ProbeError> {
        let swap = |letter: char| match letter.is_ascii_lowercase() {
            true => letter.to_ascii_uppercase(),
            false => letter.to_ascii_lowercase(),
        };
        let other: String = self.user_id.chars().map(swap).collect();
        if other == self.user_id {
            return Ok(());
        }
        self.note("do upper and lower case tell users apart?");
        let answer = self.get(&other).await?;
        let is_probe = read_user(&answer).is_ok_and(|user| user.user_id() == self.user_id);
        let word = match answer.status {
            200 if is_probe => "any_case",
            404 | 410 => "exact",
            _ => return Ok(()),
        };
        self.habits.user_ids = Some(word.to_owned());
        Ok(())
    }
}
