use std::borrow::Cow;

use super::*;
use crate::model::{Place, UserRecord, Value, Wanted};

#[test]
fn a_good_row_is_accepted_without_a_word() {
    let (record, problems) = accepted(&[
        ("UserID", text("T-1")),
        ("Activated", text("Yes")),
        ("Email", text("a@b.example")),
        ("Locked", DraftValue::Bool(false)),
        ("SMS", DraftValue::Clear),
    ]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(&*record.user_id, "T-1");
    let wanted = |name: &str| record.get(&field(name)).cloned();
    assert_eq!(wanted("Activated"), Some(Wanted::Set(Value::Bool(true))));
    assert_eq!(wanted("Locked"), Some(Wanted::Set(Value::Bool(false))));
    assert_eq!(wanted("Email"), Value::text("a@b.example").map(Wanted::Set));
    assert_eq!(wanted("SMS"), Some(Wanted::Clear));
    assert_eq!(wanted("UserID"), None);
    assert_eq!(wanted("FirstName"), None);
}

#[test]
fn fields_come_out_sorted_whatever_order_they_came_in() {
    let (record, _) = accepted(&[
        ("Extensions.b", text("2")),
        ("Phones.Work", text("1")),
        ("UserID", text("T-1")),
        ("Extensions.a", DraftValue::Bool(true)),
        ("Email", text("a@b.example")),
    ]);
    let names: Vec<String> = record
        .values
        .iter()
        .map(|(field, _)| field.to_string())
        .collect();
    assert_eq!(
        names,
        ["Email", "Phones.Work", "Extensions.a", "Extensions.b"]
    );
    let extension = record.get(&field("Extensions.a")).and_then(Wanted::value);
    assert_eq!(extension, Value::text("true").as_ref());
}

#[test]
fn what_the_mapping_refuses_refuses_the_row_but_not_of_who_has_left() {
    let row = |activated| {
        let values = [
            ("UserID", text("T-1")),
            ("Activated", text(activated)),
            ("Status", DraftValue::Refused),
        ];
        checked(&values, Vec::new())
    };
    match row("yes") {
        Checked::Refused(refusal) => assert_eq!(refusal.user_id.as_deref(), Some("T-1")),
        Checked::Accepted(..) => panic!("the mapping does not want this row"),
    }
    match row("no") {
        Checked::Accepted(record, _) => assert_eq!(record.values.len(), 1),
        Checked::Refused(_) => panic!("who has left loses access however bad his row is"),
    }
}

#[test]
fn a_bad_field_is_dropped_and_the_rest_goes() {
    for (name, value, code) in [
        ("Email", text("anna"), Some("invalid_email")),
        ("FirstName", text("a\nb"), Some("control_character")),
        ("Locked", text("maybe"), Some("invalid_boolean")),
        ("IsMobileWorker", DraftValue::Clear, Some("invalid_boolean")),
        ("Extensions.a\nb", text("x"), Some("unsound_name")),
        // Told by the mapping already, or nothing said at all.
        ("SMS", DraftValue::Bad, None),
        ("SMS", text(""), None),
    ] {
        let (record, problems) = accepted(&[("UserID", text("T-1")), (name, value)]);
        assert_eq!(record.values, [], "{name}");
        let told = problems.first().map(|problem| problem.code.as_str());
        assert_eq!(told, code, "{name}");
    }
}

#[test]
fn a_field_that_stands_twice_is_neither() {
    let (record, problems) = accepted(&[
        ("UserID", text("T-1")),
        ("Phones.Work", text("1")),
        ("Phones.Home", text("2")),
        ("Phones.Work", text("1")),
    ]);
    let names: Vec<String> = record
        .values
        .iter()
        .map(|(field, _)| field.to_string())
        .collect();
    assert_eq!(names, ["Phones.Home"]);
    assert_eq!(codes(&problems), ["field_twice"]);
}

#[test]
fn a_bad_activation_refuses_the_row_and_names_the_user() {
    for value in [text("terminated"), DraftValue::Bad, DraftValue::Clear] {
        let refusal = refused(&[("Activated", value), ("UserID", text("T-1"))]);
        assert_eq!(refusal.user_id.as_deref(), Some("T-1"));
        assert!(refusal.problems.iter().any(Problem::is_error));
    }
}

#[test]
fn a_bad_key_refuses_the_row_and_protects_nobody_in_particular() {
    let long = "x".repeat(300);
    for (value, code) in [
        (Some(text("T\u{202e}1")), "invisible_character"),
        (Some(text(" T-1")), "outer_white_space"),
        (Some(text("#REF!")), "spreadsheet_error"),
        (Some(text(&long)), "too_long"),
        (Some(text("")), "no_user_id"),
        (Some(DraftValue::Clear), "no_user_id"),
        (None, "no_user_id"),
    ] {
        let mut values = vec![("Email", text("a@b.example"))];
        values.extend(value.map(|value| ("UserID", value)));
        let refusal = refused(&values);
        assert_eq!(refusal.user_id, None);
        assert_eq!(codes(&refusal.problems), [code]);
    }
}

#[test]
fn a_refusal_tells_everything_that_is_wrong_with_the_row() {
    let refusal = refused(&[
        ("Activated", text("?")),
        ("Email", text("anna")),
        ("LastName", text("#REF!")),
    ]);
    assert_eq!(
        codes(&refusal.problems),
        [
            "seen before",
            "invalid_boolean",
            "invalid_email",
            "spreadsheet_error",
            "no_user_id"
        ]
    );
}

#[test]
fn every_problem_names_file_line_and_user() {
    let (_, problems) = accepted(&[("UserID", text("T-1")), ("Email", text("anna"))]);
    let seen = problems.iter().map(|problem| {
        let place = (problem.file.as_deref(), problem.line);
        (problem.code.as_str(), place, problem.user_id.as_deref())
    });
    let place = (Some("hr.csv"), Some(7));
    let want = ("invalid_email", place, Some("T-1"));
    assert_eq!(seen.collect::<Vec<_>>(), [want]);
    assert_eq!(problems[0].column.as_deref(), Some("col"));
    assert_eq!(problems[0].value.as_deref(), Some("anna"));
}

#[test]
fn an_id_that_reads_like_nothing_is_taken_with_a_warning() {
    let (record, problems) = accepted(&[("UserID", text("NULL"))]);
    assert_eq!(&*record.user_id, "NULL");
    assert_eq!(codes(&problems), ["blank_user_id"]);
    assert!(!problems[0].is_error());
}

fn text(text: &str) -> DraftValue<'_> {
    DraftValue::Text(Cow::Borrowed(text))
}

