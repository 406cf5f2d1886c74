//! What a plan would write over although it was not we who put it there: edits that people made in the tenant.

use crate::failure::Failure;
use crate::model::{Action, Change, FieldChange, KnownUser, Plan, Problem, User, Value};
use crate::planning::Planned;
use crate::store::Store;

use super::Session;
use super::connection::Connection;

/// Users looked up in one step.
const BATCH: usize = 1_000;

impl Session {
    /// A warning for each field of each user that was changed in the tenant since it was last known, and that the
    /// plan would write over. Without a store nothing is known, and nothing said.
    pub(super) fn manual_edits(
        &self,
        connection: Option<&Connection>,
        planned: &Planned,
    ) -> Result<Vec<Problem>, Failure> {
        let Some(connection) = connection else {
            return Ok(Vec::new());
        };
        let store = Store::open_to_read(&self.settings.state_dir, &connection.identity)?;
        let Some(store) = store else {
            return Ok(Vec::new());
        };
        let mut edits = Vec::new();
        let changes: Vec<&Change> = overwriting(&planned.plan).collect();
        for batch in changes.chunks(BATCH) {
            let ids: Vec<&str> = batch.iter().map(|change| &*change.user_id).collect();
            for (change, known) in batch.iter().zip(store.known_users(&ids)?) {
                let known = known.filter(|known| known.gone_at.is_none());
                if let Some((known, user)) = known.and_then(|known| Some((known.user()?, known))) {
                    edits.extend(edits_of(change, &user, &known, planned));
                }
            }
        }
        Ok(edits)
    }
}

/// The changes by row of users whom the tenant has.
fn overwriting(plan: &Plan) -> impl Iterator<Item = &Change> {
    let is_new = |change: &Change| matches!(change.action, Action::Create | Action::Restore);
    let changes = plan.changes.iter();
    changes.filter(move |change| change.place.is_some() && !is_new(change))
}

fn edits_of(change: &Change, known: &KnownUser, user: &User, planned: &Planned) -> Vec<Problem> {
    let edited = change
        .fields
        .iter()
        .filter_map(|field| Some((field, edited(field, user)?)));
    let problems = edited.map(|(field, before)| {
        let message = format!(
            "{} was changed in the tenant from {before} to {} since {:.0}; the plan writes {} over it",
            field.field,
            shown(field.from.as_ref()),
            known.seen_at,
            shown(field.to.as_ref()),
        );
        let mut problem = Problem::warning("manual_edit", message)
            .file(&planned.export)
            .column(field.field.to_string())
            .user(&*change.user_id)
            .hint("if the tenant is right, mend the export, or give the field to the tenant: [fields] on-create");
        problem.line = change.line();
        problem
    });
    problems.collect()
}

/// The value as it was known, if the tenant has another one now.
fn edited(field: &FieldChange, known: &User) -> Option<String> {
    let before = known.get(&field.field);
    let is_edit = before != field.from && known.mentions(&field.field);
    is_edit.then(|| shown(before.as_ref()))
}

fn shown(value: Option<&Value>) -> String {
    match value {
        Some(value) => format!("{:?}", value.to_string()),
        None => "blank".to_owned(),
    }
}
