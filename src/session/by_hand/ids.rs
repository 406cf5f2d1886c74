//! Two lists of ids compared: roles of a user, members of a role or team. Their order means nothing.

use serde_json::{Value as Json, json};

/// What going from one list to another means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdChange {
    /// Those that are new.
    pub given: Vec<String>,
    /// Those that go.
    pub taken: Vec<String>,
}

impl IdChange {
    /// From `before` to `after`.
    pub fn between(before: &[String], after: &[String]) -> IdChange {
        let missing = |from: &[String], of: &[String]| {
            let mut missing: Vec<String> = Vec::new();
            for id in from {
                if !of.contains(id) && !missing.contains(id) {
                    missing.push(id.clone());
                }
            }
            missing
        };
        IdChange {
            given: missing(after, before),
            taken: missing(before, after),
        }
    }

    /// Whether both lists hold the same.
    pub fn is_none(&self) -> bool {
        self.given.is_empty() && self.taken.is_empty()
    }

    /// For people: "+ A, - B".
    pub fn said(&self) -> String {
        let given = self.given.iter().map(|id| format!("+ {id}"));
        let taken = self.taken.iter().map(|id| format!("- {id}"));
        given.chain(taken).collect::<Vec<_>>().join(", ")
    }

    /// For programs.
    pub fn json(&self) -> Vec<Json> {
        let given = self.given.iter().map(|id| json!({ "given": id }));
        let taken = self.taken.iter().map(|id| json!({ "taken": id }));
        given.chain(taken).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_repetition_mean_nothing() {
        let list = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        for (before, after, said) in [
            ("", "", ""),
            ("a b", "b a a", ""),
            ("a b", "b c", "+ c, - a"),
            ("a", "", "- a"),
            ("", "x y x", "+ x, + y"),
        ] {
            let change = IdChange::between(&list(before), &list(after));
            assert_eq!(change.said(), said, "{before} -> {after}");
            assert_eq!(change.is_none(), said.is_empty());
        }
    }
}
