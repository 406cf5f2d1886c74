//! With `[map]`: the fields that it names, from the columns that it names, and nothing else.

use std::collections::HashMap;

use super::bind::{Binding, Origin};
use super::by_name::listed;
use super::slot::{Reach, Slot};
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
    let mut errors: Vec<Problem> = Vec::new();
    for slot in fields.iter_mut().flat_map(|binding| &mut binding.slots) {
        match index.find(slot, has_header) {
            Ok(reaches) if reaches.is_empty() && has_header => {
                errors.push(missing_column(&slot.name, names));
            }
            Ok(reaches) => slot.reaches = reaches,
            Err(problem) => errors.push(*problem),
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

/// Keys of `[map]` that no row had. Err: those whose absence would change every user, by `UserID`, by
/// a blank policy that clears or overwrites, or by a formula of which nothing was there. Ok: a warning for each of
/// the others.
pub(super) fn never_met(
    fields: &[Binding],
    names: &[Box<str>],
) -> Result<Vec<Problem>, Vec<Problem>> {
    let mut warnings = Vec::new();
    let mut errors = Vec::new();
    for binding in fields {
        let mut missing = binding.slots.iter().filter(|slot| !slot.tally.was_met());
        let is_whole = missing.clone().count() == binding.slots.len();
        let acts = binding.is_user_id()
            || binding.recipe.acts_on_blank()
            || matches!(binding.origin, Origin::Formula(_));
        match missing.next() {
            None => {}
            Some(_) if is_whole && acts => errors.push(missing_column(binding.label(), names)),
            Some(slot) => {
                warnings.push(missing_key(&slot.name));
                warnings.extend(missing.map(|slot| missing_key(&slot.name)));
            }
        }
    }
    if errors.is_empty() {
        Ok(warnings)
    } else {
        Err(errors)
    }
}

/// Columns by name: exactly, and without outer white space where that is nobody else's name.
struct Index<'n> {
    by_name: HashMap<&'n str, usize>,
    names: &'n [Box<str>],
}

impl<'n> Index<'n> {
    fn of(names: &'n [Box<str>]) -> Index<'n> {
        let mut by_name = HashMap::with_capacity(names.len());
        for (column, name) in names.iter().enumerate() {
            by_name.insert(&**name, column);
        }
        for (column, name) in names.iter().enumerate() {
            by_name.entry(name.trim()).or_insert(column);
        }
        Index { by_name, names }
    }

    /// The column of that name; without a header also the paths that its dots may mean, the longest
    /// column name first. Err: a word of a formula may be several columns.
    fn find(&self, slot: &Slot, has_header: bool) -> Result<Vec<Reach>, Box<Problem>> {
        let reaches = self.reaches(&slot.name, has_header);
        if !slot.is_word || !reaches.is_empty() {
            return Ok(reaches);
        }
        let wanted = letters(&slot.name);
        let alike = self.names.iter().enumerate();
        let mut alike = alike.filter(|(_, name)| !wanted.is_empty() && letters(name) == wanted);
        match (alike.next(), alike.next()) {
            (Some((_, one)), Some((_, other))) => Err(Box::new(ambiguous(&slot.name, one, other))),
            (one, _) => Ok(one
                .map(|(column, _)| Reach { column, path: None })
                .into_iter()
                .collect()),
        }
    }

    fn reaches(&self, source: &str, has_header: bool) -> Vec<Reach> {
        let exact = self
            .by_name
            .get(source)
            .map(|&column| Reach { column, path: None });
        let mut reaches: Vec<Reach> = exact.into_iter().collect();
        if has_header {
            return reaches;
        }
        for (dot, _) in source.rmatch_indices('.') {
            if let Some(&column) = self.by_name.get(&source[..dot]) {
                let path = Some(source[dot + 1..].into());
                reaches.push(Reach { column, path });
            }
        }
        reaches
    }
}

/// Letters and digits in lower case: what a formula's word has in common with the name of its column.
fn letters(name: &str) -> String {
    name.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn ambiguous(word: &str, one: &str, other: &str) -> Problem {
    Problem::error(
        "ambiguous_column",
        format!("`{word}` in a formula of [map] may be the column \"{one}\" or \"{other}\""),
    )
    .column(word)
    .hint(format!("name it exactly: row[\"{one}\"]"))
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
pub(super) fn unmapped<'b>(
    fields: impl Iterator<Item = &'b Binding>,
    names: &[Box<str>],
) -> Option<Problem> {
    let mut used = vec![false; names.len()];
    let slots = fields.flat_map(|binding| &binding.slots);
    for reach in slots.flat_map(|slot| &slot.reaches) {
        used[reach.column] = true;
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
