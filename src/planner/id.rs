//! The plan's name: a digest that people can quote.

use crate::model::Plan;

/// Twelve characters that name what the plan would do, for whom and from what. It holds no time and no
/// run id: the same input, state and configuration give the same id.
///
/// `bound_to` names what the plan is bound to: tenant, source, configuration and digest of the export.
pub fn plan_id(plan: &Plan, bound_to: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in bound_to {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let content = (&plan.changes, &plan.absence, &plan.guards, &plan.problems);
    // A plan is plain data with string keys: there is nothing in it that JSON could refuse.
    let content = serde_json::to_vec(&content).unwrap_or_default();
    hasher.update(&content);
    let digest = hasher.finalize().to_hex();
    digest[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Absence, AbsenceState, PlanSummary, Problem};

    #[test]
    fn the_id_follows_the_content_and_what_it_is_bound_to() {
        let plan = Plan {
            id: String::new(),
            summary: PlanSummary::default(),
            absence: Absence {
                state: AbsenceState::Baseline,
                why: String::new(),
            },
            guards: vec![],
            changes: vec![],
            problems: vec![],
        };
        let id = plan_id(&plan, &["tenant", "default"]);
        assert_eq!(id.len(), 12);
        assert_eq!(id, plan_id(&plan, &["tenant", "default"]));
        assert_ne!(id, plan_id(&plan, &["tenantd", "efault"]));
        let mut other = plan.clone();
        other.problems.push(Problem::warning("x", "y"));
        assert_ne!(id, plan_id(&other, &["tenant", "default"]));
    }
}
