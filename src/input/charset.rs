//! The first bytes and what the person says → the encoding of the file. Without either it is UTF-8: another
//! one is suggested with what it would read, and never assumed.

use std::sync::Arc;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use super::error::InputError;

/// An encoding by which a file can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    by: &'static encoding_rs::Encoding,
    /// `utf-16` leaves the order of bytes to the byte order mark.
    is_any_order: bool,
}

impl Encoding {
    /// The encoding that the label names (WHATWG Encoding Standard, such as `windows-1252` or `utf-16le`),
    /// case aside. `None` if there is none that can be read.
    pub fn named(label: &str) -> Option<Encoding> {
        let by = encoding_rs::Encoding::for_label_no_replacement(label.trim().as_bytes())?;
        let is_any_order = label.trim().eq_ignore_ascii_case("utf-16");
        (by != encoding_rs::X_USER_DEFINED).then_some(Encoding { by, is_any_order })
    }

    /// Its name, such as `windows-1252`.
    pub fn name(&self) -> &'static str {
        self.by.name()
    }

    fn agrees_with(self, mark: &'static encoding_rs::Encoding) -> bool {
        self.by == mark || (self.is_any_order && mark == UTF_16BE)
    }
}

/// How the bytes of a file are to be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charset {
    /// What decodes it; `None` for UTF-8.
    pub foreign: Option<&'static encoding_rs::Encoding>,
    /// Length of the byte order mark.
    pub mark_bytes: usize,
    by_mark: bool,
    by_person: bool,
}

impl Charset {
    /// The encoding of a file that begins so. A file that is recognisably no text is refused by its name.
    pub(super) fn of(
        file: &Arc<str>,
        head: &[u8],
        told: Option<Encoding>,
    ) -> Result<Charset, InputError> {
        refuse_what_is_no_text(file, head)?;
        let mark = mark(head);
        if let (Some(told), Some((marked, _))) = (told, mark)
            && !told.agrees_with(marked)
        {
            let message = format!(
                "it is said to be {}, but begins with the byte order mark of {}",
                told.name(),
                marked.name()
            );
            return Err(InputError::new(file, "encoding_contradiction", message)
                .hint("leave out --encoding and [source] encoding: the mark says it"));
        }
        let by = mark.map(|(marked, _)| marked).or(told.map(|told| told.by));
        Ok(Charset {
            foreign: by.filter(|by| *by != UTF_8),
            mark_bytes: mark.map_or(0, |(_, bytes)| bytes),
            by_mark: mark.is_some(),
            by_person: told.is_some(),
        })
    }

    /// The finding in words.
    pub(super) fn evidence(&self) -> String {
        let name = self.foreign.unwrap_or(UTF_8).name();
        let why = match (self.by_mark, self.by_person) {
            (true, _) => "with byte order mark",
            (false, true) => "as told",
            (false, false) => "without byte order mark",
        };
        match self.by_person && !self.by_mark {
            true => format!("encoding: {name}, {why}"),
            false => format!("encoding: {name} {why}"),
        }
    }
}

fn mark(head: &[u8]) -> Option<(&'static encoding_rs::Encoding, usize)> {
    match head {
        [0xEF, 0xBB, 0xBF, ..] => Some((UTF_8, 3)),
        [0xFF, 0xFE, ..] => Some((UTF_16LE, 2)),
        [0xFE, 0xFF, ..] => Some((UTF_16BE, 2)),
        _ => None,
    }
}

fn refuse_what_is_no_text(file: &Arc<str>, head: &[u8]) -> Result<(), InputError> {
    let (code, message, hint) = match head {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => (
            "encoding_utf32",
            "UTF-32 (by its byte order mark)",
            "save the file as CSV UTF-8, or convert it: iconv -f UTF-32 -t UTF-8",
        ),
        [b'P', b'K', 0x03 | 0x05, 0x04 | 0x06, ..] => (
            "compressed",
            "a zip archive",
            "unpack the archive and name the file in it",
        ),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, ..] => {
            ("compressed", "bzip2-compressed", "unpack it first: bunzip2")
        }
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => {
            ("compressed", "xz-compressed", "unpack it first: unxz")
        }
        [b'7', b'z', 0xBC, 0xAF, ..] => (
            "compressed",
            "a 7z archive",
            "unpack the archive and name the file in it",
        ),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => (
            "not_an_export",
            "an Excel workbook of the old kind (.xls), or a protected one",
            "save it as .xlsx without a password, or the sheet as CSV UTF-8",
        ),
        [b'%', b'P', b'D', b'F', b'-', ..] => (
            "not_an_export",
            "a PDF document",
            "export the data itself, as CSV, JSON or .xlsx",
        ),
        _ => return Ok(()),
    };
    Err(InputError::new(file, code, message).hint(hint))
}

