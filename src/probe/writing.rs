//! How writes are understood: what is stored, shown, kept and cleared.

use serde_json::{Map, Value as Json, json};

use crate::model::User;
use crate::wire::read_details;

use super::{Probe, ProbeError};

/// Properties that hold any text. The first that GET returns marks later states; the next three are left out,
/// sent as null, and sent as "".
const TEXTS: [(&str, &str); 5] = [
    ("LastName", "Probe of crewsync"),
    ("FirstName", " crewsync  "),
    ("SMS", "probe-sms"),
    ("FaceTime", "probe-facetime"),
    ("Email", "probe@example.invalid"),
];

impl Probe<'_> {
    /// Makes the user, without access, and gives him as he is shown.
    pub(super) async fn make(&mut self) -> Result<User, ProbeError> {
        self.note("does GET return every property, and as it was sent?");
        let sent = self.whole();
        self.made.push(self.user_id.clone());
        let answer = self.bulk(std::slice::from_ref(&sent)).await?;
        let shown = self.shown().await?;
        let (200, Some(shown)) = (answer.status, shown) else {
            let details = read_details(&answer).into_vec();
            return Err(ProbeError::NotMade {
                status: answer.status,
                why: details.into_iter().map(|detail| detail.message).collect(),
            });
        };
        let is_shown = |name: &String| {
            let value = shown.object().get(name.as_str());
            value.is_some_and(|value| !value.is_null())
        };
        let omitted = sent.keys().filter(|name| !is_shown(name)).cloned();
        self.habits.get_omits = Some(omitted.collect());
        let compared: Vec<bool> = ["FirstName", "Phones"]
            .iter()
            .filter_map(|name| Some(shown.object().get(*name)? != sent.get(*name)?))
            .collect();
        self.habits.tidies = (!compared.is_empty()).then(|| compared.contains(&true));
        Ok(shown)
    }

    /// Everything about the probe that is sent.
    pub(super) fn whole(&self) -> Map<String, Json> {
        let mut row = self.row(json!({
            "Activated": false,
            "IsMobileWorker": false,
            "Phones": [{"PhoneNum": "+1 (555) 010-0000", "PhoneType": "Mobile"}],
            "Extensions": {"Probe": "crewsync"},
            "LanguageCode": "EN",
        }));
        for (name, text) in TEXTS {
            row.insert(name.to_owned(), text.into());
        }
        row
    }

    /// The property by which one state of the probe is told from another.
    pub(super) fn mark(&self) -> &'static str {
        let omits = self.habits.get_omits.as_deref().unwrap_or_default();
        let is_shown = |name: &&str| !omits.iter().any(|omitted| omitted == name);
        let mut names = TEXTS.iter().map(|(name, _)| *name);
        names.find(is_shown).unwrap_or("LastName")
    }

    /// Left out, null and "": kept or cleared?
    pub(super) async fn ask_about_omission(&mut self, shown: &User) -> Result<(), ProbeError> {
        self.note("are properties kept or cleared that are left out, null or \"\"?");
        let mark = self.mark();
        let mut names = TEXTS
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| *name != mark && text(shown, name).is_some());
        let (left_out, null, empty) = (names.next(), names.next(), names.next());
        let mut row = self.row(json!({"Activated": false, "IsMobileWorker": false, mark: "again"}));
        if let Some(name) = null {
            row.insert(name.to_owned(), Json::Null);
        }
        if let Some(name) = empty {
            row.insert(name.to_owned(), "".into());
        }
        let answer = self.bulk(&[row]).await?;
        let (200, Some(after)) = (answer.status, self.shown().await?) else {
            return Ok(());
        };
        let became = |name: Option<&str>| {
            let word = match text(&after, name?) {
                Some(_) => "kept",
                None => "cleared",
            };
            Some(word.to_owned())
        };
        self.habits.omitted = became(left_out);
        self.habits.null = became(null);
        self.habits.empty = became(empty);
        Ok(())
    }

    /// The delete of one who is not there.
    pub(super) async fn ask_about_absent_delete(&mut self) -> Result<(), ProbeError> {
        self.note("what becomes of the delete of an absent user?");
        let row = self.row_of(&self.nobody("absent"), json!({"Deleted": true}));
        let answer = self.bulk(&[row]).await?;
        self.habits.absent_delete =
            Some(answer.status).filter(|status| [200, 410].contains(status));
        Ok(())
    }

    /// Deletes the probe: is he gone, or still shown?
    pub(super) async fn ask_about_deleted(&mut self) -> Result<(), ProbeError> {
        self.note("is a deleted user gone?");
        let answer = self.bulk(&[self.row(json!({"Deleted": true}))]).await?;
        if answer.status != 200 {
            return Ok(());
        }
        let shown = self.shown().await?;
        let word = match &shown {
            Some(user) if user.is_deleted() => "soft",
            Some(_) => return Ok(()),
            None => "hard",
        };
        self.habits.deleted = Some(word.to_owned());
        self.made.retain(|made| *made != self.user_id);
        Ok(())
    }
}

/// The text of a property, if it holds any.
pub(super) fn text<'u>(user: &'u User, name: &str) -> Option<&'u str> {
    let text = user.object().get(name)?.as_str()?;
    (!text.is_empty()).then_some(text)
}
