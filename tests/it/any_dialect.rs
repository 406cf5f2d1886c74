//! Any rows, written as CSV in any dialect and encoding: `preview --as ndjson` prints these rows and no others.

use encoding_rs::{Encoding, GB18030, KOI8_R, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::string::string_regex;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value as Json;
use std::io::Write;

use super::support::World;

/// Encodings with letters of their own; one of Shift JIS has a backslash for its second byte.
const ENCODINGS: [(&Encoding, &str); 8] = [
    (UTF_8, "é𝄞王"),
    (UTF_16LE, "é𝄞王"),
    (UTF_16BE, "é𝄞王"),
    (GB18030, "é𝄞王"),
    (WINDOWS_1252, "é€ß"),
    (KOI8_R, "Дми"),
    (SHIFT_JIS, "表山ア"),
    (UTF_8, "\u{200b}\u{a0}\u{feff}"),
];

/// How a file is written.
#[derive(Clone, Debug)]
struct Writing {
    encoding: &'static Encoding,
    delimiter: char,
    quote: char,
    escape: Option<char>,
    ending: &'static str,
    quotes_all: bool,
    has_mark: bool,
    is_packed: bool,
}

type Table = Vec<Vec<String>>;

fn writings() -> impl Strategy<Value = (Writing, Table)> {
    let encoding = prop::sample::select(ENCODINGS.to_vec());
    let marks = (
        prop::sample::select(vec![',', ';', '\t', '|', ':', '~']),
        prop::sample::select(vec!['"', '\'']),
        prop::sample::select(vec![None, Some('\\')]),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
    );
    let switches = any::<(bool, bool, bool)>();
    (encoding, marks, switches, 1..5usize).prop_flat_map(
        |((encoding, letters), marks, switches, width)| {
            let (delimiter, quote, escape, ending) = marks;
            let (quotes_all, has_mark, is_packed) = switches;
            let writing = Writing {
                encoding,
                delimiter,
                quote,
                escape,
                ending,
                quotes_all,
                has_mark: has_mark && ["UTF-8", "UTF-16LE", "UTF-16BE"].contains(&encoding.name()),
                is_packed,
            };
            let cell = string_regex(&format!("[ a,;|:~\t\"'\\\\\r\n0-9{letters}]{{0,8}}"))
                .expect("a pattern");
            // A filled last cell: an empty row is left out, and a lone text in the first cell is taken for a remark.
            let row = (prop::collection::vec(cell, width), "[b-d]{1,3}");
            let row = row.prop_map(|(mut cells, last)| {
                cells.push(last);
                cells
            });
            (Just(writing), prop::collection::vec(row, 1..8))
        },
    )
}

impl Writing {
    fn cell(&self, cell: &str) -> String {
        let is_mark = |letter| letter == self.quote || Some(letter) == self.escape;
        let is_special =
            |letter| is_mark(letter) || letter == self.delimiter || matches!(letter, '\r' | '\n');
        if !self.quotes_all && !cell.contains(is_special) {
            return cell.to_owned();
        }
        let mut written = String::from(self.quote);
        for letter in cell.chars() {
            written.extend(is_mark(letter).then_some(self.escape.unwrap_or(self.quote)));
            written.push(letter);
        }
        written.push(self.quote);
        written
    }

    fn bytes(&self, rows: &[Vec<String>]) -> Vec<u8> {
        let mark = if self.has_mark { "\u{feff}" } else { "" };
        let mut text = mark.to_owned();
        for row in rows {
            let cells: Vec<String> = row.iter().map(|cell| self.cell(cell)).collect();
            text.push_str(&cells.join(&self.delimiter.to_string()));
            text.push_str(self.ending);
        }
        let bytes = match self.encoding.name() {
            "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => {
                let (bytes, _, is_lossy) = self.encoding.encode(&text);
                assert!(!is_lossy, "{text:?}");
                bytes.into_owned()
            }
        };
        match self.is_packed {
            true => {
                let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
                packed.write_all(&bytes).expect("memory takes all");
                packed.finish().expect("memory takes all")
            }
            false => bytes,
        }
    }

    fn options(&self) -> Vec<String> {
        let shown = |mark: char| match mark {
            '\t' => "tab".to_owned(),
            mark => mark.to_string(),
        };
        let escape = self.escape.map_or("none".to_owned(), shown);
        let mut options = vec![
            format!("--delimiter={}", shown(self.delimiter)),
            format!("--quote={}", self.quote),
            format!("--escape={escape}"),
            "--header-rows=1".to_owned(),
            "--skip-rows=0".to_owned(),
            "--format=csv".to_owned(),
        ];
        if !self.has_mark {
            options.push(format!("--encoding={}", self.encoding.name()));
        }
        options
    }
}

#[test]
fn rows_in_any_dialect_and_encoding_are_the_rows_that_preview_prints() {
    let world = World::new();
    let mut runner = TestRunner::new(Config {
        cases: 96,
        failure_persistence: None,
        ..Config::default()
    });
    let tried = runner.run(&writings(), |(writing, table)| {
        // No cell holds an x: a row that repeats the header is refused, and not what is tried here.
        let header: Vec<String> = (0..table[0].len())
            .map(|column| format!("x{column}"))
            .collect();
        let rows: Table = std::iter::once(header)
            .chain(table.iter().cloned())
            .collect();
        let export = world.file("people", writing.bytes(&rows));
        let options = writing.options();
        let mut arguments = vec!["preview", &export, "--as", "ndjson"];
        arguments.extend(options.iter().map(String::as_str));
        let shown = world.run(&arguments);
        prop_assert_eq!(shown.code, 0, "{}", shown.stderr);
        let printed = shown.stdout.lines().map(|line| {
            let row: serde_json::Map<String, Json> = serde_json::from_str(line).expect("an object");
            let text = |value: &Json| value.as_str().expect("a text").to_owned();
            row.values().map(text).collect::<Vec<String>>()
        });
        prop_assert_eq!(printed.collect::<Table>(), table);
        Ok(())
    });
    assert!(tried.is_ok(), "{}", tried.unwrap_err());
}
