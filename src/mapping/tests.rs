mod language;

use serde_json::{Map, Value as Json};

use super::*;
use crate::model::{DraftValue, Field, Place, Value};

#[test]
fn columns_named_like_fields_are_those_fields() {
    let rows = ["T-1", "Yes", " Anna\t", "", "0171", "x"];
    let header = [
        "userid",
        " Activated",
        "FIRSTNAME",
        "Email",
        "Phones.Mobile",
        "extensions.Grade",
    ];
    let mut mapping = Mapping::new(None);
    let batch = csv(&header, &[&rows]);
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
    assert_eq!(
        drafts(&mapping, &batch),
        ["Activated=Yes FirstName=Anna UserID=T-1 Phones.Mobile=0171 Extensions.Grade=x"]
    );
    assert_eq!(mapping.finish(), Ok(vec![]));
}

#[test]
fn binding_again_costs_and_tells_nothing() {
    let mut mapping = Mapping::new(None);
    let batch = csv(&["UserID", "Salary"], &[&["a", "1"]]);
    let again = csv(&["UserID", "Salary"], &[&["b", "2"]]);
    assert_eq!(codes(&mapping.bind(&batch, &file())), ["unknown_column"]);
    assert_eq!(mapping.bind(&again, &file()), Ok(vec![]));
    assert_eq!(drafts(&mapping, &again), ["UserID=b"]);
}

#[test]
fn columns_that_are_not_sent_are_reported_with_the_way_out() {
    let mut mapping = Mapping::new(None);
    let header = [
        "UserID", "Emial", "Salary", "Password", "Deleted", "Locked", "Status",
    ];
    let warnings = mapping.bind(&csv(&header, &[]), &file()).unwrap();
    let told: Vec<(&str, &str)> = warnings
        .iter()
        .map(|problem| (problem.column.as_deref().unwrap(), problem.code.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Emial", "unknown_column"),
            ("Salary", "unknown_column"),
            ("Password", "guarded_column"),
            ("Deleted", "guarded_column"),
            ("Locked", "guarded_column"),
            ("Status", "guarded_column"),
        ]
    );
    assert!(
        warnings[0]
            .hint
            .as_ref()
            .unwrap()
            .contains("did you mean Email?")
    );
    assert!(
        warnings
            .iter()
            .all(|one| !one.is_error() && one.file.is_some())
    );
}

#[test]
fn ten_thousand_unknown_columns_are_no_flood() {
    let names: Vec<String> = (0..10_000).map(|number| format!("q{number}")).collect();
    let mut header = vec!["UserID"];
    header.extend(names.iter().map(String::as_str));
    let mut mapping = Mapping::new(None);
    assert_eq!(mapping.bind(&csv(&header, &[]), &file()).unwrap().len(), 20);
    let rest = mapping.finish().unwrap();
    assert!(rest[0].message.starts_with("9980 more columns"), "{rest:?}");
}

#[test]
fn a_file_that_cannot_be_mapped_is_refused_as_often_as_it_is_tried() {
    let mut mapping = Mapping::new(None);
    let keyless = csv(&["employee_id", "Email"], &[&["1", "a"]]);
    for _ in 0..2 {
        let errors = mapping.bind(&keyless, &file()).unwrap_err();
        assert_eq!(errors[0].code, "no_user_id_column");
        assert!(
            errors[0]
                .hint
                .as_ref()
                .unwrap()
                .contains("UserID = \"employee_id\"")
        );
    }
    let twice = csv(&["UserID", "Email", "email ", "SMS", "sms"], &[]);
    let errors = mapping.bind(&twice, &file());
    assert_eq!(codes(&errors), ["column_twice", "column_twice"]);
}

#[test]
fn map_takes_what_it_names_and_nothing_else() {
    let mut mapping = mapping(
        r#"UserID = "id"
           Email = { column = "mail", transform = ["trim", "lower"] }
           AuthenticationID = "mail"
           LanguageCode = { constant = "EN" }
           Activated = { column = "status", values = { A = true, T = false } }
           "Phones.Mobile" = { column = "cell", blank = "clear" }"#,
    );
    let header = ["Email", "id", "mail", "status", "cell"];
    let batch = csv(
        &header,
        &[
            &["not this", "7", " A@B ", "a", "n/a"],
            &["", "8", "", "L", "1"],
        ],
    );
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
    assert_eq!(
        drafts(&mapping, &batch),
        [
            "Activated=true AuthenticationID=A@B Email=a@b LanguageCode=EN UserID=7 Phones.Mobile=(clear)",
            "Activated=(bad) LanguageCode=EN UserID=8 Phones.Mobile=1 !unmapped_value",
        ]
    );
    let remarks = mapping.finish().unwrap();
    assert_eq!(
        codes(&Ok(remarks.clone())),
        ["unmapped_columns", "blank_word"]
    );
    assert!(remarks[0].message.contains("\"Email\""));
    assert_eq!(
        (remarks[1].line, remarks[1].column.as_deref()),
        (Some(2), Some("cell"))
    );
}

