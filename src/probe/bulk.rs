//! What becomes of the rows of one chunk.

use serde_json::{Map, Value as Json, json};

use crate::wire::Answer;

use super::writing::text;
use super::{Probe, ProbeError};

impl Probe<'_> {
    /// One user twice in a chunk.
    pub(super) async fn ask_about_duplicates(&mut self) -> Result<(), ProbeError> {
        self.note("may one user stand twice in a chunk?");
        let (mut one, mut two) = (self.whole(), self.whole());
        one.insert(self.mark().to_owned(), "one".into());
        two.insert(self.mark().to_owned(), "two".into());
        let answer = self.bulk(&[one, two]).await?;
        let word = match answer.status {
            200 if self.marked("two").await? => "in_order",
            400 | 409 => "refused",
            _ => return Ok(()),
        };
        self.habits.duplicates = Some(word.to_owned());
        Ok(())
    }

    /// A good row beside a bad one, before it and after it.
    pub(super) async fn ask_about_parts(&mut self) -> Result<(), ProbeError> {
        self.note("what does a refused chunk leave?");
        let bad = self.row_of(&self.nobody("bad"), json!({"Activated": "perhaps"}));
        let mut good = self.whole();
        good.insert(self.mark().to_owned(), "before".into());
        if self.flawed(&[good.clone(), bad.clone()]).await?.status == 200 {
            return Ok(());
        }
        let word = match self.marked("before").await? {
            false => "atomic",
            true => {
                good.insert(self.mark().to_owned(), "after".into());
                if self.flawed(&[bad, good]).await?.status == 200 {
                    return Ok(());
                }
                match self.marked("after").await? {
                    true => "partial",
                    false => "stops",
                }
            }
        };
        self.habits.bulk = Some(word.to_owned());
        Ok(())
    }

    /// Sends a chunk with a bad row for somebody who is not there. A tenant that takes it has made him.
    pub(super) async fn flawed(
        &mut self,
        rows: &[Map<String, Json>],
    ) -> Result<Answer, ProbeError> {
        let answer = self.bulk(rows).await?;
        let bad = self.nobody("bad");
        if answer.status == 200 && !self.made.contains(&bad) {
            self.made.push(bad);
        }
        Ok(answer)
    }

    async fn marked(&self, word: &str) -> Result<bool, ProbeError> {
        let shown = self.shown().await?;
        Ok(shown.is_some_and(|user| text(&user, self.mark()) == Some(word)))
    }
}
