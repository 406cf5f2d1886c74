//! A source → its text as bytes of UTF-8: hashed, unpacked, and decoded where it is written otherwise.

use std::io::Read;

use super::charset::{Charset, suggestion};
use super::encoding::{BadByte, line_breaks, valid_text};
use super::error::InputError;
use super::pass::Pass;
use super::source::{Source, unreadable};
use super::transcode::{Transcoder, Undecodable};
use super::unpack::{Packing, Unpacked};

/// One pass over a source.
#[derive(Debug)]
pub(super) struct Stream<'a> {
    bytes: Unpacked<Pass<'a>>,
    packing: Packing,
    transcoder: Option<Transcoder>,
    given: u64,
}

impl<'a> Stream<'a> {
    /// A pass from the first byte. UTF-8 comes with its byte order mark, other text without.
    pub(super) fn open(
        source: &'a mut Source,
        packing: Packing,
        charset: Charset,
    ) -> Result<Stream<'a>, InputError> {
        let packed_bytes = source.bytes();
        let transcoder = charset
            .foreign
            .map(|by| Transcoder::new(by, charset.mark_bytes));
        Ok(Stream {
            bytes: Unpacked::new(source.pass()?, packing, packed_bytes),
            packing,
            transcoder,
            given: 0,
        })
    }

    /// Bytes given so far.
    pub(super) fn given(&self) -> u64 {
        self.given
    }

    /// Fills the block; gives fewer bytes only where the file ends, and has proven then that it did not change.
    pub(super) fn fill(&mut self, block: &mut [u8]) -> Result<usize, InputError> {
        let mut filled = 0;
        while filled < block.len() {
            let rest = &mut block[filled..];
            let read = match &mut self.transcoder {
                None => self.bytes.read(rest),
                Some(transcoder) => transcoder.read(&mut self.bytes, rest),
            };
            match read {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) => return Err(self.refusal(error)),
            }
        }
        self.given += filled as u64;
        Ok(filled)
    }

    fn refusal(&mut self, error: std::io::Error) -> InputError {
        if let Some(failure) = self.bytes.packed_mut().take_failure() {
            return failure;
        }
        refusal(self.bytes.packed().source(), self.packing, error)
    }

    /// The refusal for a byte that is no UTF-8 at that offset of the (unpacked) file; `around` is what is in
    /// memory, with the byte at `bad.at`.
    pub(super) fn bad_byte(&self, bad: BadByte, offset: u64, around: &[u8]) -> InputError {
        bad_byte(
            self.bytes.packed().source(),
            self.packing,
            bad,
            offset,
            around,
        )
    }
}

/// The beginning of a source, unpacked and not yet decoded: at most that many bytes, and whether they are all.
pub(super) fn head(
    source: &Source,
    packing: Packing,
    bytes_max: usize,
) -> Result<(Vec<u8>, bool), InputError> {
    let mut head = Vec::new();
    let bytes = Unpacked::new(source.look()?, packing, source.bytes());
    bytes
        .take(bytes_max as u64 + 1)
        .read_to_end(&mut head)
        .map_err(|error| refusal(source, packing, error))?;
    let whole = head.len() <= bytes_max;
    head.truncate(bytes_max);
    Ok((head, whole))
}

/// The text of a head, without its byte order mark and without a character that is cut off at its end.
pub(super) fn text_of_head(
    source: &Source,
    packing: Packing,
    charset: Charset,
    head: &[u8],
    whole: bool,
) -> Result<String, InputError> {
    let Some(by) = charset.foreign else {
        let text = &head[charset.mark_bytes..];
        return match valid_text(text, whole) {
            Ok(text) => Ok(text.to_owned()),
            Err(bad) => {
                let offset = (charset.mark_bytes + bad.at) as u64;
                Err(bad_byte(source, packing, bad, offset, text))
            }
        };
    };
    let (mut transcoder, mut rest) = (Transcoder::new(by, charset.mark_bytes), head);
    let (mut text, mut block) = (Vec::new(), vec![0; 1 << 16]);
    // The end of the head is not the end of the file: its last character may be cut off.
    while whole || !rest.is_empty() || transcoder.has_text() {
        match transcoder.read(&mut rest, &mut block) {
            Ok(0) => break,
            Ok(count) => text.extend_from_slice(&block[..count]),
            Err(error) => return Err(refusal(source, packing, error)),
        }
    }
    Ok(String::from_utf8(text).unwrap_or_default())
}

fn refusal(source: &Source, packing: Packing, error: std::io::Error) -> InputError {
    match error.downcast::<Undecodable>() {
        Ok(bad) => {
            let code = if bad.is_nul {
                "nul_byte"
            } else {
                "invalid_encoding"
            };
            InputError::new(source.name(), code, format!("{bad}{}", unpacked(packing)))
                .line(bad.line)
                .hint("is the declared encoding the right one (--encoding, [source] encoding)? else the file is damaged")
        }
        Err(error) if packing == Packing::None => unreadable(source.name(), error),
        Err(error) => packing.refusal(source.name(), error),
    }
}

fn bad_byte(
    source: &Source,
    packing: Packing,
    bad: BadByte,
    offset: u64,
    around: &[u8],
) -> InputError {
    let line = match line_of(source, packing, offset) {
        Ok(line) => line,
        Err(error) => return error,
    };
    // Enough on both sides to recognise a language by.
    let from = bad.at.saturating_sub(SAMPLE_BYTES);
    let sample = &around[from..around.len().min(bad.at + SAMPLE_BYTES)];
    let suggested = suggestion(sample, bad.at - from);
    bad.refusal(source.name(), offset, unpacked(packing), line, suggested)
}

const SAMPLE_BYTES: usize = 32 << 10;

fn unpacked(packing: Packing) -> &'static str {
    match packing {
        Packing::None => "",
        _ => " of the unpacked file",
    }
}

/// The physical line, from 1, of the byte at that offset of the unpacked file. Reads it anew: only an error
/// asks for it.
fn line_of(source: &Source, packing: Packing, offset: u64) -> Result<u64, InputError> {
    let mut before = Unpacked::new(source.look()?, packing, source.bytes()).take(offset);
    let mut block = vec![0; 1 << 16];
    let (mut line, mut after_return) = (1, false);
    loop {
        let count = before
            .read(&mut block)
            .map_err(|error| refusal(source, packing, error))?;
        let Some(&end) = block[..count].last() else {
            return Ok(line);
        };
        line += line_breaks(&block[..count]);
        // A CRLF on the border of two blocks was counted by both.
        line -= u64::from(after_return && block[0] == b'\n');
        after_return = end == b'\r';
    }
}
