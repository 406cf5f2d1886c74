//! The beginning of a CSV text → its delimiter, quote and escape, by splitting it strictly with each candidate.
//! A close race is refused: a file read by the wrong dialect would be a file of other people.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::ReadOptions;
use super::detect::name_of;
use super::error::InputError;
use super::limits::HEAD_RECORDS_MAX;
use super::record::{Marks, Record};
use super::splitter::{LineEnds, Split, Splitter};

/// The delimiters that exports use.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What one candidate makes of the text.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub marks: Marks,
    /// Cells of each record, the header among them, and the line on which it begins.
    pub records: Vec<(usize, u64)>,
    /// How the records ended.
    pub ends: LineEnds,
    /// Cells that stand in quotes.
    quoted: usize,
    /// Records that are not certain.
    flaws: usize,
    /// Whether the text cannot be split to its end.
    is_broken: bool,
    /// For each column, cells that stand in single quotes, and cells that are not empty.
    wrapped: Vec<(usize, usize)>,
    /// Whether a cell of the first record stands in single quotes.
    wraps_names: bool,
    /// Whether a backslash stands in a cell.
    pub has_backslash: bool,
    /// Stands for all cells.
    cells: u64,
}

impl Tally {
    fn of(marks: Marks, head: &str, line: u64, whole: bool) -> Tally {
        let (mut splitter, mut record) = (Splitter::new(marks), Record::default());
        splitter.set_line(line);
        let mut tally = Tally {
            marks,
            records: Vec::new(),
            ends: LineEnds::default(),
            quoted: 0,
            flaws: 0,
            is_broken: false,
            wrapped: Vec::new(),
            wraps_names: false,
            has_backslash: false,
            cells: 0,
        };
        let (mut at, mut hasher) = (0, DefaultHasher::new());
        while at < head.len() && tally.records.len() <= HEAD_RECORDS_MAX {
            match splitter.split(head, at, whole, &mut record) {
                Ok(Split::Record(end)) => {
                    at = end;
                    tally.add(&record, head, &mut hasher);
                }
                Ok(Split::Blank(end)) => at = end,
                Ok(Split::Incomplete) => {
                    // A header wider than the head is judged by what is there of it.
                    if tally.records.is_empty() {
                        tally.records.push((record.len(), record.line()));
                    }
                    break;
                }
                Err(_) => {
                    tally.is_broken = true;
                    break;
                }
            }
        }
        tally.cells = hasher.finish();
        tally.ends = splitter.ends();
        tally
    }

    fn add(&mut self, record: &Record, head: &str, hasher: &mut DefaultHasher) {
        self.records.push((record.len(), record.line()));
        self.quoted += record.quoted;
        self.flaws += usize::from(record.flaw().is_some());
        if self.wrapped.len() < record.len() {
            self.wrapped.resize(record.len(), (0, 0));
        }
        for (cell, (wrapped, filled)) in record.cells(head).zip(&mut self.wrapped) {
            let inner = cell
                .strip_prefix('\'')
                .and_then(|rest| rest.strip_suffix('\''));
            *wrapped += usize::from(inner.is_some());
            let is_name = self.records.len() == 1 && inner.is_some_and(|name| !name.is_empty());
            self.wraps_names |= is_name;
            *filled += usize::from(!cell.is_empty());
            self.has_backslash |= cell.contains('\\');
            cell.hash(hasher);
        }
        record.len().hash(hasher);
    }

    /// The width, above one cell, that most records have, and how many have it.
    pub(super) fn mode(&self) -> (usize, usize) {
        let mut counts = std::collections::BTreeMap::new();
        for (width, _) in self.records.iter().filter(|(width, _)| *width > 1) {
            *counts.entry(*width).or_insert(0_usize) += 1;
        }
        counts
            .into_iter()
            .max_by_key(|(width, count)| (*count, *width))
            .unwrap_or_default()
    }

    /// Records that are as wide as one before them. Chance makes few so, the true dialect nearly all.
    fn alike(&self) -> usize {
        self.mode().1.saturating_sub(1)
    }

