//! Which stores this process has open, so that nothing reads their files past SQLite.
//!
//! The locks of POSIX belong to a process, not to a handle: closing any handle of a file drops them all
//! (fcntl(2); "How To Corrupt An SQLite Database File", 2.2). A second look at the bytes of a log whose store is open
//! here would let another process take it for abandoned and cut it off under our feet.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static OPEN: Mutex<Option<HashMap<PathBuf, usize>>> = Mutex::new(None);

/// An open store of this process.
#[derive(Debug)]
pub(super) struct Presence {
    path: PathBuf,
}

impl Presence {
    /// Takes part in the store of that file. `look` may read its bytes: it is called only if the store is not open
    /// here already; whoever opened it first has looked.
    pub fn enter<E>(path: &Path, look: impl FnOnce() -> Result<(), E>) -> Result<Presence, E> {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut open = open_here();
        let open = open.get_or_insert_default();
        if !open.contains_key(&path) {
            look()?;
        }
        *open.entry(path.clone()).or_default() += 1;
        Ok(Presence { path })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut open = open_here();
        let open = open.get_or_insert_default();
        if let Some(count) = open.get_mut(&self.path) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.path);
            }
        }
    }
}

fn open_here() -> MutexGuard<'static, Option<HashMap<PathBuf, usize>>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn bytes_are_looked_at_by_the_first_and_again_when_all_have_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let mut looks = 0;
        let mut enter = || {
            let look = || {
                looks += 1;
                Ok::<_, Infallible>(())
            };
            let presence = Presence::enter(&path, look).unwrap();
            (presence, looks)
        };
        let (first, looked) = enter();
        assert_eq!(looked, 1);
        let (second, looked) = enter();
        assert_eq!(looked, 1);
        drop(first);
        assert_eq!(enter().1, 1);
        drop(second);
        assert_eq!(enter().1, 2);
    }

    #[test]
    fn who_finds_something_wrong_does_not_enter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("b.db");
        assert_eq!(
            Presence::enter(&path, || Err("damaged")).unwrap_err(),
            "damaged"
        );
        let mut has_looked = false;
        let look = || {
            has_looked = true;
            Ok::<_, Infallible>(())
        };
        Presence::enter(&path, look).unwrap();
        assert!(has_looked);
    }
}
