use std::io::BufReader;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::model::{
    Absence, AbsenceFigures, AbsenceState, Action, Basis, Change, Effect, Field, FieldChange,
    GuardReading, GuardVerdict, Hold, Orphans, Place, Plan, PlanSummary, Problem, RowCounts, Value,
};
use crate::planner::plan_id;

/// What applying it would teach.
fn basis() -> Basis {
    Basis {
        full: true,
        users: ["a\"\u{2028}\n"].into_iter().collect(),
        ..Basis::default()
    }
}

/// A plan with an update for each of those users.
pub fn sample_plan(users: &[&str]) -> Plan {
    let change = |(index, user_id): (u64, &&str)| Change {
        action: Action::Update,
        effect: Effect::None,
        user_id: (**user_id).into(),
        place: Some(Place {
            line: index + 2,
            record: index + 1,
        }),
        fields: vec![FieldChange {
            field: Field::named("Email").unwrap(),
            from: Value::text("\"old\"\u{2028}\n@example.com"),
            to: None,
        }],
        held: (index == 1).then_some(Hold::Twins),
        seen: None,
        mail: None,
    };
    let changes: Vec<Change> = (0..).zip(users).map(change).collect();
    let rows = RowCounts {
        rows: changes.len() as u64,
        ..RowCounts::default()
    };
    let mut plan = Plan {
        id: String::new(),
        summary: PlanSummary {
            estimated_seconds: 0.1 + 0.2,
            ..PlanSummary::fold(rows, &changes)
        },
        absence: Absence {
            state: AbsenceState::Baseline,
            why: "first run".to_owned(),
            figures: AbsenceFigures::default(),
            users: Vec::new(),
            orphans: Orphans::default(),
        },
        guards: vec![GuardReading {
            guard: "min_rows".to_owned(),
            limit: "1".to_owned(),
            figure: "3".to_owned(),
            verdict: GuardVerdict::Ok,
        }],
        changes,
        problems: vec![Problem::warning("odd", "odd").file(&"a.csv".into()).line(3)],
        review: None,
    };
    plan.id = plan_id(&plan, &bound_to());
    plan
}

fn bound_to() -> [String; 4] {
    ["https://a.example ", "", "settings", "bytes"].map(str::to_owned)
}

fn header(plan: &Plan) -> Header {
    let made_at = Timestamp::from_second(1_790_000_000).unwrap();
    Header {
        crewsync_plan: 1,
        plan: plan.id.clone(),
        made_at,
        expires_at: made_at + SignedDuration::from_hours(72),
        tenant: Some(tenant("Acme", "https://a.example", None)),
        production: false,
        source: "hr".to_owned(),
        export: "people.csv".to_owned(),
        configuration: "c".to_owned(),
        mapping: "m".to_owned(),
        bound_to: bound_to(),
        summary: plan.summary,
        absence: plan.absence.clone(),
        guards: plan.guards.clone(),
    }
}

fn tenant(name: &str, base_url: &str, customer: Option<&str>) -> Tenant {
    Tenant {
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        customer: customer.map(str::to_owned),
    }
}

fn written(plan: &Plan) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_plan(&header(plan), plan, &basis(), &mut bytes).unwrap();
    bytes
}

fn read(mut bytes: &[u8]) -> Result<SavedPlan, PlanFileError> {
    read_plan(&mut BufReader::new(&mut bytes))
}

#[test]
fn a_plan_is_read_back_as_it_was_saved_one_line_for_each_change() {
    for users in [&[][..], &["a", "b", "c"]] {
        let plan = sample_plan(users);
        let bytes = written(&plan);
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(text.lines().count(), 1 + users.len() + 1 + 1 + 1, "{text}");
        let saved = read(&bytes).unwrap();
        assert_eq!(saved.plan, plan);
        assert_eq!(saved.header, header(&plan));
        assert_eq!(saved.basis, basis());
        assert!(text.ends_with(&format!("{{\"checksum\":\"{}\"}}\n", saved.checksum)));
    }
}

#[test]
fn saving_it_again_differs_in_the_first_and_the_last_line_only() {
    let plan = sample_plan(&["a", "b"]);
    let first = written(&plan);
    let mut later = Header { ..header(&plan) };
    later.made_at += SignedDuration::from_secs(1);
    let mut second = Vec::new();
    write_plan(&later, &plan, &basis(), &mut second).unwrap();
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = std::str::from_utf8(bytes).unwrap();
        text.lines().map(str::to_owned).collect()
    };
    let (first, second) = (lines(&first), lines(&second));
    let differing: Vec<usize> = (0..first.len())
        .filter(|&line| first[line] != second[line])
        .collect();
    assert_eq!(differing, [0, first.len() - 1]);
}