#[test]
fn all_columns_that_a_header_lacks_are_named_at_once() {
    let mut mapping = mapping(
        r#"UserID = "id"
           Email = "Mail"
           SMS = "a.b""#,
    );
    let errors = mapping
        .bind(&csv(&["id", "mail", "a"], &[]), &file())
        .unwrap_err();
    let columns: Vec<_> = errors
        .iter()
        .map(|one| one.column.as_deref().unwrap())
        .collect();
    assert_eq!(columns, ["Mail", "a.b"]);
    assert_eq!(errors[0].hint.as_deref(), Some("did you mean \"mail\"?"));
}

#[test]
fn a_spec_that_cannot_work_refuses_every_file() {
    let spec = MappingSpec {
        fields: vec![(field("Email"), FieldSpec::column("mail"))],
    };
    let mut mapping = Mapping::new(Some(spec));
    let result = mapping.bind(&csv(&["mail"], &[]), &file());
    assert_eq!(codes(&result), ["bad_mapping"]);
}

#[test]
fn json_cells_keep_what_they_are() {
    let mut mapping = Mapping::new(None);
    let batch = json(&[
        r#"{"UserID": 12345678901234567890, "Activated": true, "Email": null, "SMS": 7, "LastName": {"a": 1}}"#,
        r#"{"UserID": 1.0, "Activated": 1, "IsMobileWorker": 0.5, "SMS": "  "}"#,
    ]);
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
    assert_eq!(
        drafts(&mapping, &batch),
        [
            "Activated=true LastName=(bad) SMS=7 UserID=12345678901234567890 !nested_value",
            "Activated=1 IsMobileWorker=(bad) UserID=(bad) !inexact_number !inexact_number",
        ]
    );
}

#[test]
fn json_collections_are_taken_as_they_are() {
    let mut mapping = Mapping::new(None);
    let batch = json(&[
        r#"{"UserID": "a", "phones": [{"PhoneType": "Work", "PhoneNum": "1"}, {"phoneType": " Home ", "phoneNum": 2},
            {"PhoneType": "Fax", "PhoneNum": ""}], "Extensions": {"Grade": 7, "Remote": true, "Note": null, "x": "N/A"}}"#,
        r#"{"UserID": "b", "phones": [{"PhoneNum": "1"}, {"PhoneType": "Work", "PhoneNum": [1]}, {}], "Extensions": [1]}"#,
        r#"{"UserID": "c", "phones": null}"#,
    ]);
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
    assert_eq!(
        drafts(&mapping, &batch),
        [
            "UserID=a Phones.Work=1 Phones.Home=2 Extensions.Grade=7 Extensions.Remote=true",
            "UserID=b Phones.Work=(bad) !no_phone_type !nested_value !not_a_collection",
            "UserID=c",
        ]
    );
    assert_eq!(codes(&mapping.finish()), ["blank_word"]);
}

#[test]
fn a_text_column_named_like_a_collection_is_reported_once() {
    let mut mapping = Mapping::new(None);
    let batch = csv(&["UserID", "Phones"], &[&["a", "1"], &["b", "2"]]);
    assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
    assert_eq!(drafts(&mapping, &batch), ["UserID=a", "UserID=b"]);
    assert_eq!(codes(&mapping.finish()), ["unknown_column"]);
}

