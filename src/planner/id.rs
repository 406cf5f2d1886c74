//! The plan's name: a digest that people can quote.

use std::io::BufWriter;

use crate::model::{Plan, Problem};

/// Twelve characters that name what the plan would do, for whom and from what. It holds no time, no run id
/// and no file name: the same input, state and configuration give the same id.
///
/// `bound_to` names what the plan is bound to beside its content: tenant, configuration, digest of the export.
pub fn plan_id(plan: &Plan, bound_to: &[String]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in bound_to {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let Plan {
        id: _,
        summary,
        absence,
        guards,
        changes,
        problems,
        review: _,
    } = plan;
    // The same file under another name is the same input.
    let nameless = |problem: &Problem| Problem {
        file: None,
        ..problem.clone()
    };
    let problems: Vec<Problem> = problems.iter().map(nameless).collect();
    let content = (summary, absence, guards, changes, problems);
    // The plan of a million users is long as text: it is summed up as it is written.
    let mut text = BufWriter::with_capacity(1 << 16, hasher);
    let hasher = serde_json::to_writer(&mut text, &content)
        .map(|()| text.into_inner().map_err(|error| error.into_error()));
    let hasher = hasher.expect("a plan is plain data with text keys");
    let digest = hasher
        .expect("a hasher takes every byte")
        .finalize()
        .to_hex();
    digest[..12].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Absence, AbsenceState, PlanSummary};

    #[test]
    fn the_id_follows_the_content_and_what_it_is_bound_to() {
        let plan = Plan {
            id: String::new(),
            summary: PlanSummary::default(),
            absence: Absence::new(AbsenceState::Baseline, String::new()),
            guards: vec![],
            changes: vec![],
            problems: vec![],
            review: None,
        };
        let bound_to = |one: &str, other: &str| [one.to_owned(), other.to_owned()];
        let here = bound_to("tenant", "default");
        let id = plan_id(&plan, &here);
        assert_eq!(id.len(), 12);
        assert_eq!(id, plan_id(&plan, &here));
        assert_ne!(id, plan_id(&plan, &bound_to("tenantd", "efault")));
        let mut counted = plan.clone();
        counted.summary.absent = 1;
        let mut other = plan.clone();
        other.problems.push(Problem::warning("x", "y"));
        let warned = plan_id(&other, &here);
        assert!(id != warned && id != plan_id(&counted, &here) && !warned.is_empty());
        other.problems[0].file = Some("people.csv".into());
        assert_eq!(
            warned,
            plan_id(&other, &here),
            "a file's name is no content"
        );
    }
}
