//! A saved plan, applied: whether it fits here and now, what a person decided about it, what is left to do.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::ApplyArgs;
use crate::failure::{Failure, FailureKind};
use crate::fetch::Bases;
use crate::model::{Approval, Outcome, Plan, Review, UserKey};
use crate::plan_file::{Here, SavedPlan, check_fit};
use crate::planning::{Planned, ended_before, reviewed};
use crate::report::escape;

use super::plan_files::tenant;
use super::user_list::named_users;
use super::{Connection, Journal, Session};

/// A saved plan that may be carried out.
pub struct Application {
    /// The plan under the person's review.
    pub planned: Planned,
    /// Which saving of it.
    pub saving: String,
    /// What ends before the run begins.
    pub ended: Vec<(u32, Outcome)>,
}

impl Session {
    /// Checks that a saved plan was made for this tenant, source, mapping and configuration, and not too long ago.
    ///
    /// # Errors
    /// Exit 6 with the reason and what to do.
    pub fn check_fit(&self, saved: &SavedPlan, connection: &Connection) -> Result<(), Failure> {
        let here = Here {
            tenant: tenant(&connection.identity),
            source: self.settings.source.id.clone(),
            configuration: self.settings.rules_digest(),
            mapping: self.settings.mapping_digest(),
            now: Timestamp::now(),
        };
        let plan = &saved.header.plan;
        check_fit(&saved.header, &here).map_err(|unfit| {
            Failure::new(
                FailureKind::PlanUnfit,
                format!("the plan {plan} cannot be applied"),
            )
            .caused_by(&unfit)
            .hint(unfit.hint())
        })
    }

    /// What the options of `apply` say about the plan, now.
    ///
    /// # Errors
    /// A usage failure for a user who is not in the plan: a slip of the pen must not send the one who was meant.
    pub fn review(&self, args: &ApplyArgs, plan: &Plan) -> Result<Review, Failure> {
        let approval = args.approved_by.as_ref().map(|by| Approval {
            by: by.trim().to_owned(),
            at: Timestamp::now(),
        });
        let excluded = match &args.exclude {
            Some(exclude) => excluded(exclude, plan)?,
            None => Vec::new(),
        };
        Ok(Review {
            approval,
            excluded,
            actions: args.actions.clone(),
        })
    }

    /// The plan under that review, with what earlier runs of the same saving have done taken off.
    ///
    /// # Errors
    /// Exit 6 for a second approval.
    pub fn apply(
        &self,
        saved: SavedPlan,
        review: Review,
        connection: &Connection,
        journal: &Journal,
    ) -> Result<Application, Failure> {
        let SavedPlan {
            header,
            plan,
            basis,
            checksum,
        } = saved;
        let store = journal.store();
        if review.approval.is_some()
            && let Some((approval, run)) = store.approval_of(&checksum)?
        {
            return Err(approved_before(&plan.id, &approval, &run));
        }
        let plan = reviewed(plan, review, &self.terms(Some(connection)));
        let ended = match plan.is_refused() {
            true => Vec::new(),
            false => ended_before(&plan, &store.done_of_saving(&checksum)?),
        };
        let planned = Planned {
            plan,
            bases: Bases::new(),
            blank_lines: 0,
            export: header.export.into(),
            bound_to: header.bound_to,
            basis,
        };
        Ok(Application {
            planned,
            saving: checksum,
            ended,
        })
    }

    /// What is applied, for the head of a plan.
    pub fn origin(&self, saved: &SavedPlan, connection: &Connection) -> String {
        let production = match saved.header.production || self.settings.tenant.production {
            true => ", production",
            false => "",
        };
        format!(
            "Applying plan {} of {}, made at {:.0}, to the users of {}{production}\n\n",
            escape(&saved.header.plan),
            escape(&saved.header.export),
            saved.header.made_at,
            escape(&connection.identity.to_string()),
        )
    }
}

fn approved_before(plan: &str, approval: &Approval, run: &str) -> Failure {
    let Approval { by, at } = approval;
    let message = format!("the plan {plan} was approved before, and an approval counts once");
    Failure::new(FailureKind::PlanUnfit, message)
        .caused_by(format!("by {by} at {at:.0}, for the run {run}"))
        .hint("resume finishes that run if it was interrupted; saving the plan again renews its one approval")
}

/// The users that the option names, as the plan spells them, sorted.
fn excluded(text: &str, plan: &Plan) -> Result<Vec<Box<str>>, Failure> {
    let changes = plan.changes.iter();
    let known: BTreeMap<UserKey, &str> = changes
        .map(|change| (UserKey::of(&change.user_id), &*change.user_id))
        .collect();
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for (key, named) in named_users(text)? {
        match known.get(&key) {
            Some(spelled) => found.push(Box::from(*spelled)),
            None => unknown.push(named),
        }
    }
    if !unknown.is_empty() {
        return Err(Failure::usage(format!(
            "not in the plan, so not to be left out: {}",
            unknown.join(", ")
        ))
        .hint("write the ids as the plan shows them, with commas between them, or one a line in a file"));
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;
    use std::fs;

    #[test]
    fn users_are_left_out_as_the_plan_spells_them_and_a_slip_is_an_error() {
        let plan = crate::plan_file::sample_plan(&["Ann", "bob", "José"]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.txt");
        fs::write(&file, "\u{feff}bob\r\n\nANN\n").unwrap();
        let from_file = excluded(&file.display().to_string(), &plan).unwrap();
        assert_eq!(from_file, ["Ann".into(), "bob".into()]);
        let listed = excluded("jose\u{301}, BOB,bob", &plan).unwrap();
        assert_eq!(listed, ["José".into(), "bob".into()]);
        let failure = excluded("Ann,bbo", &plan).unwrap_err();
        assert_eq!(failure.exit(), Exit::Usage);
        assert!(failure.message.ends_with(": bbo"), "{failure:?}");
    }
}
