//! The beginning of a CSV text → its delimiter, by splitting it strictly with each candidate. A close race is
//! refused: a file read with the wrong delimiter would be a file of other people.

use std::sync::Arc;

use super::detect::name_of;
use super::error::InputError;
use super::limits::HEAD_RECORDS_MAX;
use super::record::{Record, Split, Splitter};

/// The delimiters that exports use.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What one candidate makes of the text.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    delimiter: u8,
    /// Cells of the header; 0 if it cannot be read so.
    width: usize,
    /// Records behind the header.
    records: u64,
    /// Those of them as wide as the header.
    alike: u64,
}

/// The delimiter, and why.
pub(super) fn find_delimiter(
    file: &Arc<str>,
    head: &str,
    whole: bool,
) -> Result<(u8, String), InputError> {
    if let Some(delimiter) = separator_line(head) {
        return Ok((delimiter, "as the first line says (sep=)".to_owned()));
    }
    let mut tallies: Vec<Tally> = CANDIDATES
        .into_iter()
        .map(|delimiter| tally(delimiter, head, whole))
        .filter(|tally| tally.width > 1)
        .collect();
    tallies.sort_by_key(|tally| std::cmp::Reverse(tally.alike));
    match tallies[..] {
        [] => Ok((
            b',',
            "as no delimiter splits the header: it has one column".to_owned(),
        )),
        [only] => Ok((only.delimiter, only.words())),
        // Chance makes few rows as wide as the header; the true delimiter makes nearly all of them so.
        [best, second, ..] if best.alike > 2 * second.alike => {
            let beside = format!("{} {}", name_of(second.delimiter), second.words());
            Ok((best.delimiter, format!("{}; {beside}", best.words())))
        }
        [best, second, ..] => {
            let of = |tally: Tally| format!("{} {}", name_of(tally.delimiter), tally.words());
            let message = format!("the delimiter is ambiguous: {}; {}", of(best), of(second));
            Err(InputError::new(file, "ambiguous_delimiter", message)
                .line(1)
                .hint("name it: --delimiter, or [source] delimiter"))
        }
    }
}

/// The delimiter that a first line such as `sep=;` names; spreadsheets write and read it.
pub(super) fn separator_line(head: &str) -> Option<u8> {
    let line = head.split(['\r', '\n']).next()?;
    match line.as_bytes() {
        [s, e, p, b'=', delimiter] if [s, e, p].map(u8::to_ascii_lowercase) == *b"sep" => {
            super::is_delimiter(*delimiter).then_some(*delimiter)
        }
        _ => None,
    }
}

impl Tally {
    fn words(&self) -> String {
        let Tally {
            width,
            records,
            alike,
            ..
        } = self;
        format!(
            "splits the header into {width} and {alike} of the first {records} records likewise"
        )
    }
}

fn tally(delimiter: u8, head: &str, whole: bool) -> Tally {
    let (mut splitter, mut record) = (Splitter::new(delimiter), Record::default());
    let mut tally = Tally {
        delimiter,
        ..Tally::default()
    };
    let mut at = 0;
    while at < head.len() && tally.records < HEAD_RECORDS_MAX {
        match splitter.split(head, at, whole, &mut record) {
            Ok(Split::Record(end)) => {
                at = end;
                tally.add(record.len());
            }
            Ok(Split::Blank(end)) => at = end,
            Ok(Split::Incomplete) => {
                // A header wider than the head is judged by what is there of it.
                tally.width = tally
                    .width
                    .max(if tally.width == 0 { record.len() } else { 0 });
                break;
            }
            Err(_) => break,
        }
    }
    tally
}

impl Tally {
    fn add(&mut self, cells: usize) {
        if self.width == 0 {
            self.width = cells;
        } else {
            self.records += 1;
            self.alike += u64::from(cells == self.width);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(head: &str) -> Result<u8, String> {
        find_delimiter(&"f".into(), head, true)
            .map(|(delimiter, _)| delimiter)
            .map_err(|error| error.problem.code)
    }

    #[test]
    fn the_delimiter_is_found_by_splitting() {
        for (head, want) in [
            ("UserID\n1\n", b','),
            ("a,b", b','),
            ("a;b\n1;2", b';'),
            ("a\tb\r\n1\t2,5\r\n", b'\t'),
            ("a|b\r1|2\r", b'|'),
            ("a;b\n1,5;2,5\n3,5;4,5\n", b';'),
            ("\"last, first\";id\n\"Doe, J\";7\n", b';'),
            // A comma in the header only.
            ("name, full;id\nJ;7\nK;8\n", b';'),
            // A ragged row among sound ones.
            ("a;b,c\n1;2\n1;2;3\n4;5\n6;7\n", b';'),
            ("\"a\nb\";c\n1;2\n", b';'),
            ("sep=;\na,x;b\n", b';'),
            ("SEP=|\r\na;b\n", b'|'),
        ] {
            assert_eq!(found(head), Ok(want), "{head:?}");
        }
    }

    #[test]
    fn a_close_race_is_refused() {
        for head in ["a,b;c", "a,b;c\n1,2;3\n", "a,b;c\n1,2\n3;4\n"] {
            assert_eq!(
                found(head),
                Err("ambiguous_delimiter".to_owned()),
                "{head:?}"
            );
        }
    }

    #[test]
    fn the_evidence_names_both() {
        let (_, why) = find_delimiter(&"f".into(), "n, m;id\nJ;7\nK;8\n", true).unwrap();
        assert_eq!(
            why,
            "splits the header into 2 and 2 of the first 2 records likewise; \
             comma splits the header into 2 and 0 of the first 2 records likewise"
        );
    }
}
