//! Bytes → text, strictly: names the first byte that is no UTF-8, and never decodes lossily.

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::error::InputError;

/// The first byte of a block that cannot be part of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadByte {
    /// Its index in the block.
    pub at: usize,
    /// Its value; NUL is valid UTF-8, but no HR system writes it.
    pub byte: u8,
}

impl BadByte {
    /// The refusal of the file; `offset` counts from the first byte of what `of` names, `line` from 1.
    pub(super) fn refusal(
        self,
        file: &Arc<str>,
        offset: u64,
        of: &str,
        line: u64,
        suggested: Option<String>,
    ) -> InputError {
        let byte = self.byte;
        let (code, message, hint) = match byte {
            0 => (
                "nul_byte",
                format!("a NUL byte at byte {offset}{of}"),
                "the file is damaged or binary",
            ),
            _ => (
                "invalid_utf8",
                format!("not valid UTF-8: byte 0x{byte:02X} at byte {offset}{of}"),
                "save the file as UTF-8, or name its encoding: --encoding, or [source] encoding",
            ),
        };
        InputError::new(file, code, message)
            .line(line)
            .hint(suggested.as_deref().unwrap_or(hint))
    }
}

/// The block as text. Unless it is the last one, a character cut off at its end is left out.
pub(super) fn valid_text(block: &[u8], last: bool) -> Result<&str, BadByte> {
    let (valid, bad) = match std::str::from_utf8(block) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.valid_up_to();
            let cut_off = error.error_len().is_none() && !last;
            let valid = std::str::from_utf8(&block[..at]).unwrap_or_default();
            (
                valid,
                (!cut_off).then_some(BadByte {
                    at,
                    byte: block[at],
                }),
            )
        }
    };
    match (memchr(0, valid.as_bytes()), bad) {
        (Some(at), _) => Err(BadByte { at, byte: 0 }),
        (None, Some(bad)) => Err(bad),
        (None, None) => Ok(valid),
    }
}

/// How many line breaks the text holds: LF, CRLF and CR count one each.
pub(super) fn line_breaks(text: &[u8]) -> u64 {
    let feeds = memchr_iter(b'\n', text).count();
    let returns = memchr_iter(b'\r', text);
    let lone_returns = returns
        .filter(|&at| text.get(at + 1) != Some(&b'\n'))
        .count();
    (feeds + lone_returns) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_text_or_its_first_bad_byte() {
        let bad = |at, byte| Err(BadByte { at, byte });
        for (block, last, want) in [
            (&b""[..], true, Ok("")),
            (b"caf\xC3\xA9", true, Ok("café")),
            (b"caf\xC3", false, Ok("caf")),
            (b"caf\xC3", true, bad(3, 0xC3)),
            (b"caf\xE9 x", false, bad(3, 0xE9)),
            (b"a\0\xE9", true, bad(1, 0)),
            (b"\xE9 a\0", true, bad(0, 0xE9)),
        ] {
            assert_eq!(valid_text(block, last), want, "{block:?} {last}");
        }
    }

    #[test]
    fn every_line_ending_counts_once() {
        for (text, want) in [
            ("", 0),
            ("a\nb", 1),
            ("a\r\nb\r\n", 2),
            ("a\rb\r", 2),
            ("\r\r\n\n", 3),
        ] {
            assert_eq!(line_breaks(text.as_bytes()), want, "{text:?}");
        }
    }
}
