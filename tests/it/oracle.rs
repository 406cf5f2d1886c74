//! The plan against the slow, obvious way: each row mapped, checked and compared as a whole, one by one.
//!
//! The plan itself reduces rows to fingerprints, on two threads, takes a short way with plain rows, and reads again only
//! those that differ. Whatever the export says, it must come to the same changes and the same complaints.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crewsync::diff::diff;
use crewsync::input::{Export, ReadOptions};
use crewsync::mapping::Mapping;
use crewsync::model::{Action, Change, EqualForms, Problem, User, UserKey, UserRecord};
use crewsync::planning::read_snapshot;
use crewsync::validate::{Checked, DAMAGE, RULES, validate};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value as Json;

use super::support::World;

const COLUMNS: [&str; 9] = [
    "UserID",
    "FirstName",
    "LastName",
    "Email",
    "SMS",
    "Activated",
    "ServiceTeamID",
    "Phones.Mobile",
    "Extensions.Site",
];

/// What cells hold, good and bad, with what makes the reader, the mapping and the rules look twice.
const CELLS: [&str; 30] = [
    "Anna",
    "Chloé",
    "",
    "",
    " ",
    " Anna ",
    "N/A",
    "null",
    "-",
    "Miller, Jr.",
    "said \"hi\"",
    "two\nlines",
    "#REF!",
    "MÃ¼ller",
    "1-Mar",
    "4.92E+11",
    "491711234567",
    "+49 171 1234567",
    "'quoted'",
    "a\u{a0}b",
    "a\u{200b}b",
    "O\\'Neil",
    "M?ller",
    "R&amp;D",
    "TEAM-001",
    "East",
    "x@y.example",
    "x@y",
    "yes",
    "4711.0",
];

type Row = Vec<String>;

/// Rows of a few people, so that some stand twice or are spelled otherwise.
fn rows(most: usize) -> impl Strategy<Value = Vec<Row>> {
    let id = prop_oneof![
        12 => (1..60_u32).prop_map(|number| format!("T-{number}")),
        1 => (1..60_u32).prop_map(|number| format!("t-{number}")),
        1 => select(vec!["", " ", "É-1", "E\u{301}-1", "null", "."]).prop_map(str::to_owned),
    ];
    let cell = || {
        prop_oneof![
            9 => Just("plain".to_owned()),
            1 => select(CELLS.to_vec()).prop_map(str::to_owned),
        ]
    };
    let flag = select(vec![
        "true", "true", "true", "false", "Yes", "N/A", "", "maybe",
    ]);
    let row = (id, prop::collection::vec(cell(), 7), flag);
    let row = row.prop_map(|(id, mut cells, flag)| {
        cells.insert(4, flag.to_owned());
        cells.insert(0, id);
        if cells[3] == "plain" {
            cells[3] = "x@y.example".to_owned();
        }
        cells
    });
    prop::collection::vec(row, 0..most)
}

/// The current state for an export: most people as they stand in it, some with one other cell, some not at all; and
/// others whom it does not list. Each once.
fn state(export: &[Row], fates: &[usize], others: Vec<Row>) -> Vec<Row> {
    let mut users: BTreeMap<UserKey, Row> = BTreeMap::new();
    let listed = export.iter().zip(fates.iter().cycle());
    let listed = listed.filter_map(|(row, fate)| {
        let mut row = row.clone();
        match fate {
            0 => return None,
            5 => row[5] = if row[5] == "true" { "false" } else { "true" }.to_owned(),
            1..=8 => row[*fate] = "other".to_owned(),
            _ => {}
        }
        Some(row)
    });
    for mut row in listed.chain(others) {
        if !matches!(&*row[5], "true" | "false" | "") {
            row[5] = "true".to_owned();
        }
        if !row[0].trim().is_empty() {
            users.entry(UserKey::of(&row[0])).or_insert(row);
        }
    }
    users.into_values().collect()
}

fn csv(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("a header");
    rows.iter()
        .for_each(|row| writer.write_record(row).expect("a row"));
    writer.into_inner().expect("all rows")
}