fn field(name: &str) -> Field {
    Field::named(name).unwrap()
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}

fn checked<'v>(values: &[(&str, DraftValue<'v>)], problems: Vec<Problem>) -> Checked<'v> {
    let values = values
        .iter()
        .map(|(name, value)| (Cow::Owned(field(name)), value.clone(), Some("col")));
    let draft = Draft {
        place: Place { line: 7, record: 6 },
        values: values.collect(),
    };
    validate(draft, problems, &Arc::from("hr.csv"))
}

fn accepted(values: &[(&str, DraftValue<'_>)]) -> (UserRecord, Vec<Problem>) {
    match checked(values, Vec::new()) {
        Checked::Accepted(row, problems) => (row.into_record(), problems),
        Checked::Refused(refusal) => panic!("refused: {refusal:?}"),
    }
}

/// A row that must be refused; mapping met a problem in it before if it begins with the activation.
fn refused(values: &[(&str, DraftValue<'_>)]) -> Refusal {
    let before = match values[0].0 {
        "Activated" => vec![Problem::error("seen before", "by the mapping")],
        _ => Vec::new(),
    };
    match checked(values, before) {
        Checked::Refused(refusal) => refusal,
        Checked::Accepted(record, _) => panic!("accepted: {record:?}"),
    }
}
