//! Bytes in a foreign encoding → UTF-8, strictly: a byte that means nothing there is an error with its place,
//! never a replacement character. Stands in front of the readers, so that these only ever see UTF-8.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_16BE, UTF_16LE};

use super::encoding::line_breaks;

/// A byte that the encoding does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {offset}")]
pub(super) struct Undecodable {
    /// What it is, in words.
    pub what: String,
    /// Its offset in the (unpacked) file, from 0.
    pub offset: u64,
    /// Its physical line, from 1.
    pub line: u64,
    /// Whether it is a NUL.
    pub is_nul: bool,
}

/// A reader of UTF-8 over a reader of something else.
pub(super) struct Transcoder {
    encoding: &'static Encoding,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    given: usize,
    /// Raw bytes decoded so far, the byte order mark included.
    decoded: u64,
    /// UTF-16 units decoded so far.
    units: u64,
    lines: u64,
    after_return: bool,
    is_at_end: bool,
    /// Length of the byte order mark, and what of it is still to be skipped.
    mark: u64,
    mark_bytes: usize,
}

const RAW_BLOCK_BYTES: usize = 64 << 10;

impl Transcoder {
    /// A reader at the beginning of a file whose byte order mark has that length.
    pub(super) fn new(encoding: &'static Encoding, mark_bytes: usize) -> Transcoder {
        Transcoder {
            encoding,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; RAW_BLOCK_BYTES],
            text: Vec::new(),
            given: 0,
            decoded: 0,
            units: 0,
            lines: 0,
            after_return: false,
            is_at_end: false,
            mark: mark_bytes as u64,
            mark_bytes,
        }
    }

    /// Reads some UTF-8; 0 bytes at the end. An [`Undecodable`] travels inside the error.
    pub(super) fn read(&mut self, from: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() {
            if self.is_at_end {
                return Ok(0);
            }
            self.decode_more(from)?;
        }
        let count = block.len().min(self.text.len() - self.given);
        block[..count].copy_from_slice(&self.text[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }

    /// Whether decoded text waits to be read.
    pub(super) fn has_text(&self) -> bool {
        self.given < self.text.len()
    }

    fn decode_more(&mut self, from: &mut impl Read) -> io::Result<()> {
        let count = from.read(&mut self.raw)?;
        self.is_at_end = count == 0;
        let mark = self.mark_bytes.min(count);
        self.mark_bytes -= mark;
        self.decoded += mark as u64;
        self.text.clear();
        self.given = 0;
        let mut at = mark;
        loop {
            let raw = &self.raw[at..count];
            let room = self
                .decoder
                .max_utf8_buffer_length_without_replacement(raw.len());
            let start = self.text.len();
            self.text.resize(start + room.unwrap_or(RAW_BLOCK_BYTES), 0);
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                raw,
                &mut self.text[start..],
                self.is_at_end,
            );
            self.text.truncate(start + written);
            self.check(start, at)?;
            at += read;
            self.decoded += read as u64;
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(bad, behind) => {
                    let back = u64::from(bad) + u64::from(behind);
                    return Err(self.malformed(self.decoded - back, at, back as usize));
                }
            }
        }
    }

    /// Counts the lines of the text from `start` on, and refuses what no export holds: NUL, and the control
    /// characters that stand in tables of one byte a letter where nothing is defined.
    fn check(&mut self, start: usize, raw_start: usize) -> io::Result<()> {
        let text = std::str::from_utf8(&self.text[start..]).unwrap_or_default();
        let is_wide = self.encoding == UTF_16LE || self.encoding == UTF_16BE;
        let is_bad = |letter: char| {
            letter == '\0'
                || (letter.is_control() && !letter.is_ascii() && self.encoding.is_single_byte())
        };
        let Some(at) = text.find(is_bad) else {
            let lines = line_breaks(text.as_bytes());
            // A CRLF on the border of two blocks was counted by both.
            let twice = self.after_return && text.starts_with('\n');
            self.lines += lines - u64::from(twice);
            if !text.is_empty() {
                self.after_return = text.ends_with('\r');
            }
            if is_wide {
                self.units += text.encode_utf16().count() as u64;
            }
            return Ok(());
        };
        let (before, bad) = text.split_at(at);
        let offset = match self.encoding {
            // The decoder may hold the first half of a unit.
            _ if is_wide => self.mark + 2 * (self.units + before.encode_utf16().count() as u64),
            by if by.is_single_byte() => self.decoded + before.chars().count() as u64,
            _ => {
                let nul = self.raw[raw_start..].iter().position(|byte| *byte == 0);
                self.decoded + nul.unwrap_or_default() as u64
            }
        };
        let is_nul = bad.starts_with('\0');
        let what = match bad.chars().next() {
            Some('\0') | None => "a NUL".to_owned(),
            Some(letter) => format!(
                "byte 0x{:02X}, which {} does not define,",
                u32::from(letter),
                self.encoding.name()
            ),
        };
        Err(io::Error::other(Undecodable {
            what,
            offset,
            line: self.lines + 1 + line_breaks(before.as_bytes()),
            is_nul,
        }))
    }

    fn malformed(&self, offset: u64, at: usize, back: usize) -> io::Error {
        let name = self.encoding.name();
        let what = match at.checked_sub(back).map(|at| self.raw[at]) {
            Some(byte) if self.encoding.is_single_byte() => {
                format!("byte 0x{byte:02X}, which {name} does not define,")
            }
            Some(byte) => format!("not valid {name}: byte 0x{byte:02X}"),
            None => format!("not valid {name}"),
        };
        io::Error::other(Undecodable {
            what,
            offset,
            line: self.lines + 1,
            is_nul: false,
        })
    }
}

