//! How a refusal is written.

use serde_json::{Value as Json, json};

use crate::model::User;
use crate::wire::{Answer, Notation, read_details, read_users, write_data_path};

use super::{Probe, ProbeError};

/// Two properties that must be booleans.
const FLAWS: [&str; 2] = ["Activated", "Locked"];

impl Probe<'_> {
    /// Two rows with flaws: the form of the body, how places are written, how many flaws are told.
    pub(super) async fn ask_about_refusals(&mut self) -> Result<(), ProbeError> {
        self.note("how is a refusal written?");
        let flaws = json!({"Activated": "perhaps", "Locked": "perhaps"});
        let other = self.row_of(&self.nobody("bad"), flaws.clone());
        let answer = self.flawed(&[self.row(flaws), other]).await?;
        if answer.status != 400 {
            return Ok(());
        }
        let details = read_details(&answer).into_vec();
        self.habits.error_format = form(&answer).map(str::to_owned);
        let word = if details.len() > 1 { "all" } else { "first" };
        self.habits.details = Some(word.to_owned());
        let path = details.first().and_then(|detail| detail.data_path.clone());
        self.habits.data_path = match path.as_deref() {
            None | Some("") => Some("none".to_owned()),
            Some(path) => notation(path),
        };
        Ok(())
    }

    /// A team that nobody has made.
    pub(super) async fn ask_about_teams(&mut self) -> Result<(), ProbeError> {
        self.note("is a service team refused that does not exist?");
        let mut row = self.whole();
        row.insert("ServiceTeamID".to_owned(), self.nobody("team").into());
        let answer = self.bulk(&[row]).await?;
        self.habits.knows_teams = match answer.status {
            200 => Some(false),
            400 | 409 | 410 => Some(true),
            _ => None,
        };
        Ok(())
    }

    /// A storage location that somebody holds.
    pub(super) async fn ask_about_locations(&mut self) -> Result<(), ProbeError> {
        let query = crate::api::Query {
            limit: Some(1_000),
            ..crate::api::Query::default()
        };
        let call = self.hand.client().query_users(&query);
        let answer = self.hand.answer(call).await?;
        let users = match answer.status {
            200 => read_users(&answer).unwrap_or_default(),
            _ => Vec::new(),
        };
        let others = users.iter().filter(|user| user.user_id() != self.user_id);
        let held = |user: &User| super::writing::text(user, "StorageLocationID").map(str::to_owned);
        let Some(location) = others.filter(|user| !user.is_deleted()).find_map(held) else {
            return Ok(());
        };
        self.note("may two users hold one storage location?");
        let mut row = self.whole();
        row.insert("StorageLocationID".to_owned(), location.into());
        let answer = self.bulk(&[row]).await?;
        self.habits.shared_locations = match answer.status {
            200 => Some(true),
            409 => Some(false),
            _ => None,
        };
        if answer.status == 200 {
            let mut row = self.whole();
            row.insert("StorageLocationID".to_owned(), "".into());
            self.bulk(&[row]).await?;
        }
        Ok(())
    }
}

/// Which of the two forms of the vendor's pages it is: they differ by the type of `detail`.
fn form(answer: &Answer) -> Option<&'static str> {
    let body: Json = serde_json::from_slice(&answer.body).ok()?;
    match body.get("detail")? {
        Json::Object(_) | Json::Array(_) => Some("a"),
        Json::String(_) => Some("b"),
        _ => None,
    }
}

fn notation(path: &str) -> Option<String> {
    let is_written = |notation: &Notation| {
        let written = |flaw: &&str| write_data_path(*notation, 0, flaw) == path;
        FLAWS.iter().any(written) || write_data_path(*notation, 0, "") == path
    };
    let found = Notation::ALL.into_iter().find(is_written)?;
    let word = serde_json::to_value(found).ok()?;
    word.as_str().map(str::to_owned)
}
