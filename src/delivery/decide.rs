//! (planned change, fresh base) → send, skip, hold, or already done. Pure.
//!
//! The plan says what should differ and from what; the base, read at most a minute ago, says how the user
//! is now. A user that somebody else changed in the meantime is held, never overwritten.

use serde_json::{Map, Value as Json};

use crate::fetch::Reading;
use crate::model::{Action, Change, Hold, User};
use crate::wire::{is_as_wanted, payload};

/// What to do with one change now.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Send this object.
    Send(Map<String, Json>),
    /// The user is already as wanted, by somebody else's hand.
    AlreadyAsWanted,
    /// The user is as wanted, by an earlier call of this run.
    AppliedByUs,
    /// Not to be sent.
    Hold(Hold),
}

/// Decides on one change.
///
/// `sent_before`: a call of this run already carried it, so what it did is not drift. `once_seen` names the
/// properties that a GET of this user once showed non-blank.
pub fn decide(
    change: &Change,
    base: &Reading,
    sent_before: bool,
    once_seen: &[String],
) -> Decision {
    match (base, change.action) {
        (Reading::Absent, Action::Create) => Decision::Send(payload(None, change)),
        (Reading::Absent, Action::Delete) if sent_before => Decision::AppliedByUs,
        (Reading::Absent, Action::Delete) => Decision::AlreadyAsWanted,
        (Reading::Absent, _) => Decision::Hold(Hold::Drift),
        (Reading::Present(user), _) => decide_on_present(change, user, sent_before, once_seen),
    }
}

fn decide_on_present(
    change: &Change,
    user: &User,
    sent_before: bool,
    once_seen: &[String],
) -> Decision {
    let deleted_is_expected = matches!(change.action, Action::Restore | Action::Delete);
    if user.is_deleted() && !deleted_is_expected {
        return Decision::Hold(Hold::Drift);
    }
    if is_done(change, user) {
        return match sent_before {
            true => Decision::AppliedByUs,
            false => Decision::AlreadyAsWanted,
        };
    }
    match change.action {
        // He did not exist when the plan was made. If we sent him, the tenant stores some value in a form of
        // its own; otherwise somebody else made him.
        Action::Create if sent_before => return Decision::AppliedByUs,
        Action::Create => return Decision::Hold(Hold::Drift),
        _ => {}
    }
    if !sent_before && has_drifted(change, user) {
        return Decision::Hold(Hold::Drift);
    }
    if once_seen
        .iter()
        .any(|name| !user.object().contains_key(name))
    {
        return Decision::Hold(Hold::LostProperty);
    }
    Decision::Send(payload(Some(user), change))
}

fn is_done(change: &Change, user: &User) -> bool {
    match change.action {
        Action::Delete => user.is_deleted(),
        _ => is_as_wanted(user, change),
    }
}

/// Whether a field that the plan would change is neither as the plan saw it nor as it wants it.
fn has_drifted(change: &Change, user: &User) -> bool {
    change.fields.iter().any(|field| {
        let now = user.get(&field.field);
        now != field.from && now != field.to
    })
}

/// How a user looks after a call whose answer did not settle it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadBack {
    /// Every planned field has its planned value.
    AsWanted,
    /// Some planned field changed, but not to what was sent: the tenant stores it in another form.
    InAnotherForm,
    /// Nothing planned happened; the call was not executed for him.
    Untouched,
}

/// Compares a user read after a call with what the call should have done.
pub fn judge_read_back(change: &Change, after: &Reading) -> ReadBack {
    let user = match (after, change.action) {
        (Reading::Absent, Action::Delete) => return ReadBack::AsWanted,
        (Reading::Absent, _) => return ReadBack::Untouched,
        (Reading::Present(user), _) => user,
    };
    if is_done(change, user) {
        return ReadBack::AsWanted;
    }
    if user.is_deleted() || change.action == Action::Delete {
        return ReadBack::Untouched;
    }
    let all_moved = change
        .fields
        .iter()
        .all(|field| user.get(&field.field) != field.from);
    match change.action == Action::Create || all_moved {
        true => ReadBack::InAnotherForm,
        false => ReadBack::Untouched,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Effect, Field, FieldChange, Property, Value};

    #[test]
    fn a_user_already_as_wanted_is_not_sent() {
        let change = update("old", "new");
        assert_eq!(decided(&change, present("new"), false), "already");
        assert_eq!(decided(&change, present("new"), true), "by us");
    }

    #[test]
    fn a_base_decides_whether_a_change_is_sent_or_held() {
        let change = update("old", "new");
        assert_eq!(decided(&change, present("old"), false), "send");
        assert_eq!(decided(&change, present("by hand"), false), "Drift");
        assert_eq!(decided(&change, present("by hand"), true), "send");
        assert_eq!(decided(&change, Reading::Absent, false), "Drift");

        let create = Change {
            action: Action::Create,
            ..update("", "new")
        };
        assert_eq!(decided(&create, Reading::Absent, false), "send");
        assert_eq!(decided(&create, present("other"), false), "Drift");
        assert_eq!(decided(&create, present("other"), true), "by us");
        assert_eq!(decided(&create, present("new"), false), "already");
    }

    #[test]
    fn a_property_that_vanished_holds_the_user() {
        let once_seen = vec!["FaceTime".to_owned()];
        let decision = decide(&update("old", "new"), &present("old"), false, &once_seen);
        assert_eq!(decision, Decision::Hold(Hold::LostProperty));
    }

    #[test]
    fn reading_back_tells_done_from_untouched() {
        let change = update("old", "new");
        assert_eq!(
            judge_read_back(&change, &present("new")),
            ReadBack::AsWanted
        );
        assert_eq!(
            judge_read_back(&change, &present("NEW")),
            ReadBack::InAnotherForm
        );
        assert_eq!(
            judge_read_back(&change, &present("old")),
            ReadBack::Untouched
        );
        assert_eq!(
            judge_read_back(&change, &Reading::Absent),
            ReadBack::Untouched
        );
        let delete = Change {
            action: Action::Delete,
            ..update("old", "new")
        };
        assert_eq!(
            judge_read_back(&delete, &Reading::Absent),
            ReadBack::AsWanted
        );
        assert_eq!(
            judge_read_back(&delete, &present("old")),
            ReadBack::Untouched
        );
    }

    fn decided(change: &Change, base: Reading, sent_before: bool) -> String {
        match decide(change, &base, sent_before, &[]) {
            Decision::Send(_) => "send".to_owned(),
            Decision::AlreadyAsWanted => "already".to_owned(),
            Decision::AppliedByUs => "by us".to_owned(),
            Decision::Hold(hold) => format!("{hold:?}"),
        }
    }

    fn present(email: &str) -> Reading {
        let object = serde_json::json!({"UserID": "a", "Email": email});
        Reading::Present(User::new(object.as_object().unwrap().clone()).unwrap())
    }

    fn update(from: &str, to: &str) -> Change {
        Change {
            action: Action::Update,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: vec![FieldChange {
                field: Field::Property(Property::Email),
                from: Value::text(from),
                to: Value::text(to),
            }],
            held: None,
        }
    }
}
