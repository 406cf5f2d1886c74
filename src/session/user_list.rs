//! Users whom a person names: ids with commas between them, or a file with one a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::failure::Failure;
use crate::model::UserKey;

/// Users by key, each as the person spelled him.
pub(super) type NamedUsers = BTreeMap<UserKey, Box<str>>;

/// The users that `IDS|FILE` names: the lines of a file, if there is one of that name, else the ids between commas.
///
/// # Errors
/// A usage failure for a file that cannot be read, and where nobody is named.
pub(super) fn named_users(text: &str) -> Result<NamedUsers, Failure> {
    match Path::new(text).is_file() {
        true => users_in(Path::new(text)),
        false => some(of_lines(&text.replace(',', "\n")), text),
    }
}

/// The users in a file, one a line; blank lines are skipped.
///
/// # Errors
/// A usage failure for a file that cannot be read, and for one that names nobody.
pub(super) fn users_in(path: &Path) -> Result<NamedUsers, Failure> {
    let shown = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("cannot read {shown}")).caused_by(error))?;
    some(of_lines(&text), &shown)
}

fn of_lines(text: &str) -> NamedUsers {
    let lines = text.trim_start_matches('\u{feff}').lines();
    let ids = lines.map(str::trim).filter(|id| !id.is_empty());
    ids.map(|id| (UserKey::of(id), id.into())).collect()
}

fn some(users: NamedUsers, text: &str) -> Result<NamedUsers, Failure> {
    match users.is_empty() {
        false => Ok(users),
        true => Err(Failure::usage(format!("{text:?} names nobody"))
            .hint("write ids with commas between them, or name a file with one a line")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Exit;

    #[test]
    fn users_are_named_between_commas_or_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pilot.txt");
        fs::write(&file, "\u{feff}bob\r\n\n Ann , Lee \n").unwrap();
        let file = file.display().to_string();
        for (text, named) in [
            ("ann, BOB,,bob ", &["ann", "bob"][..]),
            ("a/b", &["a/b"]),
            (&file, &["Ann , Lee", "bob"]),
        ] {
            let users = named_users(text).unwrap();
            let users: Vec<&str> = users.values().map(|user_id| &**user_id).collect();
            assert_eq!(users, named, "{text}");
        }
        for nobody in ["", " , "] {
            assert_eq!(named_users(nobody).unwrap_err().exit(), Exit::Usage);
        }
        assert_eq!(users_in(folder.path()).unwrap_err().exit(), Exit::Usage);
    }
}