/// One object a line: flags as such, numbers where digits stand, blank cells in each of the ways in which an object has
/// none, and now and then something that cannot be a value.
fn ndjson(rows: &[Row]) -> Vec<u8> {
    let mut lines = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = COLUMNS.iter().zip(row).enumerate();
        let cells = cells.filter_map(|(column, (name, cell))| {
            let value = match (&**cell, (number + column) % 3) {
                ("", 0) => return None,
                ("", 1) => Json::Null,
                ("true" | "false", _) => Json::Bool(cell == "true"),
                ("1-Mar", 0) => Json::Array(Vec::new()),
                (digits, 0 | 1) => match serde_json::from_str(digits) {
                    Ok(Json::Number(number)) => Json::Number(number),
                    _ => Json::from(digits),
                },
                (text, _) => Json::from(text),
            };
            Some(((*name).to_owned(), value))
        });
        lines.extend(Json::Object(cells.collect()).to_string().bytes());
        lines.push(b'\n');
    }
    lines
}

/// What is told of a row, as far as it is a matter of the row alone.
type Told = Vec<(u64, String, String, Option<String>)>;

#[test]
fn the_plan_is_what_the_obvious_way_comes_to() {
    let world = World::new();
    let written = "--delimiter , --quote \" --escape none --header-rows 1";
    let options: Vec<&str> = written.split(' ').collect();
    on_random_exports(|export, before| {
        world.file("next.csv", csv(export));
        world.file("base.csv", csv(before));
        compare(&world, "next.csv", &options)
    });
}

#[test]
fn the_plan_of_objects_is_what_the_obvious_way_comes_to() {
    let world = World::new();
    on_random_exports(|export, before| {
        // Of an empty file, or of objects that never name a UserID, nothing is known.
        prop_assume!(export.iter().any(|row| !row[0].is_empty()));
        world.file("next.json", ndjson(export));
        world.file("base.csv", csv(before));
        compare(&world, "next.json", &[])
    });
}

