//! The mapping language through the program: what the plan says comes from what `[map]` says.

use serde_json::json;

use crate::support::World;

const CONFIG: &str = r#"
[map]
UserID = { column = "No", transform = ["trim", { pad_left = 5 }] }
FirstName = { first_of = ["Preferred", "Given"] }
LastName = { column = "Family", transform = ["nfc"] }
AuthenticationID = { template = "{{ given }}.{{ family }}", transform = ["strip_diacritics", "lower"] }
ServiceTeamID = { column = "Crew", transform = [{ lookup = "crews.csv", otherwise = "error" }] }
Activated = { expression = "status in ['A', 'L']" }
"Phones.Mobile" = { column = "Cell", transform = [{ phone = "DE" }] }
"Extensions.Hired" = { column = "Hired", transform = [{ date = ["%d.%m.%Y", "%Y-%m-%d"] }] }
"Extensions.Grade" = { column = "Grade", values = { "1" = "junior", "2" = "senior" }, otherwise = "error" }
"#;

const EXPORT: &str = "No;Preferred;Given;Family;Crew;status;Cell;Hired;Grade
7;;Zoë;Müller;north;A;0171 123 45 67;31.12.2025;1
8;Bob;Robert;Roe;South;L;+44 (0)7700 900123;2026-01-02;2
9;;Ann;Poe;West;A;;;1
10;;Tim;Doe;North;A;;;9
11;;Eve;Low;West;T;call me;soon;1
";

fn world() -> (World, String, String) {
    let world = World::new();
    world.file("crews.csv", "Crew,Team\nNorth,T-N\nSouth,T-S\n");
    let config = world.file("set.toml", CONFIG);
    let export = world.file("people.csv", EXPORT);
    (world, config, export)
}

#[test]
fn a_plan_says_what_the_mapping_made_of_each_row() {
    let (world, config, export) = world();
    let arguments = [
        "plan",
        &export,
        "--config",
        &config,
        "--against",
        "empty",
        "--json",
    ];
    let document = world.run(&arguments).exits(3).document();
    let wanted = |id: &str| {
        let changes = document["changes"].as_array().unwrap();
        let change = changes.iter().find(|change| change["user_id"] == id);
        let fields = change.unwrap_or_else(|| panic!("{id}"))["fields"]
            .as_array()
            .unwrap();
        let fields = fields.iter().map(|field| {
            let name = field["field"].as_str().unwrap().to_owned();
            (name, field["to"].clone())
        });
        serde_json::Value::Object(fields.collect())
    };
    assert_eq!(
        wanted("00007"),
        json!({"Activated": true, "AuthenticationID": "zoe.muller", "FirstName": "Zoë", "LastName": "Müller",
            "ServiceTeamID": "T-N", "Phones.Mobile": "+491711234567", "Extensions.Grade": "junior",
            "Extensions.Hired": "2025-12-31"})
    );
    assert_eq!(wanted("00008")["FirstName"], "Bob");
    assert_eq!(wanted("00008")["Phones.Mobile"], "+447700900123");
    // West is in no crew and 9 is no grade: those rows are refused; who has left is acted on all the same.
    assert_eq!(document["summary"]["rows"], 5);
    assert_eq!(document["summary"]["rejected"], 2);
    assert_eq!(document["summary"]["create"], 3);
    assert_eq!(wanted("00011")["Activated"], false);
    let codes: Vec<&str> = document["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    for code in [
        "not_in_lookup",
        "unmapped_value",
        "invalid_phone",
        "invalid_date",
    ] {
        assert!(codes.contains(&code), "{codes:?}");
    }
}

#[test]
fn another_side_table_is_another_mapping_and_another_plan() {
    let (world, config, export) = world();
    let arguments = [
        "plan",
        &export,
        "--config",
        &config,
        "--against",
        "empty",
        "--json",
    ];
    let id = || world.run(&arguments).exits(3).document()["plan"].clone();
    let before = id();
    assert_eq!(id(), before);
    world.file("crews.csv", "Crew,Team\nNorth,T-N\nSouth,T-S\nEast,T-E\n");
    assert_ne!(id(), before);
}

#[test]
fn a_hostile_formula_refuses_its_field_and_says_that_it_ran_out_of_fuel() {
    let world = World::new();
    let config = world.file(
        "set.toml",
        "[map]\nUserID = 'id'\nSMS = { template = '{% for i in range(9000) %}{% for j in range(9000) %}{{ x }}{% endfor %}{% endfor %}' }\n",
    );
    let export = world.file("people.csv", "id,x\n1,a\n2,b\n");
    let done = world
        .run(&["validate", &export, "--config", &config])
        .exits(0);
    assert!(
        done.stdout.contains("the formula ran out of fuel"),
        "{}",
        done.stdout
    );
    assert!(done.stdout.contains("2 times"), "{}", done.stdout);
}

#[test]
fn a_mistake_in_the_mapping_is_shown_with_file_line_and_caret() {
    let world = World::new();
    let config = world.file(
        "set.toml",
        "[map]\nUserID = 'id'\nSMS = { column = 'x', transform = [{ extract = '(' }] }\n",
    );
    let export = world.file("people.csv", "id,x\n1,a\n");
    let done = world
        .run(&["validate", &export, "--config", &config])
        .exits(2);
    for said in [
        "set.toml, line 3: not a regular expression",
        "                                               ^^^",
    ] {
        assert!(done.stderr.contains(said), "{}", done.stderr);
    }
}

#[test]
fn the_examples_of_the_document_can_be_used() {
    let document = include_str!("../../docs/mapping.md");
    let examples = document.split("```toml\n").skip(1);
    let examples: Vec<&str> = examples
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 2);
    for example in examples {
        let world = World::new();
        let config = world.file("set.toml", example);
        let export = world.file(
            "people.csv",
            "Employee No,Preferred Name,Given Name,Family Name,Work E-Mail,status,Termination Date,Cell,Private Cell,Hire Date,Crew\n\
             1,,Ann,Roe,a@b.example,A,,,0171 1234567,1.2.2026,North\n",
        );
        world
            .run(&["validate", &export, "--config", &config])
            .exits(0);
    }
}
