//! `[map]` as plain data: which field takes which column, and what becomes of a cell on its way.

use serde::Serialize;

use super::cell::BLANK_WORDS_MAX;
use super::formula::Formula;
use super::transform::Transform;
use crate::model::{Field, Kind, Problem, Property, Value};

/// What `[map]` says: each field once, in the order given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MappingSpec {
    /// Field and where it comes from.
    pub fields: Vec<(Field, FieldSpec)>,
}

/// Where one field comes from and what becomes of its cells: transforms first, then the value table,
/// then the blank policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldSpec {
    /// Columns, a constant or a formula.
    pub source: Source,
    /// Applied in this order.
    pub transform: Vec<Transform>,
    /// If given, the only texts that are taken, case and outer white space aside, with what each
    /// becomes; `None` counts as a blank cell.
    pub values: Option<Vec<(String, Option<Value>)>>,
    /// What any other text becomes; if nothing is said, the field is in error.
    pub otherwise: Option<Otherwise>,
    /// The words that are blank, in place of the usual ones.
    pub blank_words: Option<Vec<String>>,
    /// What a blank cell means.
    pub blank: Blank,
}

/// Where a field comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A column by its exact name, or a path into nested JSON objects (`address.city`).
    Column(String),
    /// The first of these columns that is not blank.
    FirstOf(Vec<String>),
    /// The same text for every row.
    Constant(String),
    /// Text with places for cells; blank if all its columns are.
    Template(Formula),
    /// One value, reckoned from cells.
    Expression(Formula),
}

/// What a text becomes that a table does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// The row is refused, and the user stays as he is.
    Error,
    /// It counts as blank.
    Blank,
    /// It is taken as it is.
    Pass,
    /// This text instead.
    Text(String),
}

/// What a blank cell, or a JSON object without the key, means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Blank {
    /// The tenant's value stays.
    #[default]
    Keep,
    /// The tenant's value is cleared.
    Clear,
    /// The field is in error; for `UserID` and `Activated` the row is refused.
    Error,
    /// This text instead.
    Default(String),
}

impl FieldSpec {
    /// That column, trimmed; blank keeps the current value.
    pub fn column(name: impl Into<String>) -> FieldSpec {
        FieldSpec::of(Source::Column(name.into()))
    }

    /// The same text for every row.
    pub fn constant(text: impl Into<String>) -> FieldSpec {
        FieldSpec::of(Source::Constant(text.into()))
    }

    /// That source, trimmed; blank keeps the current value.
    pub fn of(source: Source) -> FieldSpec {
        FieldSpec {
            source,
            transform: vec![Transform::Trim],
            values: None,
            otherwise: None,
            blank_words: None,
            blank: Blank::Keep,
        }
    }

    /// Why this cannot be the source of that field, with what to do instead; `None` if it can.
    pub fn fault(&self, field: &Field) -> Option<String> {
        forbidden_field(field)
            .or_else(|| self.source_fault(field))
            .or_else(|| self.blank_fault(field))
            .or_else(|| self.words_fault())
            .or_else(|| self.values_fault())
    }

