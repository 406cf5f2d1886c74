//! Where a JSON value ends, by its brackets and strings alone. Whether it is valid is not asked here.

use super::encoding::line_breaks;

/// What a scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// The value ends before `end`.
    Done {
        end: usize,
        depth: usize,
        keys: usize,
        /// Line breaks within it.
        lines: u64,
    },
    /// It goes on behind the text.
    Partial,
    /// It cannot end with certainty, because of the byte at that index.
    Bad(Bad, usize),
}

/// Why a value cannot end with certainty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// JSON strings hold no raw line break: a quote is missing somewhere.
    LineBreakInString,
    /// A bracket that does not match the one that is open.
    Bracket { found: u8, due: u8 },
    /// Something that no scalar contains.
    Unexpected,
}

/// Scans an object or array that opens at `start`. `open` is scratch space.
pub(super) fn scan_nested(bytes: &[u8], start: usize, open: &mut Vec<u8>) -> Scan {
    open.clear();
    let (mut at, mut depth, mut keys, mut lines) = (start, 0, 0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => match scan_string(bytes, at) {
                Scan::Done { end, .. } => {
                    at = end;
                    continue;
                }
                other => return other,
            },
            b':' => keys += 1,
            b'\n' => lines += 1,
            b'\r' => lines += u64::from(bytes.get(at + 1) != Some(&b'\n')),
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => {
                depth = depth.max(open.len());
                match open.pop() {
                    Some(due) if due != byte => {
                        return Scan::Bad(Bad::Bracket { found: byte, due }, at);
                    }
                    _ if open.is_empty() => {
                        return Scan::Done {
                            end: at + 1,
                            depth,
                            keys,
                            lines,
                        };
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        at += 1;
    }
    Scan::Partial
}

/// Scans a string that opens at `start`.
pub(super) fn scan_string(bytes: &[u8], start: usize) -> Scan {
    let mut at = start + 1;
    loop {
        match bytes.get(at) {
            Some(b'"') => {
                return Scan::Done {
                    end: at + 1,
                    depth: 0,
                    keys: 0,
                    lines: 0,
                };
            }
            Some(b'\n' | b'\r') => return Scan::Bad(Bad::LineBreakInString, at),
            // A backslash hides the next byte, unless that is a line break.
            Some(b'\\') if !matches!(bytes.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
            Some(_) => at += 1,
            None => return Scan::Partial,
        }
    }
}

/// Scans a scalar up to the comma or closing bracket behind it.
pub(super) fn scan_bare(bytes: &[u8], start: usize) -> Scan {
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b',' | b']' | b'}' => {
                let end = start + bytes[start..at].trim_ascii_end().len();
                return Scan::Done {
                    end,
                    depth: 0,
                    keys: 0,
                    lines: line_breaks(&bytes[start..end]),
                };
            }
            b'{' | b'[' | b':' => return Scan::Bad(Bad::Unexpected, at),
            b'"' => match scan_string(bytes, at) {
                Scan::Done { end, .. } => at = end,
                other => return other,
            },
            _ => at += 1,
        }
    }
    Scan::Partial
}

/// Scans to the end of the line.
pub(super) fn scan_line(bytes: &[u8], start: usize, last: bool) -> Scan {
    let found = bytes[start..]
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'));
    match found {
        None if !last => Scan::Partial,
        found => Scan::Done {
            end: found.map_or(bytes.len(), |found| start + found),
            depth: 0,
            keys: 0,
            lines: 0,
        },
    }
}
