//! A plan as one page of HTML for who has to approve it: no script, nothing from elsewhere, every foreign text escaped.

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::model::{
    AbsentUser, Action, Change, GuardReading, Hold, Mail, Plan, Problem, Severity, Value,
};

use super::change_line::{effect_note, place};
use super::plan_text::sentence;
use super::words::{count, counted, duration};

const TEMPLATE: &str = include_str!("plan.html");

/// Changes of one kind, and problems, that are on the page; the saved plan has all.
const LISTED: usize = 2_000;
/// Changes of one kind that are shown with their fields at once.
const OPEN: usize = 50;

/// The same for creates.
const CREATES_OPEN: usize = 3;

/// The order of the page: what takes access stands first, because it is what a person has to look at.
const ORDER: [Action; 6] = [
    Action::Delete,
    Action::Deactivate,
    Action::Create,
    Action::Restore,
    Action::Reactivate,
    Action::Update,
];

/// What the page says beside the plan.
#[derive(Clone, Copy, Debug)]
pub struct PlanPage<'a> {
    /// What is compared with what.
    pub comparison: &'a str,
    /// Whether a mistake would hurt.
    pub production: bool,
    /// When the plan was made, for people.
    pub made_at: &'a str,
}

/// The page.
///
/// # Panics
/// Never: the template is ours, and a test renders all of it.
pub fn plan_html(plan: &Plan, page: PlanPage<'_>) -> String {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine
        .render_str(TEMPLATE, Serde(Context::of(plan, page)))
        .expect("the template fits its context")
}

#[derive(Serialize)]
struct Context<'a> {
    id: &'a str,
    comparison: &'a str,
    production: bool,
    made_at: &'a str,
    stopped: Option<String>,
    figures: Vec<Figure>,
    cost: String,
    held: Vec<Group<'a>>,
    changes: Vec<Group<'a>>,
    guards: &'a [GuardReading],
    absence: Absence<'a>,
    problems: Vec<Told<'a>>,
    problems_more: usize,
}

#[derive(Serialize)]
struct Figure {
    number: String,
    what: &'static str,
}

/// Changes of one kind.
#[derive(Serialize)]
struct Group<'a> {
    title: String,
    hint: String,
    open: bool,
    changes: Vec<One<'a>>,
    more: usize,
}

#[derive(Serialize)]
struct One<'a> {
    tone: &'static str,
    action: &'static str,
    user_id: &'a str,
    place: String,
    note: String,
    fields: Vec<Set>,
}

#[derive(Serialize)]
struct Set {
    field: String,
    from: String,
    to: String,
}

#[derive(Serialize)]
struct Absence<'a> {
    state: String,
    why: &'a str,
    users: &'a [AbsentUser],
}

#[derive(Serialize)]
struct Told<'a> {
    severity: &'static str,
    line: String,
    column: &'a str,
    user_id: &'a str,
    message: &'a str,
    hint: &'a str,
}

impl<'a> Context<'a> {
    fn of(plan: &'a Plan, page: PlanPage<'a>) -> Context<'a> {
        let summary = &plan.summary;
        let time = duration(summary.estimated_seconds);
        let mails = match summary.mails {
            0 => String::new(),
            mails => format!(" and {}", counted(mails, "mail", "mails")),
        };
        let calls = counted(summary.calls, "call", "calls");
        let stopped = plan.is_refused().then(|| {
            "A guard has refused this plan: nothing would be sent unless a person approves it."
                .to_owned()
        });
        Context {
            id: &plan.id,
            comparison: page.comparison,
            production: page.production,
            made_at: page.made_at,
            stopped,
            figures: figures(plan),
            cost: format!("{calls}{mails}, {time} under the rate limits."),
            held: held(plan),
            changes: changes(plan),
            guards: &plan.guards,
            absence: Absence {
                state: format!("{:?}", plan.absence.state).to_lowercase(),
                why: &plan.absence.why,
                users: &plan.absence.users[..plan.absence.users.len().min(LISTED)],
            },
            problems: plan.problems.iter().take(LISTED).map(told).collect(),
            problems_more: plan.problems.len().saturating_sub(LISTED),
        }
    }
}

fn figures(plan: &Plan) -> Vec<Figure> {
    let summary = &plan.summary;
    let all = [
        (summary.delete, "to delete"),
        (summary.deactivate, "to deactivate"),
        (summary.absent_deprovision, "absent, to deprovision"),
        (summary.create, "to create"),
        (summary.restore, "to restore"),
        (summary.reactivate, "to reactivate"),
        (summary.update, "to update"),
        (summary.held, "held"),
        (summary.rejected, "rejected"),
        (summary.duplicate, "duplicate"),
        (summary.out_of_scope, "out of scope"),
        (summary.not_yet_effective, "not yet effective"),
        (summary.unchanged, "unchanged"),
        (summary.rows, "rows"),
    ];
    let shown = all.into_iter().filter(|(number, _)| *number > 0);
    shown
        .map(|(number, what)| Figure {
            number: count(number),
            what,
        })
        .collect()
}

