use std::sync::Arc;

use super::*;

/// What one step, as `[map]` writes it, makes of a text.
fn run(step: &str, text: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Written {
        step: Transform,
    }
    let written: Written = toml::from_str(&format!("step = {step}")).unwrap();
    let step = Step::new(&written.step);
    match step.run(Cow::Borrowed(text)) {
        Ok(text) => text.into_owned(),
        Err(Refusal::Field(fault)) => format!("field: {}", fault.code),
        Err(Refusal::Row(fault)) => format!("row: {}", fault.code),
    }
}

fn check(step: &str, table: &[(&str, &str)]) {
    for (text, want) in table {
        let want = if *want == SAME { text } else { want };
        assert_eq!(run(step, text), *want, "{step}: {text:?}");
    }
}

/// The step leaves the text as it is.
const SAME: &str = "(the same)";

#[test]
fn blank_passes_every_step_but_the_one_that_fills_it() {
    for step in [
        "'trim'",
        "'boolean'",
        "'strip_diacritics'",
        "{ replace = ' ', with = 'x' }",
        "{ extract = '^()' }",
        "{ split = ' ', take = 1 }",
        "{ pad_left = 8 }",
        "{ date = '%d.%m.%Y' }",
        "{ phone = 'DE' }",
        "{ lookup = 'x.csv', otherwise = 'error' }",
    ] {
        check(step, &[("", SAME)]);
    }
    check(
        "{ default = 'EN' }",
        &[("", "EN"), ("  ", "EN"), ("FR", SAME)],
    );
}

#[test]
fn letters_are_composed_or_written_plainly() {
    check(
        "'nfc'",
        &[("Zoe\u{308}", "Zoë"), ("Zoë", SAME), ("Ann", SAME)],
    );
    check(
        "'strip_diacritics'",
        &[
            ("Müller-Lüdenscheidt", "Muller-Ludenscheidt"),
            ("Łódź", "Lodz"),
            ("Strauß", "Strauss"),
            ("Æsa Þór Øst", "AEsa THor Ost"),
            ("Zoe\u{308}", "Zoe"),
            ("Nguyễn", "Nguyen"),
            ("İpek Işık", "Ipek Isik"),
            ("한국", SAME),
            ("Иван", SAME),
            ("Ann", SAME),
        ],
    );
}

#[test]
fn words_that_say_true_or_false() {
    check(
        "'boolean'",
        &[
            ("Ja", "true"),
            ("no", "false"),
            ("vielleicht", "field: invalid_boolean"),
        ],
    );
}

#[test]
fn texts_are_replaced_cut_and_put_together() {
    check(
        "{ replace = '-', with = '' }",
        &[("1-2-3", "123"), ("123", SAME)],
    );
    check(
        r"{ extract = '^\w+-(\d+)$' }",
        &[("T-0042", "0042"), ("T-0042x", ""), ("0042", "")],
    );
    check(r"{ extract = '\d+' }", &[("a12b34", "12"), ("ab", "")]);
    check(r"{ extract = '(x)|(y)' }", &[("ay", "y")]);
    check(
        "{ split = ',', take = 2 }",
        &[("Roe, Ann , x", "Ann"), ("Roe", ""), ("a,,b", "b")],
    );
    check(
        "{ split = ',', take = -1 }",
        &[("a, b, c", "c"), ("a", SAME)],
    );
    check(
        "{ split = ';', join = ' ' }",
        &[("a; b;;c", "a b c"), ("abc", SAME)],
    );
    check(
        "{ pad_left = 6 }",
        &[("42", "000042"), ("1234567", SAME), ("ééé", "000ééé")],
    );
    check("{ pad_left = 3, with = 'x' }", &[("4", "xx4")]);
}

#[test]
fn a_pattern_takes_no_more_time_than_its_text_is_long() {
    let hostile = format!("{}!", "a".repeat(20_000));
    check(r"{ extract = '^(a+)+$' }", &[(&hostile, "")]);
}

#[test]
fn dates_are_read_in_the_formats_that_are_named_and_no_others() {
    check(
        "{ date = ['%d.%m.%Y', '%Y-%m-%d'], to = '%m/%d/%Y' }",
        &[
            ("31.12.2026", "12/31/2026"),
            (" 2026-12-31 ", "12/31/2026"),
            ("31.2.2026", "field: invalid_date"),
            ("12/31/2026", "field: invalid_date"),
            ("31.12.2026 10:00", "field: invalid_date"),
            ("soon", "field: invalid_date"),
        ],
    );
    check(
        "{ date = '%Y-%m-%dT%H:%M:%S' }",
        &[("2026-12-31T23:59:59", "2026-12-31")],
    );
    check("{ date = '%d-%b-%y' }", &[("05-Mar-26", "2026-03-05")]);
}

