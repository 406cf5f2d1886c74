use serde_json::json;

use super::*;
use crate::model::RawValue;

/// What a formula gives for a field of that kind, its names standing for these values.
fn run(form: Form, text: &str, kind: Kind, values: &[(&str, RawValue<'_>)]) -> String {
    let formula = Formula::new(form, text).unwrap();
    let terms = formula.names().iter().map(|name| {
        let value = values.iter().find(|(known, _)| *known == name.text());
        term(value.expect("the test names all values").1)
    });
    match formula.result(terms.collect(), kind) {
        Cell::Blank => "(blank)".to_owned(),
        Cell::Text(text) => text.into_owned(),
        Cell::Bool(flag) => format!("({flag})"),
        Cell::Bad(fault) => format!("{}: {}", fault.code, fault.message),
    }
}

#[test]
fn a_template_is_text_with_places_for_cells() {
    let values = [
        ("given", RawValue::Text("Zoë")),
        ("Family Name", RawValue::Text("Ö'Neill")),
        ("html", RawValue::Text("<b>&")),
        ("no", RawValue::Text("42")),
        ("mobile", RawValue::Text("0171 1234567")),
        ("hired", RawValue::Text("31.12.2026")),
    ];
    for (template, want) in [
        (
            "{{ given }}.{{ row['Family Name'] | lower }}",
            "Zoë.ö'neill",
        ),
        ("'{{ row[\"Family Name\"] }}'s", "'Ö'Neill's"),
        ("{{ given | strip_diacritics | upper }}", "ZOE"),
        ("{{ html }}", "<b>&"),
        ("{{ no | pad_left(6) }}", "000042"),
        ("{{ mobile | phone('DE') }}", "+491711234567"),
        ("{{ hired | date('%d.%m.%Y') }}", "2026-12-31"),
        ("{{ hired | date('%d.%m.%Y', '%m/%d/%Y') }}", "12/31/2026"),
        ("{% if no == '42' %}x{% endif %}", "x"),
        ("{% if no == '43' %}x{% endif %}", "(blank)"),
    ] {
        assert_eq!(
            run(Form::Template, template, Kind::Text, &values),
            want,
            "{template}"
        );
    }
}

#[test]
fn an_expression_is_one_value_and_json_keeps_what_it_is() {
    let address = json!({"city": "Ulm", "zip": "007"});
    let (seven, long, half) = (
        serde_json::from_str("7").unwrap(),
        serde_json::from_str("12345678901234567890").unwrap(),
        serde_json::from_str("0.5").unwrap(),
    );
    let (flag, list) = (json!(true), json!(["a", "b"]));
    let values = [
        ("status", RawValue::Text("A")),
        ("end", RawValue::Missing),
        ("address", RawValue::Json(&address)),
        ("seven", RawValue::Json(&seven)),
        ("long", RawValue::Json(&long)),
        ("half", RawValue::Json(&half)),
        ("flag", RawValue::Json(&flag)),
        ("list", RawValue::Json(&list)),
    ];
    for (expression, kind, want) in [
        ("status == 'A' and not end", Kind::Bool, "(true)"),
        ("status in ['B', 'C']", Kind::Bool, "(false)"),
        ("status == 'A'", Kind::Text, "true"),
        ("address.city", Kind::Text, "Ulm"),
        ("address.zip", Kind::Text, "007"),
        ("seven", Kind::Text, "7"),
        ("seven > 5", Kind::Bool, "(true)"),
        ("long", Kind::Text, "12345678901234567890"),
        ("half", Kind::Text, "0.5"),
        ("flag", Kind::Bool, "(true)"),
        ("list | first", Kind::Text, "a"),
        ("list | join('+')", Kind::Text, "a+b"),
        ("end", Kind::Text, "(blank)"),
        ("none if status else 'x'", Kind::Text, "(blank)"),
    ] {
        assert_eq!(
            run(Form::Expression, expression, kind, &values),
            want,
            "{expression}"
        );
    }
    for expression in ["list", "seven / 2"] {
        let got = run(Form::Expression, expression, Kind::Text, &values);
        assert!(got.starts_with("formula_failed: "), "{expression}: {got}");
    }
}

#[test]
fn a_hostile_formula_runs_out_of_fuel_and_says_so() {
    let cell = [("x", RawValue::Text("abc"))];
    for template in [
        "{% for i in range(10000) %}{% for j in range(10000) %}{{ x }}{% endfor %}{% endfor %}",
        "{% for i in range(9000) %}{{ x | replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa') }}{% endfor %}",
    ] {
        let got = run(Form::Template, template, Kind::Text, &cell);
        assert!(
            got.starts_with("formula_out_of_fuel: "),
            "{template}: {got}"
        );
    }
    let got = run(Form::Expression, "x * 1000000000", Kind::Text, &cell);
    assert!(got.starts_with("formula_out_of_fuel: "), "{got}");
}

#[test]
fn a_formula_that_fails_says_how() {
    let values = [("x", RawValue::Text("abc")), ("d", RawValue::Text("soon"))];
    for (expression, want) in [
        ("x | int + 1", "invalid float"),
        ("x.y.z", "undefined"),
        (
            "x | phone('DE')",
            "no phone number".split(' ').next_back().unwrap(),
        ),
        ("d | date('%d.%m.%Y')", "no date format"),
        ("x | pad_left(1000000)", "255"),
    ] {
        let got = run(Form::Expression, expression, Kind::Text, &values);
        assert!(
            got.starts_with("formula_failed: ") && got.contains(want),
            "{expression}: {got}"
        );
    }
}

#[test]
fn what_cannot_be_a_formula_is_refused_before_any_row() {
    for (form, text, want) in [
        (Form::Template, "{{ mail", "syntax error"),
        (Form::Template, "no place", "names no column"),
        (Form::Template, "{{ x | nosuchfilter }}", "nosuchfilter"),
        (Form::Template, "{% include 'x' %}", "include"),
        (Form::Expression, "a ==", "syntax error"),
        (Form::Expression, "1 + 1", "names no column"),
        (Form::Expression, "row", "must be followed"),
        (Form::Expression, "row[a]", "must be followed"),
        (
            Form::Expression,
            "row['a'] ~ row | length",
            "must be followed",
        ),
    ] {
        let error = Formula::new(form, text).unwrap_err();
        assert!(error.contains(want), "{text}: {error}");
    }
}

#[test]
fn the_columns_of_a_formula_are_known_beforehand() {
    let names = |form, text| {
        let formula = Formula::new(form, text).unwrap();
        let names = formula.names().iter();
        names
            .map(|name| format!("{name:?}"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    for (form, text, want) in [
        (Form::Expression, "a.b.c + d", "Word(\"a\") Word(\"d\")"),
        (
            Form::Expression,
            "row['E No'] ~ row.Grade",
            "Exact(\"E No\") Exact(\"Grade\")",
        ),
        (
            Form::Expression,
            "x ~ \"row\" ~ arrow ~ x.row",
            "Word(\"arrow\") Word(\"x\")",
        ),
        (
            Form::Template,
            "it's {{ row[ \"it's\" ] }}",
            "Exact(\"it's\")",
        ),
        (
            Form::Template,
            "{% for i in range(2) %}{{ i ~ a }}{% endfor %}",
            "Word(\"a\")",
        ),
        (Form::Template, "{% set b = a %}{{ b }}", "Word(\"a\")"),
    ] {
        assert_eq!(names(form, text), want, "{text}");
    }
}
