use super::*;
use crate::model::{EqualForm, EqualForms, Field, Place, User, UserRecord, Value, Wanted};

#[test]
fn users_with_one_row_each_stand_and_nothing_is_said() {
    let (expected, problems) = settle(&[row(2, "a", "1"), row(3, "b", "1")]);
    assert_eq!(problems, []);
    let lines: Vec<u64> = expected.iter().map(|one| one.place().line).collect();
    assert_eq!(lines, [2, 3]);
    assert_eq!(sums(&expected), (2, 2, 0, 0));
}

#[test]
fn rows_that_say_the_same_merge_and_the_first_stands() {
    let rows = [row(2, "a", "1"), row(3, "b", "1"), row(5, "a", "1")];
    let (expected, problems) = settle(&rows);
    assert_eq!(sums(&expected), (3, 2, 0, 1));
    assert_eq!(told(&problems), [("duplicate_row", 5)]);
    assert!(problems[0].message.contains("lines 2 and 5"));
    let stands: Vec<bool> = rows.iter().map(|row| expected.stands(row)).collect();
    assert_eq!(stands, [true, true, false]);
}

#[test]
fn rows_that_contradict_each_other_all_fall_and_the_user_is_protected() {
    let rows = [
        row(2, "a", "1"),
        row(3, "b", "1"),
        row(4, "a", "2"),
        row(5, "a", "1"),
    ];
    let (expected, problems) = settle(&rows);
    assert_eq!(sums(&expected), (4, 1, 3, 0));
    let error = "duplicate_user_id";
    assert_eq!(told(&problems), [(error, 2), (error, 4), (error, 5)]);
    assert!(
        problems
            .iter()
            .all(|problem| problem.message.contains("2, 4 and 5"))
    );
    assert!(
        rows.iter()
            .all(|row| expected.stands(row) == (&*row.user_id == "b"))
    );
    assert!(expected.protects(&UserKey::of("A")));
    assert!(expected.get(&UserKey::of("a")).is_none());
    assert_eq!(expected.get(&UserKey::of("B")).unwrap().place().line, 3);
}

#[test]
fn mentioning_other_fields_is_saying_something_else() {
    let mut less = row(3, "a", "1");
    less.values.clear();
    let (expected, _) = settle(&[row(2, "a", "1"), less]);
    assert_eq!(sums(&expected), (2, 0, 2, 0));
}

#[test]
fn ids_that_differ_by_case_or_unicode_form_are_refused_even_with_equal_content() {
    for (left, right) in [("t-1", "T-1"), ("é", "e\u{301}")] {
        let (expected, problems) = settle(&[row(2, left, "1"), row(3, right, "1")]);
        assert_eq!(sums(&expected), (2, 0, 2, 0));
        assert_eq!(
            told(&problems),
            [("user_id_twins", 2), ("user_id_twins", 3)]
        );
        let users: Vec<_> = problems.iter().map(|one| one.user_id.as_deref()).collect();
        assert_eq!(users, [Some(left), Some(right)]);
    }
}

#[test]
fn a_row_beside_a_refused_one_of_the_same_user_falls_too() {
    let mut roster = Roster::new("hr.csv".into(), RosterTerms::default());
    roster.refuse(&refusal(2, Some(" A ")));
    roster.add(&CheckedRow::from(&row(3, "a", "1")), 0);
    roster.add(&CheckedRow::from(&row(4, "b", "1")), 0);
    let (expected, problems) = roster.settle();
    assert_eq!(sums(&expected), (3, 1, 2, 0));
    assert_eq!(told(&problems), [("duplicate_user_id", 3)]);
    assert!(
        problems[0].message.contains("2 and 3"),
        "{}",
        problems[0].message
    );
}

#[test]
fn refused_rows_protect_their_user_or_count_as_unreadable() {
    let mut roster = Roster::new("hr.csv".into(), RosterTerms::default());
    for user_id in [Some("a"), Some("  "), None] {
        roster.refuse(&refusal(2, user_id));
    }
    let (expected, problems) = roster.settle();
    assert_eq!(problems, []);
    assert_eq!(sums(&expected), (3, 0, 3, 0));
    assert_eq!(expected.unreadable(), 2);
    assert!(expected.protects(&UserKey::of("A")));
    assert!(!expected.protects(&UserKey::of("")));
}

#[test]
fn a_user_many_times_over_is_not_told_many_times() {
    let rows: Vec<UserRecord> = (2..2_000)
        .map(|line| row(line, "a", &line.to_string()))
        .collect();
    let (expected, problems) = settle(&rows);
    assert_eq!(sums(&expected), (1_998, 0, 1_998, 0));
    assert_eq!(problems.len(), 10);
    assert!(problems[0].message.len() < 200, "{}", problems[0].message);
    assert!(problems[0].message.contains("and 1988 more"));
}

