//! Values for the tests of this module.

use std::sync::Arc;

use crate::model::{
    Absence, AbsenceState, Action, AnswerNote, Change, Effect, Field, FieldChange, Outcome, Place,
    Plan, PlanSummary, Problem, RowCounts, Run, RunSummary, Value,
};

/// A field going from one value to another: "" is blank, "true" and "false" are booleans.
pub fn field(name: &str, from: &str, to: &str) -> FieldChange {
    let value = |text: &str| match text {
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        text => Value::text(text),
    };
    FieldChange {
        field: Field::named(name).unwrap(),
        from: value(from),
        to: value(to),
    }
}

/// A change of the user on that line, whose id is made from it.
pub fn change(action: Action, line: u64, fields: Vec<FieldChange>) -> Change {
    let effects = fields
        .iter()
        .map(|f| Effect::of(&f.field, f.from.as_ref(), f.to.as_ref()));
    let of_fields = effects.fold(Effect::None, Effect::and);
    let inactive = fields.iter().any(|f| f.to == Some(Value::Bool(false)));
    let effect = match action {
        Action::Create if inactive => Effect::None,
        Action::Create => Effect::GainsAccess,
        _ => of_fields,
    };
    Change {
        action,
        effect,
        user_id: format!("T-{}", 1000 + line).into(),
        place: Some(Place {
            line,
            record: line - 1,
        }),
        fields,
        held: None,
        seen: None,
        mail: None,
    }
}

/// A plan of these changes and problems.
pub fn plan(changes: Vec<Change>, problems: Vec<Problem>, unchanged: u64) -> Plan {
    let rejected = problems
        .iter()
        .filter(|problem| problem.code == "missing_user_id")
        .count() as u64;
    let rows = changes.len() as u64 + unchanged + rejected;
    let counts = RowCounts {
        rows,
        unchanged,
        rejected,
        ..RowCounts::default()
    };
    let mut summary = PlanSummary::fold(counts, &changes);
    assert!(summary.adds_up());
    summary.calls = (changes.len() as u64).div_ceil(400);
    summary.estimated_seconds = summary.calls as f64 * 30.3;
    Plan {
        id: "7c1f0a2e".to_owned(),
        summary,
        absence: Absence::new(
            AbsenceState::Baseline,
            "no completed run of this source is recorded, so nobody is managed yet".to_owned(),
        ),
        guards: vec![],
        changes,
        problems,
        review: None,
    }
}

/// A problem at a place of `people.csv`.
pub fn problem(code: &str, line: u64, column: &str, value: &str, message: &str) -> Problem {
    let file: Arc<str> = "people.csv".into();
    Problem::error(code, message)
        .file(&file)
        .line(line)
        .column(column)
        .user(format!("T-{}", 1000 + line))
        .value(value)
}

/// The finished run of a plan.
pub fn run(plan: &Plan, outcomes: Vec<Outcome>, answers: Vec<AnswerNote>) -> Run {
    let mut summary = RunSummary::fold(plan, &outcomes);
    summary.requests = 3;
    summary.retries = 1;
    summary.warnings = answers.iter().filter(|note| note.status == 200).count() as u64;
    Run {
        run: "01923abc".to_owned(),
        plan: plan.id.clone(),
        resumable: false,
        summary,
        absence: plan.absence.clone(),
        guards: plan.guards.clone(),
        review: plan.review.clone(),
        outcomes,
        problems: plan.problems.clone(),
        answers,
        error: None,
    }
}
