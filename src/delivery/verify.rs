//! After the last call: written users are read again, and what cannot be seen there is said.
//!
//! A 200 says that the tenant took a call, not that it kept every value. What differs becomes unconfirmed, never
//! sent again in this run; what is recognisably the same in a form of the tenant's own is remembered as equal.

use jiff::Timestamp;

use crate::fetch::{FetchError, Reading};
use crate::model::{Action, Change, EqualForm, Event, Outcome, Problem, Status};
use crate::wire::{is_field_as_wanted, is_field_readable};

use super::decide::other_form;
use super::driver::Driver;
use super::earlier::read_unless_halted;
use super::known::keep_read;
use super::stop::Stop;

/// Users read at a time: what they show is in the journal before the next are read.
const BATCH: usize = 100;

/// How a user looks after his change was reported applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// As the change wanted him, with the values that the tenant stores in a form of its own.
    AsWanted(Vec<EqualForm>),
    /// Otherwise.
    Different,
}

/// Compares a user who was read after a call that the tenant has confirmed with what the call was to do. What
/// cannot be read (a password, a mail) is passed over.
pub fn compare_after(change: &Change, reading: &Reading) -> Seen {
    let user = match (reading, change.action) {
        (Reading::Absent, Action::Delete) => return Seen::AsWanted(Vec::new()),
        (Reading::Present(user), action) if user.is_deleted() == (action == Action::Delete) => user,
        _ => return Seen::Different,
    };
    if change.action == Action::Delete {
        return Seen::AsWanted(Vec::new());
    }
    let mut forms = Vec::new();
    let readable = change
        .fields
        .iter()
        .filter(|change| is_field_readable(&change.field));
    for field in readable.filter(|field| !is_field_as_wanted(user, field)) {
        match other_form(user, field) {
            Some(form) => forms.push(form),
            None => return Seen::Different,
        }
    }
    Seen::AsWanted(forms)
}

impl Driver<'_> {
    /// Reads written users again, as many as the settings allow. A tenant that cannot be read leaves them as
    /// reported, with a warning.
    pub(super) async fn verify(&mut self) {
        let chosen = self.chosen();
        if chosen.is_empty() {
            return;
        }
        let progress = &self.context.tools.progress;
        progress.event(Event::ChecksPlanned {
            users: chosen.len() as u64,
        });
        for batch in chosen.chunks(BATCH) {
            self.stop_if_asked();
            if self.is_stopped() || self.context.is_too_late() {
                return;
            }
            match read_unless_halted(self.context, batch).await {
                Some(Ok(read)) => {
                    self.compare(&read);
                    let users = read.len() as u64;
                    progress.event(Event::Checked { users });
                }
                Some(Err(Stop::Read(error))) => return self.problems.push(not_verified(&error)),
                Some(Err(stop)) => return self.stop(stop),
                None => return self.stop_if_asked(),
            }
        }
    }

    /// Whom to read: those who were reported applied and not seen since. If they are too many, a choice by their
    /// ids: always the same for the same users, and spread over all of them.
    fn chosen(&self) -> Vec<usize> {
        let is_unseen = |outcome: &Outcome| {
            outcome.status == Status::Applied && outcome.reason.as_deref() != Some("read_back")
        };
        let mut chosen: Vec<usize> = self.ended_as(is_unseen);
        let reads_max = self.context.settings.verify_reads_max;
        if chosen.len() > reads_max {
            let rank = |index: &usize| *blake3::hash(self.user_id(*index)).as_bytes();
            chosen.sort_by_cached_key(rank);
            chosen.truncate(reads_max);
        }
        chosen.sort_unstable();
        chosen
    }

    fn user_id(&self, index: usize) -> &[u8] {
        self.context.change(index).user_id.as_bytes()
    }

    fn compare(&mut self, read: &[(usize, Reading)]) {
        let mut forms = Vec::new();
        let mut amended = Vec::new();
        for (index, reading) in read {
            match compare_after(self.context.change(*index), reading) {
                Seen::AsWanted(found) => forms.extend(found),
                Seen::Different => amended.push(*index),
            }
            self.context.drop_base(*index);
        }
        self.remember(&forms);
        self.amend(&amended, Status::Unconfirmed, "different_afterwards");
        self.keep_as_read(read);
    }

    fn keep_as_read(&mut self, read: &[(usize, Reading)]) {
        let read = read.iter().map(|(index, reading)| {
            let change: &Change = self.context.change(*index);
            (&*change.user_id, reading)
        });
        let read: Vec<(&str, &Reading)> = read.collect();
        let kept = keep_read(&mut self.context.store(), &read, Timestamp::now());
        if let Err(error) = kept {
            self.stop(Stop::Store(error));
        }
    }

    /// Remembers values that the tenant stores in a form of its own.
    pub(super) fn remember(&mut self, forms: &[EqualForm]) {
        if forms.is_empty() {
            return;
        }
        let remembered = self.context.store().remember_forms(forms, Timestamp::now());
        if let Err(error) = remembered {
            self.stop(Stop::Store(error));
        }
    }
}

