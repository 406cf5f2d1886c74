//! For any rows and any bytes.

use proptest::prelude::*;

use super::*;

/// How a test writes cells.
#[derive(Clone, Copy, Debug)]
struct Writer {
    delimiter: char,
    quote: char,
    escape: Option<char>,
    always: bool,
}

impl Writer {
    fn cell(self, cell: &str) -> String {
        let is_mark = |letter| letter == self.quote || Some(letter) == self.escape;
        let is_special =
            |letter| is_mark(letter) || letter == self.delimiter || matches!(letter, '\r' | '\n');
        if !self.always && !cell.is_empty() && !cell.contains(is_special) {
            return cell.to_owned();
        }
        let hiding = self.escape.unwrap_or(self.quote);
        let mut written = String::from(self.quote);
        for letter in cell.chars() {
            if is_mark(letter) {
                written.push(hiding);
            }
            written.push(letter);
        }
        written.push(self.quote);
        written
    }

    fn options(self) -> ReadOptions {
        ReadOptions {
            format: Some(Format::Csv),
            delimiter: Some(self.delimiter as u8),
            quote: Some(Some(self.quote as u8)),
            escape: Some(self.escape.map(|escape| escape as u8)),
            skip_rows: Some(0),
            header_rows: Some(1),
            ..ReadOptions::default()
        }
    }
}

/// Cells that hold everything that CSV finds hard.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof!["[ a,;|\t\"'\\\\\r\né𝄞]{0,6}", "[b-d0-9]{0,4}",]
}

/// Rows of equal width. Above two cells the last one is filled: a lone text in the first one is taken for a remark.
fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    let row = |width: usize| {
        let last = "[b-d0-9]{1,4}";
        (prop::collection::vec(cell(), width), last).prop_map(|(mut cells, last)| {
            if cells.len() > 2 {
                cells.pop();
                cells.push(last);
            }
            cells
        })
    };
    (1..5usize).prop_flat_map(move |width| prop::collection::vec(row(width), 0..12))
}

/// Every cell with its line, so that a wrong count of lines fails too; or the codes of what was refused.
fn cells_of(
    bytes: &[u8],
    options: &ReadOptions,
    block_bytes: usize,
) -> Result<Vec<(u64, Vec<String>)>, Vec<String>> {
    let file = file_of(bytes);
    let refused = |error: InputError| vec![error.problem.code];
    let mut export = Export::open(file.path(), options).map_err(refused)?;
    export.block_bytes = block_bytes;
    let mut found = Vec::new();
    for batch in export.batches().map_err(refused)? {
        let batch = batch.map_err(refused)?;
        let problems = batch.refused.iter().flat_map(|refusal| &refusal.problems);
        let codes: Vec<String> = problems.map(|problem| problem.code.clone()).collect();
        if !codes.is_empty() {
            return Err(codes);
        }
        for row in batch.rows() {
            let cells = (0..batch.columns.names.len()).map(|column| match row.cell(column) {
                RawValue::Text(text) => text.to_owned(),
                other => panic!("{other:?}"),
            });
            found.push((row.place().line, cells.collect()));
        }
    }
    Ok(found)
}