/// What the person may try where bytes are no UTF-8: an encoding, and what it would read around the bad byte.
pub(super) fn suggestion(sample: &[u8], at: usize) -> Option<String> {
    let by = utf16_without_mark(sample).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(sample, true);
        detector.guess(None, Utf8Detection::Deny)
    });
    let word = word_around(sample, at, by)?;
    let name = by.name().to_ascii_lowercase();
    Some(format!(
        "read as {name} it would say \"{word}\" here; if that is right, say so: --encoding {name}, or [source] encoding"
    ))
}

/// ASCII letters in UTF-16 have a NUL on one side, always the same.
fn utf16_without_mark(sample: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let pairs = &sample[..sample.len().min(2_000) / 2 * 2];
    let count = |side: usize| {
        let bytes = pairs.iter().skip(side).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    let (even, odd, half) = (count(0), count(1), pairs.len() / 4);
    match () {
        () if pairs.is_empty() => None,
        () if odd > half && even == 0 => Some(UTF_16LE),
        () if even > half && odd == 0 => Some(UTF_16BE),
        () => None,
    }
}

/// The word in which the byte stands, decoded; its line, where words have no borders that we know.
fn word_around(sample: &[u8], at: usize, by: &'static encoding_rs::Encoding) -> Option<String> {
    const REACH: usize = 24;
    let is_border = |byte: &u8| matches!(byte, b',' | b';' | b'\t' | b'|' | b'"' | b'\n' | b'\r');
    let (from, to) = match by == UTF_16LE || by == UTF_16BE {
        true => (0, sample.len().min(2 * REACH)),
        false => {
            let before = &sample[..at];
            let from = before.iter().rposition(is_border).map_or(0, |at| at + 1);
            let behind = sample[at..].iter().position(is_border);
            let to = behind.map_or(sample.len(), |length| at + length);
            (from.max(at.saturating_sub(REACH)), to.min(at + REACH))
        }
    };
    let (text, _) = by.decode_without_bom_handling(&sample[from..to]);
    let line = text.lines().next().unwrap_or_default();
    let word = line.trim_matches(char::REPLACEMENT_CHARACTER).trim();
    let is_readable = !word.is_empty() && !word.chars().any(char::is_control);
    is_readable.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_told_or_marked_or_utf8() {
        let of = |head: &[u8], told: Option<&str>| {
            let told = told.map(|label| Encoding::named(label).unwrap());
            match Charset::of(&"f".into(), head, told) {
                Ok(charset) => format!("{} {}", charset.evidence(), charset.mark_bytes),
                Err(error) => error.problem.code,
            }
        };
        for (head, told, want) in [
            (
                &b"id"[..],
                None,
                "encoding: UTF-8 without byte order mark 0",
            ),
            (
                b"\xEF\xBB\xBFid",
                None,
                "encoding: UTF-8 with byte order mark 3",
            ),
            (
                b"\xEF\xBB\xBFid",
                Some("utf8"),
                "encoding: UTF-8 with byte order mark 3",
            ),
            (b"id", Some("UTF-8"), "encoding: UTF-8, as told 0"),
            (b"id", Some("latin1"), "encoding: windows-1252, as told 0"),
            (
                b"\xFF\xFEi\0",
                None,
                "encoding: UTF-16LE with byte order mark 2",
            ),
            (
                b"\xFE\xFF\0i",
                Some("utf-16"),
                "encoding: UTF-16BE with byte order mark 2",
            ),
            (b"\xFE\xFF\0i", Some("utf-16le"), "encoding_contradiction"),
            (
                b"\xEF\xBB\xBFid",
                Some("windows-1252"),
                "encoding_contradiction",
            ),
            (b"\xFF\xFE\0\0i", None, "encoding_utf32"),
            (b"PK\x03\x04", None, "compressed"),
            (b"\xD0\xCF\x11\xE0", None, "not_an_export"),
        ] {
            assert_eq!(of(head, told), want, "{head:?}");
        }
        for label in ["", "klingon", "hz-gb-2312", "x-user-defined", "ebcdic"] {
            assert_eq!(Encoding::named(label), None, "{label}");
        }
    }

    #[test]
    fn a_suggestion_shows_what_it_would_read() {
        for (sample, at, want) in [
            (
                &b"id,name\n1,J\xFCrgen M\xFCller\n"[..],
                11,
                "as windows-1252 it would say \"J\u{fc}rgen M\u{fc}ller\"",
            ),
            (b"i\0d\0\n\x001\0\n\0", 1, "as utf-16le it would say \"id\""),
        ] {
            let told = suggestion(sample, at).unwrap_or_default();
            assert!(told.contains(want), "{told}");
        }
        let (cyrillic, _, _) = encoding_rs::WINDOWS_1251.encode("имя;Дмитрий Иванов из Москвы\n");
        assert!(suggestion(&cyrillic, 0).unwrap().contains("windows-1251"));
        assert_eq!(suggestion(b"\x80\x81\x82\0\0", 0), None);
    }
}
