//! RawRow + `[map]` → Draft: which column is which field, and what a cell's text means for it.
//!
//! Compiled once for a file, because it runs for every cell. Without `[map]` a column spelled like a
//! field is that field; with it, only what it names. Never decides whether a value is good: that is
//! validation's part. Never maps by resemblance, never sends a column that nobody named, and never
//! drops a cell without a problem that says so.

mod bind;
mod by_name;
mod by_spec;
mod cell;
mod collection;
mod effective;
mod formula;
mod plain;
mod recipe;
mod rules;
mod slot;
mod spec;
pub mod suggest;
mod tally;
mod transform;
mod wrapped;
mod written;

use std::sync::Arc;

use jiff::Timestamp;

pub use effective::{Effective, EffectiveDates, zone_named};
pub use formula::{Form, Formula, Name};
pub use recipe::Plainly;
pub use rules::{PREFER_MAX, RowQuestions};
pub use spec::{Blank, FieldSpec, MappingSpec, Otherwise, Source};
pub use transform::{
    Country, DateFormat, Dates, Lookup, LookupTable, Pattern, TableFault, Transform,
};

use crate::model::{Columns, Draft, Problem, RawRow, RowBatch};
use bind::{Binding, Bindings};
use collection::Sink;
use effective::Bounds;
use rules::Rules;

/// A mapping, bound to the columns of one file.
#[derive(Debug)]
pub struct Mapping {
    spec: Option<MappingSpec>,
    bindings: Bindings,
    questions: RowQuestions,
    rules: Rules,
    effective: Option<(EffectiveDates, Timestamp)>,
    bounds: Option<Bounds>,
    columns: Option<Arc<Columns>>,
    /// A header names all columns before the first row; JSON keys come as they come.
    has_header: bool,
    /// The list of objects within the only row of a JSON export.
    list_within: Option<String>,
    file: Arc<str>,
}

impl Mapping {
    /// A mapping as `[map]` says; `None`: by the names of the columns.
    pub fn new(spec: Option<MappingSpec>) -> Mapping {
        Mapping {
            spec,
            bindings: Bindings::default(),
            questions: RowQuestions::default(),
            rules: Rules::default(),
            effective: None,
            bounds: None,
            columns: None,
            has_header: false,
            list_within: None,
            file: Arc::from(""),
        }
    }

    /// The same, asking these questions of each row.
    pub fn asking(self, questions: RowQuestions) -> Mapping {
        Mapping { questions, ..self }
    }

    /// The same, with rows that hold from one day until another, as seen now.
    pub fn effective(self, dates: Option<EffectiveDates>, now: Timestamp) -> Mapping {
        Mapping {
            effective: dates.map(|dates| (dates, now)),
            ..self
        }
    }

    /// Binds the mapping to the columns of a batch, before its rows are applied. Costs next to nothing
    /// when no column was added, and nothing is told twice when the file is read a second time.
    ///
    /// Ok: warnings about columns that are not sent. Err: the file cannot be mapped, with everything
    /// that is in the way: `[map]` itself is unusable, there is no UserID, two columns are one field,
    /// or a header lacks columns that `[map]` names. (Without a header a key may come later:
    /// [`Mapping::finish`] tells.)
    pub fn bind(
        &mut self,
        batch: &RowBatch,
        file: &Arc<str>,
    ) -> Result<Vec<Problem>, Vec<Problem>> {
        let from = match self.columns.as_deref() {
            Some(known) if known.names.starts_with(&batch.columns.names) => return Ok(Vec::new()),
            Some(known) if batch.columns.names.starts_with(&known.names) => known.names.len(),
            _ => {
                self.bindings = Bindings::default();
                0
            }
        };
        self.file = file.clone();
        self.has_header = batch.is_text();
        self.list_within = match batch.len() {
            1 => batch.rows().find_map(|row| wrapped::list_of_objects(&row)),
            _ => None,
        };
        let result = self.bind_from(from, batch);
        // A mapping that failed stays unbound, so that it fails again rather than mapping nothing.
        self.columns = result.is_ok().then(|| batch.columns.clone());
        let placed = |problems| in_file(problems, file);
        result.map(placed).map_err(placed)
    }

    fn bind_from(&mut self, from: usize, batch: &RowBatch) -> Result<Vec<Problem>, Vec<Problem>> {
        let names = &batch.columns.names;
        if from == 0 {
            self.rules = Rules::new(&self.questions);
            let effective = self.effective.as_ref();
            self.bounds = effective.map(|(dates, now)| Bounds::new(dates, *now));
        }
        self.rules.resolve(names, self.has_header)?;
        if let Some(bounds) = &mut self.bounds {
            bounds.resolve(names, self.has_header)?;
        }
        let Some(spec) = &self.spec else {
            let warnings = by_name::bind(&mut self.bindings, names, from)?;
            if self.has_header && !self.bindings.has_user_id() {
                return Err(vec![by_name::no_user_id_column(names)]);
            }
            return Ok(self.not_asked_for(warnings, names));
        };
        if from == 0 {
            let problems = spec.problems();
            if !problems.is_empty() {
                return Err(problems);
            }
            self.bindings.fields = by_spec::compile(spec);
        }
        by_spec::resolve(&mut self.bindings.fields, names, self.has_header)?;
        Ok(Vec::new())
    }

