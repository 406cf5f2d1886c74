//! What the beginning of a file shows, and where it shows too little.

use super::*;

fn found_with(head: &str, options: &ReadOptions) -> Result<String, String> {
    let found = find_marks(&"f".into(), head, 1, true, options);
    let (tally, _) = found.map_err(|error| error.problem.code)?;
    let Marks {
        delimiter,
        quote,
        escape,
        ..
    } = tally.marks;
    let shown = |mark: Option<u8>| mark.map_or('-', char::from);
    let marks = [Some(delimiter), quote, escape].map(shown);
    Ok(marks.iter().collect())
}

fn found(head: &str) -> Result<String, String> {
    found_with(head, &ReadOptions::default())
}

#[test]
fn the_delimiter_is_found_by_splitting() {
    for (head, want) in [
        ("UserID\n1\n", ','),
        ("a,b", ','),
        ("a;b\n1;2", ';'),
        ("a\tb\r\n1\t2,5\r\n", '\t'),
        ("a|b\r1|2\r", '|'),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ';'),
        ("\"last, first\";id\n\"Doe, J\";7\n", ';'),
        // A comma in the header only.
        ("name, full;id\nJ;7\nK;8\n", ';'),
        // A comma in every row but the header.
        ("id;name\n1;Doe, J\n2;Roe, K\n", ';'),
        // A ragged row among sound ones.
        ("a;b,c\n1;2\n1;2;3\n4;5\n6;7\n", ';'),
        ("\"a\nb\";c\n1;2\n", ';'),
        // Lines of prose before the table.
        ("Staff, as of May\n\nid;name;mail\n1;A;a\n2;B;b\n", ';'),
    ] {
        assert_eq!(found(head), Ok(format!("{want}\"-")), "{head:?}");
    }
    for (head, want) in [
        ("sep=;\na,x;b\n", Some(b';')),
        ("SEP=|\r\na;b\n", Some(b'|')),
        ("sep\n", None),
    ] {
        assert_eq!(separator_line(head), want, "{head:?}");
    }
}

#[test]
fn a_close_race_is_refused() {
    for head in ["a,b;c", "a,b;c\n1,2;3\n", "a,b;c\n1,2\n3;4\n"] {
        assert_eq!(
            found(head),
            Err("ambiguous_delimiter".to_owned()),
            "{head:?}"
        );
    }
}

#[test]
fn another_quote_is_found_where_whole_columns_or_the_widths_show_it() {
    for (head, want) in [
        ("id,name\n1,'A'\n2,'B'\n", ",\"-"),
        ("'id','name'\n'1','A'\n'2','B'\n", ",'-"),
        ("id,'name'\n1,'A'\n2,'B'\n", ",'-"),
        ("id,name\n1,'Doe, J'\n2,'Roe, K'\n3,X\n", ",'-"),
        // An apostrophe is no quote.
        ("id,name\n1,'t Hart\n2,O'Neil\n", ",\"-"),
        ("id,name\n1,'A'\n2,B\n", ",\"-"),
        ("'id','name'\n'1','it''s'\n", ",'-"),
    ] {
        // The header of the first case is not quoted, so nothing tells quotes from text.
        assert_eq!(found(head).as_deref(), Ok(want), "{head:?}");
    }
    let both = "'id',name\n'1',\"A\"\n'2',\"B\"\n";
    for doubtful in [
        both,
        // A quote inside that is not doubled: neither reading is sound.
        "id,'name'\n1,'Bob won't'\n2,'it, too'\n",
    ] {
        assert_eq!(
            found(doubtful),
            Err("ambiguous_quote".to_owned()),
            "{doubtful:?}"
        );
    }
    let told = ReadOptions {
        quote: Some(Some(b'"')),
        ..ReadOptions::default()
    };
    assert_eq!(found_with(both, &told).as_deref(), Ok(",\"-"));
}

#[test]
fn an_escape_is_found_where_nothing_else_reads_every_record() {
    for (head, want) in [
        (
            r#"a,b
"x \"y\" z",2
"#,
            ",\"\\",
        ),
        ("a,b\nx\\,y,2\n", ",\"\\"),
        // Paths are text.
        ("a,b\n\\\\server\\share,DOMAIN\\ann\n", ",\"-"),
        ("a,b\n\"C:\\dir\\\",2\n", ",\"-"),
        ("a,b\n1,\"say \"\"hi\"\"\"\n", ",\"-"),
    ] {
        assert_eq!(found(head).as_deref(), Ok(want), "{head:?}");
    }
    let both = "a,b\n\"C:\\\\dir\",2\n";
    assert_eq!(found(both), Err("ambiguous_escape".to_owned()));
    for (escape, want) in [(None, ",\"-"), (Some(b'\\'), ",\"\\")] {
        let told = ReadOptions {
            escape: Some(escape),
            ..ReadOptions::default()
        };
        assert_eq!(found_with(both, &told).as_deref(), Ok(want));
    }
}

#[test]
fn the_evidence_names_what_was_seen() {
    let head = "n, m;id\r\n\"J\";7\r\nK;8\n";
    let (_, evidence) = find_marks(&"f".into(), head, 1, true, &ReadOptions::default()).unwrap();
    insta::assert_snapshot!(evidence.join("\n"), @r"
    delimiter: semicolon, splits 3 of the first 3 records into 2 cells; comma splits 1 of the first 1 records into 2 cells
    quote: double quote, 1 of the first cells stand in it
    escape: none, a quote inside a quoted cell is doubled
    lines: 1 by LF, 2 by CRLF
    ");
}
