//! Any XML as the parts of a workbook, and any bytes as the workbook itself.
//!
//! The input is cut at bytes 0xFF, which no XML holds: rows of the sheet, styles, shared texts. One that begins as a
//! zip archive is taken as it is.
#![no_main]

use std::io::{Cursor, Write};

use crewsync::input::ReadOptions;
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

fuzz_target!(|bytes: &[u8]| {
    let workbook = match bytes.starts_with(b"PK") {
        true => bytes.to_vec(),
        false => workbook(bytes),
    };
    crewsync_fuzz::read_twice(&workbook, &ReadOptions::default());
});

fn workbook(bytes: &[u8]) -> Vec<u8> {
    let mut parts = bytes.split(|byte| *byte == 0xFF);
    let mut next = || parts.next().unwrap_or_default();
    let related = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |inner: String| {
        format!("<Relationships xmlns=\"{PACKAGE}\">{inner}</Relationships>").into_bytes()
    };
    let sheet = [
        b"<worksheet><sheetData>",
        next(),
        b"</sheetData></worksheet>",
    ]
    .concat();
    let styles = [b"<styleSheet>", next(), b"</styleSheet>"].concat();
    let texts = [b"<sst>", next(), b"</sst>"].concat();
    let of_book = related("s", "worksheet", "worksheets/s.xml")
        + &related("y", "styles", "styles.xml")
        + &related("t", "sharedStrings", "sharedStrings.xml");
    let book = format!(
        "<workbook xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"s\"/></sheets></workbook>"
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [
        ("[Content_Types].xml", b"<Types/>".to_vec()),
        (
            "_rels/.rels",
            relations(related("b", "officeDocument", "xl/workbook.xml")),
        ),
        ("xl/_rels/workbook.xml.rels", relations(of_book)),
        ("xl/workbook.xml", book.into_bytes()),
        ("xl/worksheets/s.xml", sheet),
        ("xl/styles.xml", styles),
        ("xl/sharedStrings.xml", texts),
    ] {
        zip.start_file(name, stored).expect("memory takes all");
        zip.write_all(&content).expect("memory takes all");
    }
    zip.finish().expect("memory takes all").into_inner()
}