    /// Without the warnings about columns that a question takes.
    fn not_asked_for(&self, mut warnings: Vec<Problem>, names: &[Box<str>]) -> Vec<Problem> {
        let slots = self.asked().flat_map(|binding| &binding.slots);
        let reaches = slots.flat_map(|slot| &slot.reaches);
        let asked: Vec<&str> = reaches.map(|reach| &*names[reach.column]).collect();
        let is_asked = |column: &str| asked.contains(&column);
        warnings.retain(|warning| !warning.column.as_deref().is_some_and(is_asked));
        warnings
    }

    /// What is bound beside the fields.
    fn asked(&self) -> impl Iterator<Item = &Binding> {
        let bounds = self.bounds.iter().flat_map(Bounds::bindings);
        self.rules.bindings().chain(bounds)
    }

    /// Whether the row holds now. Err: nobody can say, so the row cannot be used.
    pub fn holds(&self, row: &RawRow<'_>) -> Result<Effective, Box<Problem>> {
        match &self.bounds {
            None => Ok(Effective::Now),
            Some(bounds) => bounds.of(row, &self.file),
        }
    }

    /// Whether the row belongs to the scope. Err: nobody can say, so the row cannot be used.
    pub fn includes(&self, row: &RawRow<'_>) -> Result<bool, Box<Problem>> {
        self.rules.includes(row, &self.file)
    }

    /// How well the row speaks for its person: of several rows the one with the largest rank stands, if it is alone.
    /// Err: nobody can say, so the row cannot be used.
    pub fn rank(&self, row: &RawRow<'_>) -> Result<u16, Box<Problem>> {
        self.rules.rank(row, &self.file)
    }

    /// Maps a row of the batch that was bound last. The problems name line, column and value; the user
    /// and the file are added by validation. Sorted by field but for JSON collections.
    pub fn apply<'a>(&'a self, row: &RawRow<'a>) -> (Draft<'a>, Vec<Problem>) {
        let place = row.place();
        let mut values = Vec::with_capacity(self.bindings.fields.len());
        let mut problems = Vec::new();
        for binding in &self.bindings.fields {
            binding.map(row, &mut values, &mut problems);
        }
        for collection in &self.bindings.collections {
            let mut sink = Sink {
                values: &mut values,
                problems: &mut problems,
                line: place.line,
            };
            collection.map(row, &mut sink);
        }
        (Draft { place, values }, problems)
    }

    /// What only the whole file tells, after the last row was applied once.
    ///
    /// Ok: warnings, each at most once a column: words that were read as blank, columns that are not
    /// sent, keys that no row has. Err: the file cannot be mapped after all, because no row has UserID,
    /// or has a key of `[map]` whose absence would clear or overwrite the field of every user.
    pub fn finish(&self) -> Result<Vec<Problem>, Vec<Problem>> {
        let names = match self.columns.as_deref() {
            Some(columns) if !columns.names.is_empty() => &columns.names,
            _ => return Ok(Vec::new()),
        };
        self.whole_file(names)
            .map(|problems| in_file(problems, &self.file))
            .map_err(|problems| in_file(problems, &self.file))
            .map_err(|problems| match &self.list_within {
                Some(path) => problems
                    .into_iter()
                    .map(|problem| said_where(problem, path))
                    .collect(),
                None => problems,
            })
    }

    fn whole_file(&self, names: &[Box<str>]) -> Result<Vec<Problem>, Vec<Problem>> {
        let bindings = &self.bindings;
        let mut warnings = Vec::new();
        if self.spec.is_some() {
            if !self.has_header {
                warnings = by_spec::never_met(&bindings.fields, names)?;
            }
            let used = bindings.fields.iter().chain(self.asked());
            warnings.extend(by_spec::unmapped(used, names));
        } else if !bindings.has_user_id() {
            return Err(vec![by_name::no_user_id_column(names)]);
        }
        warnings.extend(by_name::more_unknown(bindings));
        warnings.extend(bindings.remarks());
        Ok(warnings)
    }
}

fn said_where(problem: Problem, path: &str) -> Problem {
    problem.hint(format!(
        "the export is one object; if the list in it is that of the people, say so: [source] path = \"{path}\""
    ))
}

fn in_file(problems: Vec<Problem>, file: &Arc<str>) -> Vec<Problem> {
    problems
        .into_iter()
        .map(|problem| problem.file(file))
        .collect()
}

#[cfg(test)]
mod tests;
