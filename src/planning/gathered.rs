//! Problems of an export, of each cause the first ones and how many more there are: a million bad rows have few causes,
//! and memory holds examples, not rows.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Problem, Severity};

/// Problems of one cause that are kept unless somebody says otherwise.
pub const PROBLEMS_OF_A_CAUSE: usize = 10_000;

/// What problems have in common.
type Cause = (bool, String, Option<String>);

/// Collects problems.
#[derive(Debug)]
pub(super) struct Gathered {
    most: usize,
    kept: Vec<Problem>,
    counts: BTreeMap<Cause, usize>,
}

impl Gathered {
    /// Of each cause so many are kept.
    pub fn new(most: usize) -> Gathered {
        Gathered {
            most,
            kept: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Takes one.
    pub fn push(&mut self, problem: Problem) {
        let cause = (
            problem.severity == Severity::Warning,
            problem.code.to_string(),
            problem.column.as_deref().map(str::to_owned),
        );
        let count = self.counts.entry(cause).or_default();
        *count += 1;
        if *count <= self.most {
            self.kept.push(problem);
        }
    }

    /// All that were kept, by their lines; after them one for each cause of which there are more.
    pub fn finish(self, file: &Arc<str>) -> Vec<Problem> {
        let mut problems = self.kept;
        problems.sort_by_key(|problem| problem.line);
        for ((is_warning, code, column), count) in self.counts {
            let more = count.saturating_sub(self.most);
            if more == 0 {
                continue;
            }
            let message = format!("{more} more like the {} that are listed", self.most);
            let problem = match is_warning {
                true => Problem::warning(&code, message),
                false => Problem::error(&code, message),
            };
            let problem = problem.file(file);
            problems.push(match column {
                Some(column) => problem.column(column),
                None => problem,
            });
        }
        problems
    }
}

impl Extend<Problem> for Gathered {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_cause_the_first_are_kept_and_the_rest_is_counted() {
        let mut gathered = Gathered::new(2);
        for line in (1..=5).rev() {
            gathered.push(Problem::error("bad", "x").line(line).column("A"));
            gathered.push(Problem::warning("bad", "x").line(line).column("A"));
        }
        gathered.push(Problem::error("other", "y").line(9));
        let told = gathered.finish(&"f".into()).into_iter().map(|problem| {
            format!(
                "{:?} {:?} {}",
                problem.severity, problem.line, problem.message
            )
        });
        let told: Vec<String> = told.collect();
        assert_eq!(
            told,
            [
                "Error Some(4) x",
                "Warning Some(4) x",
                "Error Some(5) x",
                "Warning Some(5) x",
                "Error Some(9) y",
                "Error None 3 more like the 2 that are listed",
                "Warning None 3 more like the 2 that are listed",
            ]
        );
    }

    #[test]
    fn few_problems_are_as_they_were() {
        let mut gathered = Gathered::new(PROBLEMS_OF_A_CAUSE);
        gathered.extend([Problem::error("bad", "x").line(2)]);
        assert_eq!(
            gathered.finish(&"f".into()),
            [Problem::error("bad", "x").line(2)]
        );
    }
}