    /// Whether there is no doubt between them: all records against most, or many against few.
    fn is_far_above(&self, other: &Tally) -> bool {
        let is_whole = |tally: &Tally| tally.mode().1 == tally.records.len();
        let all = self.alike() > 0 && is_whole(self) && !is_whole(other);
        all || self.alike() > 2 * other.alike()
    }

    fn is_clean(&self) -> bool {
        !self.is_broken && self.flaws == 0
    }

    fn words(&self) -> String {
        let (width, count) = self.mode();
        let of = self.records.len();
        format!("splits {count} of the first {of} records into {width} cells")
    }
}

/// The dialect, and why: one sentence for each mark.
pub(super) fn find_marks(
    file: &Arc<str>,
    head: &str,
    line: u64,
    whole: bool,
    options: &ReadOptions,
) -> Result<(Tally, Vec<String>), InputError> {
    let search = Search {
        file,
        head,
        line,
        whole,
        options,
    };
    let (quote, why_quote) = search.quote()?;
    let (escape, why_escape) = search.escape(quote)?;
    let (tally, why_delimiter) = search.delimiter(quote, escape)?;
    let LineEnds {
        feeds,
        pairs,
        returns,
    } = tally.ends;
    let ends = [("LF", feeds), ("CRLF", pairs), ("CR", returns)];
    let ends = ends.iter().filter(|(_, count)| *count > 0);
    let ends: Vec<String> = ends
        .map(|(name, count)| format!("{count} by {name}"))
        .collect();
    let mut evidence = vec![
        format!(
            "delimiter: {}, {why_delimiter}",
            name_of(tally.marks.delimiter)
        ),
        format!(
            "quote: {}, {why_quote}",
            quote.map_or("none".to_owned(), name_of)
        ),
        format!(
            "escape: {}, {why_escape}",
            escape.map_or("none".to_owned(), name_of)
        ),
    ];
    if !ends.is_empty() {
        evidence.push(format!("lines: {}", ends.join(", ")));
    }
    Ok((tally, evidence))
}

struct Search<'a> {
    file: &'a Arc<str>,
    head: &'a str,
    line: u64,
    whole: bool,
    options: &'a ReadOptions,
}

