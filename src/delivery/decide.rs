//! (planned change, fresh base) → send, skip, hold, or already done. Pure.
//!
//! The plan says what should differ and from what; the base, read at most a minute ago, says how the user
//! is now. A user that somebody else changed in the meantime is held, never overwritten.

use serde_json::{Map, Value as Json};

use crate::fetch::Reading;
use crate::model::{Action, Change, EqualForm, FieldChange, Hold, Seen, User};
use crate::wire::{is_as_wanted, is_field_as_wanted, is_readable_back, payload};

/// Whether a call of this run that may have been executed has carried a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// None has.
    Never,
    /// One did, a moment ago: whatever is there now is taken for its work.
    Now,
    /// One did before the process was started anew. Others may have been at work since.
    Earlier,
}

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
/// `carried`: what a call of this run did is not drift. `once_seen` names the properties that a GET of this user
/// once showed non-blank.
pub fn decide(change: &Change, base: &Reading, carried: Carried, once_seen: &[String]) -> Decision {
    match (base, change.action) {
        (Reading::Absent, Action::Create) => Decision::Send(payload(None, change)),
        (Reading::Absent, Action::Delete) if carried != Carried::Never => Decision::AppliedByUs,
        (Reading::Absent, Action::Delete) => Decision::AlreadyAsWanted,
        (Reading::Absent, _) => Decision::Hold(Hold::Drift),
        (Reading::Present(user), _) => decide_on_present(change, user, carried, once_seen),
    }
}

fn decide_on_present(
    change: &Change,
    user: &User,
    carried: Carried,
    once_seen: &[String],
) -> Decision {
    let deleted_is_expected = matches!(change.action, Action::Restore | Action::Delete);
    if user.is_deleted() && !deleted_is_expected {
        return Decision::Hold(Hold::Drift);
    }
    if is_done(change, user) {
        return match carried {
            Carried::Never => Decision::AlreadyAsWanted,
            Carried::Now | Carried::Earlier => Decision::AppliedByUs,
        };
    }
    match change.action {
        // He did not exist when the plan was made. If we sent him, the tenant stores some value in a form of
        // its own; otherwise somebody else made him.
        Action::Create if carried != Carried::Never => return Decision::AppliedByUs,
        Action::Create => return Decision::Hold(Hold::Drift),
        _ => {}
    }
    if carried != Carried::Now && has_drifted(change, user) {
        return match carried == Carried::Earlier && is_in_known_form(change, user) {
            true => Decision::AppliedByUs,
            false => Decision::Hold(Hold::Drift),
        };
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

/// Whether a field that the plan would change is neither as the plan saw it nor as it wants it, or the user is no
/// longer what the plan took for granted.
fn has_drifted(change: &Change, user: &User) -> bool {
    let field_drifted = |field: &FieldChange| {
        let now = user.get(&field.field);
        now != field.from && now != field.to
    };
    let seen = change.seen.as_ref();
    change.fields.iter().any(field_drifted)
        || seen.is_some_and(|seen| *seen != Seen::of(change, user))
}

/// Whether every field is as wanted, or recognisably so in a form of the tenant's own.
pub fn is_in_known_form(change: &Change, user: &User) -> bool {
    let is_known =
        |field: &FieldChange| is_field_as_wanted(user, field) || other_form(user, field).is_some();
    change.fields.iter().all(is_known)
}

/// How the tenant stores the wanted value, if that is another form of it.
pub fn other_form(user: &User, field: &FieldChange) -> Option<EqualForm> {
    let stored = user.get(&field.field)?;
    EqualForm::new(&field.field, field.to.as_ref()?, &stored)
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
    /// What it should have done leaves nothing behind that could be read, such as a mail.
    CannotTell,
}

/// Compares a user read after a call with what the call should have done.
pub fn judge_read_back(change: &Change, after: &Reading) -> ReadBack {
    let user = match (after, change.action) {
        (Reading::Absent, Action::Delete) => return ReadBack::AsWanted,
        (Reading::Absent, _) => return ReadBack::Untouched,
        (Reading::Present(user), _) => user,
    };
    if change.action != Action::Create && !is_readable_back(change) {
        return ReadBack::CannotTell;
    }
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
        assert_eq!(decided(&change, present("new"), Carried::Never), "already");
        assert_eq!(decided(&change, present("new"), Carried::Now), "by us");
        assert_eq!(decided(&change, present("new"), Carried::Earlier), "by us");
    }

    #[test]
    fn a_base_decides_whether_a_change_is_sent_or_held() {
        let change = update("old", "new");
        assert_eq!(decided(&change, present("old"), Carried::Never), "send");
        assert_eq!(
            decided(&change, present("by hand"), Carried::Never),
            "Drift"
        );
        assert_eq!(decided(&change, present("by hand"), Carried::Now), "send");
        assert_eq!(decided(&change, Reading::Absent, Carried::Never), "Drift");

        let create = Change {
            action: Action::Create,
            ..update("", "new")
        };
        assert_eq!(decided(&create, Reading::Absent, Carried::Never), "send");
        assert_eq!(decided(&create, present("other"), Carried::Never), "Drift");
        assert_eq!(decided(&create, present("other"), Carried::Now), "by us");
        assert_eq!(decided(&create, present("new"), Carried::Never), "already");
    }

    #[test]
    fn what_others_did_since_a_restart_is_drift_and_what_the_tenant_made_of_ours_is_not() {
        let change = update("old", "New@b.example");
        let decided = |now| decided(&change, present(now), Carried::Earlier);
        assert_eq!(decided("old"), "send");
        assert_eq!(decided("by hand"), "Drift");
        assert_eq!(decided("new@b.example"), "by us");
    }

    #[test]
    fn a_user_who_was_switched_off_since_the_plan_is_held() {
        let user = |activated| {
            let object = serde_json::json!({"UserID": "a", "Email": "old", "Activated": activated});
            User::new(object.as_object().unwrap().clone()).unwrap()
        };
        let mut change = update("old", "new");
        change.seen = Some(Seen::of(&change, &user(true)));
        let decided =
            |activated, carried| decided(&change, Reading::Present(user(activated)), carried);
        assert_eq!(decided(true, Carried::Never), "send");
        assert_eq!(decided(false, Carried::Never), "Drift");
        assert_eq!(decided(false, Carried::Earlier), "Drift");
        assert_eq!(decided(false, Carried::Now), "send");
    }

    #[test]
    fn a_property_that_vanished_holds_the_user() {
        let once_seen = vec!["FaceTime".to_owned()];
        let decision = decide(
            &update("old", "new"),
            &present("old"),
            Carried::Never,
            &once_seen,
        );
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

    #[test]
    fn a_mail_to_somebody_who_was_there_before_cannot_be_read_back() {
        let mut change = update("old", "new");
        change.fields.push(FieldChange {
            field: Field::Property(Property::ResetPassword),
            from: None,
            to: Some(Value::Bool(true)),
        });
        for email in ["old", "new"] {
            let judged = judge_read_back(&change, &present(email));
            assert_eq!(judged, ReadBack::CannotTell);
        }
        change.action = Action::Create;
        let judged =
            [present("new"), Reading::Absent].map(|after| judge_read_back(&change, &after));
        assert_eq!(judged, [ReadBack::InAnotherForm, ReadBack::Untouched]);
    }

    fn decided(change: &Change, base: Reading, carried: Carried) -> String {
        match decide(change, &base, carried, &[]) {
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
            seen: None,
            mail: None,
        }
    }
}