fn held(plan: &Plan) -> Vec<Group<'_>> {
    let mut reasons: Vec<Hold> = Vec::new();
    for hold in plan.changes.iter().filter_map(|change| change.held) {
        if !reasons.contains(&hold) {
            reasons.push(hold);
        }
    }
    let groups = reasons.into_iter().map(|hold| {
        let changes = plan.changes.iter();
        let changes: Vec<&Change> = changes.filter(|change| change.held == Some(hold)).collect();
        let number = counted(changes.len() as u64, "change", "changes");
        group(
            format!("{number} ({})", hold.name()),
            sentence(hold.hint()),
            &changes,
        )
    });
    groups.collect()
}

fn changes(plan: &Plan) -> Vec<Group<'_>> {
    let groups = ORDER.into_iter().filter_map(|action| {
        let changes: Vec<&Change> = plan
            .sendable()
            .filter(|change| change.action == action)
            .collect();
        let title = format!("{} to {}", count(changes.len() as u64), action.name());
        (!changes.is_empty()).then(|| group(title, String::new(), &changes))
    });
    groups.collect()
}

fn group<'a>(title: String, hint: String, changes: &[&'a Change]) -> Group<'a> {
    Group {
        title,
        hint,
        // Creates are alike, and all their fields would bury the rest.
        open: match changes.first().map(|change| change.action) {
            Some(Action::Create) => changes.len() <= CREATES_OPEN,
            _ => changes.len() <= OPEN,
        },
        changes: changes
            .iter()
            .take(LISTED)
            .map(|change| one(change))
            .collect(),
        more: changes.len().saturating_sub(LISTED),
    }
}

fn one(change: &Change) -> One<'_> {
    let mail = match change.mail {
        None => "",
        Some(Mail::Password) => ", mails a password",
        Some(Mail::Link) => ", mails a link",
    };
    let note = effect_note(change.action, change.effect);
    One {
        tone: match change.action {
            Action::Create | Action::Reactivate | Action::Restore => "good",
            Action::Update => "changed",
            Action::Deactivate | Action::Delete => "bad",
        },
        action: change.action.name(),
        user_id: &change.user_id,
        place: place(change.line()),
        note: format!("{note}{mail}"),
        fields: change
            .fields
            .iter()
            .map(|set| Set {
                field: set.field.to_string(),
                from: shown(set.from.as_ref()),
                to: shown(set.to.as_ref()),
            })
            .collect(),
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "(blank)".to_owned(), Value::to_string)
}

fn told(problem: &Problem) -> Told<'_> {
    Told {
        severity: match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        line: problem.line.map(count).unwrap_or_default(),
        column: problem.column.as_deref().unwrap_or_default(),
        user_id: problem.user_id.as_deref().unwrap_or_default(),
        message: &problem.message,
        hint: problem.hint.as_deref().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Absence, AbsenceState, Effect, Field, FieldChange, GuardVerdict, Place, PlanSummary,
    };

    #[test]
    fn an_empty_plan_says_so() {
        let page = html(&plan(Vec::new()));
        assert!(page.contains("<p>Nothing changes.</p>"), "{page}");
    }

    #[test]
    fn everything_is_on_the_page_and_nothing_of_it_is_markup() {
        let bad = "<script>alert(1)</script>";
        let change = |held| Change {
            action: Action::Deactivate,
            effect: Effect::LosesAccess,
            user_id: bad.into(),
            place: Some(Place { line: 7, record: 6 }),
            fields: vec![FieldChange {
                field: Field::Extension("\"><b>".into()),
                from: None,
                to: Value::text(bad),
            }],
            held,
            seen: None,
            mail: Some(Mail::Link),
        };
        let mut plan = plan(vec![change(None), change(Some(Hold::MaxDeprovisions))]);
        plan.problems.push(
            Problem::error("x", bad)
                .line(7)
                .user(bad)
                .column(bad)
                .hint(bad),
        );
        plan.guards.push(GuardReading {
            guard: "max_deprovisions".to_owned(),
            limit: "3".to_owned(),
            figure: bad.to_owned(),
            verdict: GuardVerdict::Refused,
        });
        let page = html(&plan);
        assert!(!page.contains(bad) && !page.contains("\"><b>"), "{page}");
        let escaped = "&lt;script&gt;alert(1)&lt;&#x2f;script&gt;";
        assert!(page.matches(escaped).count() >= 8, "{page}");
        for word in [
            "A guard has refused this plan",
            "Held: 1 change (max_deprovisions)",
            "1 to deactivate",
            "(line 7), mails a link",
            "(blank)",
            "class=\"bad\">refused",
        ] {
            assert!(page.contains(word), "{word}: {page}");
        }
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let change = Change {
            action: Action::Create,
            effect: Effect::None,
            user_id: "a".into(),
            place: None,
            fields: Vec::new(),
            held: None,
            seen: None,
            mail: None,
        };
        let page = html(&plan(vec![change; LISTED + 5]));
        assert!(page.contains("and 5 more, in the saved plan"));
        assert_eq!(page.matches("<details").count(), LISTED);
    }

    fn html(plan: &Plan) -> String {
        let page = PlanPage {
            comparison: "Comparing a.csv with the users of <Acme>",
            production: true,
            made_at: "2026-11-27 02:00",
        };
        plan_html(plan, page)
    }

    fn plan(changes: Vec<Change>) -> Plan {
        Plan {
            id: "abc".to_owned(),
            summary: PlanSummary::default(),
            absence: Absence::new(AbsenceState::Baseline, "nobody is managed yet"),
            guards: Vec::new(),
            changes,
            problems: Vec::new(),
            review: None,
        }
    }
}
