//! Questions about a row as a whole: does it belong to the scope, and does it speak for its person?

use std::sync::Arc;

use super::bind::Binding;
use super::by_spec;
use super::formula::Formula;
use super::recipe::Made;
use super::spec::{FieldSpec, Source};
use crate::model::{DraftValue, Field, Problem, Property, RawRow, boolean};

/// What is asked of each row, in formulas over its cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowQuestions {
    /// Whether the tool speaks of the row at all; `None`: of all.
    pub include: Option<Formula>,
    /// Of several rows of one person those for which the first of these is true speak for him; among several of
    /// them the next one decides, and so on.
    pub prefer: Vec<Formula>,
}

/// The most rules that may decide between rows of one person.
pub const PREFER_MAX: usize = 16;

/// The questions, bound to the columns of one file.
#[derive(Debug, Default)]
pub(super) struct Rules {
    include: Option<Rule>,
    prefer: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// Where it is written.
    place: &'static str,
    binding: Binding,
}

impl Rules {
    /// No column is looked for yet.
    pub(super) fn new(questions: &RowQuestions) -> Rules {
        let rule = |place, formula: &Formula| {
            let spec = FieldSpec::of(Source::Expression(formula.clone()));
            // Answers are read as a flag is.
            let flag = Field::Property(Property::Activated);
            Rule {
                place,
                binding: Binding::by_spec(&flag, &spec),
            }
        };
        Rules {
            include: questions
                .include
                .as_ref()
                .map(|formula| rule("[scope] include", formula)),
            prefer: questions
                .prefer
                .iter()
                .map(|formula| rule("[duplicates] prefer", formula))
                .collect(),
        }
    }

    /// Whether nothing is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.include.is_none() && self.prefer.is_empty()
    }

    /// Finds the columns. Err: those that a header lacks.
    pub(super) fn resolve(
        &mut self,
        names: &[Box<str>],
        has_header: bool,
    ) -> Result<(), Vec<Problem>> {
        let mut errors = Vec::new();
        for Rule { place, binding } in self.include.iter_mut().chain(&mut self.prefer) {
            let found = by_spec::resolve(std::slice::from_mut(binding), names, has_header);
            let missing = found.err().into_iter().flatten();
            errors.extend(missing.map(|mut problem| {
                problem.message = problem.message.replace("[map]", place);
                problem
            }));
        }
        match errors.is_empty() {
            true => Ok(()),
            false => Err(errors),
        }
    }

    /// What is bound, for who looks which columns are used.
    pub(super) fn bindings(&self) -> impl Iterator<Item = &Binding> {
        let rules = self.include.iter().chain(&self.prefer);
        rules.map(|rule| &rule.binding)
    }

    /// Whether the row belongs to the scope. Err: nobody can say.
    pub(super) fn includes(&self, row: &RawRow<'_>, file: &Arc<str>) -> Result<bool, Box<Problem>> {
        match &self.include {
            None => Ok(true),
            Some(rule) => rule.answer(row, file),
        }
    }

    /// The answers of the rules that decide between rows of one person, the first in the highest bit; larger is
    /// better. Err: nobody can say.
    pub(super) fn rank(&self, row: &RawRow<'_>, file: &Arc<str>) -> Result<u16, Box<Problem>> {
        self.prefer
            .iter()
            .zip(0..PREFER_MAX)
            .try_fold(0, |rank, (rule, place)| {
                let bit = u16::from(rule.answer(row, file)?) << (PREFER_MAX - 1 - place);
                Ok(rank | bit)
            })
    }
}

impl Rule {
    fn answer(&self, row: &RawRow<'_>, file: &Arc<str>) -> Result<bool, Box<Problem>> {
        let no_answer = |code, message: &str, hint: String| {
            let problem = Problem::error(code, format!("{}: {message}", self.place));
            let problem = problem.file(file).at(row.place()).hint(hint);
            Err(Box::new(problem))
        };
        match self.binding.answer(row) {
            Made::Nothing => Ok(false),
            Made::Value(DraftValue::Bool(flag)) => Ok(flag),
            Made::Value(DraftValue::Text(text)) => match boolean(&text) {
                Some(flag) => Ok(flag),
                None => no_answer(
                    "no_answer",
                    &format!("the formula gives {text:?}, which is neither true nor false"),
                    "compare with what you look for, such as country == \"US\"".to_owned(),
                ),
            },
            Made::Value(_) => Ok(false),
            Made::Bad(fault) | Made::Refused(fault) => {
                no_answer(fault.code, &fault.message, fault.hint.into_owned())
            }
        }
    }
}