#[test]
fn paths_reach_into_objects_and_a_key_with_a_dot_wins_row_by_row() {
    let mut mapping = mapping(
        r#"UserID = "id"
           "Extensions.City" = "address.city"
           "Phones.Work" = "phones.Work""#,
    );
    let first = json(&[r#"{"id": "a", "address": {"city": "Ulm"}}"#]);
    let second = json(&[
        r#"{"id": "b", "address": {"city": "Ulm"}, "address.city": "Bonn"}"#,
        r#"{"id": "c", "address": {"city": "Ulm"}, "phones": [{"PhoneType": "Work", "PhoneNum": "5"}]}"#,
        r#"{"id": "d", "address": "none"}"#,
    ]);
    assert_eq!(mapping.bind(&first, &file()), Ok(vec![]));
    assert_eq!(drafts(&mapping, &first), ["UserID=a Extensions.City=Ulm"]);
    assert_eq!(mapping.bind(&second, &file()), Ok(vec![]));
    assert_eq!(
        drafts(&mapping, &second),
        [
            "UserID=b Extensions.City=Bonn",
            "UserID=c Phones.Work=5 Extensions.City=Ulm",
            "UserID=d Extensions.City=(bad) !not_an_object",
        ]
    );
    assert_eq!(mapping.finish(), Ok(vec![]));
}

#[test]
fn a_json_key_that_no_row_has_is_refused_only_where_its_absence_would_change_users() {
    for (blank, want) in [
        ("keep", Ok(vec!["missing_column"])),
        ("error", Ok(vec!["missing_column"])),
        ("clear", Err(vec!["missing_column"])),
        ("EN", Err(vec!["missing_column"])),
    ] {
        let spec = format!("UserID = \"id\"\nSMS = {{ column = \"sms\", blank = \"{blank}\" }}");
        let mut mapping = mapping(&spec);
        let batch = json(&[r#"{"id": "a"}"#]);
        assert_eq!(mapping.bind(&batch, &file()), Ok(vec![]));
        drafts(&mapping, &batch);
        let result = mapping.finish();
        assert_eq!(codes(&result), want.clone().unwrap_or_else(|codes| codes));
        assert_eq!(result.is_ok(), want.is_ok(), "{blank}");
    }
}

#[test]
fn json_without_any_user_id_is_refused_in_the_end_and_no_rows_at_all_are_not() {
    let mut mapping = Mapping::new(None);
    assert_eq!(mapping.bind(&json(&[]), &file()), Ok(vec![]));
    assert_eq!(mapping.finish(), Ok(vec![]));
    assert_eq!(
        mapping.bind(&json(&[r#"{"Email": "a"}"#]), &file()),
        Ok(vec![])
    );
    assert_eq!(codes(&mapping.finish()), ["no_user_id_column"]);
}

#[test]
fn a_second_reading_makes_the_same_drafts() {
    let mut mapping = mapping("UserID = \"id\"\nSMS = { column = \"s\", blank = \"none given\" }");
    let batches = [
        json(&[r#"{"id": "a"}"#]),
        json(&[r#"{"id": "b", "s": "1"}"#]),
    ];
    let mut read = || {
        batches.each_ref().map(|batch| {
            mapping.bind(batch, &file()).unwrap();
            drafts(&mapping, batch)
        })
    };
    assert_eq!(read(), read());
}

fn file() -> Arc<str> {
    Arc::from("hr")
}

fn field(name: &str) -> Field {
    Field::named(name).unwrap()
}

fn mapping(toml: &str) -> Mapping {
    Mapping::new(Some(toml::from_str(toml).unwrap()))
}

pub(super) fn csv(header: &[&str], rows: &[&[&str]]) -> RowBatch {
    let names = header.iter().map(|name| Box::from(*name)).collect();
    let mut batch = RowBatch::of_text(Arc::new(Columns { names }));
    for (row, record) in rows.iter().zip(1..) {
        let place = Place {
            line: record + 1,
            record,
        };
        batch.push_text(place, row.iter().copied());
    }
    batch
}

/// A batch of JSON rows; its columns are `id`, then the others in order of appearance.
fn json(rows: &[&str]) -> RowBatch {
    let mut batch = RowBatch::of_json();
    let mut names: Vec<Box<str>> = Vec::new();
    for (row, record) in rows.iter().zip(1..) {
        let object: Map<String, Json> = serde_json::from_str(row).unwrap();
        let mut cells: Vec<Option<Json>> = Vec::new();
        for (key, value) in object {
            let known = names.iter().position(|name| **name == key);
            let column = known.unwrap_or_else(|| {
                names.push(key.into());
                names.len() - 1
            });
            cells.resize(cells.len().max(column + 1), None);
            cells[column] = Some(value);
        }
        batch.push_json(
            Place {
                line: record,
                record,
            },
            cells,
        );
    }
    batch.columns = Arc::new(Columns { names });
    batch
}

/// The draft of each row as text, with the codes of its problems.
fn drafts(mapping: &Mapping, batch: &RowBatch) -> Vec<String> {
    let rows = batch.rows().map(|row| {
        let (draft, problems) = mapping.apply(&row);
        let values = draft.values.into_iter().map(|(field, value, _)| {
            let shown = match value {
                DraftValue::Clear => "(clear)".to_owned(),
                DraftValue::Bad => "(bad)".to_owned(),
                DraftValue::Refused => "(refused)".to_owned(),
                DraftValue::Bool(flag) => Value::Bool(flag).to_string(),
                DraftValue::Text(text) => text.into_owned(),
            };
            format!("{field}={shown}")
        });
        let problems = problems.into_iter().map(|problem| {
            assert!(problem.is_error() && problem.line.is_some() && problem.column.is_some());
            format!("!{}", problem.code)
        });
        values.chain(problems).collect::<Vec<_>>().join(" ")
    });
    rows.collect()
}

fn codes(result: &Result<Vec<Problem>, Vec<Problem>>) -> Vec<&str> {
    let (Ok(problems) | Err(problems)) = result;
    problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}
