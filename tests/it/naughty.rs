//! Strings that break programs travel through CSV, JSON, preview, plan, payload, tenant and report as they are; or
//! they are refused, or taken for blank, by name.

#[path = "naughty/strings.rs"]
mod strings;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::support::{Done, World};
use strings::STRINGS;

const HEADER: &str = "UserID,LastName,Extensions.Note";

fn id(index: usize) -> String {
    format!("N-{index}")
}

fn cell(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// Each string as a name and as a note, in a row of its own, as CSV and as JSON.
fn exports(world: &World) -> [String; 2] {
    let row = |(index, (text, _)): (usize, &(&str, &str))| {
        format!("{},{},{}\n", id(index), cell(text), cell(text))
    };
    let csv: String = STRINGS.iter().enumerate().map(row).collect();
    let object = |(index, (text, _)): (usize, &(&str, &str))| json!({"UserID": id(index), "LastName": text, "Extensions": {"Note": text}});
    let objects: Vec<Json> = STRINGS.iter().enumerate().map(object).collect();
    [
        world.file("people.csv", format!("{HEADER}\n{csv}")),
        world.file("people.json", json!(objects).to_string()),
    ]
}

/// The physical line of each row: a string may hold line breaks.
fn lines() -> Vec<u64> {
    let mut line = 2;
    let breaks = |text: &str| text.replace("\r\n", "\n").matches(['\n', '\r']).count() as u64;
    let begin = |(text, _): &(&str, &str)| {
        let begin = line;
        line += 1 + 2 * breaks(text);
        begin
    };
    STRINGS.iter().map(begin).collect()
}

/// The codes of the problems of a document, by line and column.
fn codes(done: &Done) -> BTreeMap<(u64, String), String> {
    let document = done.document();
    let problems = document["problems"].as_array().expect("a list");
    let place = |problem: &Json| {
        let line = problem["line"].as_u64().unwrap_or_default();
        (
            line,
            problem["column"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let code = |problem: &Json| problem["code"].as_str().unwrap_or_default().to_owned();
    problems
        .iter()
        .map(|problem| (place(problem), code(problem)))
        .collect()
}

#[test]
fn every_string_is_read_as_it_is_written() {
    let world = World::new();
    for export in exports(&world) {
        let shown = world.run(&["preview", &export, "--as", "ndjson"]).exits(0);
        let rows: Vec<Json> = shown
            .stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("an object a line"))
            .collect();
        assert_eq!(rows.len(), STRINGS.len());
        for (row, (text, _)) in rows.iter().zip(STRINGS) {
            assert_eq!(row["LastName"], *text, "{export}");
        }
        let again = world.run(&["preview", &export, "--as", "csv"]).exits(0);
        let copy = world.file("copy.csv", &again.stdout);
        if export.ends_with("csv") {
            let copied = world.run(&["preview", &copy, "--as", "ndjson"]).exits(0);
            assert_eq!(copied.stdout, shown.stdout);
        }
    }
}

#[test]
fn every_string_reaches_the_tenant_unchanged_or_is_named() {
    let world = World::new();
    let sandbox = world.sandbox();
    let [csv, as_json] = exports(&world);
    let planned = world.json(&sandbox, &["plan", &csv]).exits(0);
    let run = world.json(&sandbox, &["sync", &csv]).exits(0);
    assert_eq!(run.figure("created") as usize, STRINGS.len());
    is_planned_and_reported_as_it_is(&world, &planned, &run);
    let (users, codes, lines) = (sandbox.users(), codes(&run), lines());
    let mut blank = Vec::new();
    for (index, (text, code)) in STRINGS.iter().enumerate() {
        let user = &users[&id(index)];
        let named = codes.get(&(lines[index], "LastName".to_owned()));
        assert_eq!(named.map_or("", |code| code), *code, "{text:?}");
        // White space around it goes, as the mapping says. A warning names what is taken, an error what is not.
        let meant = text.trim();
        let is_left_out = |value: &str| value.is_empty() && !code.is_empty();
        let name = user["LastName"].as_str().unwrap_or_default();
        assert!(name == meant || is_left_out(name), "{text:?}: {user}");
        match user["Extensions"]["Note"].as_str().unwrap_or_default() {
            "" if code.is_empty() && !meant.is_empty() => blank.push(meant),
            note => assert!(note == meant || is_left_out(note), "{text:?}: {user}"),
        }
    }
    let problems = run.document()["problems"].clone();
    let mut told = problems.as_array().expect("a list").iter();
    let told = told.find(|problem| problem["code"] == "blank_word");
    let told = told.expect("blank words are told")["message"]
        .to_string()
        .to_lowercase();
    for text in &blank {
        assert!(told.contains(&text.to_lowercase()), "{text}: {told}");
    }
    assert!(!blank.is_empty(), "some were taken for blank");
    // The same strings from JSON are the same people.
    let again = world.json(&sandbox, &["plan", &as_json]).exits(0);
    assert_eq!(again.figure("unchanged") as usize, STRINGS.len());
}

/// Plan and report show each string as it stands in the export.
fn is_planned_and_reported_as_it_is(world: &World, planned: &Done, run: &Done) {
    let document = planned.document();
    let changes = document["changes"].as_array().expect("a list");
    let lines = lines();
    for (index, (text, code)) in STRINGS.iter().enumerate() {
        let change = changes
            .iter()
            .find(|change| change["user_id"] == *id(index));
        let fields = change.expect("a change")["fields"]
            .as_array()
            .expect("fields");
        let to = fields.iter().find(|field| field["field"] == "LastName");
        let to = to.map_or("", |field| field["to"].as_str().expect("a text"));
        assert!(
            to == text.trim() || (to.is_empty() && !code.is_empty()),
            "{text:?}: {to:?}"
        );
    }
    let report = report(world);
    assert_eq!(report["problems"], run.document()["problems"]);
    for problem in report["problems"].as_array().expect("a list") {
        let index = lines.iter().position(|line| problem["line"] == *line);
        if let (Some(index), Some(value)) = (index, problem["value"].as_str()) {
            let text = STRINGS[index].0;
            assert!(value == text || value == text.trim(), "{text:?}: {problem}");
        }
    }
}

/// The report of the only run, in JSON.
fn report(world: &World) -> Json {
    let reports = std::fs::read_dir(world.path(".crewsync/reports")).expect("reports");
    let mut reports = reports.map(|entry| entry.expect("an entry").path());
    let report = reports.find(|path| path.extension().is_some_and(|end| end == "json"));
    let report = std::fs::read(report.expect("one in JSON")).expect("readable");
    serde_json::from_slice(&report).expect("JSON")
}

#[test]
fn every_string_is_a_user_id_in_plan_call_tenant_and_report_or_is_named() {
    let world = World::new();
    let sandbox = world.sandbox();
    let rows: String = STRINGS
        .iter()
        .map(|(text, _)| format!("{},x\n", cell(text)))
        .collect();
    let export = world.file("ids.csv", format!("UserID,LastName\n{rows}"));
    world.file("crewsync.toml", "[guards]\nmax_rejected = \"off\"\n");
    let planned = world.json(&sandbox, &["plan", &export]).exits(3).document();
    let run = world.json(&sandbox, &["sync", &export]).exits(3);
    let (users, document) = (sandbox.users(), run.document());
    let ids = |list: &Json, name: &str| -> Vec<String> {
        let list = list[name].as_array().expect("a list");
        let id = |item: &Json| item["user_id"].as_str().expect("an id").to_owned();
        list.iter().map(id).collect()
    };
    let outcomes = ids(&document, "outcomes");
    assert_eq!(
        ids(&planned, "changes"),
        outcomes,
        "what was shown was done"
    );
    let report = report(&world);
    assert_eq!(
        ids(&report, "outcomes"),
        outcomes,
        "the report says the same"
    );
    let mut line = 2;
    let mut refused = 0;
    for (text, _) in STRINGS {
        let is_kept = users.contains_key(text.trim());
        assert_eq!(
            is_kept,
            outcomes.iter().any(|id| id == text.trim()),
            "{text:?}"
        );
        let problems = document["problems"].as_array().expect("a list");
        let is_named = problems.iter().any(|problem| {
            let is_duplicate = problem["code"]
                .as_str()
                .is_some_and(|code| code.contains("duplicate"));
            problem["line"] == line || (is_duplicate && problem["user_id"] == *text)
        });
        assert!(is_kept || is_named, "{text:?} vanished: {problems:?}");
        refused += usize::from(!is_kept);
        line += 1 + text.replace("\r\n", "\n").matches(['\n', '\r']).count();
    }
    assert_eq!(users.len() + refused, STRINGS.len());
    assert_eq!(run.figure("created") as usize, users.len());
}