#[test]
fn what_is_no_plan_newer_cut_or_rewritten_is_refused() {
    let plan = sample_plan(&["a", "b"]);
    let text = String::from_utf8(written(&plan)).unwrap();
    let told = |text: &str| match read(text.as_bytes()) {
        Ok(_) => "taken".to_owned(),
        Err(PlanFileError::Altered(why)) => why,
        Err(other) => other.to_string(),
    };
    assert_eq!(told(&text), "taken");
    assert_eq!(told(""), "the file is no saved plan");
    assert_eq!(told("UserID,Email\na,b\n"), "the file is no saved plan");
    let newer = text.replace("\"crewsync_plan\":1", "\"crewsync_plan\":2");
    assert_eq!(
        told(&newer),
        "the plan has format 2, and this version reads up to 1"
    );
    let cut = &text[..text.rfind("{\"checksum").unwrap()];
    assert_eq!(told(cut), "its last line, the checksum, is missing");
    assert_eq!(told(&format!("{text}\n")), "line 7 stands after the end");
    let windows = text.replace('\n', "\r\n");
    assert_eq!(told(&windows), "its checksum is another");
    // Somebody takes the trouble to write a new checksum: the id still stands for what was shown.
    let mut other = plan.clone();
    other.changes.pop();
    other.summary.update = 0;
    let forged = String::from_utf8(written(&other)).unwrap();
    assert_eq!(told(&forged), "its content is not what its id stands for");
}

proptest! {
    #[test]
    fn every_figure_is_read_back_to_the_last_bit(seconds in 0.0..1e7_f64) {
        let mut plan = sample_plan(&["a"]);
        plan.summary.estimated_seconds = seconds;
        plan.id = plan_id(&plan, &bound_to());
        prop_assert_eq!(read(&written(&plan)).unwrap().plan, plan);
    }

    #[test]
    fn no_altered_byte_is_taken(at in 0_usize..2000, mask in 1_u8..=255) {
        let plan = sample_plan(&["a", "b", "c"]);
        let mut bytes = written(&plan);
        let at = at % bytes.len();
        bytes[at] ^= mask;
        // The line end after the checksum is the one byte that says nothing.
        let is_last = at == bytes.len() - 1;
        if let Ok(saved) = read(&bytes) {
            prop_assert!(is_last && saved.plan == plan);
        }
    }
}

#[test]
fn a_plan_fits_where_and_while_it_was_made_for() {
    let plan = sample_plan(&["a"]);
    let header = header(&plan);
    let here = Here {
        tenant: tenant("other name", "https://a.example", Some("4711")),
        source: "hr".to_owned(),
        configuration: "c".to_owned(),
        mapping: "m".to_owned(),
        now: header.expires_at,
    };
    assert_eq!(check_fit(&header, &here), Ok(()));
    let told = |change: &dyn Fn(&mut Here)| {
        let mut here = here.clone();
        change(&mut here);
        check_fit(&header, &here).unwrap_err().to_string()
    };
    let elsewhere = told(&|here| here.tenant.base_url = "https://b.example".to_owned());
    assert_eq!(
        elsewhere,
        "the plan was made for another tenant: \"Acme\" at https://a.example"
    );
    assert!(told(&|here| here.source = "x".to_owned()).contains("another source: \"hr\""));
    assert!(told(&|here| here.mapping = "x".to_owned()).contains("mapping has changed"));
    assert!(told(&|here| here.configuration = "x".to_owned()).contains("settings"));
    let late = told(&|here| here.now += SignedDuration::from_secs(1));
    assert_eq!(
        late,
        "the plan has expired: it was good until 2026-09-24T14:13:20Z"
    );
    let customers = Header {
        tenant: Some(tenant("", "https://a.example", Some("4712"))),
        ..header.clone()
    };
    assert!(matches!(
        check_fit(&customers, &here),
        Err(Unfit::Tenant(_))
    ));
    let nobodys = Header {
        tenant: None,
        ..header.clone()
    };
    assert_eq!(check_fit(&nobodys, &here), Err(Unfit::NoTenant));
}
