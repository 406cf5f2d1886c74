//! The plan's text at 80 and at 200 columns.

use crate::model::{Action, Effect, Hold};
use crate::report::page::text_width;
use crate::report::samples::{change, field, plan, problem};

use super::*;

#[test]
fn nothing_to_change_is_three_lines() {
    insta::assert_snapshot!(plan_text(&plan(vec![], vec![], 200), &View::plain(80)), @r#"
    Absent from the export (baseline): nobody. No completed run of this source is
        recorded, so nobody is managed yet.

    Plan: 200 unchanged (200 rows). Nothing to change.
    Plan id: 7c1f0a2e
    "#);
}

#[test]
fn a_plan_shows_changes_holds_guards_absence_problems_and_the_sum() {
    insta::assert_snapshot!(at(&mixed(), 80), @r#"
      + create T-1002 (line 2)
          Activated: true, AuthenticationID: "CORP\ada",
          Email: "ada.lovelace@example.com", FirstName: "Ada",
          LastName: "Lovelace", Phones.Mobile: "+44 20 7946 0001",
          Extensions.EmployeeID: "E-000017"
      + create T-1003 (line 3), without access
          Activated: false, LastName: "李"

      ~ update T-1004 (line 4)
          Email:           "g.hopper@example.com" → "grace.hopper@example.com"
          Phones.Mobile:   "+1 555 0100" → (blank)
          Extensions.Note:
            (blank)
          → "keys for the depot in Leeds, to be handed back before the end of the
              year"
      ~ update T-1005 (line 5), loses access
          Locked: (blank) → true

      + reactivate T-1006 (line 6)
          Activated: false → true

      - deactivate T-1007 (line 7)
          Activated: true → false
      - deactivate T-1099 (absent from the export)
          Activated: true → false

    Held: 1 change (storage_location)
      Moving a technician's stock needs a decision: change the storage location in
      ServiceMobility.
      ! update T-1009 (line 9)
          StorageLocationID: "VAN-7" → "VAN-9"

    Guards
      guard              limit                    figure                 verdict
      --------------------------------------------------------------------------
      max_deprovisions   max(3, 3 %) of managed   1 of 187               ok
                         users, at most 100
      max_clears         max(5, 2 %) of a field   7 × Phones.Mobile of   HELD
                                                  187 (3.7 %)

    Absent from the export (baseline): 3 users of the tenant, 1 of whom loses
        access. No completed run of this source is recorded, so nobody is managed
        yet.

    Problems in people.csv: 2 errors
      error: the row has no UserID (column "UserID", missing_user_id)
          line 11, T-1011: ""
      error: not a mail address (column "Email", invalid_email)
          line 12, T-1012: "ada(at)example.com"
          hint: write it as name@domain

    Plan: 2 to create, 2 to update, 1 to reactivate, 1 to deactivate, 1 held,
          1 rejected, 180 unchanged (188 rows); 1 absent user to deprovision.
          1 call, about 31 s.
    Plan id: 7c1f0a2e
    "#);
}

#[test]
fn the_same_plan_uses_a_wide_terminal() {
    insta::assert_snapshot!(at(&mixed(), 200), @r#"
      + create T-1002 (line 2)
          Activated: true, AuthenticationID: "CORP\ada", Email: "ada.lovelace@example.com", FirstName: "Ada", LastName: "Lovelace", Phones.Mobile: "+44 20 7946 0001", Extensions.EmployeeID: "E-000017"
      + create T-1003 (line 3), without access
          Activated: false, LastName: "李"

      ~ update T-1004 (line 4)
          Email:           "g.hopper@example.com" → "grace.hopper@example.com"
          Phones.Mobile:   "+1 555 0100" → (blank)
          Extensions.Note: (blank) → "keys for the depot in Leeds, to be handed back before the end of the year"
      ~ update T-1005 (line 5), loses access
          Locked: (blank) → true

      + reactivate T-1006 (line 6)
          Activated: false → true

      - deactivate T-1007 (line 7)
          Activated: true → false
      - deactivate T-1099 (absent from the export)
          Activated: true → false

    Held: 1 change (storage_location)
      Moving a technician's stock needs a decision: change the storage location in ServiceMobility.
      ! update T-1009 (line 9)
          StorageLocationID: "VAN-7" → "VAN-9"

    Guards
      guard              limit                                       figure                             verdict
      ---------------------------------------------------------------------------------------------------------
      max_deprovisions   max(3, 3 %) of managed users, at most 100   1 of 187                           ok
      max_clears         max(5, 2 %) of a field                      7 × Phones.Mobile of 187 (3.7 %)   HELD

    Absent from the export (baseline): 3 users of the tenant, 1 of whom loses access. No completed run of this source is recorded, so nobody is managed yet.

    Problems in people.csv: 2 errors
      error: the row has no UserID (column "UserID", missing_user_id)
          line 11, T-1011: ""
      error: not a mail address (column "Email", invalid_email)
          line 12, T-1012: "ada(at)example.com"
          hint: write it as name@domain

    Plan: 2 to create, 2 to update, 1 to reactivate, 1 to deactivate, 1 held, 1 rejected, 180 unchanged (188 rows); 1 absent user to deprovision. 1 call, about 31 s.
    Plan id: 7c1f0a2e
    "#);
}

#[test]
fn a_long_plan_is_cut_and_says_so() {
    let changes = (2..200).map(|line| {
        change(
            Action::Deactivate,
            line,
            vec![field("Activated", "true", "false")],
        )
    });
    let long = plan(changes.collect(), vec![], 1_000_000);
    let text = at(&long, 80);
    assert_eq!(text.matches("- deactivate").count(), 10);
    let end: String = text
        .lines()
        .rev()
        .take(9)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .map(|line| format!("{line}\n"))
        .collect();
    insta::assert_snapshot!(end, @r#"
          Activated: true → false
      … and 188 more to deactivate; --verbose shows them all

    Absent from the export (baseline): nobody. No completed run of this source is
        recorded, so nobody is managed yet.

    Plan: 198 to deactivate, 1,000,000 unchanged (1,000,198 rows). 1 call,
          about 31 s.
    Plan id: 7c1f0a2e
    "#);
    let all = plan_text(
        &long,
        &View {
            verbose: true,
            ..View::plain(80)
        },
    );
    assert_eq!(all.matches("- deactivate").count(), 198);
}

#[test]
fn many_creates_are_one_example_and_a_line_each() {
    let create = |line| {
        let mail = format!("user{line}@example.com");
        let mut fields = vec![
            field("Activated", "", if line == 4 { "false" } else { "true" }),
            field("Email", "", &mail),
            field("FirstName", "", "Grace"),
            field("LastName", "", "Hopper"),
        ];
        if line == 5 {
            fields.truncate(1);
        }
        change(Action::Create, line, fields)
    };
    let head = |creates: u64, verbose| {
        let view = View {
            verbose,
            ..View::plain(80)
        };
        let changes = (2..2 + creates).map(create).collect();
        let text = plan_text(&plan(changes, vec![], 0), &view);
        let (head, _) = text
            .split_once("\nAbsent")
            .expect("the creates stand first");
        head.to_owned()
    };
    insta::assert_snapshot!(head(20, false), @r#"
      + create T-1002 (line 2)
          Activated: true, Email: "user2@example.com", FirstName: "Grace",
          LastName: "Hopper"
      + create T-1003 (line 3): "Grace Hopper", "user3@example.com"
      + create T-1004 (line 4), without access: "Grace Hopper", "user4@example.com"
      + create T-1005 (line 5): 1 field
      + create T-1006 (line 6): "Grace Hopper", "user6@example.com"
      + create T-1007 (line 7): "Grace Hopper", "user7@example.com"
      + create T-1008 (line 8): "Grace Hopper", "user8@example.com"
      + create T-1009 (line 9): "Grace Hopper", "user9@example.com"
      + create T-1010 (line 10): "Grace Hopper", "user10@example.com"
      + create T-1011 (line 11): "Grace Hopper", "user11@example.com"
      … and 10 more to create; --verbose shows all, with all fields
    "#);
    assert!(head(5, false).ends_with("\n  --verbose shows all their fields\n"));
    for (creates, verbose) in [(3, false), (20, true)] {
        let text = head(creates, verbose);
        assert!(!text.contains("fields"), "each is shown as a whole: {text}");
        assert_eq!(
            text.matches("FirstName").count(),
            creates as usize - usize::from(verbose)
        );
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let view = View {
        color: true,
        ..View::plain(80)
    };
    let colored = plan_text(&mixed(), &view);
    assert!(colored.contains('\x1b'));
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(stripped, at(&mixed(), 80));
}

#[test]
fn a_refused_plan_says_that_nothing_would_be_sent() {
    let mut refused = plan(vec![change(Action::Create, 2, vec![])], vec![], 0);
    refused.guards = vec![reading("min_rows", "1", "0", GuardVerdict::Refused)];
    assert!(
        at(&refused, 80)
            .contains("Plan: 1 to create (1 row). Refused by a guard: nothing would be sent.")
    );
}

fn at(plan: &Plan, width: usize) -> String {
    let text = plan_text(plan, &View::plain(width));
    for line in text.lines() {
        assert!(text_width(line) <= width, "{line}");
    }
    text
}

fn reading(guard: &str, limit: &str, figure: &str, verdict: GuardVerdict) -> GuardReading {
    GuardReading {
        guard: guard.to_owned(),
        limit: limit.to_owned(),
        figure: figure.to_owned(),
        verdict,
    }
}

fn mixed() -> Plan {
    let mut held = change(
        Action::Update,
        9,
        vec![field("StorageLocationID", "VAN-7", "VAN-9")],
    );
    held.held = Some(Hold::StorageLocation);
    let mut absent = change(
        Action::Deactivate,
        99,
        vec![field("Activated", "true", "false")],
    );
    absent.place = None;
    assert_eq!(absent.effect, Effect::LosesAccess);
    let changes = vec![
        change(
            Action::Create,
            2,
            vec![
                field("Activated", "", "true"),
                field("AuthenticationID", "", "CORP\\ada"),
                field("Email", "", "ada.lovelace@example.com"),
                field("FirstName", "", "Ada"),
                field("LastName", "", "Lovelace"),
                field("Phones.Mobile", "", "+44 20 7946 0001"),
                field("Extensions.EmployeeID", "", "E-000017"),
            ],
        ),
        change(
            Action::Create,
            3,
            vec![field("Activated", "", "false"), field("LastName", "", "李")],
        ),
        change(
            Action::Update,
            4,
            vec![
                field("Email", "g.hopper@example.com", "grace.hopper@example.com"),
                field("Phones.Mobile", "+1 555 0100", ""),
                field(
                    "Extensions.Note",
                    "",
                    "keys for the depot in Leeds, to be handed back before the end of the year",
                ),
            ],
        ),
        change(Action::Update, 5, vec![field("Locked", "", "true")]),
        change(
            Action::Reactivate,
            6,
            vec![field("Activated", "false", "true")],
        ),
        change(
            Action::Deactivate,
            7,
            vec![field("Activated", "true", "false")],
        ),
        held,
        absent,
    ];
    let mut plan = plan(changes[..7].to_vec(), mixed_problems(), 180);
    plan.changes = changes;
    plan.summary.absent = 3;
    plan.summary.absent_deprovision = 1;
    plan.guards = mixed_guards();
    plan
}

fn mixed_problems() -> Vec<crate::model::Problem> {
    vec![
        problem("missing_user_id", 11, "UserID", "", "the row has no UserID"),
        problem(
            "invalid_email",
            12,
            "Email",
            "ada(at)example.com",
            "not a mail address",
        )
        .hint("write it as name@domain"),
    ]
}

fn mixed_guards() -> Vec<GuardReading> {
    vec![
        reading(
            "max_deprovisions",
            "max(3, 3 %) of managed users, at most 100",
            "1 of 187",
            GuardVerdict::Ok,
        ),
        reading(
            "max_clears",
            "max(5, 2 %) of a field",
            "7 × Phones.Mobile of 187 (3.7 %)",
            GuardVerdict::Held,
        ),
    ]
}