fn on_random_exports(check: impl Fn(&[Row], &[Row]) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(Config::with_cases(80));
    let fates = prop::collection::vec(0..24_usize, 1..50);
    let outcome = runner.run(&(rows(50), fates, rows(9)), |(export, fates, others)| {
        check(&export, &state(&export, &fates, others))
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

fn compare(world: &World, next: &str, options: &[&str]) -> Result<(), TestCaseError> {
    let words = ["plan", next, "--against", "base.csv", "--json"];
    let planned = world.run(&[&words, options].concat());
    // The state is read as any file is: its second row may look like a header.
    prop_assume!(!planned.stderr.starts_with("error: base.csv"));
    prop_assert!(matches!(planned.code, 0 | 3 | 4), "{}", planned.stderr);
    let document = planned.document();
    let (changes, told) = obvious(&world.path(next), &world.path("base.csv"));
    prop_assert_eq!(told_by(&document), told);
    let is_refused = document["guards"].to_string().contains("\"refused\"");
    if !is_refused {
        prop_assert_eq!(changes_of(&document), changes);
    }
    Ok(())
}

fn read(path: &Path) -> Export {
    let is_csv = path.extension().is_some_and(|name| name == "csv");
    let as_csv = ReadOptions {
        delimiter: Some(b','),
        quote: Some(Some(b'"')),
        escape: Some(None),
        header_rows: Some(1),
        ..ReadOptions::default()
    };
    let options = if is_csv {
        as_csv
    } else {
        ReadOptions::default()
    };
    Export::open(path, &options).expect("a file that can be read")
}

fn obvious(next: &Path, base: &Path) -> (Vec<String>, Told) {
    let mut users: BTreeMap<UserKey, User> = BTreeMap::new();
    read_snapshot(&mut read(base), |user| {
        users.insert(user.key(), user);
    })
    .expect("a snapshot");
    let (records, refused, problems) = checked(next);
    let mut by_user: BTreeMap<UserKey, Vec<UserRecord>> = BTreeMap::new();
    for record in records {
        by_user.entry(record.key()).or_default().push(record);
    }
    let file: Arc<str> = "next".into();
    let mut changes = Vec::new();
    for (key, records) in by_user {
        let first = &records[0];
        let are_same = records
            .iter()
            .all(|record| record.user_id == first.user_id && record.values == first.values);
        if are_same && !refused.contains(&key) {
            let (change, _) = diff(first, users.get(&key), &EqualForms::default(), &file);
            changes.extend(change.as_ref().map(described));
        }
    }
    changes.sort();
    (changes, told(problems))
}

/// Every row of the export, and the users of those that are refused.
fn checked(next: &Path) -> (Vec<UserRecord>, Vec<UserKey>, Vec<Problem>) {
    let mut export = read(next);
    let file = export.name().clone();
    let mut mapping = Mapping::new(None);
    let (mut records, mut refused, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for batch in export.batches().expect("a header") {
        let batch = batch.expect("rows");
        mapping.bind(&batch, &file).expect("a UserID");
        for row in batch.rows() {
            let (draft, met) = mapping.apply(&row);
            match validate(draft, met, &file) {
                Checked::Accepted(row, met) => {
                    records.push(row.into_record());
                    problems.extend(met);
                }
                Checked::Refused(refusal) => {
                    let user_id = refusal.user_id.as_deref().map(str::trim);
                    refused.extend(user_id.map(UserKey::of));
                    problems.extend(refusal.problems);
                }
            }
        }
    }
    problems.extend(mapping.finish().expect("a UserID"));
    (records, refused, problems)
}

fn described(change: &Change) -> String {
    let fields = change.fields.iter();
    let fields = fields.map(|field| {
        let value = |value| serde_json::to_string(&value).expect("a value");
        format!(
            "{}: {} to {}",
            field.field,
            value(&field.from),
            value(&field.to)
        )
    });
    let action = match change.action {
        Action::Create => "create",
        Action::Restore => "restore",
        Action::Deactivate => "deactivate",
        Action::Reactivate => "reactivate",
        Action::Update => "update",
        Action::Delete => "delete",
    };
    let line = change.line().expect("a row");
    format!(
        "{action} {} {line} {:?}",
        change.user_id,
        fields.collect::<Vec<_>>()
    )
}

fn changes_of(document: &Json) -> Vec<String> {
    let changes = document["changes"].as_array().expect("changes");
    let mut described: Vec<String> = changes
        .iter()
        .map(|change| {
            let fields = change["fields"].as_array().expect("fields").iter();
            let fields = fields.map(|field| {
                let name = field["field"].as_str().expect("a field");
                format!("{name}: {} to {}", field["from"], field["to"])
            });
            let text = |key: &str| change[key].as_str().expect("a text").to_owned();
            format!(
                "{} {} {} {:?}",
                text("action"),
                text("user_id"),
                change["line"],
                fields.collect::<Vec<_>>()
            )
        })
        .collect();
    described.sort();
    described
}

fn is_of_a_row(code: &str) -> bool {
    let mut rules = RULES.iter().chain(&DAMAGE).map(|rule| rule.code);
    matches!(code, "invalid_boolean" | "no_user_id" | "blank_word")
        || rules.any(|rule| rule == code)
}

fn told(problems: Vec<Problem>) -> Told {
    let problems = problems.into_iter();
    let of_rows = problems.filter(|problem| is_of_a_row(&problem.code));
    let mut told: Told = of_rows
        .map(|problem| {
            let column = problem.column.as_deref().map(str::to_owned);
            (
                problem.line.expect("a line"),
                problem.code,
                problem.message,
                column,
            )
        })
        .collect();
    told.sort();
    told
}

fn told_by(document: &Json) -> Told {
    let problems = document["problems"].as_array().expect("problems").iter();
    let of_rows =
        problems.filter(|problem| is_of_a_row(problem["code"].as_str().unwrap_or_default()));
    let mut told: Told = of_rows
        .map(|problem| {
            let text = |key: &str| problem[key].as_str().map(str::to_owned);
            let line = problem["line"].as_u64().expect("a line");
            let word = |key| text(key).unwrap_or_default();
            (line, word("code"), word("message"), text("column"))
        })
        .collect();
    told.sort();
    told
}
