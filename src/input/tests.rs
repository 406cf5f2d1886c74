//! The module from its outside: bytes in a file → rows, refusals and errors, whatever the size of a block.

use std::fs;
use std::io::Write;

use crate::model::RawValue;

use super::*;

mod bytes;
mod polluted;
mod properties;
mod sources;
mod workbooks;

/// What a file reads as: the columns, `line|cell|cell…` a row, `line code` a refusal, and the blank lines.
#[derive(Debug, Default, PartialEq)]
struct Reading {
    columns: Vec<String>,
    rows: Vec<String>,
    refused: Vec<String>,
    warned: Vec<String>,
    blank_lines: u64,
}

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn read_export(export: &mut Export) -> Result<Reading, InputError> {
    let mut reading = Reading::default();
    let mut batches = export.batches()?;
    for batch in &mut batches {
        let batch = batch?;
        for row in batch.rows() {
            let mut line = row.place().line.to_string();
            for column in 0..row.columns().names.len() {
                line.push('|');
                line.push_str(&match row.cell(column) {
                    RawValue::Missing => "-".to_owned(),
                    RawValue::Text(text) => text.to_owned(),
                    RawValue::Json(json) => json.to_string(),
                });
            }
            reading.rows.push(line);
        }
        let codes = batch.problems.iter().map(|problem| problem.code.clone());
        reading.warned.extend(codes);
        for refusal in &batch.refused {
            assert!(
                refusal.problems[0].file.is_some(),
                "a problem of reading names its file"
            );
            reading.refused.push(format!(
                "{} {}",
                refusal.place.line, refusal.problems[0].code
            ));
        }
    }
    reading.columns = batches
        .columns()
        .names
        .iter()
        .map(|name| name.to_string())
        .collect();
    reading.blank_lines = batches.blank_lines();
    Ok(reading)
}

fn read_with(
    bytes: &[u8],
    options: &ReadOptions,
    block_bytes: usize,
) -> Result<Reading, InputError> {
    let file = file_of(bytes);
    let mut export = Export::open(file.path(), options)?;
    export.block_bytes = block_bytes;
    read_export(&mut export)
}

/// Reads by blocks of several sizes, which must make no difference (but for the columns known when a row is given).
fn read(text: impl AsRef<[u8]>) -> Result<Reading, String> {
    let read = |block_bytes| {
        read_with(text.as_ref(), &ReadOptions::default(), block_bytes).map_err(|error| {
            let line = error
                .problem
                .line
                .map_or_else(|| "-".to_owned(), |line| line.to_string());
            format!("{line} {}", error.problem.code)
        })
    };
    let whole = read(BLOCK_BYTES);
    for block_bytes in [1, 2, 3, 7, 64] {
        let in_blocks = read(block_bytes);
        match (&whole, &in_blocks) {
            (Ok(whole), Ok(in_blocks)) => {
                assert_eq!(whole.columns, in_blocks.columns);
                assert_eq!(whole.refused, in_blocks.refused);
                assert_eq!(whole.warned, in_blocks.warned);
                assert_eq!(whole.blank_lines, in_blocks.blank_lines);
                let padded = |row: &String| format!("{row}|-|-|-|-");
                for (row, other) in whole.rows.iter().zip(&in_blocks.rows) {
                    assert!(padded(row).starts_with(other), "{row} {other}");
                }
                assert_eq!(whole.rows.len(), in_blocks.rows.len());
            }
            _ => assert_eq!(whole, in_blocks, "in blocks of {block_bytes}"),
        }
    }
    whole
}

fn rows(text: impl AsRef<[u8]>) -> Vec<String> {
    let reading = read(text).unwrap();
    assert_eq!(reading.refused, Vec::<String>::new());
    reading.rows
}

#[test]
fn a_header_without_rows_is_readable() {
    let reading = read("UserID,Email\n").unwrap();
    assert_eq!(reading.columns, ["UserID", "Email"]);
    assert_eq!((reading.rows.len(), reading.refused.len()), (0, 0));
    assert_eq!(read("[]").unwrap(), Reading::default());

    let file = file_of(b"UserID\n");
    let mut export = Export::open(file.path(), &ReadOptions::default()).unwrap();
    let batches: Vec<_> = export.batches().unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(
        batches.len(),
        1,
        "one empty batch, so that the header is seen"
    );
    assert_eq!(batches[0].columns.names.len(), 1);
}

#[test]
fn csv_reads_the_same_in_every_delimiter_and_line_ending() {
    for delimiter in [",", ";", "\t", "|"] {
        for ending in ["\n", "\r\n", "\r"] {
            for mark in ["", "\u{feff}"] {
                let text = format!("{mark}id,name\n7,\"é,\"\"\n\"\n\n8,\n").replace("é,", "é");
                let text = text.replace(',', delimiter).replace('\n', ending);
                let reading = read(&text).unwrap();
                assert_eq!(reading.columns, ["id", "name"], "{text:?}");
                assert_eq!(
                    reading.rows,
                    [format!("2|7|é\"{ending}"), "5|8|".to_owned()],
                    "{text:?}"
                );
                assert_eq!(reading.blank_lines, 1);
            }
        }
    }
}

