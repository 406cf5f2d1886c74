//! Columns as HR systems export them, and what is made of them.

use super::*;

/// A column with these values, each so many times that it counts.
fn column(name: &str, values: &[&str]) -> ColumnProfile {
    let mut column = ColumnProfile::new(name);
    values.iter().for_each(|value| column.see(value));
    column
}

fn told(guessed: &Guessed) -> Vec<String> {
    let lines = guessed.lines.iter().filter(|line| !line.is_proposed);
    lines
        .map(|line| format!("{} = {}", line.field, line.columns.join("/")))
        .collect()
}

/// Users of a tenant with these ids, all in one team.
fn users(ids: &[&str], team: &str) -> KnownUsers {
    let mut known = KnownUsers::default();
    for id in ids {
        let object = serde_json::json!({"UserID": id, "ServiceTeamID": team});
        known.see(&User::new(object.as_object().unwrap().clone()).unwrap());
    }
    known
}

#[test]
fn an_export_without_columns_gives_nothing() {
    assert_eq!(guess(&[], &KnownUsers::default()), Guessed::default());
}

#[test]
fn names_are_known_whatever_their_case_and_dashes() {
    let columns = [
        column("Employee ID", &["1", "2"]),
        column("Legal First Name", &["Ann", "Bob"]),
        column("Preferred First Name", &["", "Bo"]),
        column("LAST_NAME", &["Bell", "Cox"]),
        column("Work E-Mail", &["a@x.example", "b@x.example"]),
        column("Employment Status", &["Active", "On Leave"]),
        column("Hire Date", &["2026-01-31", "2026-12-01"]),
        column("Shoe Size", &["44", "40"]),
    ];
    let guessed = guess(&columns, &KnownUsers::default());
    let wanted = [
        "UserID = Employee ID",
        "FirstName = Preferred First Name/Legal First Name",
        "LastName = LAST_NAME",
        "Email = Work E-Mail",
        "Activated = Employment Status",
    ];
    assert_eq!(told(&guessed), wanted);
    assert_eq!(guessed.starts_on.as_deref(), Some("Hire Date"));
    assert_eq!(guessed.formats, ["%Y-%m-%d"]);
    assert_eq!(guessed.unplaced, ["Shoe Size"]);
}

#[test]
fn states_are_translated_and_what_nobody_knows_is_left_open() {
    let columns = [column("Status", &["Active", "LOA", "Terminated", "Karenz"])];
    let guessed = guess(&columns, &KnownUsers::default());
    let values: Vec<(&str, Option<bool>)> = guessed.lines[0]
        .values
        .iter()
        .map(|(value, flag)| (value.as_str(), *flag))
        .collect();
    assert_eq!(
        values,
        [
            ("Active", Some(true)),
            ("Karenz", None),
            ("LOA", Some(true)),
            ("Terminated", Some(false))
        ]
    );
    // What every flag field reads by itself needs no table.
    let flags = guess(&[column("Active", &["Y", "N"])], &KnownUsers::default());
    assert!(flags.lines[0].values.is_empty());
}

#[test]
fn a_key_that_repeats_is_none_and_the_tenant_knows_better() {
    let columns = [
        column("Employee ID", &["7", "7", "7"]),
        column("Badge", &["17", "18", "x"]),
    ];
    assert_eq!(told(&guess(&columns, &KnownUsers::default())), [""; 0]);
    let known = users(&["00017", "00018", "00019"], "EAST");
    let guessed = guess(&columns, &known);
    assert_eq!(told(&guessed), ["UserID = Badge"]);
    assert_eq!(guessed.lines[0].pad_left, Some(5));
    assert_eq!(
        guessed.lines[0].why,
        "2 of its 3 values are UserIDs of the tenant"
    );
}

#[test]
fn teams_are_spelled_as_the_tenant_spells_them() {
    let columns = [
        column("UserID", &["1", "2"]),
        column("Crew", &["East", "West"]),
    ];
    let text = |team: &str| {
        let guessed = guess(&columns, &users(&["1", "2"], team));
        config_text(&guessed, "a.csv", &Pinned::default())
    };
    let upper = "# ServiceTeamID = { column = \"Crew\", transform = [\"trim\", \"upper\"] }";
    assert!(text("EAST").contains(upper), "{}", text("EAST"));
    assert!(
        text("East").contains("# ServiceTeamID = \"Crew\""),
        "{}",
        text("East")
    );
}

#[test]
fn what_has_no_name_is_known_by_its_content() {
    let columns = [
        column("Feld 7", &["a@x.example", "b@x.example"]),
        column("Feld 8", &["Active", "Terminated"]),
    ];
    let guessed = guess(&columns, &KnownUsers::default());
    assert_eq!(told(&guessed), ["Email = Feld 7", "Activated = Feld 8"]);
    assert!(guessed.lines.iter().all(|line| line.sure == Sure::Guess));
}

#[test]
fn the_text_is_a_configuration_whatever_columns_are_called() {
    let columns = [
        column("Employee ID", &["1", "2"]),
        column("Status", &["Active", "\"Odd\"\\ \u{7}one"]),
        column("A \"quoted\\\" name\n", &["x"]),
        column("Start Date", &["05/06/2026"]),
        column("Cost Center", &["1"]),
    ];
    let text = config_text(
        &guess(&columns, &KnownUsers::default()),
        "hr.csv",
        &Pinned::default(),
    );
    let parsed: toml::Table = toml::from_str(&text).expect(&text);
    assert_eq!(parsed["map"]["UserID"].as_str(), Some("Employee ID"));
    assert_eq!(
        parsed["map"]["Activated"]["values"]["Active"].as_bool(),
        Some(true)
    );
    assert!(
        text.contains("# \"Extensions.CostCenter\" = \"Cost Center\""),
        "{text}"
    );
    assert!(
        text.contains(
            "format = \"%m/%d/%Y\"             # or \"%d/%m/%Y\": the dates so far fit both"
        ),
        "{text}"
    );
}