proptest! {
    #[test]
    fn rows_written_as_csv_read_back_equal(
        table in table(),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        ending in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        quote in prop::sample::select(vec!['"', '\'']),
        escape in prop::sample::select(vec![None, Some('\\')]),
        (always, ends, mark, told) in any::<(bool, bool, bool, bool)>(),
        block_bytes in 1..40usize,
        encoding in prop::sample::select(bytes::WRITTEN.to_vec()),
        packing in prop::sample::select(bytes::PACKED.to_vec()),
    ) {
        let mark = mark && encoding.takes_mark();
        let writer = Writer { delimiter, quote, escape, always };
        let width = table.first().map_or(2, Vec::len);
        // No cell holds an x: a row that repeats the header is refused, and not what is tried here.
        let header: Vec<_> = (0..width).map(|column| format!("x{column}")).collect();
        let mut text = String::new();
        let mut want = Vec::new();
        for row in std::iter::once(&header).chain(&table) {
            let line = encoding::line_breaks(text.as_bytes()) + 1;
            want.push((line, row.clone()));
            let cells: Vec<_> = row.iter().map(|cell| writer.cell(cell)).collect();
            text.push_str(&cells.join(&delimiter.to_string()));
            text.push_str(ending);
        }
        if ends {
            text.truncate(text.len() - ending.len());
        }
        if mark {
            text.insert(0, '\u{feff}');
        }
        want.remove(0);
        // A row of empty cells is left out, and told.
        want.retain(|(_, row)| width == 1 || row.iter().any(|cell| !cell.trim().is_empty()));
        let bytes = packing.pack(&encoding.encode(&text));
        let by_person = ReadOptions { encoding: encoding.told(), ..writer.options() };
        prop_assert_eq!(cells_of(&bytes, &by_person, block_bytes), Ok(want.clone()));
        // Where nothing is told, the rows are the same, or the file or a row is refused: never other rows. Only
        // that one column shows no delimiter, and a quote around no cell or every other one no dialect.
        let found = ReadOptions {
            delimiter: (told || width == 1).then_some(delimiter as u8),
            quote: None,
            escape: None,
            ..by_person
        };
        if quote == '"' && escape.is_none() && let Ok(rows) = cells_of(&bytes, &found, block_bytes) {
            prop_assert_eq!(rows, want);
        }
    }

    #[test]
    fn objects_read_the_same_in_every_form(
        texts in prop::collection::vec("[ \\-a\"\\\\{}\\[\\],:\n\ré]{0,8}", 0..12),
        block_bytes in 1..40usize,
    ) {
        let objects: Vec<_> = texts.iter().map(|text| serde_json::json!({ "a": text, "b": [text] }).to_string()).collect();
        let want: Vec<_> = texts.iter().map(|text| serde_json::json!([text, [text]]).to_string()).collect();
        for form in [
            format!("[{}]", objects.join(",")),
            format!("{{\"Users\":[{}\n]}}", objects.join(" ,\r\n")),
            format!("{}\n", objects.join("\n")),
        ] {
            if form == "\n" {
                continue;
            }
            let file = file_of(form.as_bytes());
            let mut export = Export::open(file.path(), &ReadOptions::default()).unwrap();
            export.block_bytes = block_bytes;
            let mut found = Vec::new();
            for batch in export.batches().unwrap() {
                for row in batch.unwrap().rows() {
                    let (RawValue::Json(a), RawValue::Json(b)) = (row.cell(0), row.cell(1)) else {
                        panic!("both cells are there");
                    };
                    found.push(serde_json::json!([a, b]).to_string());
                }
            }
            prop_assert_eq!(&found, &want);
        }
    }

    #[test]
    fn any_bytes_never_panic(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            prop::collection::vec(prop::sample::select(b"a,;\t|\"\r\n{}[]:\\ 1\xC3\xA9\0".to_vec()), 0..200),
            "[\\[{]\"Users\":\\[[{}\"a:,1\r\n\\\\\\[\\]]{0,60}".prop_map(String::into_bytes),
        ],
        format in prop::sample::select(vec![None, Some(Format::Csv), Some(Format::Json), Some(Format::Ndjson)]),
        delimiter in any::<Option<u8>>(),
        (single_line, skip_footer) in (any::<bool>(), 0..3u8),
        (skip_rows, header_rows) in prop::sample::select(vec![(None, None), (Some(1), Some(2)), (Some(0), Some(1))]),
        encoding in prop::sample::select(vec![None, Some("windows-1252"), Some("utf-16le"), Some("gbk")]),
        block_bytes in 1..40usize,
    ) {
        let options = ReadOptions {
            format,
            delimiter,
            encoding: encoding.and_then(Encoding::named),
            single_line,
            skip_rows,
            header_rows,
            skip_footer: skip_footer.into(),
            ..ReadOptions::default()
        };
        let reading = read_with(&bytes, &options, block_bytes);
        let whole = read_with(&bytes, &options, BLOCK_BYTES);
        prop_assert_eq!(reading.is_ok(), whole.is_ok());
    }
}
