//! What spreadsheets and conversions do to one cell, at the first, the middle and the last row, through the whole
//! program: the value is refused or warned of by its name, everybody else is as meant, and no value is another
//! one than it was meant to be without a word.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::support::World;

const PEOPLE: usize = 9;
const COLUMNS: [&str; 6] = [
    "UserID",
    "LastName",
    "Email",
    "ServiceTeamID",
    "Phones.Mobile",
    "Extensions.Note",
];

/// What becomes of a damaged value that is named.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// The row is refused.
    Row,
    /// The field is left out.
    Dropped,
    /// It is taken, with a warning.
    Warned,
    /// It stands for nothing, and is left out.
    Blank,
}
use Fate::{Blank, Dropped, Row, Warned};

/// A column with what stands there instead, the code that names it, and what becomes of it.
type Damage = (usize, &'static str, &'static str, Fate);

const DAMAGES: &[Damage] = &[
    (0, "4.92E+11", "damaged_number", Row),
    (0, "4,92E+11", "damaged_number", Row),
    (0, "4711.0", "number_with_fraction", Row),
    (0, "JosÃ©", "mojibake", Row),
    (0, "T\u{200b}-4", "invisible_character", Row),
    (0, "T\u{a0}44", "invisible_character", Row),
    (0, "T-4\u{feff}", "invisible_character", Row),
    (0, "T\n4", "control_character", Row),
    (0, "#REF!", "spreadsheet_error", Row),
    (0, "", "no_user_id", Row),
    (0, "n/a", "blank_user_id", Warned),
    (0, "1-Mar", "date_for_code", Warned),
    (0, "O’Neil", "smart_quote", Warned),
    (1, "MÃ¼ller", "mojibake", Dropped),
    (1, "Mu\u{fffd}ller", "lost_character", Dropped),
    (1, "M?ller", "question_mark_in_name", Warned),
    (1, "Roe\u{a0}J", "unusual_space", Warned),
    (1, "Roe\u{200b}", "unusual_space", Warned),
    (1, "#N/A", "spreadsheet_error", Dropped),
    (1, "Roe\r\nJ", "control_character", Dropped),
    (1, "'Roe'", "quoted_value", Warned),
    (1, "O\\'Neil", "escape_in_name", Warned),
    (1, "O&#39;Neil", "escape_in_name", Warned),
    (2, "roe(at)x.example", "invalid_email", Dropped),
    (2, "#VALUE!", "spreadsheet_error", Dropped),
    (2, "r\u{f6}e@x", "invalid_email", Dropped),
    (2, "o’neil@x.example", "invalid_email", Dropped),
    (2, "N/A", "blank_word", Blank),
    (3, "Mar-01", "date_for_code", Warned),
    (3, "2026-03-01 00:00:00", "date_for_code", Warned),
    (3, "01. Mrz", "date_for_code", Warned),
    (3, "########", "spreadsheet_error", Dropped),
    (3, "1.2E+05", "damaged_number", Dropped),
    (3, "NORD‘1", "smart_quote", Warned),
    (4, "4.91711E+11", "damaged_number", Dropped),
    (4, "491711234567", "phone_as_number", Warned),
    (4, "491711234567.0", "number_with_fraction", Dropped),
    (5, "â€œgut", "mojibake", Dropped),
    (5, "#DIV/0!", "spreadsheet_error", Dropped),
    (5, "a\u{202f}b", "unusual_space", Warned),
    (5, "null", "blank_word", Blank),
];

fn person(number: usize) -> Vec<String> {
    [
        format!("T-{number}"),
        format!("Roe {number}"),
        format!("roe{number}@x.example"),
        format!("TEAM{number}"),
        format!("+44 7700 90100{number}"),
        format!("note {number}"),
    ]
    .to_vec()
}

fn as_csv(rows: &[Vec<String>]) -> String {
    let cell = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = rows.iter().map(line).collect();
    format!("{}\n{}\n", COLUMNS.join(","), lines.join("\n"))
}

