//! Records, one after the other, in every dialect.

use super::*;

type Rows = Vec<(u64, Vec<String>, Option<Flaw>)>;

fn split_all(text: &str) -> Result<Rows, Broken> {
    split_by(Marks::plain(b','), text)
}

fn split_by(marks: Marks, text: &str) -> Result<Rows, Broken> {
    let (mut splitter, mut record) = (Splitter::new(marks), Record::default());
    let (mut rows, mut at) = (Rows::new(), 0);
    while at < text.len() {
        match splitter.split(text, at, true, &mut record)? {
            Split::Record(end) => {
                let cells = record.cells(text).map(str::to_owned).collect();
                rows.push((record.line(), cells, record.flaw().map(|(flaw, _)| flaw)));
                at = end;
            }
            Split::Blank(end) => at = end,
            Split::Incomplete => panic!("the last text is complete"),
        }
    }
    Ok(rows)
}

#[test]
fn records_lines_and_cells() {
    let row = |line, cells: &[&str]| {
        (
            line,
            cells
                .iter()
                .map(|&cell| cell.to_owned())
                .collect::<Vec<_>>(),
            None,
        )
    };
    for (text, want) in [
        ("", vec![]),
        ("a,b", vec![row(1, &["a", "b"])]),
        ("a,b\n", vec![row(1, &["a", "b"])]),
        ("a,\n,b\n", vec![row(1, &["a", ""]), row(2, &["", "b"])]),
        ("a,", vec![row(1, &["a", ""])]),
        (
            "a\rb\r\nc\n\n\r\nd",
            vec![
                row(1, &["a"]),
                row(2, &["b"]),
                row(3, &["c"]),
                row(6, &["d"]),
            ],
        ),
        ("\"\"\n\"a\"", vec![row(1, &[""]), row(2, &["a"])]),
        (
            "\"a\n\nb\",c\r\nd",
            vec![row(1, &["a\n\nb", "c"]), row(4, &["d"])],
        ),
        ("\"a\r\nb\"\rd", vec![row(1, &["a\r\nb"]), row(3, &["d"])]),
        (
            "\"say \"\"hi\"\"\",\"\"\"\"",
            vec![row(1, &["say \"hi\"", "\""])],
        ),
        (" a ,é;ü", vec![row(1, &[" a ", "é;ü"])]),
    ] {
        assert_eq!(split_all(text), Ok(want), "{text:?}");
    }
}

#[test]
fn a_quote_inside_an_unquoted_cell_is_noticed_and_the_record_still_ends() {
    let rows = split_all("a,b\"c,d\"\ne").unwrap();
    assert_eq!(
        (rows[0].2, rows[0].1.len(), rows[1].0),
        (Some(Flaw::StrayQuote), 3, 2)
    );
}

#[test]
fn uncertain_quotes_break_the_file_and_name_the_line_where_they_opened() {
    for (text, want) in [
        ("a\n\"b", Broken::UnclosedQuote(2)),
        ("a\n\"b\nc\n", Broken::UnclosedQuote(2)),
        ("a\n\"\nb\"\"", Broken::UnclosedQuote(2)),
        ("\"", Broken::UnclosedQuote(1)),
        ("\"a\n\",\"b\"c", Broken::TextAfterQuote(2)),
        ("\"a\" ,b", Broken::TextAfterQuote(1)),
    ] {
        assert_eq!(split_all(text), Err(want), "{text:?}");
    }
    let long = "x".repeat(FIELD_BYTES_MAX);
    assert!(split_all(&format!("{long},\"{long}\"")).is_err());
    assert!(split_all(&format!("{long},a")).is_ok());
    assert_eq!(
        split_all(&format!("a\n{long}x")),
        Err(Broken::FieldTooLong(2))
    );
}

#[test]
fn a_window_that_ends_too_early_is_never_taken_for_the_end() {
    let whole = "\"a\"\"\r\n\",b\r\n";
    for cut in 1..whole.len() {
        let (mut splitter, mut record) = (Splitter::new(Marks::plain(b',')), Record::default());
        let split = splitter.split(&whole[..cut], 0, false, &mut record);
        assert_eq!(split, Ok(Split::Incomplete), "{cut}");
    }
}

/// The cells as one text, rows by `/` and cells by `|`, with the flaw in front.
fn told(marks: Marks, text: &str) -> Result<String, Broken> {
    let rows = split_by(marks, text)?.into_iter().map(|(_, cells, flaw)| {
        let flaw = flaw.map_or_else(String::new, |flaw| format!("{flaw:?}:"));
        format!("{flaw}{}", cells.join("|"))
    });
    Ok(rows.collect::<Vec<_>>().join("/"))
}

#[test]
fn an_escape_hides_what_has_a_meaning_and_nothing_else() {
    let marks = Marks {
        escape: Some(b'\\'),
        ..Marks::plain(b',')
    };
    for (text, want) in [
        (r#""a \"b\" c",d"#, r#"a "b" c|d"#),
        (r#""a\\",b"#, r"a\|b"),
        (r"a\,b,c\\", r"a,b|c\"),
        ("a\\\nb,c\nd", "a\nb|c/d"),
        ("\"a\\\r\nb\",c", "a\r\nb|c"),
        (r#""a""b",c"#, r#"a"b|c"#),
        (r"a\x,b", r"StrayEscape:a\x|b"),
        (r#""a\x",b"#, r#"StrayEscape:a\x|b"#),
        (r"a\", r"StrayEscape:a\"),
        (r#"a\"b,c"#, r#"a"b|c"#),
    ] {
        assert_eq!(told(marks, text).as_deref(), Ok(want), "{text}");
    }
    assert_eq!(told(marks, r#""a\""#), Err(Broken::UnclosedQuote(1)));
}

#[test]
fn another_quote_or_none() {
    let single = Marks {
        quote: Some(b'\''),
        ..Marks::plain(b';')
    };
    assert_eq!(told(single, "'a;''b';\"c\"\n"), Ok("a;'b|\"c\"".to_owned()));
    let none = Marks {
        quote: None,
        ..Marks::plain(b'\t')
    };
    assert_eq!(told(none, "\"a\tb\"\tc\n"), Ok("\"a|b\"|c".to_owned()));
}

#[test]
fn where_no_cell_may_hold_a_line_break_a_bad_quote_costs_its_row_only() {
    let marks = Marks {
        multiline: false,
        ..Marks::plain(b',')
    };
    for (text, want) in [
        ("\"a\",b\n\"c\"\n", "a|b/c"),
        ("\"a,b\nc,d\n", "UnclosedQuote:\"a,b/c|d"),
        ("\"a,b", "UnclosedQuote:\"a,b"),
        ("x,\"a\"y,b\r\nc,d", "TextAfterQuote:x|\"a\"y,b/c|d"),
        ("\"a\"\"b\",c", "a\"b|c"),
    ] {
        assert_eq!(told(marks, text).as_deref(), Ok(want), "{text:?}");
    }
}

#[test]
fn line_ends_are_counted() {
    let (mut splitter, mut record) = (Splitter::new(Marks::plain(b',')), Record::default());
    let (text, mut at) = ("a\nb\r\n\"x\n\"\rc", 0);
    while at < text.len() {
        at = match splitter.split(text, at, true, &mut record).unwrap() {
            Split::Record(end) | Split::Blank(end) => end,
            Split::Incomplete => panic!("the last text is complete"),
        };
    }
    let ends = LineEnds {
        feeds: 1,
        pairs: 1,
        returns: 1,
    };
    assert_eq!((splitter.ends(), splitter.line()), (ends, 5));
}
