//! A run for a few users: the rest of the export is set aside.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Problem, UserKey};
use crate::validate::Expected;

/// Leaves out of the run whom `only` does not name, if it names anybody. Gives what a person should know: whom the file does not list.
pub fn set_aside(
    expected: &mut Expected,
    only: Option<&BTreeMap<UserKey, Box<str>>>,
    file: &Arc<str>,
) -> Option<Problem> {
    let only = only?;
    let unknown = only.iter().filter(|(key, _)| !expected.protects(key));
    let unknown: Vec<&str> = unknown.map(|(_, user_id)| &**user_id).collect();
    expected.set_aside(|key| only.contains_key(key));
    let message = match unknown[..] {
        [] => return None,
        [one] => format!("--only names {one}, whom the export does not list"),
        _ => format!(
            "--only names {} users whom the export does not list: {}",
            unknown.len(),
            some_of(&unknown)
        ),
    };
    let problem = Problem::warning("not_in_the_export", message).file(file);
    Some(problem.hint("write the ids as the export does"))
}

/// The first of them, and how many there are more.
fn some_of(users: &[&str]) -> String {
    const SHOWN: usize = 10;
    let first = users[..users.len().min(SHOWN)].join(", ");
    match users.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
