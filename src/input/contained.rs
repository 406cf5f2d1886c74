//! A library that panics over a damaged file → an error like any other.
//!
//! The library that reads workbooks adds and cuts by numbers that stand in the file. Its panic ends our reading of the
//! file, not the program, and says nothing on stderr: the file is refused, which names the cause.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is caught and told as an error.
    static IS_CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Does the work; a panic in it is told in its own words. What the work borrows must not be used after an error.
pub(super) fn contained<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let speak = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_CONTAINED.get() {
                speak(panic);
            }
        }));
    });
    let before = IS_CONTAINED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_CONTAINED.set(before);
    done.map_err(|panic| match panic.downcast::<String>() {
        Ok(words) => *words,
        Err(panic) => match panic.downcast::<&str>() {
            Ok(words) => (*words).to_owned(),
            Err(_) => "something is wrong within".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_words() {
        assert_eq!(contained(|| 7), Ok(7));
        let none: &[u8] = &[];
        let told = contained(|| none[std::hint::black_box(3)]).unwrap_err();
        assert!(told.contains("out of bounds"), "{told}");
        assert_eq!(contained(|| panic!("so")), Err::<(), _>("so".to_owned()));
        let within = contained(|| contained(|| panic!("in {}", 1)));
        assert_eq!(within, Ok(Err::<(), _>("in 1".to_owned())));
    }
}