fn not_verified(error: &FetchError) -> Problem {
    Problem::warning(
        "not_verified",
        format!("the written users could not all be read again: {error}"),
    )
    .hint("the tenant has confirmed them; the next run compares every user anyway")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Effect, Field, FieldChange, User, Value};

    #[test]
    fn a_user_as_wanted_needs_nothing() {
        let change = change(
            Action::Update,
            &[("Email", Some("a@b.example")), ("SMS", None)],
        );
        let seen = compare_after(&change, &present(r#""Email":"a@b.example","SMS":"""#));
        assert_eq!(seen, Seen::AsWanted(vec![]));
    }

    #[test]
    fn what_is_kept_otherwise_is_different_or_another_form() {
        let wanted = [("Email", Some("A@b.example")), ("SMS", Some("0170-123456"))];
        let change = change(Action::Update, &wanted);
        let forms = |object: &str| match compare_after(&change, &present(object)) {
            Seen::AsWanted(forms) => Some(forms.len()),
            Seen::Different => None,
        };
        for (object, found) in [
            (r#""Email":"A@b.example","SMS":"0170-123456""#, Some(0)),
            (r#""Email":"a@b.example","SMS":"0170-123456""#, Some(1)),
            (r#""Email":"a@b.example","SMS":"+49170123456""#, Some(2)),
            (r#""Email":"a@b.example","SMS":"+49170123457""#, None),
            (r#""Email":"a@b.example""#, None),
            (
                r#""Email":"A@b.example","SMS":"0170-123456","Deleted":true"#,
                None,
            ),
        ] {
            assert_eq!(forms(object), found, "{object}");
        }
        assert_eq!(compare_after(&change, &Reading::Absent), Seen::Different);
    }

    #[test]
    fn a_deleted_user_is_gone_or_marked() {
        let delete = change(Action::Delete, &[]);
        for (reading, gone) in [
            (Reading::Absent, true),
            (present(r#""Deleted":true"#), true),
            (present(r#""Deleted":false"#), false),
        ] {
            let seen = compare_after(&delete, &reading);
            assert_eq!(seen == Seen::AsWanted(vec![]), gone, "{reading:?}");
        }
    }

    #[test]
    fn a_password_cannot_be_seen_and_is_passed_over() {
        let change = change(
            Action::Create,
            &[("Password", Some("x")), ("Email", Some("e"))],
        );
        let seen = compare_after(&change, &present(r#""Email":"e","Password":"""#));
        assert_eq!(seen, Seen::AsWanted(vec![]));
    }

    fn present(properties: &str) -> Reading {
        let object = format!(r#"{{"UserID":"a",{properties}}}"#);
        Reading::Present(User::new(serde_json::from_str(&object).unwrap()).unwrap())
    }

    fn change(action: Action, fields: &[(&str, Option<&str>)]) -> Change {
        let field = |(name, to): &(&str, Option<&str>)| FieldChange {
            field: Field::named(name).unwrap(),
            from: None,
            to: to.and_then(Value::text),
        };
        Change {
            action,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: fields.iter().map(field).collect(),
            held: None,
            seen: None,
            mail: None,
        }
    }
}
