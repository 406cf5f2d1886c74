//! A window of CSV text → one record after the other, strictly, by RFC 4180 or the dialect found or told.
//!
//! Our own, because the csv crate reads past an unterminated quote to the end of the file without a word, and
//! then users vanish. Where a record ends is never guessed: a quote that makes it uncertain breaks the file, or
//! the row alone where no cell may hold a line break.

use memchr::{memchr, memchr_iter, memchr3};

use super::encoding::line_breaks;
use super::limits::FIELD_BYTES_MAX;
use super::record::{Flaw, Marks, Record};

/// Why the rest of the file cannot be read with certainty; with the line where the field begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// A quoted field does not end.
    UnclosedQuote(u64),
    /// A quoted field is followed by something other than a delimiter or a line break.
    TextAfterQuote(u64),
    /// A field is longer than any field should be.
    FieldTooLong(u64),
}

/// What stands at a place of the window. The number is the index behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// A record; its cells are in the record given.
    Record(usize),
    /// An empty line.
    Blank(usize),
    /// A record that goes on behind the window.
    Incomplete,
}

/// How many lines ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LineEnds {
    /// By LF alone.
    pub feeds: u64,
    /// By CR and LF.
    pub pairs: u64,
    /// By CR alone.
    pub returns: u64,
}

/// The lowest bit of each byte of a word, and the highest: by them a byte of zeros is found (Hacker's Delight, 6-1).
const LOWEST: u64 = 0x0101_0101_0101_0101;
const HIGHEST: u64 = 0x8080_8080_8080_8080;

/// Splits records off the front of a text, one after the other, and counts physical lines.
#[derive(Clone, Debug)]
pub(super) struct Splitter {
    marks: Marks,
    line: u64,
    ends: LineEnds,
    /// Bytes at which an unquoted field stops or must be looked at.
    special: [bool; 256],
    /// The same, each in every byte of a word; those that there are not stand for line feeds.
    special_words: [u64; 5],
}

impl Splitter {
    /// A splitter at line 1.
    pub(super) fn new(marks: Marks) -> Splitter {
        let mut special = [false; 256];
        let marked = [Some(marks.delimiter), marks.quote, marks.escape];
        for byte in marked.into_iter().flatten().chain(*b"\n\r") {
            special[usize::from(byte)] = true;
        }
        let words = [
            Some(marks.delimiter),
            Some(b'\r'),
            Some(b'\n'),
            marks.quote,
            marks.escape,
        ];
        let words = words.map(|byte| LOWEST * u64::from(byte.unwrap_or(b'\n')));
        Splitter {
            marks,
            line: 1,
            ends: LineEnds::default(),
            special,
            special_words: words,
        }
    }

    /// The physical line of what comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Goes to that physical line.
    pub(super) fn set_line(&mut self, line: u64) {
        self.line = line;
    }

    /// How the records so far ended.
    pub(super) fn ends(&self) -> LineEnds {
        self.ends
    }

    /// Splits off what stands at `at` (inside `text`); `last` says that the file ends with this text.
    pub(super) fn split(
        &mut self,
        text: &str,
        at: usize,
        last: bool,
        record: &mut Record,
    ) -> Result<Split, Broken> {
        let bytes = text.as_bytes();
        let (mut next, mut line) = (at, self.line);
        record.begin(line);
        loop {
            let is_quoted =
                self.marks.quote.is_some() && bytes.get(next) == self.marks.quote.as_ref();
            let end = match is_quoted {
                true => self.quoted(text, next, last, &mut line, record)?,
                false => self.plain(text, next, last, &mut line, record)?,
            };
            let Some(end) = end else {
                return Ok(Split::Incomplete);
            };
            if bytes.get(end) == Some(&self.marks.delimiter) {
                next = end + 1;
                continue;
            }
            let Some(behind) = line_break(bytes, end, last) else {
                return Ok(Split::Incomplete);
            };
            self.line = line + u64::from(behind > end);
            self.count_end(bytes, end, behind);
            let blank = end == at;
            return Ok(if blank {
                Split::Blank(behind)
            } else {
                Split::Record(behind)
            });
        }
    }