#[test]
fn a_match_is_judged_on_the_mentioned_fields_only() {
    let (expected, _) = settle(&[record(
        2,
        &[
            ("Activated", Some(Value::Bool(true))),
            ("Email", Value::text("a@b.example")),
            ("SMS", None),
            ("Phones.Work", Value::text("1")),
        ],
    )]);
    let expectation = expected.get(&UserKey::of("a")).unwrap();
    let fields: Vec<String> = expectation.fields().iter().map(Field::to_string).collect();
    assert_eq!(fields, ["Activated", "Email", "SMS", "Phones.Work"]);
    let phones =
        r#""Phones":[{"PhoneNum":"1","PhoneType":"Work"},{"PhoneNum":"9","PhoneType":"Home"}]"#;
    for (user, matches) in [
        (r#""Activated":true,"Email":"a@b.example""#, true),
        (
            r#""Activated":"true","Email":"a@b.example","SMS":null,"LastName":"X""#,
            true,
        ),
        (r#""Activated":true,"Email":"a@b.example","SMS":"""#, true),
        (r#""Activated":true,"Email":"a@b.example","SMS":"5""#, false),
        (r#""Activated":false,"Email":"a@b.example""#, false),
        (r#""Activated":true,"Email":"A@b.example""#, false),
        (r#""Email":"a@b.example""#, false),
    ] {
        let json = format!(r#"{{"UserID":"A",{phones},{user}}}"#);
        let user = User::new(serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!(
            expectation.matches(&user, &EqualForms::default()),
            matches,
            "{json}"
        );
    }
}

#[test]
fn a_row_that_only_names_its_user_matches_him() {
    let (expected, _) = settle(&[record(2, &[])]);
    let user = User::new(serde_json::from_str(r#"{"UserID":"a","SMS":"1"}"#).unwrap()).unwrap();
    assert!(
        expected
            .get(&UserKey::of("a"))
            .unwrap()
            .matches(&user, &EqualForms::default())
    );
}

#[test]
fn a_value_in_the_tenants_own_form_matches_and_another_value_does_not() {
    let sent = |text| Value::text(text);
    let (expected, _) = settle(&[record(
        2,
        &[
            ("Email", sent("A@b.example")),
            ("FaceTime", sent("a@b.example")),
            ("SMS", sent("0170-123456")),
        ],
    )]);
    let form = |field, sent, stored| {
        let value = |text| Value::text(text).unwrap();
        EqualForm::new(&Field::named(field).unwrap(), &value(sent), &value(stored)).unwrap()
    };
    let forms = EqualForms::from_iter([
        form("Email", "A@B.example", "a@b.example"),
        form("Email", "A@b.example", "a@b.example"),
        form("SMS", "0170-123456", "0170123456"),
    ]);
    let expectation = expected.get(&UserKey::of("a")).unwrap();
    for (email, face_time, sms, matches) in [
        ("A@b.example", "a@b.example", "0170-123456", true),
        ("a@b.example", "a@b.example", "0170123456", true),
        ("A@b.example", "a@b.example", "0170123456", true),
        ("a@b.example", "A@b.example", "0170123456", false),
        ("a@b.example", "a@b.example", "0170123457", false),
    ] {
        let json =
            format!(r#"{{"UserID":"a","Email":"{email}","FaceTime":"{face_time}","SMS":"{sms}"}}"#);
        let user = User::new(serde_json::from_str(&json).unwrap()).unwrap();
        assert_eq!(expectation.matches(&user, &forms), matches, "{json}");
    }
}

fn record(line: u64, values: &[(&str, Option<Value>)]) -> UserRecord {
    let wanted = |value: &Option<Value>| value.clone().map_or(Wanted::Clear, Wanted::Set);
    let values = values
        .iter()
        .map(|(name, value)| (Field::named(name).unwrap(), wanted(value)));
    UserRecord {
        user_id: "a".into(),
        place: Place {
            line,
            record: line - 1,
        },
        values: values.collect(),
    }
}

fn row(line: u64, user_id: &str, sms: &str) -> UserRecord {
    UserRecord {
        user_id: user_id.into(),
        ..record(line, &[("SMS", Value::text(sms))])
    }
}

fn refusal(line: u64, user_id: Option<&str>) -> Refusal {
    Refusal {
        place: Place {
            line,
            record: line - 1,
        },
        user_id: user_id.map(str::to_owned),
        problems: vec![Problem::error("x", "y")],
    }
}

fn settle(rows: &[UserRecord]) -> (Expected, Vec<Problem>) {
    let mut roster = Roster::new("hr.csv".into(), RosterTerms::default());
    rows.iter()
        .for_each(|row| roster.add(&CheckedRow::from(row), 0));
    roster.settle()
}

/// Rows, users, rejected, duplicate; and that they add up (promise 4).
fn sums(expected: &Expected) -> (u64, usize, u64, u64) {
    let counts = expected.counts();
    let users = expected.len();
    assert_eq!(
        counts.rows,
        users as u64 + counts.rejected + counts.duplicate
    );
    (counts.rows, users, counts.rejected, counts.duplicate)
}

fn told(problems: &[Problem]) -> Vec<(&str, u64)> {
    problems
        .iter()
        .map(|problem| (problem.code.as_str(), problem.line.unwrap()))
        .collect()
}
