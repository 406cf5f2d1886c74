use super::super::transform::Transform;
use super::*;

#[test]
fn text_passes_unchanged_and_unallocated() {
    let made = by_name("Email", Cell::Text(Cow::Borrowed("a@b.example")));
    assert!(
        matches!(made.as_str(), "text borrowed a@b.example"),
        "{made}"
    );
}

#[test]
fn outer_white_space_is_cut_and_blank_keeps() {
    assert_eq!(by_name("Email", text(" \u{a0}x\t")), "text borrowed x");
    for blank in ["", "  ", "N/A", " null "] {
        assert_eq!(by_name("Email", text(blank)), "nothing", "{blank:?}");
    }
    assert_eq!(by_name("LastName", text("Null")), "text borrowed Null");
}

#[test]
fn transforms_run_in_order() {
    for (steps, want) in [
        (vec![], " Ünï X "),
        (vec![Transform::Lower], " ünï x "),
        (vec![Transform::Upper, Transform::Trim], "ÜNÏ X"),
        (vec![Transform::Trim, Transform::Lower], "ünï x"),
    ] {
        let spec = FieldSpec {
            transform: steps,
            ..FieldSpec::column("c")
        };
        let made = make("Email", &spec, text(" Ünï X "));
        assert_eq!(made.split_once("ed ").map(|(_, text)| text), Some(want));
    }
}

#[test]
fn a_value_table_is_the_whole_truth_case_aside() {
    let table = [
        ("Active", Some(Value::Bool(true))),
        ("leave", None),
        ("n/a", Value::text("unknown")),
    ];
    let spec = FieldSpec {
        values: Some(table.map(|(word, value)| (word.to_owned(), value)).to_vec()),
        ..FieldSpec::column("c")
    };
    for (cell, want) in [
        (text("Active"), "true"),
        (text(" aCTIVE "), "true"),
        (text("LEAVE"), "nothing"),
        (text("N/A"), "text borrowed unknown"),
        (text("null"), "nothing"),
        (text("terminated"), "bad unmapped_value"),
        (Cell::Bool(true), "bad unmapped_value"),
        (Cell::Blank, "nothing"),
    ] {
        assert_eq!(make("Status", &spec, cell.clone()), want, "{cell:?}");
    }
}

#[test]
fn the_blank_policy_decides() {
    for (blank, want) in [
        (Blank::Keep, "nothing"),
        (Blank::Clear, "clear"),
        (Blank::Error, "bad blank_value"),
        (Blank::Default("EN".to_owned()), "text borrowed EN"),
    ] {
        let spec = FieldSpec {
            blank,
            ..FieldSpec::column("c")
        };
        for cell in [Cell::Blank, text("  "), text("n/a")] {
            assert_eq!(make("LanguageCode", &spec, cell), want);
        }
    }
}

fn text(text: &str) -> Cell<'_> {
    Cell::Text(Cow::Borrowed(text))
}

fn by_name(field: &str, cell: Cell<'_>) -> String {
    make(field, &FieldSpec::column("c"), cell)
}

fn make(field: &str, spec: &FieldSpec, cell: Cell<'_>) -> String {
    let recipe = Recipe::new(&Field::named(field).unwrap(), spec);
    match recipe.make(cell, &Tally::default(), 1) {
        Made::Nothing => "nothing".to_owned(),
        Made::Bad(fault) => format!("bad {}", fault.code),
        Made::Refused(fault) => format!("refused {}", fault.code),
        Made::Value(DraftValue::Bool(flag)) => flag.to_string(),
        Made::Value(DraftValue::Clear) => "clear".to_owned(),
        Made::Value(DraftValue::Text(Cow::Borrowed(text))) => format!("text borrowed {text}"),
        Made::Value(DraftValue::Text(Cow::Owned(text))) => format!("text owned {text}"),
        Made::Value(DraftValue::Bad | DraftValue::Refused) => unreachable!(),
    }
}