    /// Passes over a record that begins at `at` with a letter or digit, and was split before; gives the index behind it.
    /// `None`: it must be split to be passed.
    pub(super) fn pass_over(&mut self, text: &str, at: usize, last: bool) -> Option<usize> {
        let bytes = text.as_bytes();
        let quote = self.marks.quote?;
        if self.marks.escape.is_some() || !self.marks.multiline {
            return None;
        }
        let (mut next, mut line) = (at + 1, self.line);
        loop {
            let Some(found) = memchr3(quote, b'\n', b'\r', &bytes[next..]) else {
                self.line = line;
                return last.then_some(bytes.len());
            };
            let stop = next + found;
            if bytes[stop] != quote {
                let behind = line_break(bytes, stop, last)?;
                self.line = line + 1;
                return Some(behind);
            }
            next = stop + 1;
            // Elsewhere a quote opens nothing: its row was refused.
            if bytes[stop - 1] == self.marks.delimiter {
                let mut quotes = memchr_iter(quote, &bytes[next..]).map(|found| next + found);
                let close = loop {
                    let close = quotes.next()?;
                    match bytes.get(close + 1) {
                        Some(&byte) if byte == quote => quotes.next()?,
                        None if !last => return None,
                        _ => break close,
                    };
                };
                line += line_breaks(&bytes[next..close]);
                next = close + 1;
            }
        }
    }

    fn count_end(&mut self, bytes: &[u8], end: usize, behind: usize) {
        match (behind - end, bytes.get(end)) {
            (2, _) => self.ends.pairs += 1,
            (1, Some(b'\n')) => self.ends.feeds += 1,
            (1, _) => self.ends.returns += 1,
            _ => {}
        }
    }

    /// Takes an unquoted field; gives where it stops, perhaps only because the window does. `None` if the
    /// window ends behind an escape.
    fn plain(
        &self,
        text: &str,
        start: usize,
        last: bool,
        line: &mut u64,
        record: &mut Record,
    ) -> Result<Option<usize>, Broken> {
        let bytes = text.as_bytes();
        let (mut end, mut escaped) = (start, false);
        loop {
            end = self.next_special(bytes, end);
            match bytes.get(end) {
                Some(byte) if Some(*byte) == self.marks.escape => {
                    match self.escaped(bytes, end, last, record) {
                        Some(length) => {
                            escaped |= length > 1;
                            end += length;
                        }
                        None => return Ok(None),
                    }
                }
                Some(byte) if Some(*byte) == self.marks.quote => {
                    record.note(Flaw::StrayQuote);
                    end += 1;
                }
                _ => break,
            }
        }
        if end - start > FIELD_BYTES_MAX {
            return Err(Broken::FieldTooLong(*line));
        }
        if escaped {
            record.push_hidden(&text[start..end], [self.marks.escape, None]);
            *line += line_breaks(&bytes[start..end]);
        } else {
            record.push(start, end);
        }
        Ok(Some(end))
    }

    /// The index of the next byte at which an unquoted field stops or must be looked at, or the end. Eight bytes at a time.
    #[inline]
    fn next_special(&self, bytes: &[u8], mut at: usize) -> usize {
        while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*eight);
            let found = self.special_words.iter().fold(0, |found, special| {
                let unlike = word ^ special;
                found | (unlike.wrapping_sub(LOWEST) & !unlike & HIGHEST)
            });
            // Behind the first one found there may be others that are none; it is one.
            if found != 0 {
                return at + found.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        let rest = bytes[at..].iter();
        let more = rest.take_while(|byte| !self.special[usize::from(**byte)]);
        at + more.count()
    }