#[test]
fn phones_become_international_or_are_said_to_be_none() {
    check(
        "{ phone = 'DE' }",
        &[
            ("0171 123 45 67", "+491711234567"),
            ("+49 (0)171 / 123-4567", "+491711234567"),
            ("(0171) 1234567", "+491711234567"),
            ("0049171 1234567", "+491711234567"),
            ("171\u{a0}1234567", "+491711234567"),
            ("tel:+49-171-1234567", "+491711234567"),
            ("+1 (212) 555-0100", "+12125550100"),
            ("+491711234567", SAME),
            ("(+43) 664 1234567", "+436641234567"),
            ("0171 1234567 ext. 5", "field: invalid_phone"),
            ("0171 1234567 x5", "field: invalid_phone"),
            ("call me", "field: invalid_phone"),
            ("12", "field: invalid_phone"),
            ("00", "field: invalid_phone"),
            ("+0171 1234567", "field: invalid_phone"),
            ("++491711234567", "field: invalid_phone"),
            ("017112345678901234", "field: invalid_phone"),
        ],
    );
    for (country, text, want) in [
        ("US", "(212) 555-0100", "+12125550100"),
        ("US", "1-212-555-0100", "+12125550100"),
        ("us", "011 49 171 1234567", "+491711234567"),
        ("GB", "07700 900123", "+447700900123"),
        ("FR", "06 12 34 56 78", "+33612345678"),
        ("IT", "06 1234 5678", "+390612345678"),
        ("ES", "612 34 56 78", "+34612345678"),
        ("PL", "512 345 678", "+48512345678"),
        ("HU", "06 20 123 4567", "+36201234567"),
        ("RU", "8 (912) 345-67-89", "+79123456789"),
        ("JP", "010 49 171 1234567", "+491711234567"),
        ("AU", "0412 345 678", "+61412345678"),
        ("ES", "012345678", "field: invalid_phone"),
    ] {
        assert_eq!(
            run(&format!("{{ phone = '{country}' }}"), text),
            want,
            "{country} {text}"
        );
    }
}

#[test]
fn a_side_table_is_asked_exactly_and_case_aside() {
    let rows = [("North", "T-N"), (" south ", "T-S"), ("NORTH", "T-N")];
    let rows = rows.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let table = Arc::new(LookupTable::new(rows, "digest".to_owned()).unwrap());
    let lookup = |otherwise| {
        let lookup = Lookup {
            path: "x.csv".to_owned(),
            key: None,
            value: None,
            otherwise,
            table: Some(table.clone()),
        };
        Step::new(&Transform::Lookup(lookup))
    };
    let found = |otherwise, text| match lookup(otherwise).run(Cow::Borrowed(text)) {
        Ok(text) => text.into_owned(),
        Err(Refusal::Field(fault)) => format!("field: {}", fault.code),
        Err(Refusal::Row(fault)) => format!("row: {}", fault.code),
    };
    for (text, want) in [("North", "T-N"), (" nOrTh", "T-N"), ("SOUTH", "T-S")] {
        assert_eq!(found(None, text), want);
    }
    for (otherwise, want) in [
        (None, "field: not_in_lookup"),
        (Some(Otherwise::Error), "row: not_in_lookup"),
        (Some(Otherwise::Blank), ""),
        (Some(Otherwise::Pass), "West"),
        (Some(Otherwise::Text("T-X".to_owned())), "T-X"),
    ] {
        assert_eq!(found(otherwise, "West"), want);
    }
}

#[test]
fn a_side_table_in_doubt_is_none() {
    let table = |rows: &[(&str, &str)]| {
        let rows = rows
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        LookupTable::new(rows, String::new()).map(|_| ())
    };
    assert_eq!(
        table(&[("a", "1"), ("A", "2"), ("a", "1"), ("", "")]),
        Ok(())
    );
    assert_eq!(
        table(&[("a", "1"), ("a", "2")]),
        Err(TableFault::Twice("a".to_owned()))
    );
    assert_eq!(table(&[("", "2")]), Err(TableFault::NoKey("2".to_owned())));
}

#[test]
fn a_step_that_cannot_work_is_refused_where_it_stands() {
    #[derive(serde::Deserialize)]
    struct Written {
        #[allow(dead_code)]
        step: Transform,
    }
    for (step, want) in [
        ("'trimm'", "unknown variant `trimm`"),
        ("7", "a step such as"),
        ("{}", "no keys make no step"),
        ("{ replace = 'x' }", "the keys `replace` make no step"),
        ("{ replace = '', with = 'x' }", "cannot be empty"),
        ("{ extract = '(' }", "not a regular expression"),
        ("{ split = ',', take = 0 }", "counts from 1"),
        ("{ split = ',', take = 1, join = ' ' }", "make no step"),
        ("{ pad_left = 0 }", "from 1 to 255"),
        ("{ pad_left = 1000000000 }", "from 1 to 255"),
        ("{ pad_left = 3, with = 'ab' }", "one character"),
        ("{ date = [] }", "names no format"),
        ("{ date = '%Y' }", "year, month and day"),
        ("{ date = '%Q' }", "not a date format"),
        ("{ date = '%d.%m.%Y', to = 'x' }", "year, month and day"),
        ("{ phone = 'Germany' }", "no country has the code"),
        ("{ lookup = 'a.csv', with = 'x' }", "make no step"),
        ("{ trim = true }", "unknown field `trim`"),
    ] {
        let error = toml::from_str::<Written>(&format!("step = {step}"))
            .map(|_| ())
            .unwrap_err();
        assert!(error.to_string().contains(want), "{step}: {error}");
        assert!(error.span().is_some_and(|span| span.start >= 7), "{step}");
    }
}
