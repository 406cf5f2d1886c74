//! Bytes → text, strictly. Recognises what is no UTF-8 text at all and names the first byte that is not;
//! never decodes lossily, never guesses an encoding.

use std::sync::Arc;

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
    /// The refusal of the file; `offset` counts from its first byte, `line` from 1.
    pub(super) fn refusal(self, file: &Arc<str>, offset: u64, line: u64) -> InputError {
        if self.byte == 0 {
            return InputError::new(file, "nul_byte", format!("a NUL byte at byte {offset}"))
                .line(line)
                .hint("the file is damaged, binary, or UTF-16: save it as CSV UTF-8 or JSON");
        }
        let byte = self.byte;
        let message = format!("not valid UTF-8: byte 0x{byte:02X} at byte {offset}");
        let convert = "iconv -f WINDOWS-1252 -t UTF-8";
        let hint = match char::from(byte) {
            letter if letter.is_alphabetic() => format!(
                "in Windows-1252 that byte is \"{letter}\"; if the file is so encoded, convert it: {convert}"
            ),
            _ => format!("save the file as UTF-8, or convert it, e.g. {convert}"),
        };
        InputError::new(file, "invalid_utf8", message)
            .line(line)
            .hint(hint)
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
    match (valid.as_bytes().iter().position(|&byte| byte == 0), bad) {
        (Some(at), _) => Err(BadByte { at, byte: 0 }),
        (None, Some(bad)) => Err(bad),
        (None, None) => Ok(valid),
    }
}

/// Length of the UTF-8 byte order mark at the beginning of the file, else 0.
/// A file that is recognisably something other than UTF-8 text is refused by its name.
pub(super) fn byte_order_mark(file: &Arc<str>, head: &[u8]) -> Result<usize, InputError> {
    let foreign = |code: &str, message: &str, hint: &str| {
        Err(InputError::new(file, code, message).hint(hint))
    };
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Ok(3),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => foreign(
            "encoding_utf16",
            "UTF-16 (by its byte order mark, byte 0)",
            "save the file as CSV UTF-8, or convert it: iconv -f UTF-16 -t UTF-8",
        ),
        [0x1F, 0x8B, ..] => foreign("compressed", "gzip-compressed", "unpack it first: gunzip"),
        [b'P', b'K', 0x03, 0x04, ..] => foreign(
            "compressed",
            "a zip archive or an Excel workbook",
            "unpack the archive, or save the sheet as CSV UTF-8",
        ),
        _ => Ok(0),
    }
}

/// How many line breaks the text holds: LF, CRLF and CR count one each.
pub(super) fn line_breaks(text: &[u8]) -> u64 {
    let feeds = text.iter().filter(|&&byte| byte == b'\n').count();
    let lone_returns = text
        .iter()
        .enumerate()
        .filter(|&(at, &byte)| byte == b'\r' && text.get(at + 1) != Some(&b'\n'))
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
    fn the_hint_shows_the_letter_that_windows_would_see() {
        let bad = BadByte { at: 3, byte: 0xE9 };
        let problem = bad.refusal(&"f".into(), 3, 1).problem;
        assert_eq!(problem.message, "not valid UTF-8: byte 0xE9 at byte 3");
        assert!(problem.hint.is_some_and(|hint| hint.contains("\"é\"")));
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
