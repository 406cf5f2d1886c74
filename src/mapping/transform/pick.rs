//! A part of a text: by a pattern, by what stands between the parts, or filled up to a width.

use std::borrow::Cow;

use regex_lite::{Regex, RegexBuilder};
use serde::Serialize;

/// A regular expression that can be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pattern(String);

/// Bytes that a compiled pattern may take: far more than any that people write.
const PATTERN_BYTES_MAX: usize = 1 << 20;

impl Pattern {
    /// The pattern of that text.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn new(text: &str) -> Result<Pattern, String> {
        compile(text).map_err(|error| format!("not a regular expression: {error}"))?;
        Ok(Pattern(text.to_owned()))
    }
}

fn compile(text: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(text)
        .size_limit(PATTERN_BYTES_MAX)
        .build()
}

/// A pattern, compiled. Its time grows with the text, whatever the pattern.
#[derive(Debug)]
pub struct Extract(Regex);

impl Extract {
    pub fn new(pattern: &Pattern) -> Extract {
        Extract(compile(&pattern.0).expect("a pattern compiles as often as one likes"))
    }

    /// The first group of the first match, or the match where there is no group; blank where nothing fits.
    pub fn run<'a>(&self, text: &str) -> Cow<'a, str> {
        let found = self.0.captures(text);
        let part = found.as_ref().and_then(|found| match found.len() {
            1 => found.get(0),
            _ => (1..found.len()).find_map(|group| found.get(group)),
        });
        Cow::Owned(part.map_or_else(String::new, |part| part.as_str().to_owned()))
    }
}

fn parts<'t>(text: &'t str, split: &'t str) -> impl DoubleEndedIterator<Item = &'t str> {
    text.split(split)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

/// The part of that number from 1, or from the end by −1; blank if there are not so many.
pub fn part(text: &str, split: &str, take: i32) -> String {
    let index = usize::try_from(take.unsigned_abs().saturating_sub(1)).unwrap_or(usize::MAX);
    let mut parts = parts(text, split);
    let part = match take > 0 {
        true => parts.nth(index),
        false => parts.nth_back(index),
    };
    part.unwrap_or_default().to_owned()
}

/// The parts with another text between them.
pub fn joined(text: &str, split: &str, join: &str) -> String {
    parts(text, split).collect::<Vec<_>>().join(join)
}

/// The text, filled on the left.
pub fn padded(text: Cow<'_, str>, width: usize, with: char) -> Cow<'_, str> {
    let lacking = width.saturating_sub(text.chars().count());
    if lacking == 0 {
        return text;
    }
    let mut filled: String = std::iter::repeat_n(with, lacking).collect();
    filled.push_str(&text);
    Cow::Owned(filled)
}
