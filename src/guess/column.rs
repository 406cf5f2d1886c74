//! What is seen of one column: how full it is, how its values differ, what they look like.

use std::collections::{BTreeMap, HashSet};

use crate::mapping::DateFormat;

/// Values that are kept; more tell nothing new.
const VALUES_MAX: usize = 20_000;
/// More different values than that are no states.
const FEW: usize = 24;
/// Formats that HR systems write, the plainest first.
const DATE_FORMATS: [&str; 7] = [
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y",
];

/// One column of an export.
#[derive(Clone, Debug, Default)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Values that are not blank.
    pub filled: usize,
    /// Those of them that look like mail addresses.
    pub mails: usize,
    values: HashSet<String>,
    few: Option<BTreeMap<String, usize>>,
    dates: Vec<(&'static str, DateFormat)>,
}

impl ColumnProfile {
    /// A column of which nothing was seen.
    pub fn new(name: &str) -> ColumnProfile {
        let formats = DATE_FORMATS.into_iter();
        let formats = formats.filter_map(|text| Some((text, DateFormat::new(text).ok()?)));
        ColumnProfile {
            name: name.to_owned(),
            few: Some(BTreeMap::new()),
            dates: formats.collect(),
            ..ColumnProfile::default()
        }
    }

    /// Takes a value.
    pub fn see(&mut self, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        self.filled += 1;
        self.mails += usize::from(looks_like_mail(value));
        if self.values.len() < VALUES_MAX {
            self.values.insert(value.to_owned());
        }
        if let Some(few) = &mut self.few {
            *few.entry(value.to_owned()).or_default() += 1;
            if few.len() > FEW {
                self.few = None;
            }
        }
        self.dates
            .retain(|(_, format)| format.read(value).is_some());
    }

    /// Its different values, as far as they are kept.
    pub(super) fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    /// How many there are.
    pub(super) fn distinct(&self) -> usize {
        self.values.len()
    }

    /// Whether no value stands in it twice, or hardly any: exports have their errors.
    pub(super) fn is_unique(&self) -> bool {
        self.distinct() >= VALUES_MAX || self.distinct() * 100 >= self.filled * 95
    }

    /// Its values, if there are few.
    pub(super) fn few_values(&self) -> Option<Vec<&str>> {
        let few = self.few.as_ref()?;
        Some(few.keys().map(String::as_str).collect())
    }

    /// Whether all its values are dates; a column without any may hold them tomorrow.
    pub(super) fn has_dates(&self) -> bool {
        !self.dates.is_empty()
    }

    /// The formats that read them all.
    pub(super) fn date_formats(&self) -> Vec<&'static str> {
        self.dates.iter().map(|(text, _)| *text).collect()
    }
}

fn looks_like_mail(value: &str) -> bool {
    let parts = value.split_once('@');
    parts.is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !value.contains(char::is_whitespace)
    })
}