    /// The length of what the escape at `at` says; `None` if that is not in the window yet.
    fn escaped(&self, bytes: &[u8], at: usize, last: bool, record: &mut Record) -> Option<usize> {
        let is_break = |byte: u8| matches!(byte, b'\n' | b'\r');
        match bytes.get(at + 1) {
            None if !last => None,
            Some(b'\r') if self.marks.multiline && bytes.get(at + 2).is_none() && !last => None,
            Some(b'\r') if self.marks.multiline && bytes.get(at + 2) == Some(&b'\n') => Some(3),
            Some(&byte) if is_break(byte) && self.marks.multiline => Some(2),
            Some(&byte) if !is_break(byte) && self.special[usize::from(byte)] => Some(2),
            _ => {
                record.note(Flaw::StrayEscape);
                Some(1)
            }
        }
    }

    /// Takes a quoted field; gives where it stops, `None` if that lies behind the window.
    fn quoted(
        &self,
        text: &str,
        open: usize,
        last: bool,
        line: &mut u64,
        record: &mut Record,
    ) -> Result<Option<usize>, Broken> {
        let bytes = text.as_bytes();
        let quote = self.marks.quote.unwrap_or_default();
        let (mut at, mut hidden) = (open + 1, false);
        let close = loop {
            let stop = match self.marks.multiline && self.marks.escape.is_none() {
                true => memchr(quote, &bytes[at..]),
                false => bytes[at..]
                    .iter()
                    .position(|&byte| self.stops_quoted(byte, quote)),
            };
            let stop = stop.map_or(bytes.len(), |found| at + found);
            if stop - open > FIELD_BYTES_MAX {
                return Err(Broken::FieldTooLong(*line));
            }
            match (bytes.get(stop), bytes.get(stop + 1)) {
                (None, _) if last && self.marks.multiline => {
                    return Err(Broken::UnclosedQuote(*line));
                }
                (None, _) if last => return Ok(Some(self.left_open(open, stop, record))),
                (None, _) => return Ok(None),
                (Some(&byte), _) if byte == quote => {}
                (Some(byte), _) if Some(*byte) == self.marks.escape => {
                    let Some(length) = self.escaped(bytes, stop, last, record) else {
                        return Ok(None);
                    };
                    hidden |= length > 1;
                    at = stop + length;
                    continue;
                }
                (Some(_), _) => return Ok(Some(self.left_open(open, stop, record))),
            }
            match bytes.get(stop + 1) {
                None if !last => return Ok(None),
                Some(&byte) if byte == quote => hidden = true,
                Some(&byte) if !self.ends_field(byte) => {
                    if self.marks.multiline {
                        return Err(Broken::TextAfterQuote(*line));
                    }
                    record.note(Flaw::TextAfterQuote);
                    let rest = bytes[stop..]
                        .iter()
                        .position(|byte| matches!(byte, b'\n' | b'\r'));
                    let end = rest.map_or(bytes.len(), |rest| stop + rest);
                    record.push(open, end);
                    return Ok(Some(end).filter(|end| last || *end < bytes.len()));
                }
                _ => break stop,
            }
            at = stop + 2;
        };
        record.quoted += 1;
        if hidden {
            record.push_hidden(&text[open + 1..close], [Some(quote), self.marks.escape]);
        } else {
            record.push(open + 1, close);
        }
        *line += line_breaks(&bytes[open + 1..close]);
        Ok(Some(close + 1))
    }

    fn stops_quoted(&self, byte: u8, quote: u8) -> bool {
        byte == quote
            || Some(byte) == self.marks.escape
            || (!self.marks.multiline && matches!(byte, b'\n' | b'\r'))
    }

    /// A quoted cell that its line leaves open; the line is known to end at `stop`.
    fn left_open(&self, open: usize, stop: usize, record: &mut Record) -> usize {
        record.note(Flaw::UnclosedQuote);
        record.push(open, stop);
        stop
    }

    fn ends_field(&self, byte: u8) -> bool {
        byte == self.marks.delimiter || byte == b'\n' || byte == b'\r'
    }
}

/// The index behind the line break at `at`, or `at` itself where the file ends.
/// `None` if the window ends before that is certain.
pub(super) fn line_break(bytes: &[u8], at: usize, last: bool) -> Option<usize> {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Some(at + 2),
        (Some(b'\r'), None) if !last => None,
        (Some(_), _) => Some(at + 1),
        (None, _) => last.then_some(at),
    }
}

#[cfg(test)]
mod tests;
