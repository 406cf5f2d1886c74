//! The run's text at 80 and at 200 columns.

use serde_json::json;

use crate::model::{Detail, GuardReading, GuardVerdict, RunSummary};
use crate::report::page::text_width;
use crate::report::samples::{change, field, plan, problem, run};

use super::*;

#[test]
fn a_run_without_changes_is_short() {
    insta::assert_snapshot!(at(&run(&plan(vec![], vec![], 200), vec![], vec![]), 80), @r#"
    Rows of the export
      200   unchanged
      ---
      200   rows

    Run: 200 unchanged (200 rows). 3 requests, 1 retry, 0 warnings.
    Run id: 01923abc, plan id: 7c1f0a2e
    "#);
}

#[test]
fn a_run_shows_what_went_wrong_and_where_each_row_went() {
    insta::assert_snapshot!(at(&mixed(), 80), @r#"
    Held, not sent: 1 change
      ! update T-1008 (line 8): drift: somebody changed the user in the meantime;
          plan again

    Unconfirmed, may or may not have happened: 1 change
      ? update T-1006 (line 6): read back failed

    Rejected by the tenant: 1 change
      x update T-1005 (line 5): refused alone: 400 "Email is not valid" at
          /Users/0/Email

    The tenant's answers: 8 details
      warning: 200 "EntityEmployeeNumber is deprecated and will be removed: use
          Extensions instead" (6 times)
          T-1002 (line 2) at /Users/0/Email
          T-1003 (line 3) at /Users/1/Email
          T-1004 (line 4) at /Users/2/Email
          … and 3 more
      refusal: 400 "Email is not valid"
          T-1005 (line 5) at /Users/3/Email
      warning: 200 "2 locations were not found"
          it does not say about whom

    Rows of the export
      180   unchanged
        1   created
        1   updated
        1   deactivated
        1   skipped, already as wanted when it was their turn
        1   held
        1   rejected before sending
        1   rejected by the tenant
        1   unconfirmed
        1   not sent
      ---
      189   rows

    Run: 1 created, 1 updated, 1 deactivated, 1 skipped, 1 held, 2 rejected,
         1 unconfirmed, 1 not sent, 180 unchanged (189 rows). 3 requests, 1 retry,
         7 warnings.
    Run id: 01923abc, plan id: 7c1f0a2e
    "#);
}

#[test]
fn the_same_run_uses_a_wide_terminal() {
    insta::assert_snapshot!(at(&mixed(), 200), @r#"
    Held, not sent: 1 change
      ! update T-1008 (line 8): drift: somebody changed the user in the meantime; plan again

    Unconfirmed, may or may not have happened: 1 change
      ? update T-1006 (line 6): read back failed

    Rejected by the tenant: 1 change
      x update T-1005 (line 5): refused alone: 400 "Email is not valid" at /Users/0/Email

    The tenant's answers: 8 details
      warning: 200 "EntityEmployeeNumber is deprecated and will be removed: use Extensions instead" (6 times)
          T-1002 (line 2) at /Users/0/Email
          T-1003 (line 3) at /Users/1/Email
          T-1004 (line 4) at /Users/2/Email
          … and 3 more
      refusal: 400 "Email is not valid"
          T-1005 (line 5) at /Users/3/Email
      warning: 200 "2 locations were not found"
          it does not say about whom

    Rows of the export
      180   unchanged
        1   created
        1   updated
        1   deactivated
        1   skipped, already as wanted when it was their turn
        1   held
        1   rejected before sending
        1   rejected by the tenant
        1   unconfirmed
        1   not sent
      ---
      189   rows

    Run: 1 created, 1 updated, 1 deactivated, 1 skipped, 1 held, 2 rejected, 1 unconfirmed, 1 not sent, 180 unchanged (189 rows). 3 requests, 1 retry, 7 warnings.
    Run id: 01923abc, plan id: 7c1f0a2e
    "#);
}

#[test]
fn verbose_lists_the_applied_ones_too() {
    let text = run_text(
        &mixed(),
        &View {
            verbose: true,
            ..View::plain(80)
        },
    );
    assert!(text.contains("  + create T-1002 (line 2)\n"), "{text}");
    assert!(
        text.contains("  = update T-1009 (line 9): already as wanted\n"),
        "{text}"
    );
}

#[test]
fn an_interrupted_run_says_that_it_can_be_finished() {
    let mut stopped = mixed();
    stopped.resumable = true;
    stopped.error =
        Some(json!({"message": "cannot reach https://a.example:443", "causes": [], "hint": null}));
    let text = at(&stopped, 80);
    assert!(
        text.contains("Stopped: cannot reach https://a.example:443\n"),
        "{text}"
    );
    assert!(text.contains("Nothing is lost"), "{text}");
}

#[test]
fn a_refused_run_says_that_nothing_was_sent() {
    let mut refused = run(&plan(vec![], vec![], 1), vec![], vec![]);
    refused.guards = vec![GuardReading {
        guard: "min_rows".to_owned(),
        limit: "2".to_owned(),
        figure: "1".to_owned(),
        verdict: GuardVerdict::Refused,
    }];
    let text = at(&refused, 80);
    let end = "Run: 1 unchanged (1 row). Refused by a guard: nothing was sent.\n";
    assert!(text.contains(end), "{text}");
}

#[test]
fn a_long_list_is_cut_and_html_stays_text() {
    let changes: Vec<_> = (2..102)
        .map(|line| change(Action::Update, line, vec![field("Email", "", "a")]))
        .collect();
    let plan = plan(changes, vec![], 0);
    let html = "<html>\x1b[2J".repeat(100);
    let outcomes = plan
        .changes
        .iter()
        .map(|change| rejected(change, &html))
        .collect();
    let text = at(&run(&plan, outcomes, vec![]), 80);
    assert_eq!(text.matches("  x update").count(), 20);
    assert!(text.contains("… and 80 more"));
    assert!(text.contains("(1,000 characters)"));
    assert!(!text.contains('\x1b'));
}

fn at(run: &Run, width: usize) -> String {
    let text = run_text(run, &View::plain(width));
    for line in text.lines() {
        assert!(text_width(line) <= width, "{line}");
    }
    text
}

fn mixed() -> Run {
    let email = || vec![field("Email", "a", "b")];
    let plan = plan(
        vec![
            change(Action::Create, 2, vec![field("Activated", "", "true")]),
            change(Action::Update, 4, email()),
            change(Action::Update, 5, email()),
            change(Action::Update, 6, email()),
            change(
                Action::Deactivate,
                7,
                vec![field("Activated", "true", "false")],
            ),
            change(Action::Update, 8, email()),
            change(Action::Update, 9, email()),
            change(Action::Update, 10, email()),
        ],
        vec![problem(
            "missing_user_id",
            11,
            "UserID",
            "",
            "the row has no UserID",
        )],
        180,
    );
    let end =
        |index: usize, status, reason: Option<&str>| ended(&plan.changes[index], status, reason);
    let outcomes = vec![
        end(0, Status::Applied, None),
        end(1, Status::Applied, None),
        rejected(&plan.changes[2], "Email is not valid"),
        end(3, Status::Unconfirmed, Some("read_back_failed")),
        end(4, Status::Applied, None),
        end(5, Status::Held, Some("drift")),
        end(6, Status::Skipped, Some("already_as_wanted")),
    ];
    let deprecated =
        "EntityEmployeeNumber is deprecated and will be removed: use Extensions instead";
    let mut answers: Vec<AnswerNote> = (2..8)
        .map(|line| note(200, deprecated, Some(line)))
        .collect();
    answers.push(note(400, "Email is not valid", Some(5)));
    answers.push(note(200, "2 locations were not found", None));
    run(&plan, outcomes, answers)
}

fn note(status: u16, message: &str, line: Option<u64>) -> AnswerNote {
    let detail = Detail {
        code: status.into(),
        message: message.to_owned(),
        params: json!({"value": "x"}),
        data_path: line.map(|line| format!("/Users/{}/Email", line - 2)),
    };
    let user_id = line.map(|line| format!("T-{}", 1000 + line).into());
    AnswerNote {
        attempt: 1,
        status,
        detail,
        user_id,
        line,
    }
}

fn ended(change: &crate::model::Change, status: Status, reason: Option<&str>) -> Outcome {
    Outcome {
        user_id: change.user_id.clone(),
        line: change.line(),
        action: change.action,
        status,
        reason: reason.map(str::to_owned),
        code: None,
        message: None,
        data_path: None,
    }
}

fn rejected(change: &crate::model::Change, message: &str) -> Outcome {
    Outcome {
        code: Some(400),
        message: Some(message.to_owned()),
        data_path: Some("/Users/0/Email".to_owned()),
        ..ended(change, Status::Rejected, Some("refused_alone"))
    }
}

#[test]
fn the_sum_in_these_tests_is_the_one_asserted_in_runs() {
    let RunSummary { plan, .. } = mixed().summary;
    assert_eq!(plan.rows, 189);
    assert!(mixed().summary.adds_up(0));
}