fn as_json(rows: &[Vec<String>]) -> String {
    let object = |row: &Vec<String>| -> Json {
        let pairs = COLUMNS.iter().zip(row);
        pairs
            .map(|(name, cell)| ((*name).to_owned(), json!(cell)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let objects: Vec<String> = rows.iter().map(|row| object(row).to_string()).collect();
    format!("[{}]", objects.join(",\n"))
}

/// What a plan wants: field by field of each user, and the problems.
struct Wanted {
    users: BTreeMap<String, BTreeMap<String, String>>,
    problems: Vec<Json>,
}

fn plan(world: &World, export: &str) -> Wanted {
    let done = world.run(&["plan", export, "--against", "empty", "--json"]);
    assert!(matches!(done.code, 0 | 3), "{}", done.stderr);
    let document = done.document();
    let list = |name: &str| document[name].as_array().expect("a list").clone();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let users = list("changes").into_iter().map(|change| {
        let fields = change["fields"].as_array().expect("fields").clone();
        let fields = fields
            .iter()
            .map(|field| (text(&field["field"]), text(&field["to"])));
        (text(&change["user_id"]), fields.collect())
    });
    Wanted {
        users: users.collect(),
        problems: list("problems"),
    }
}

impl Wanted {
    /// Compares with the rows that were meant, of which the one at `at` holds a damaged cell.
    fn judge(&self, rows: &[Vec<String>], at: usize, column: usize, fate: Fate) -> bool {
        let mut left = self.users.clone();
        for (index, row) in rows.iter().enumerate() {
            let Some(mut found) = left.remove(&row[0]) else {
                if (index, fate) == (at, Row) {
                    continue;
                }
                return false;
            };
            found.remove("Activated");
            let is_left_out =
                |place: usize| (index, place) == (at, column) && matches!(fate, Dropped | Blank);
            let mut meant: BTreeMap<String, String> = (1..COLUMNS.len())
                .filter(|place| !is_left_out(*place))
                .map(|place| (COLUMNS[place].to_owned(), row[place].clone()))
                .collect();
            found.remove("UserID");
            meant.remove("UserID");
            if found != meant || (index == at && fate == Row) {
                return false;
            }
        }
        left.is_empty()
    }

    /// Whether a problem with that code names the line and the column.
    fn names(&self, line: usize, column: usize, code: &str) -> bool {
        self.problems.iter().any(|problem| {
            let is_column = problem["column"] == COLUMNS[column] || problem["column"].is_null();
            problem["line"] == line && problem["code"] == code && is_column
        })
    }
}

#[test]
fn one_damaged_value_anywhere_is_named_and_everybody_else_is_as_meant() {
    let world = World::new();
    let mut silent = Vec::new();
    for (column, damaged, code, fate) in DAMAGES {
        for at in [0, PEOPLE / 2, PEOPLE - 1] {
            let mut rows: Vec<Vec<String>> = (0..PEOPLE).map(person).collect();
            rows[at][*column] = (*damaged).to_owned();
            let text = as_csv(&rows);
            // Line breaks inside cells come last in their row, and lines are physical.
            let line = 2 + at;
            let mut exports = vec![world.file("people.csv", text)];
            if at == PEOPLE / 2 {
                exports.push(world.file("people.json", as_json(&rows)));
            }
            for export in exports {
                let line = if export.ends_with("json") {
                    at + 1
                } else {
                    line
                };
                let wanted = plan(&world, &export);
                let is_named = wanted.names(line, *column, code);
                let is_as_meant = wanted.judge(&rows, at, *column, *fate);
                if !is_named {
                    silent.push((*damaged, at));
                }
                assert!(
                    is_named && is_as_meant,
                    "{damaged:?} at {at} in {export}: {:?} {:?}",
                    wanted.users,
                    wanted.problems
                );
            }
        }
    }
    assert_eq!(silent, [], "values that became others without a word");
}

#[test]
fn sound_people_are_read_without_a_word() {
    let world = World::new();
    let rows: Vec<Vec<String>> = (0..PEOPLE).map(person).collect();
    for export in [
        world.file("people.csv", as_csv(&rows)),
        world.file("people.json", as_json(&rows)),
    ] {
        let wanted = plan(&world, &export);
        assert_eq!(wanted.problems, [Json::Null; 0]);
        assert!(wanted.judge(&rows, PEOPLE, 0, Warned));
    }
}

#[test]
fn an_id_that_lost_its_zeros_is_held_and_one_that_is_short_is_told() {
    let world = World::new();
    let id = |number: usize| format!("{:06}", 7000 + number);
    let users: Vec<Json> = (0..30).map(|n| json!({"UserID": id(n)})).collect();
    let tenant = world.file("tenant.json", json!({ "Users": users }).to_string());
    for at in [0, 14, 29] {
        let ids = (0..30).map(|n| {
            if n == at {
                (7000 + n).to_string()
            } else {
                id(n)
            }
        });
        let ids: Vec<String> = ids.chain(["81".to_owned()]).collect();
        let export = world.file("people.csv", format!("UserID\n{}\n", ids.join("\n")));
        let done = world
            .run(&["plan", &export, "--against", &tenant, "--json"])
            .exits(3);
        assert_eq!((done.figure("held"), done.figure("create")), (1, 1));
        let document = done.document();
        let of_code = |code: &str| {
            let problems = document["problems"].as_array().expect("a list").clone();
            let mut of_code = problems
                .into_iter()
                .filter(|problem| problem["code"] == code);
            (of_code.next().expect(code), of_code.next())
        };
        let (lost, none) = of_code("lost_zeros");
        assert_eq!((&lost["line"], none), (&json!(at + 2), None));
        assert!(lost["message"].as_str().expect("words").contains(&id(at)));
        assert_eq!(of_code("short_id").0["user_id"], "81");
    }
}
