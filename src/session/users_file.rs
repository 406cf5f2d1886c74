//! The stored users, written to a file that can be read again.

use std::io;

use crate::cli::UsersFile;
use crate::failure::Failure;
use crate::model::User;
use crate::report::{UserColumns, UsersForm, count, write_users_file};
use crate::store::StoreError;

use super::Journal;
use super::keeper::for_each_known;

/// Writes every user whom the tenant has, and says what was written. Deleted ones are left out: read as an
/// export, they would come back.
///
/// # Errors
/// Those of the store and of the disk; a file of that name stays as it was then.
pub fn write_users(journal: &Journal, file: &UsersFile) -> Result<String, Failure> {
    let mut columns = UserColumns::default();
    let (mut written, mut deleted) = (0, 0);
    for_each_user(journal, |user| {
        match user.is_deleted() {
            true => deleted += 1,
            false => {
                columns.note(&user);
                written += 1;
            }
        };
    })?;
    let mut failed = None;
    let users = |put: &mut dyn FnMut(&User) -> io::Result<()>| {
        let mut done = Ok(());
        let read = for_each_user(journal, |user| {
            if done.is_ok() && !user.is_deleted() {
                done = put(&user);
            }
        });
        failed = read.err();
        done
    };
    let done = write_users_file(&file.path, file.form, &columns, users);
    if let Some(error) = failed {
        return Err(error.into());
    }
    let path = file.path.display();
    done.map_err(|error| {
        Failure::stopped(format!("cannot write {path}"))
            .caused_by(error)
            .hint("the stored state is up to date; name another file with --out")
    })?;
    let mut said = format!("{path}: {} users", count(written));
    if deleted > 0 {
        said += &format!(
            "; {} who are deleted in the tenant were left out",
            count(deleted)
        );
    }
    if file.form == UsersForm::Csv && !columns.left_out.is_empty() {
        let names: Vec<&str> = columns.left_out.iter().map(String::as_str).collect();
        said += &format!(
            "; a table has no place for {} (a .json file has)",
            names.join(", ")
        );
    }
    Ok(said)
}

fn for_each_user(journal: &Journal, mut take: impl FnMut(User)) -> Result<(), StoreError> {
    for_each_known(&journal.store, |known| {
        if known.gone_at.is_none()
            && let Some(user) = known.user()
        {
            take(user);
        }
    })
}
