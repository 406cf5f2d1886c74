//! Every way in which the same text can be written down: encodings, byte order marks, packing.

use std::io::Read;

use super::*;

/// How a test writes a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Written {
    Utf8,
    Utf16 { big: bool },
    Gb18030,
}

pub(super) const WRITTEN: [Written; 4] = [
    Written::Utf8,
    Written::Utf16 { big: false },
    Written::Utf16 { big: true },
    Written::Gb18030,
];

impl Written {
    pub(super) fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Written::Utf8 => text.as_bytes().to_vec(),
            Written::Utf16 { big: true } => {
                text.encode_utf16().flat_map(u16::to_be_bytes).collect()
            }
            Written::Utf16 { big: false } => {
                text.encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
            Written::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
        }
    }

    /// A mark in gb18030 is an ordinary character.
    pub(super) fn takes_mark(self) -> bool {
        self != Written::Gb18030
    }

    pub(super) fn told(self) -> Option<Encoding> {
        Encoding::named(match self {
            Written::Utf8 => return None,
            Written::Utf16 { big: true } => "utf-16be",
            Written::Utf16 { big: false } => "utf-16le",
            Written::Gb18030 => "gb18030",
        })
    }
}

/// How a test packs bytes; twice is two members.
#[derive(Clone, Copy, Debug)]
pub(super) enum Packed {
    Plain,
    Gzip,
    Zstd,
}

pub(super) const PACKED: [Packed; 3] = [Packed::Plain, Packed::Gzip, Packed::Zstd];

impl Packed {
    pub(super) fn pack(self, bytes: &[u8]) -> Vec<u8> {
        let (first, second) = bytes.split_at(bytes.len() / 2);
        match self {
            Packed::Plain => bytes.to_vec(),
            Packed::Gzip => [gzip(first), gzip(second)].concat(),
            Packed::Zstd => [zstd(first), zstd(second)].concat(),
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    encoder.read_to_end(&mut packed).unwrap();
    packed
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

const TEXT: &str = "id,name\r\n1,José\r\n2,\"a\r\nb\"\r\n";

#[test]
fn the_same_rows_come_out_however_they_are_written() {
    let want = ["2|1|José", "3|2|a\r\nb"];
    for packed in PACKED {
        for written in WRITTEN {
            let marked = format!("\u{feff}{TEXT}");
            let bytes =
                packed.pack(&written.encode(if written.takes_mark() { &marked } else { TEXT }));
            let options = ReadOptions {
                encoding: written.told().filter(|_| !written.takes_mark()),
                ..ReadOptions::default()
            };
            let reading = read_with(&bytes, &options, BLOCK_BYTES).unwrap();
            assert_eq!(reading.rows, want, "{packed:?} {written:?}");
            let file = file_of(&bytes);
            let mut export = Export::open(file.path(), &options).unwrap();
            read_export(&mut export).unwrap();
            let digest = *blake3::hash(&bytes).as_bytes();
            assert_eq!(export.digest(), Some(digest), "of the file as it is");
        }
    }
}

#[test]
fn json_may_be_packed_and_foreign_as_well() {
    for written in [Written::Utf16 { big: false }, Written::Gb18030] {
        let bytes = Packed::Zstd.pack(&written.encode("[{\"a\":\"王\"},\n{\"a\":\"é\"}]"));
        let options = ReadOptions {
            encoding: written.told(),
            ..ReadOptions::default()
        };
        let reading = read_with(&bytes, &options, 3).unwrap();
        assert_eq!(reading.rows, ["1|\"王\"", "2|\"é\""]);
    }
}

/// What a file is refused with: line, code and message.
fn refused(bytes: &[u8], encoding: Option<&str>) -> (Option<u64>, String, String, String) {
    let options = ReadOptions {
        encoding: encoding.map(|label| Encoding::named(label).unwrap()),
        ..ReadOptions::default()
    };
    let problem = *read_with(bytes, &options, BLOCK_BYTES).unwrap_err().problem;
    let hint = problem.hint.unwrap_or_default();
    (problem.line, problem.code, problem.message, hint)
}

#[test]
fn a_bad_byte_is_named_at_the_first_the_middle_and_the_last_row() {
    let good = "id,name\n".to_owned() + &"1,Ann\n".repeat(30_000);
    for (packed, of) in [(Packed::Plain, ""), (Packed::Gzip, " of the unpacked file")] {
        for row in [1, 15_000, 30_000] {
            let at = "id,name\n".len() + (row - 1) * "1,Ann\n".len() + 2;
            let mut utf8 = good.clone().into_bytes();
            utf8[at] = 0xE9;
            let (line, code, message, hint) = refused(&packed.pack(&utf8), None);
            assert_eq!((line, &*code), (Some(row as u64 + 1), "invalid_utf8"));
            assert_eq!(
                message,
                format!("not valid UTF-8: byte 0xE9 at byte {at}{of}")
            );
            assert!(hint.contains("windows-1252 it would say \"énn\""), "{hint}");

            let mut latin = good.clone().into_bytes();
            latin[at] = 0x81;
            let (line, code, message, _) = refused(&packed.pack(&latin), Some("windows-1252"));
            assert_eq!((line, &*code), (Some(row as u64 + 1), "invalid_encoding"));
            assert!(message.ends_with(&format!("at byte {at}{of}")), "{message}");

            let mut nul = good.clone().into_bytes();
            nul[at] = 0;
            for encoding in [None, Some("windows-1252")] {
                let (line, code, _, _) = refused(&packed.pack(&nul), encoding);
                assert_eq!((line, &*code), (Some(row as u64 + 1), "nul_byte"));
            }
        }
    }
}

#[test]
fn undeclared_utf16_is_refused_and_suggested() {
    for (big, label) in [
        (false, "--encoding utf-16le"),
        (true, "--encoding utf-16be"),
    ] {
        let (_, code, _, hint) = refused(&Written::Utf16 { big }.encode(TEXT), None);
        assert_eq!(code, "nul_byte");
        assert!(hint.contains(label), "{hint}");
    }
}

#[test]
fn a_packed_file_that_was_cut_off_is_refused() {
    let rows = "id,name\n".to_owned()
        + &(0..200_000)
            .map(|n| format!("{n},x{n}\n"))
            .collect::<String>();
    for packed in [Packed::Gzip, Packed::Zstd] {
        let bytes = packed.pack(rows.as_bytes());
        let file = file_of(&bytes[..bytes.len() - 9]);
        let mut export = Export::open(file.path(), &ReadOptions::default()).unwrap();
        let error = read_export(&mut export).unwrap_err();
        assert_eq!(error.problem.code, "truncated_archive", "{packed:?}");
    }
}

#[test]
fn the_evidence_names_packing_and_encoding() {
    let file =
        file_of(&Packed::Gzip.pack(&Written::Utf16 { big: false }.encode("\u{feff}a;b\n1;2\n")));
    let export = Export::open(file.path(), &ReadOptions::default()).unwrap();
    let evidence = export.dialect().evidence.join("\n");
    assert!(
        evidence.starts_with(
            "packed: gzip, by its first bytes\nencoding: UTF-16LE with byte order mark\n"
        ),
        "{evidence}"
    );
}