    fn source_fault(&self, field: &Field) -> Option<String> {
        let is_key = *field == Field::Property(Property::UserID);
        match &self.source {
            Source::Column(name) if name.trim().is_empty() => {
                Some("the column has no name".to_owned())
            }
            Source::FirstOf(names) if names.iter().any(|name| name.trim().is_empty()) => {
                Some("one of the columns has no name".to_owned())
            }
            Source::FirstOf(names) if names.is_empty() => {
                Some("`first_of` names no column".to_owned())
            }
            Source::Constant(_) if is_key => {
                Some("UserID cannot be a constant: every row is another user".to_owned())
            }
            Source::Constant(text) if text.trim().is_empty() => Some(
                "a constant cannot be blank: leave the field out to keep the current values"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    fn blank_fault(&self, field: &Field) -> Option<String> {
        let is_key = *field == Field::Property(Property::UserID);
        match &self.blank {
            Blank::Clear | Blank::Default(_) if is_key => {
                Some("a blank UserID always refuses the row: leave `blank` out".to_owned())
            }
            Blank::Clear if field.kind() == Kind::Bool => Some(format!(
                "{field} is true or false and cannot be cleared: say `blank = true` or `blank = false`"
            )),
            Blank::Default(text) if text.trim().is_empty() => {
                Some("a blank default says nothing: use \"keep\" or \"clear\"".to_owned())
            }
            _ => None,
        }
    }

    fn words_fault(&self) -> Option<String> {
        let words = self.blank_words.as_deref()?;
        if words.len() > BLANK_WORDS_MAX {
            return Some(format!("a field has at most {BLANK_WORDS_MAX} blank words"));
        }
        let is_empty = words.iter().any(|word| word.trim().is_empty());
        is_empty.then(|| "an empty cell is blank without being listed".to_owned())
    }

    fn values_fault(&self) -> Option<String> {
        let Some(values) = self.values.as_deref() else {
            return self.otherwise.as_ref().map(|_| {
                "`otherwise` is for what `values` does not list, and there is none".to_owned()
            });
        };
        if values.iter().any(|(word, _)| word.trim().is_empty()) {
            return Some("a value table has no entry for blank: use `blank`".to_owned());
        }
        let mut folded: Vec<(String, &Option<Value>)> = values
            .iter()
            .map(|(word, value)| (word.trim().to_lowercase(), value))
            .collect();
        folded.sort_by(|left, right| left.0.cmp(&right.0));
        folded
            .windows(2)
            .find(|pair| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1)
            .map(|pair| {
                format!(
                    "\"{}\" stands twice in the value table, case aside",
                    pair[0].0
                )
            })
    }
}

impl MappingSpec {
    /// Everything that makes the mapping unusable whatever the file, all at once.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self
            .fields
            .iter()
            .filter_map(|(field, spec)| {
                let fault = spec.fault(field)?;
                Some(bad_mapping(format!("[map] {field}: {fault}")))
            })
            .collect();
        if !self.names(&Field::Property(Property::UserID)) {
            problems.push(
                bad_mapping("[map] does not name UserID".to_owned())
                    .hint("say which column holds the key: UserID = \"employee_id\""),
            );
        }
        let mut fields: Vec<&Field> = self.fields.iter().map(|(field, _)| field).collect();
        fields.sort();
        for pair in fields.windows(2).filter(|pair| pair[0] == pair[1]) {
            problems.push(bad_mapping(format!("[map] names {} twice", pair[0])));
        }
        problems
    }

    fn names(&self, field: &Field) -> bool {
        self.fields.iter().any(|(other, _)| other == field)
    }
}

fn bad_mapping(message: String) -> Problem {
    Problem::error("bad_mapping", message)
}

/// Fields that no row can set. Passwords and deletions have their own rules, which a column would go round.
fn forbidden_field(field: &Field) -> Option<String> {
    match field {
        Field::Property(property @ (Property::Password | Property::ResetPassword)) => {
            Some(format!(
                "{} never comes from an export: credentials come with [create]",
                property.name()
            ))
        }
        Field::Property(Property::Deleted) => Some(
            "Deleted never comes from an export: map Activated, a leaver is deactivated".to_owned(),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_mapping_has_no_fault() {
        let spec = MappingSpec {
            fields: vec![
                (field("UserID"), FieldSpec::column("id")),
                (field("LanguageCode"), FieldSpec::constant("EN")),
            ],
        };
        assert_eq!(spec.problems(), []);
    }

    #[test]
    fn what_cannot_work_is_said_all_at_once() {
        let values = |words: &[(&str, bool)]| {
            let table = words
                .iter()
                .map(|(word, flag)| ((*word).to_owned(), Some(Value::Bool(*flag))));
            Some(table.collect())
        };
        let blank = |blank| FieldSpec {
            blank,
            ..FieldSpec::column("x")
        };
        let table = |words| FieldSpec {
            values: values(words),
            ..FieldSpec::column("x")
        };
        let spec = MappingSpec {
            fields: vec![
                (field("Password"), FieldSpec::column("pw")),
                (field("ResetPassword"), FieldSpec::column("pw")),
                (field("Deleted"), FieldSpec::column("gone")),
                (field("Email"), FieldSpec::column(" ")),
                (field("Email"), FieldSpec::constant("")),
                (field("Activated"), blank(Blank::Clear)),
                (field("SMS"), blank(Blank::Default(" ".to_owned()))),
                (field("Locked"), table(&[("A", true), ("a", false)])),
                (field("FaceTime"), table(&[("", true)])),
            ],
        };
        let problems = spec.problems();
        assert_eq!(problems.len(), 11, "{problems:#?}");
        assert!(problems.iter().all(|problem| problem.code == "bad_mapping"));
    }

    #[test]
    fn the_key_is_read_from_a_column_and_is_never_blank() {
        let key = field("UserID");
        assert!(FieldSpec::constant("x").fault(&key).is_some());
        for blank in [Blank::Clear, Blank::Default("x".to_owned())] {
            let spec = FieldSpec {
                blank,
                ..FieldSpec::column("id")
            };
            assert!(spec.fault(&key).is_some());
        }
    }

    fn field(name: &str) -> Field {
        Field::named(name).unwrap()
    }
}
