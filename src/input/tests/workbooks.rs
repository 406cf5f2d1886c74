//! Workbooks: a sheet reads as it is shown, or the workbook is refused by name.

use zip::write::SimpleFileOptions;

use super::*;

/// Formats of cells, by the number that a cell names them with.
const FORMATS: [&str; 5] = ["General", "000000", "mm-dd-yy", "d-mmm", "#,##0.00"];

/// A workbook of these sheets: name, whether it is shown, and the rows as XML.
fn workbook(sheets: &[(&str, bool, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, text: String| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let relations = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
    part("[Content_Types].xml", "<Types/>".to_owned());
    part(
        "_rels/.rels",
        format!(
            "<Relationships {relations}><Relationship Id=\"r\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let (mut listed, mut related) = (String::new(), String::new());
    for (index, (name, is_shown, rows)) in sheets.iter().enumerate() {
        let state = if *is_shown { "visible" } else { "hidden" };
        listed.push_str(&format!(
            "<sheet name=\"{name}\" sheetId=\"{}\" state=\"{state}\" r:id=\"r{index}\"/>",
            index + 1
        ));
        related.push_str(&format!(
            "<Relationship Id=\"r{index}\" Type=\"{office}/worksheet\" Target=\"worksheets/s{index}.xml\"/>"
        ));
        let sheet = format!("<worksheet {main}><sheetData>{rows}</sheetData></worksheet>");
        part(&format!("xl/worksheets/s{index}.xml"), sheet);
    }
    part(
        "xl/workbook.xml",
        format!("<workbook {main} xmlns:r=\"{office}\"><sheets>{listed}</sheets></workbook>"),
    );
    part(
        "xl/_rels/workbook.xml.rels",
        format!("<Relationships {relations}>{related}</Relationships>"),
    );
    let formats = FORMATS.iter().enumerate().map(|(index, code)| {
        format!(
            "<numFmt numFmtId=\"{}\" formatCode=\"{code}\"/>",
            164 + index
        )
    });
    let used = (0..FORMATS.len())
        .map(|index| format!("<xf numFmtId=\"{}\" applyNumberFormat=\"1\"/>", 164 + index));
    let (formats, used): (String, String) = (formats.collect(), used.collect());
    part(
        "xl/styles.xml",
        format!(
            "<styleSheet {main}><numFmts>{formats}</numFmts><cellXfs>{used}</cellXfs></styleSheet>"
        ),
    );
    zip.finish().unwrap().into_inner()
}

fn text(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

fn number(at: &str, value: &str, format: usize) -> String {
    format!("<c r=\"{at}\" s=\"{format}\"><v>{value}</v></c>")
}

fn row(number: u32, cells: &[String]) -> String {
    format!("<row r=\"{number}\">{}</row>", cells.concat())
}

fn header() -> String {
    row(
        1,
        &[text("A1", "id"), text("B1", "name"), text("C1", "since")],
    )
}

fn person(number: u32) -> String {
    row(
        number,
        &[
            text(&format!("A{number}"), "x"),
            text(&format!("B{number}"), "y"),
        ],
    )
}

fn read_sheets(sheets: &[(&str, bool, &str)], options: &ReadOptions) -> Result<Reading, String> {
    read_with(&workbook(sheets), options, BLOCK_BYTES).map_err(|error| error.problem.code)
}

fn read_rows(rows: &[String]) -> Result<Reading, String> {
    read_sheets(&[("S", true, &rows.concat())], &ReadOptions::default())
}

#[test]
fn cells_read_as_they_are_shown_on_the_lines_of_their_rows() {
    let rows = [
        header(),
        row(
            2,
            &[
                number("A2", "7056", 1),
                text("B2", "a \"b\", c\nd"),
                number("C2", "46351", 2),
            ],
        ),
        row(
            5,
            &[
                number("A5", "1.2345678901234567E+16", 0),
                number("C5", "46082", 3),
            ],
        ),
        row(
            6,
            &[
                text("A6", " T "),
                number("B6", "1234.5", 4),
                number("C6", "46351.25", 2),
            ],
        ),
        row(
            7,
            &[
                "<c r=\"A7\" t=\"b\"><v>1</v></c>".to_owned(),
                "<c r=\"B7\" t=\"e\"><v>#N/A</v></c>".to_owned(),
                "<c r=\"C7\"><f>1+1</f><v>2</v></c>".to_owned(),
            ],
        ),
        row(9, &[number("A9", "0012", 0)]),
    ];
    let reading = read_rows(&rows).unwrap();
    assert_eq!(reading.columns, ["id", "name", "since"]);
    assert_eq!(
        reading.rows,
        [
            "2|007056|a \"b\", c\nd|2026-11-25",
            "5|1.23456789012346E+16||1-Mar",
            "6| T |1234.50|2026-11-25",
            "7|TRUE|#N/A|2",
            "9|12||",
        ]
    );
    assert_eq!(reading.blank_lines, 3);
}

#[test]
fn the_first_sheet_that_is_shown_is_read_or_the_one_that_is_named() {
    let one = |id: &str| row(1, &[text("A1", id), text("B1", "b")]) + &person(2);
    let (first, second, third) = (one("first"), one("second"), one("third"));
    let sheets = [
        ("Notes", false, &*first),
        ("People", true, &*second),
        ("Old &amp; gone", true, &*third),
    ];
    let column = |sheet: Option<&str>| {
        let options = ReadOptions {
            sheet: sheet.map(str::to_owned),
            ..ReadOptions::default()
        };
        read_sheets(&sheets, &options).map(|reading| reading.columns[0].clone())
    };
    assert_eq!(column(None).as_deref(), Ok("second"));
    assert_eq!(column(Some("Notes")).as_deref(), Ok("first"));
    assert_eq!(column(Some("Old & gone")).as_deref(), Ok("third"));
    assert_eq!(column(Some("people")), Err("no_sheet".to_owned()));

    let file = file_of(&workbook(&sheets));
    let mut export = Export::open(file.path(), &ReadOptions::default()).unwrap();
    read_export(&mut export).unwrap();
    let digest = *blake3::hash(&fs::read(file.path()).unwrap()).as_bytes();
    assert_eq!(export.digest(), Some(digest), "of the workbook itself");
    assert_eq!(
        export.dialect().evidence,
        [
            "format: Excel workbook (.xlsx), by its first bytes",
            "sheet: \"People\" of \"Notes\", \"People\", \"Old & gone\", the first that is shown",
            "header rows: 1",
        ]
    );
}

#[test]
fn what_frames_a_table_is_settled_as_in_csv() {
    let rows = [
        row(1, &[text("A1", "Staff\nlist")]),
        row(
            2,
            &[text("A2", "Key"), text("B2", "Person"), text("D2", "since")],
        ),
        row(
            3,
            &[
                text("A3", "id"),
                text("B3", "first"),
                text("C3", "last"),
                text("D3", "since"),
            ],
        ),
        row(4, &[text("A4", "x"), text("D4", "2026")]),
        row(5, &[text("A5", "Total"), number("B5", "1", 0)]),
    ];
    assert_eq!(read_rows(&rows), Err("empty_column_name".to_owned()));
    let options = ReadOptions {
        skip_rows: Some(1),
        header_rows: Some(2),
        skip_footer: 1,
        ..ReadOptions::default()
    };
    let reading = read_sheets(&[("S", true, &rows.concat())], &options).unwrap();
    assert_eq!(
        reading.columns,
        ["Key id", "Person first", "Person last", "since"]
    );
    assert_eq!(reading.rows, ["4|x|||2026"]);
    let file = file_of(&workbook(&[("S", true, &rows.concat())]));
    let export = Export::open(file.path(), &options).unwrap();
    let evidence = export.dialect().evidence.last();
    assert_eq!(
        evidence.map(String::as_str),
        Some("header rows: 2, from row 2 on")
    );
}

#[test]
fn a_workbook_in_doubt_is_refused() {
    let last = row(3, &[text("A3", "x"), text("C3", "z")]);
    for (name, rows, code) in [
        ("no rows", vec![], "empty_file"),
        (
            "a formula without a result",
            vec![header(), row(2, &["<c r=\"A2\"><f>1+1</f></c>".to_owned()])],
            "formula_without_result",
        ),
        (
            "cells out of order",
            vec![header(), row(2, &[text("B2", "y"), text("A2", "x")])],
            "damaged_workbook",
        ),
        (
            "a row twice",
            vec![header(), person(2), person(2)],
            "damaged_workbook",
        ),
        (
            "rows out of order",
            vec![header(), last, person(2)],
            "damaged_workbook",
        ),
        (
            "a row beyond the last",
            vec![header(), person(1_048_577)],
            "damaged_workbook",
        ),
        (
            "a column too far",
            vec![header(), row(2, &[text("XFD2", "x")])],
            "too_many_columns",
        ),
        (
            "a stray cell",
            vec![header(), row(2, &[text("F2", "x")])],
            "empty_column_name",
        ),
        (
            "a text that is not there",
            vec![
                header(),
                row(2, &["<c r=\"A2\" t=\"s\"><v>9</v></c>".to_owned()]),
            ],
            "damaged_workbook",
        ),
        (
            "XML that breaks off",
            vec![header(), "<row r=\"2\"><c r=\"A2\">".to_owned()],
            "damaged_workbook",
        ),
    ] {
        assert_eq!(read_rows(&rows), Err(code.to_owned()), "{name}");
    }
}

#[test]
fn a_place_beyond_all_numbers_is_damage_and_stops_nothing_else() {
    let far = "B".repeat(30);
    let in_row = |number: &str| format!("<row r=\"{number}\"><c><v>1</v></c></row>");
    for rows in [
        row(2, &[text(&far, "x")]),
        row(2, &[text("A99999999999999", "x")]),
        in_row(&format!("{far}2")),
        in_row(&"9".repeat(30)),
    ] {
        let read = read_rows(&[header(), rows.clone()]);
        assert_eq!(read, Err("damaged_workbook".to_owned()), "{rows}");
    }
}

#[test]
fn what_is_said_to_be_a_workbook_must_be_one() {
    let options = |told: fn(&mut ReadOptions)| {
        let mut options = ReadOptions::default();
        told(&mut options);
        options
    };
    let rows = header() + &person(2);
    let sheets = [("S", true, &*rows)];
    let said_csv = options(|options| options.format = Some(Format::Csv));
    assert_eq!(
        read_sheets(&sheets, &said_csv),
        Err("not_an_export".to_owned())
    );
    let of_text = |options: &ReadOptions| {
        let read = read_with(b"id,b\n1,2\n", options, BLOCK_BYTES);
        read.map_err(|error| error.problem.code)
    };
    for told in [
        options(|options| options.sheet = Some("S".to_owned())),
        options(|options| options.format = Some(Format::Xlsx)),
    ] {
        assert!(read_sheets(&sheets, &told).is_ok());
        assert_eq!(of_text(&told), Err("not_a_workbook".to_owned()));
    }
}

#[test]
fn a_workbook_that_was_cut_off_changed_or_made_to_harm_is_refused() {
    let rows = header() + &person(2);
    let sound = workbook(&[("S", true, &rows)]);
    let code = |bytes: &[u8]| {
        let read = read_with(bytes, &ReadOptions::default(), BLOCK_BYTES);
        read.map(|reading| reading.rows.len())
            .map_err(|error| error.problem.code)
    };
    assert_eq!(code(&sound), Ok(1));
    for length in (4..sound.len()).step_by(7) {
        assert!(code(&sound[..length]).is_err(), "cut at {length}");
    }
    // A byte that turned is found by a checksum, or stands where nothing is read.
    for at in (0..sound.len()).step_by(5) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        assert!(code(&bytes) == Ok(1) || code(&bytes).is_err(), "{at}");
    }
    let much = " ".repeat(70 << 20);
    let bomb = workbook(&[("S", true, &rows), ("T", true, &much)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(code(&bomb), Err("expands_too_far".to_owned()));
}

#[test]
fn cells_merged_over_several_rows_are_told() {
    let merge = |cells: &str| {
        let rows = header() + &person(2) + &person(3) + &person(4);
        let end =
            format!("</sheetData><mergeCells><mergeCell ref=\"{cells}\"/></mergeCells><sheetData>");
        read_sheets(&[("S", true, &(rows + &end))], &ReadOptions::default())
    };
    for (cells, want) in [
        ("B3:B4", &["merged_cells"][..]),
        ("A2:C3", &["merged_cells"]),
        ("A1:A2", &["merged_cells"]),
        ("A1:C1", &[]),
        ("A3:C3", &[]),
    ] {
        assert_eq!(merge(cells).unwrap().warned, want, "{cells}");
    }
}
