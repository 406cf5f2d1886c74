//! Pollutions of a whole file, and the option that settles each.

use super::*;

/// Whole files: what is polluted, how it is written, what must come of it without a word from the person, and
/// under the option that settles it.
type Settled = (&'static str, String, Outcome, Option<ReadOptions>);

fn rows(delimiter: &str, ending: &str) -> String {
    let lines = std::iter::once(HEADER.to_owned()).chain((0..PEOPLE).map(person));
    let lines: Vec<String> = lines.map(|line| line.replace(',', delimiter)).collect();
    lines.join(ending) + ending
}

fn told(told: fn(&mut ReadOptions)) -> Option<ReadOptions> {
    let mut options = ReadOptions::default();
    told(&mut options);
    Some(options)
}

fn names(options: &mut ReadOptions, names: &[&str]) {
    options.columns = Some(names.iter().map(|&name| name.to_owned()).collect());
}

/// Written in another way; no option is needed.
fn written() -> Vec<Settled> {
    let sound = rows(",", "\n");
    let quoted = |quote: &str| {
        sound
            .replace(',', &format!("{quote},{quote}"))
            .lines()
            .map(|line| format!("{quote}{line}{quote}\n"))
            .collect::<String>()
    };
    vec![
        ("nothing", sound.clone(), ReadAlike, None),
        ("semicolons", rows(";", "\n"), ReadAlike, None),
        ("tabs", rows("\t", "\r\n"), ReadAlike, None),
        ("bars, CR", rows("|", "\r"), ReadAlike, None),
        ("a rare delimiter", rows("^", "\n"), File("one"), None),
        (
            "no last line break",
            sound.trim_end().to_owned(),
            ReadAlike,
            None,
        ),
        ("blank lines", sound.replace('\n', "\n\n"), ReadAlike, None),
        (
            "a byte order mark",
            format!("\u{feff}{sound}"),
            ReadAlike,
            None,
        ),
        (
            "sep=",
            format!("sep=;\n{}", rows(";", "\n")),
            ReadAlike,
            None,
        ),
        ("all quoted", quoted("\""), ReadAlike, None),
        ("all in single quotes", quoted("'"), ReadAlike, None),
        (
            "single quotes, and one inside",
            quoted("'").replacen("Name 4", "O'Neil", 1),
            File("ambiguous_quote"),
            None,
        ),
        (
            "markup",
            "<html><body>Log in</body></html>".to_owned(),
            File("not_an_export"),
            None,
        ),
        ("nothing at all", String::new(), File("empty_file"), None),
    ]
}

/// Something before, in or behind the table that is no row.
fn framed() -> Vec<Settled> {
    let sound = rows(",", "\n");
    vec![
        (
            "a title",
            format!("Staff\n\n{sound}"),
            File("preamble"),
            told(|o| o.skip_rows = Some(2)),
        ),
        (
            "a padded title",
            format!("Staff,,\n{sound}"),
            File("empty_column_name"),
            told(|o| o.skip_rows = Some(1)),
        ),
        (
            "a header of two rows",
            format!("Key,Person,\n{sound}"),
            File("empty_column_name"),
            told(|o| o.header_rows = Some(2)),
        ),
        (
            "a second header",
            sound.replacen('\n', "\nNumber,Name,Address\n", 1),
            File("second_header"),
            told(|o| o.header_rows = Some(2)),
        ),
        (
            "no header",
            sound.replacen(&format!("{HEADER}\n"), "", 1),
            File("no_header"),
            told(|o| {
                o.header_rows = Some(0);
                names(o, &["a", "b", "c"]);
            }),
        ),
    ]
}

/// Names of columns that are none.
fn named() -> Vec<Settled> {
    let sound = rows(",", "\n");
    vec![
        (
            "a repeated name",
            sound.replacen("LastName", "Email", 1),
            File("repeated_column_name"),
            told(|o| {
                names(o, &["a", "b", "c"]);
            }),
        ),
        (
            "a name that is empty",
            sound.replacen("LastName", "", 1),
            File("empty_column_name"),
            told(|o| {
                names(o, &["a", "b", "c"]);
            }),
        ),
        (
            "delimiters at every end",
            sound.replace('\n', ",\n"),
            File("empty_column_name"),
            told(|o| {
                names(o, &["a", "b", "c", ""]);
            }),
        ),
        (
            "delimiters at the end of rows",
            sound.replace("example\n", "example,\n"),
            File("short_header"),
            None,
        ),
        (
            "empty rows below",
            format!("{sound},,\n,,\n"),
            ReadAlike,
            None,
        ),
        (
            "a footer above empty rows",
            format!("{sound}Total,9,\n,,\n,,\n"),
            Row("any"),
            told(|o| o.skip_footer = 1),
        ),
        (
            "a footer",
            format!("{sound}Total,9,\nend\n"),
            Row("any"),
            told(|o| o.skip_footer = 2),
        ),
    ]
}

#[test]
fn a_polluted_file_is_read_as_meant_or_refused_and_settled_by_an_option() {
    let want: Vec<String> = (0..PEOPLE).map(|n| person(n).replace(',', "|")).collect();
    for (name, text, outcome, settled) in [written(), framed(), named()].concat() {
        let found = tell(text.as_bytes(), &ReadOptions::default());
        match outcome {
            // One column: no row is lost, and no column is called UserID.
            File("one") => assert_eq!(found.rows.len(), PEOPLE, "{name}"),
            Row("any") => assert!(
                !found.codes.is_empty() && found.rows == want,
                "{name}: {found:?}"
            ),
            outcome => assert_eq!(judge(&found, &want, &outcome), Ok(()), "{name}: {found:?}"),
        }
        if let Some(options) = settled {
            let found = tell(text.as_bytes(), &options);
            assert_eq!(
                judge(&found, &want, &ReadAlike),
                Ok(()),
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn a_header_that_comes_again_is_known_under_other_names_too() {
    let two = format!("Key,Person,Mail\n{}", rows(",", "\n"));
    for (name, text, options) in [
        (
            "names are told",
            rows(",", "\n") + HEADER + "\n",
            told(|o| names(o, &["a", "", "c"])),
        ),
        (
            "two rows",
            format!("{two}Key,Person,Mail\n{HEADER}\n"),
            told(|o| o.header_rows = Some(2)),
        ),
    ] {
        let found = tell(text.as_bytes(), &options.unwrap_or_default());
        assert_eq!(found.rows.len(), PEOPLE, "{name}: {found:?}");
        let is_known = |code: &String| code == "repeated_header";
        assert!(
            !found.codes.is_empty() && found.codes.iter().all(is_known),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn people_who_are_told_to_be_header_or_footer_are_told() {
    for (name, text, options, want) in [
        (
            "a header too long",
            rows(",", "\n"),
            told(|o| o.header_rows = Some(2)),
            &["person_in_header"][..],
        ),
        (
            "a footer too long",
            rows(",", "\n") + "Total,9,\n",
            told(|o| o.skip_footer = 3),
            &["people_in_footer"],
        ),
        (
            "a footer without a total",
            rows(",", "\n"),
            told(|o| o.skip_footer = 100),
            &["people_in_footer"],
        ),
        (
            "as it is",
            format!("Key,Person,Mail\n{}Total,9,\nend,,\n", rows(",", "\n")),
            told(|o| {
                o.header_rows = Some(2);
                o.skip_footer = 2;
            }),
            &[],
        ),
    ] {
        let found = tell(text.as_bytes(), &options.unwrap_or_default());
        assert_eq!(found.warned, want, "{name}: {found:?}");
        assert_eq!(found.file, None, "{name}");
    }
    let headless = rows(",", "\n").replacen(&format!("{HEADER}\n"), "", 1);
    let options = told(|o| names(o, &["a", "b", "c"])).unwrap_or_default();
    let found = tell(headless.as_bytes(), &options);
    assert_eq!(found.file.as_deref(), Some("no_header"), "{found:?}");
}