#[test]
fn csv_lines_are_physical_and_blank_ones_are_counted() {
    let reading = read("\n\nid,b\n\n1,\"x\n\ny\"\n  \n2,z").unwrap();
    assert_eq!(reading.rows, ["5|1|x\n\ny", "9|2|z"]);
    assert_eq!(reading.blank_lines, 4);
    // Under one column a line of spaces is a cell.
    assert_eq!(rows("id\n  \n\"\"\n"), ["2|  ", "3|"]);
    assert_eq!(rows("sep=;\nid;b\n1;2\n"), ["3|1|2"]);
}

#[test]
fn csv_refuses_the_row_that_is_wrong_and_reads_on() {
    let reading = read("id,b\n1\n2,x,y\n3,a\"b\n4,ok\n5,\"\",\n").unwrap();
    assert_eq!(reading.rows, ["5|4|ok"]);
    assert_eq!(
        reading.refused,
        [
            "2 ragged_row",
            "3 ragged_row",
            "4 stray_quote",
            "6 ragged_row"
        ]
    );
}

#[test]
fn csv_refuses_the_file_where_rows_are_uncertain() {
    for (text, want) in [
        ("id,b\n1,x\n2,\"y\n3,z\n", "3 unclosed_quote"),
        ("id,b\n1,\"x\n\"y,z\n3,\"z\"\n", "2 text_after_quote"),
        ("id,b\n1,\"x\" \n", "2 text_after_quote"),
        ("id,,b\n", "1 empty_column_name"),
        ("id,b,\n", "1 empty_column_name"),
        ("\nid,b,id\n", "2 repeated_column_name"),
        ("id,b\"c\n", "1 stray_quote"),
        ("", "- empty_file"),
        ("\u{feff}", "- empty_file"),
        ("\n \n", "- empty_file"),
        ("sep=;\n", "2 no_header"),
    ] {
        assert_eq!(read(text), Err(want.to_owned()), "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_line() {
    let at_line_3 = |bad: &[u8]| [b"id,b\r\n1,x\r\n2,", bad, b"\r\n"].concat();
    for (bytes, want) in [
        (at_line_3(b"M\xFCller"), "3 invalid_utf8"),
        (at_line_3(b"\0"), "3 nul_byte"),
        (b"id\n\xC3".to_vec(), "2 invalid_utf8"),
        (b"i\0d\0\n\0".to_vec(), "1 nul_byte"),
        (b"\x1F\x8B\x08\0".to_vec(), "- truncated_archive"),
        (b"PK\x03\x04\0".to_vec(), "- compressed"),
        (b"[{\"a\":\"\xE9\"}]".to_vec(), "1 invalid_utf8"),
    ] {
        assert_eq!(read(&bytes), Err(want.to_owned()), "{bytes:?}");
    }
    // Far behind the head, and counted from the first byte of the file, its mark included.
    let mut bytes = "\u{feff}id,b\r\n".as_bytes().to_vec();
    bytes.extend(b"1,x\r\n".repeat(HEAD_BYTES / 2));
    let (offset, line) = (bytes.len() + 2, HEAD_BYTES / 2 + 2);
    bytes.extend(b"1,\xE9\r\n");
    let error = read_with(&bytes, &ReadOptions::default(), BLOCK_BYTES).unwrap_err();
    assert_eq!(error.problem.line, Some(line as u64));
    assert_eq!(
        error.problem.message,
        format!("not valid UTF-8: byte 0xE9 at byte {offset}")
    );
}

#[test]
fn json_in_its_three_forms() {
    let rows_wanted = ["1|\"7\"|1.50|-", "2|\"8\"|-|[1]"];
    for text in [
        "[{\"id\":\"7\",\"n\":1.50},\n{\"x\":[1],\"id\":\"8\"}]",
        "{\"next\":null,\"Users\":[{\"id\":\"7\",\"n\":1.50},\n{\"x\":[1],\"id\":\"8\"}],\"total\":2}",
        "{\"id\":\"7\",\"n\":1.50}\n{\"x\":[1],\"id\":\"8\"}",
        "\u{feff}{\"id\":\"7\",\"n\":1.50}\r{\"x\":[1],\"id\":\"8\"}\r",
    ] {
        let reading = read(text).unwrap();
        assert_eq!(reading.columns, ["id", "n", "x"], "{text}");
        assert_eq!(reading.rows, rows_wanted, "{text}");
    }
    assert_eq!(
        rows("{\n\"id\": 12345678901234567890,\n\"ü\": {\"k\": \"\\u00e9\"}\n}\n"),
        ["1|12345678901234567890|{\"k\":\"é\"}"]
    );
}

#[test]
fn json_refuses_the_element_that_is_wrong_and_reads_on() {
    let reading = read("[{\"a\":1,\"a\":1},\n{\"a\":},\n3,{'a':1},\n[{}],{\"a\":2}]").unwrap();
    assert_eq!(reading.rows, ["4|2"]);
    assert_eq!(
        reading.refused,
        [
            "1 repeated_key",
            "2 invalid_json",
            "3 not_an_object",
            "3 invalid_json",
            "4 not_an_object"
        ]
    );
    let reading = read("{\"a\":1}\nnull\n\n{\"a\":01}\n{\"a\":2}").unwrap();
    assert_eq!(reading.refused, ["2 not_an_object", "4 invalid_json"]);
}

#[test]
fn json_refuses_the_file_where_elements_are_uncertain() {
    for (text, want) in [
        ("[{\"a\":1},\n{\"a\":", "2 json_truncated"),
        ("[{\"a\":1}", "1 json_truncated"),
        ("[{\"a\":1}]\n[]", "2 json_junk"),
        ("{\"a\":1} {\"a\":2}", "1 json_junk"),
        ("{\"a\":1}\n{\"a\":[2}\n", "2 json_brackets"),
        ("{\"a\":1}\n{\"a\":\"x\n\"}\n", "2 json_string"),
    ] {
        assert_eq!(read(text), Err(want.to_owned()), "{text:?}");
    }
}

#[test]
fn limits_are_told() {
    let text = |bytes: usize| "x".repeat(bytes);
    for (bytes, want) in [
        (format!("id,b\n1,\"{}", text(3 << 20)), "2 field_too_long"),
        (format!("id,b\n1,{}\n", text(2 << 20)), "2 field_too_long"),
        (
            (0..=limits::COLUMNS_MAX)
                .map(|n| format!("c{n},"))
                .collect(),
            "1 too_many_columns",
        ),
        ("a,".repeat(2 << 20), "1 too_many_columns"),
        (
            format!("[{{\"a\":\"{}\"}}]", text(RECORD_BYTES_MAX)),
            "1 record_too_long",
        ),
        (
            format!("{{\"a\":\"{}\"}}", text(RECORD_BYTES_MAX)),
            "1 record_too_long",
        ),
        (
            format!("id,b\n1,2\n{}", format!("{},", text(1 << 19)).repeat(40)),
            "3 record_too_long",
        ),
    ] {
        let error = read_with(bytes.as_bytes(), &ReadOptions::default(), BLOCK_BYTES).unwrap_err();
        let problem = &error.problem;
        assert_eq!(format!("{} {}", problem.line.unwrap(), problem.code), want);
    }
    let many = limits::COLUMNS_MAX / 2 + 1;
    let object = |from: usize| {
        (from..from + many)
            .map(|n| format!("\"k{n}\":1"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let text = format!("{{{}}}\n{{{}}}", object(0), object(many));
    let error = read_with(text.as_bytes(), &ReadOptions::default(), BLOCK_BYTES).unwrap_err();
    assert_eq!(
        (error.problem.line, &*error.problem.code),
        (Some(2), "too_many_columns")
    );
}

#[test]
fn an_array_of_users_far_behind_other_keys_is_found() {
    let text = format!(
        "{{\"note\":\"{}\",\"Users\":[{{\"a\":1}}]}}",
        "x".repeat(2 * HEAD_BYTES)
    );
    let reading = read_with(text.as_bytes(), &ReadOptions::default(), BLOCK_BYTES).unwrap();
    assert_eq!(reading.rows, ["1|1"]);
}

#[test]
fn pins_win_and_a_bad_one_is_refused() {
    let pinned = |text: &str, format, delimiter| {
        read_with(
            text.as_bytes(),
            &ReadOptions {
                format,
                delimiter,
                ..ReadOptions::default()
            },
            BLOCK_BYTES,
        )
    };
    let reading = pinned("a:b,c\n1:2\n", None, Some(b':')).unwrap();
    assert_eq!(reading.columns, ["a", "b,c"]);
    assert_eq!(
        pinned("[],a\n1,2\n", Some(Format::Csv), None)
            .unwrap()
            .columns,
        ["[]", "a"]
    );
    let row = pinned("{\"Users\":[{}]}\n", Some(Format::Ndjson), None).unwrap();
    assert_eq!(row.columns, ["Users"]);
    for delimiter in [b'"', b'\n', 0xE9] {
        let error = pinned("a,b\n", None, Some(delimiter)).unwrap_err();
        assert_eq!(error.problem.code, "bad_delimiter");
    }
}

#[test]
fn the_dialect_says_what_was_found_and_why() {
    let file = file_of("\u{feff}a;b\n1;2\n".as_bytes());
    let export = Export::open(file.path(), &ReadOptions::default()).unwrap();
    let dialect = export.dialect();
    assert_eq!(
        (dialect.format, dialect.delimiter),
        (Format::Csv, Some(b';'))
    );
    assert!(dialect.byte_order_mark);
    insta::assert_snapshot!(dialect.evidence.join("\n"), @r"
    encoding: UTF-8 with byte order mark
    format: CSV, it begins neither as a JSON array nor as a JSON object
    delimiter: semicolon, splits 2 of the first 2 records into 2 cells
    quote: double quote, no cell is quoted
    escape: none, a quote inside a quoted cell is doubled
    lines: 2 by LF
    header rows: 1
    ");
}
