//! Each guard just under its limit, and just over it.

use super::*;
use crate::model::{Effect, FieldChange, Place, Value};

#[test]
fn an_export_without_a_readable_row_is_refused() {
    for (rows, rejected, min_rows, refused) in [
        (0, 0, 1, true),
        (3, 3, 1, true),
        (1, 0, 1, false),
        (3, 2, 1, false),
        (9, 0, 10, true),
        (10, 0, 10, false),
    ] {
        let limits = GuardLimits {
            min_rows,
            ..GuardLimits::default()
        };
        let [few, _] = judge_rows(&limits, &counts(rows, rejected));
        assert_eq!(few.verdict == GuardVerdict::Refused, refused, "{few:?}");
    }
}

#[test]
fn refused_rows_beyond_a_tenth_refuse_the_run() {
    for (rows, rejected, refused) in [
        (1000, 100, false),
        (1000, 101, true),
        (10, 5, false),
        (10, 6, true),
    ] {
        let [_, reading] = judge_rows(&GuardLimits::default(), &counts(rows, rejected));
        assert_eq!(
            reading.verdict == GuardVerdict::Refused,
            refused,
            "{reading:?}"
        );
        assert!(reading.figure.contains(&rejected.to_string()));
    }
}

#[test]
fn without_an_earlier_run_nothing_is_compared() {
    let today = seen(1000, 1000);
    let readings = judge_source(&GuardLimits::default(), &figures(&today, &[]));
    let all_ok = readings
        .iter()
        .all(|reading| reading.verdict == GuardVerdict::Ok);
    assert!(all_ok, "{readings:?}");
    assert_eq!(readings.len(), 7);
}

#[test]
fn fewer_rows_or_other_users_refuse_the_run() {
    for (rows, missing, refused) in [
        (900, 0, false),
        (899, 0, true),
        (1000, 100, false),
        (1000, 101, true),
        (2000, 0, false),
    ] {
        let (today, past) = (seen(rows, 1000), [good_run("b", seen(1000, 1000))]);
        let figures = SourceFigures {
            listed: 1000,
            missing,
            ..figures(&today, &past)
        };
        check(&figures, "max_row_drop", refused);
    }
}

#[test]
fn the_same_field_on_more_than_half_of_the_users_refuses_the_run() {
    let today = seen(1000, 1000);
    for (found, users, refused) in [
        (40, 20, false),
        (40, 21, true),
        (20, 11, true),
        (19, 19, false),
    ] {
        let changes: Vec<Change> = (0..users).map(|_| change("Email")).collect();
        let figures = SourceFigures {
            found,
            changes: &changes,
            ..figures(&today, &[])
        };
        check(&figures, "max_field_change", refused);
    }
    let mixed: Vec<Change> = (0..40)
        .map(|number| change(if number % 2 == 0 { "Email" } else { "LastName" }))
        .collect();
    let figures = SourceFigures {
        found: 40,
        changes: &mixed,
        ..figures(&today, &[])
    };
    check(&figures, "max_field_change", false);
}

#[test]
fn a_column_that_lost_all_its_values_refuses_the_run() {
    let stating = |email: u64, rare: u64| {
        let stated = [("Email", email), ("Rare", rare)];
        let stated = stated.map(|(field, rows)| (field.to_owned(), rows));
        ExportFigures {
            stated: stated.into(),
            ..seen(1000, 1000)
        }
    };
    let past = [good_run("b", stating(1000, 99))];
    for (email, rare, refused) in [(1, 0, false), (0, 99, true)] {
        check(
            &figures(&stating(email, rare), &past),
            "lost_columns",
            refused,
        );
    }
    let unmapped = ExportFigures {
        mapping: "new".to_owned(),
        ..seen(1000, 1000)
    };
    check(&figures(&unmapped, &past), "lost_columns", false);
}

#[test]
fn a_new_mapping_under_which_users_drop_out_refuses_the_run() {
    let past = [good_run("b", seen(1000, 1000))];
    for (mapping, missing, refused) in [("", 1, false), ("new", 0, false), ("new", 1, true)] {
        let today = ExportFigures {
            mapping: mapping.to_owned(),
            ..seen(1000, 1000)
        };
        let figures = SourceFigures {
            listed: 1000,
            missing,
            ..figures(&today, &past)
        };
        check(&figures, "mapping_change", refused);
    }
}

