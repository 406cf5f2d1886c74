//! Where the size of a bulk call has its limit. The rows delete users who are not there, so none of them does anything.

use serde_json::{Map, Value as Json, json};

use crate::model::Bound;

use super::{Probe, ProbeError};

impl Probe<'_> {
    /// Users and bytes, each up to what the settings would send.
    pub(super) async fn ask_about_size(&mut self) -> Result<(), ProbeError> {
        self.note("how many users may a call hold?");
        let users = self.largest(1, self.users_max, false).await?;
        self.habits.chunk_users_max = users;
        self.note("how many bytes may a call hold?");
        let least = self.rows_of_bytes(0).1.min(self.bytes_max);
        let bytes = self.largest(least, self.bytes_max, true).await?;
        self.habits.chunk_bytes_max = bytes;
        Ok(())
    }

    /// The most that passes: the bound itself, or what halving finds: users exactly, bytes to one part in sixty-four
    /// of the bound.
    async fn largest(
        &self,
        least: usize,
        bound: usize,
        is_bytes: bool,
    ) -> Result<Option<Bound>, ProbeError> {
        if self.fits(bound, is_bytes).await? {
            let passed = bound as u64;
            return Ok(Some(Bound {
                passed,
                is_limit: false,
            }));
        }
        let (mut fits, mut too_much) = (least.saturating_sub(1), bound);
        let close = if is_bytes { (bound / 64).max(1) } else { 1 };
        while too_much - fits > close {
            let middle = fits + (too_much - fits) / 2;
            match self.fits(middle, is_bytes).await? {
                true => fits = middle,
                false => too_much = middle,
            }
        }
        let passed = fits as u64;
        Ok(Some(Bound {
            passed,
            is_limit: true,
        }))
    }

    async fn fits(&self, size: usize, is_bytes: bool) -> Result<bool, ProbeError> {
        let rows = match is_bytes {
            true => self.rows_of_bytes(size).0,
            false => (0..size).map(|index| self.absent(index, "")).collect(),
        };
        Ok(self.bulk(&rows).await?.status != 413)
    }

    /// One row that fills a body of so many bytes, and how many it has at least.
    fn rows_of_bytes(&self, bytes: usize) -> (Vec<Map<String, Json>>, usize) {
        let bare = crate::wire::encode_bulk(&[self.absent(0, "")]).len();
        let filler = "x".repeat(bytes.saturating_sub(bare));
        (vec![self.absent(0, &filler)], bare)
    }

    fn absent(&self, index: usize, filler: &str) -> Map<String, Json> {
        let user_id = self.nobody(&format!("absent-{index}"));
        self.row_of(&user_id, json!({"Deleted": true, "LastName": filler}))
    }
}
