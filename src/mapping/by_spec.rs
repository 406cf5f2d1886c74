//! With `[map]`: the fields that it names, from the columns that it names, and nothing else.

use std::collections::HashMap;

use super::bind::{Binding, Origin, Reach};
use super::by_name::listed;
use super::spec::MappingSpec;
use super::suggest;
use crate::model::Problem;

/// Finds the columns of every binding anew. Err: a named column that a header lacks, all of them at
/// once; without a header (JSON) a key may still come.
pub(super) fn resolve(
    fields: &mut [Binding],
    names: &[Box<str>],
    has_header: bool,
) -> Result<(), Vec<Problem>> {
    let index = Index::of(names);
    let mut errors = Vec::new();
    for binding in fields {
        let Origin::Cells(reaches) = &mut binding.origin else {
            continue;
        };
        *reaches = index.reaches(&binding.label, has_header);
        if reaches.is_empty() && has_header {
            errors.push(missing_column(&binding.label, names));
        }
    }
    errors.dedup();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// The spec compiled, sorted by field, no column looked for yet.
pub(super) fn compile(spec: &MappingSpec) -> Vec<Binding> {
    let mut fields: Vec<Binding> = spec
        .fields
        .iter()
        .map(|(field, spec)| Binding::by_spec(field, spec))
        .collect();
    fields.sort_by(|left, right| left.field.cmp(&right.field));
    fields
}

/// Keys of `[map]` that no row had. Err: those whose absence would change every user, by `UserID` or by
/// a blank policy that clears or overwrites. Ok: a warning for each of the others.
pub(super) fn never_met(
    fields: &[Binding],
    names: &[Box<str>],
) -> Result<Vec<Problem>, Vec<Problem>> {
    let mut warnings = Vec::new();
    let mut errors = Vec::new();
    for binding in fields {
        if matches!(binding.origin, Origin::Constant(_)) || binding.tally.was_met() {
            continue;
        }
        if binding.is_user_id() || binding.recipe.acts_on_blank() {
            errors.push(missing_column(&binding.label, names));
        } else {
            warnings.push(missing_key(&binding.label));
        }
    }
    if errors.is_empty() {
        Ok(warnings)
    } else {
        Err(errors)
    }
}

/// Columns by name: exactly, and without outer white space where that is nobody else's name.
struct Index<'n>(HashMap<&'n str, usize>);

impl<'n> Index<'n> {
    fn of(names: &'n [Box<str>]) -> Index<'n> {
        let mut index = HashMap::with_capacity(names.len());
        for (column, name) in names.iter().enumerate() {
            index.insert(&**name, column);
        }
        for (column, name) in names.iter().enumerate() {
            index.entry(name.trim()).or_insert(column);
        }
        Index(index)
    }

    /// The column of that name; without a header also the paths that its dots may mean, the longest
    /// column name first.
    fn reaches(&self, source: &str, has_header: bool) -> Vec<Reach> {
        let exact = self
            .0
            .get(source)
            .map(|&column| Reach { column, path: None });
        let mut reaches: Vec<Reach> = exact.into_iter().collect();
        if has_header {
            return reaches;
        }
        for (dot, _) in source.rmatch_indices('.') {
            if let Some(&column) = self.0.get(&source[..dot]) {
                let path = Some(source[dot + 1..].into());
                reaches.push(Reach { column, path });
            }
        }
        reaches
    }
}

fn missing_column(name: &str, names: &[Box<str>]) -> Problem {
    let problem = Problem::error(
        "missing_column",
        format!("[map] names the column \"{name}\", which the export does not have"),
    )
    .column(name);
    match suggest::closest(name, names.iter().map(|name| &**name)) {
        Some(meant) => problem.hint(format!("did you mean \"{meant}\"?")),
        None => problem.hint(format!("the columns are {}", listed(names))),
    }
}

fn missing_key(name: &str) -> Problem {
    Problem::warning(
        "missing_column",
        format!("[map] names \"{name}\", which no row of the export has"),
    )
    .column(name)
    .hint("compare the name with the export: crewsync preview shows it")
}

/// One warning for all columns that nothing is taken from: with `[map]` that is a choice, so it is
/// told, but not at length.
pub(super) fn unmapped(fields: &[Binding], names: &[Box<str>]) -> Option<Problem> {
    let mut used = vec![false; names.len()];
    for binding in fields {
        if let Origin::Cells(reaches) = &binding.origin {
            for reach in reaches {
                used[reach.column] = true;
            }
        }
    }
    let left: Vec<Box<str>> = names
        .iter()
        .zip(used)
        .filter(|(_, used)| !used)
        .map(|(name, _)| name.clone())
        .collect();
    let message = match left.len() {
        0 => return None,
        1 => format!(
            "[map] does not name the column {}, so it is not sent",
            listed(&left)
        ),
        count => format!(
            "[map] does not name {count} columns, so they are not sent: {}",
            listed(&left)
        ),
    };
    Some(Problem::warning("unmapped_columns", message))
}