impl Search<'_> {
    /// What each delimiter makes of the text, the best first; at least one.
    fn tallies(&self, quote: Option<u8>, escape: Option<u8>) -> Vec<Tally> {
        let told = self.options.delimiter.map(|delimiter| vec![delimiter]);
        let delimiters = told.unwrap_or_else(|| DELIMITERS.to_vec());
        let marks = delimiters.into_iter().map(|delimiter| Marks {
            delimiter,
            quote,
            escape,
            multiline: !self.options.single_line,
        });
        let mut tallies: Vec<Tally> = marks
            .map(|marks| Tally::of(marks, self.head, self.line, self.whole))
            .collect();
        tallies.sort_by_key(|tally| std::cmp::Reverse(tally.alike()));
        tallies
    }

    fn best(&self, quote: Option<u8>, escape: Option<u8>) -> Option<Tally> {
        self.tallies(quote, escape).into_iter().next()
    }

    fn escapes(&self) -> Vec<Option<u8>> {
        match self.options.escape {
            Some(told) => vec![told],
            None if self.head.contains('\\') => vec![None, Some(b'\\')],
            None => vec![None],
        }
    }

    fn quote(&self) -> Result<(Option<u8>, String), InputError> {
        if let Some(told) = self.options.quote {
            return Ok((told, "as told".to_owned()));
        }
        let double = self.best(Some(b'"'), self.escapes()[0]);
        let count = double.as_ref().map_or(0, |tally| tally.quoted);
        let doubly = match count {
            0 => "no cell is quoted".to_owned(),
            count => format!("{count} of the first cells stand in it"),
        };
        let single = self
            .escapes()
            .into_iter()
            .filter_map(|escape| self.best(Some(b'\''), escape));
        let single = single
            .filter(Tally::is_clean)
            .max_by_key(|tally| (tally.alike(), tally.quoted));
        let Some(double) = double else {
            return Ok((Some(b'"'), doubly));
        };
        let whole_column = double
            .wrapped
            .iter()
            .any(|(wrapped, filled)| *wrapped >= 2 && wrapped == filled);
        let shows = whole_column || double.wraps_names;
        let Some(single) = single else {
            return match shows {
                true => Err(self.ambiguous_quote(
                    "names or whole columns stand in single quotes, but not all cells can be read so",
                )),
                false => Ok((Some(b'"'), doubly)),
            };
        };
        if single.quoted == 0 || !(shows || single.alike() > double.alike()) {
            return Ok((Some(b'"'), doubly));
        }
        if double.quoted > 0 {
            return Err(self.ambiguous_quote(format!(
                "cells stand in double quotes ({} of them) as well as in single ones ({})",
                double.quoted, single.quoted
            )));
        }
        let why = format!(
            "{} of the first cells stand in it, none in double quotes",
            single.quoted
        );
        Ok((Some(b'\''), why))
    }

    fn ambiguous_quote(&self, message: impl Into<String>) -> InputError {
        InputError::new(self.file, "ambiguous_quote", message)
            .line(self.line)
            .hint("say what encloses cells: --quote '\"' or --quote \"'\", or [source] quote")
    }

    fn escape(&self, quote: Option<u8>) -> Result<(Option<u8>, String), InputError> {
        let escapes = self.escapes();
        let plainly = match quote {
            Some(_) => "a quote inside a quoted cell is doubled",
            None => "nothing has to be escaped",
        };
        let [None, Some(escape)] = escapes[..] else {
            let why = match self.options.escape {
                Some(_) => "as told",
                None => plainly,
            };
            return Ok((escapes[0], why.to_owned()));
        };
        let (plain, escaped) = (self.best(quote, None), self.best(quote, Some(escape)));
        let (Some(plain), Some(escaped)) = (plain, escaped) else {
            return Ok((None, plainly.to_owned()));
        };
        let why = "so every record can be read, and not without it";
        match (plain.is_clean(), escaped.is_clean()) {
            (_, false) => Ok((
                None,
                "backslashes stand before ordinary characters".to_owned(),
            )),
            (false, true) => Ok((Some(escape), why.to_owned())),
            (true, true) if escaped.alike() > plain.alike() => Ok((Some(escape), why.to_owned())),
            (true, true) if escaped.alike() < plain.alike() || escaped.cells == plain.cells => {
                Ok((None, plainly.to_owned()))
            }
            (true, true) => {
                let message = "backslashes may be text or escapes: the file can be read both ways";
                Err(InputError::new(self.file, "ambiguous_escape", message)
                    .hint("say which: --escape none, or --escape '\\', or [source] escape"))
            }
        }
    }

    fn delimiter(
        &self,
        quote: Option<u8>,
        escape: Option<u8>,
    ) -> Result<(Tally, String), InputError> {
        let tallies = self.tallies(quote, escape);
        if self.options.delimiter.is_some() {
            return Ok((tallies[0].clone(), "as told".to_owned()));
        }
        let splitting: Vec<&Tally> = tallies.iter().filter(|tally| tally.mode().0 > 1).collect();
        match splitting[..] {
            [] => {
                let comma = tallies.iter().find(|tally| tally.marks.delimiter == b',');
                let why = "as no delimiter splits any record: there is one column".to_owned();
                Ok((comma.unwrap_or(&tallies[0]).clone(), why))
            }
            [only] => Ok((only.clone(), only.words())),
            [best, second, ..] if best.is_far_above(second) => {
                let beside = format!("{} {}", name_of(second.marks.delimiter), second.words());
                Ok((best.clone(), format!("{}; {beside}", best.words())))
            }
            [best, second, ..] => {
                let of =
                    |tally: &Tally| format!("{} {}", name_of(tally.marks.delimiter), tally.words());
                let message = format!("the delimiter is ambiguous: {}; {}", of(best), of(second));
                Err(InputError::new(self.file, "ambiguous_delimiter", message)
                    .line(self.line)
                    .hint("name it: --delimiter, or [source] delimiter"))
            }
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

#[cfg(test)]
mod tests;