#[test]
fn a_tenant_that_shows_fewer_users_refuses_the_run() {
    let past = [good_run("b", seen(1000, 1000))];
    for (visible, refused) in [(950, false), (949, true), (1100, false)] {
        check(
            &figures(&seen(1000, visible), &past),
            "max_users_drop",
            refused,
        );
    }
    let unlisted = ExportFigures {
        visible: None,
        ..seen(1000, 0)
    };
    check(&figures(&unlisted, &past), "max_users_drop", false);
}

#[test]
fn a_tenant_that_lacks_most_managed_users_refuses_the_run() {
    let today = seen(1000, 1000);
    for (shown, refused) in [(Some(500), false), (Some(499), true), (None, false)] {
        let figures = SourceFigures {
            managed: 1000,
            shown,
            ..figures(&today, &[])
        };
        check(&figures, "max_managed_gone", refused);
    }
}

#[test]
fn the_file_of_an_earlier_run_than_the_last_refuses_the_run() {
    let today = seen(1000, 1000);
    let past = ["c", "b", "a"].map(|input| good_run(input, seen(1000, 1000)));
    for (input, refused) in [("d", false), ("c", false), ("b", true), ("a", true)] {
        let figures = SourceFigures {
            input,
            ..figures(&today, &past)
        };
        check(&figures, "old_file", refused);
    }
}

#[test]
fn a_second_baseline_is_said_and_holds_nobody_else_up() {
    let today = seen(1000, 1000);
    let figures = SourceFigures {
        baseline_again: Some(Timestamp::UNIX_EPOCH),
        ..figures(&today, &[])
    };
    let readings = judge_source(&GuardLimits::default(), &figures);
    let baseline = readings.last().unwrap();
    assert_eq!(
        (&*baseline.guard, baseline.verdict),
        ("baseline", GuardVerdict::Held)
    );
}

#[test]
fn a_guard_that_is_off_says_so_and_trips_never() {
    let limits = GuardLimits {
        max_row_drop: Cap::Off,
        max_rejected: Cap::Off,
        max_field_change: None,
        max_users_drop: Cap::Off,
        max_managed_gone: Cap::Off,
        lost_columns: false,
        mapping_change: false,
        old_file: false,
        min_rows: 0,
        ..GuardLimits::default()
    };
    let today = ExportFigures::default();
    let past = [good_run("b", seen(1000, 1000)), good_run("a", seen(1, 1))];
    let figures = SourceFigures {
        missing: 1000,
        listed: 1000,
        managed: 1000,
        shown: Some(0),
        ..figures(&today, &past)
    };
    let readings = judge_source(&limits, &figures);
    for reading in readings {
        assert_eq!(
            (reading.verdict, &*reading.limit),
            (GuardVerdict::Ok, "off"),
            "{reading:?}"
        );
    }
    let rows = judge_rows(&limits, &counts(10, 10));
    assert!(
        rows.iter()
            .all(|reading| reading.verdict == GuardVerdict::Ok)
    );
}

fn check(figures: &SourceFigures<'_>, guard: &str, refused: bool) {
    let readings = judge_source(&GuardLimits::default(), figures);
    let reading = readings
        .iter()
        .find(|reading| reading.guard == guard)
        .unwrap();
    assert_eq!(
        reading.verdict == GuardVerdict::Refused,
        refused,
        "{reading:?}"
    );
}

fn counts(rows: u64, rejected: u64) -> RowCounts {
    RowCounts {
        rows,
        rejected,
        ..RowCounts::default()
    }
}

fn seen(rows: u64, visible: u64) -> ExportFigures {
    ExportFigures {
        rows,
        visible: Some(visible),
        ..ExportFigures::default()
    }
}

fn good_run(input: &str, figures: ExportFigures) -> GoodRun {
    GoodRun {
        at: Timestamp::UNIX_EPOCH,
        input: input.to_owned(),
        judged: true,
        managed: 1000,
        figures,
    }
}

fn figures<'a>(today: &'a ExportFigures, good_runs: &'a [GoodRun]) -> SourceFigures<'a> {
    SourceFigures {
        today,
        input: "a",
        good_runs,
        listed: 0,
        missing: 0,
        managed: 0,
        shown: None,
        found: 0,
        changes: &[],
        baseline_again: None,
    }
}

fn change(field: &str) -> Change {
    Change {
        action: Action::Update,
        effect: Effect::None,
        user_id: "a".into(),
        place: Some(Place { line: 2, record: 1 }),
        fields: vec![FieldChange {
            field: Field::named(field).unwrap(),
            from: None,
            to: Value::text("x"),
        }],
        held: None,
        seen: None,
        mail: None,
    }
}