impl std::fmt::Debug for Transcoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Transcoder");
        shown
            .field("encoding", &self.encoding)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives a few bytes at a time.
    struct Drops<'a>(&'a [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
            let most = self.1.min(block.len());
            (&mut self.0).take(most as u64).read(block)
        }
    }

    fn decode(label: &str, raw: &[u8], step: usize) -> Result<String, Undecodable> {
        let by = Encoding::for_label(label.as_bytes()).unwrap();
        let (mut transcoder, mut from) = (Transcoder::new(by, 0), Drops(raw, step));
        let (mut text, mut block) = (Vec::new(), vec![0; step]);
        loop {
            match transcoder.read(&mut from, &mut block) {
                Ok(0) => return Ok(String::from_utf8(text).unwrap()),
                Ok(count) => text.extend_from_slice(&block[..count]),
                Err(error) => return Err(error.downcast::<Undecodable>().unwrap()),
            }
        }
    }

    #[test]
    fn what_is_written_is_read_whatever_the_blocks() {
        for (label, text) in [
            ("windows-1252", "Müller “x” €\r\nŽ"),
            ("iso-8859-2", "Łódź"),
            ("windows-1251", "Дмитрий\nИван"),
            ("shift_jis", "山田\n太郎"),
            ("gbk", "王小明"),
            ("euc-kr", "김철수"),
            ("gb18030", "𝄞 王"),
        ] {
            let by = Encoding::for_label(label.as_bytes()).unwrap();
            let (raw, _, lossy) = by.encode(text);
            assert!(!lossy, "{label}");
            for step in [1, 2, 3, 64] {
                assert_eq!(
                    decode(label, &raw, step).as_deref(),
                    Ok(text),
                    "{label} {step}"
                );
            }
        }
        let text = "é𝄞\r\n王";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for step in [1, 2, 3, 64] {
            assert_eq!(decode("utf-16le", &little, step).as_deref(), Ok(text));
            assert_eq!(decode("utf-16be", &big, step).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_bad_byte_is_named_with_its_offset_and_line() {
        for (label, raw, offset, line) in [
            ("windows-1252", &b"a\r\nb\x81c"[..], 4, 2),
            ("windows-1252", b"\xE9\xE9\n\n\x9Dc", 4, 3),
            ("windows-1252", b"a\nb\0", 3, 2),
            ("windows-1253", b"a\n\xAAb", 2, 2),
            ("utf-16le", b"a\0\n\0\x00\xD8b\0", 4, 2),
            ("utf-16le", b"a\0\n\0b\0\0\0", 6, 2),
            ("utf-16be", b"\0a\0", 2, 1),
            ("shift_jis", b"ab\n\x82\xFFc", 3, 2),
            ("shift_jis", b"ab\n\x82", 3, 2),
            ("gbk", b"\xCD\xF5\n\0", 3, 2),
        ] {
            for step in [1, 2, 3, 64] {
                let bad = decode(label, raw, step).unwrap_err();
                assert_eq!(
                    (bad.offset, bad.line),
                    (offset, line),
                    "{label} {raw:?} {step}"
                );
            }
        }
    }
}
