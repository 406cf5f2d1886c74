//! A case at each of many places: several at a time, chosen by chance that is the same on every machine, counted.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Plays a case for each place, so many at the same time. Gives what they give, in no order.
pub fn sweep<P: Sync, R: Send>(
    at_once: usize,
    places: &[P],
    play: impl Fn(&P) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let given = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while let Some(place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let end = play(place);
                    given.lock().expect("nobody panics here").push(end);
                }
            });
        }
    });
    given.into_inner().expect("nobody panics here")
}

/// How often each end was met.
pub fn tally<E: Ord>(ends: impl IntoIterator<Item = E>) -> BTreeMap<E, usize> {
    let mut counts = BTreeMap::new();
    for end in ends {
        *counts.entry(end).or_insert(0) += 1;
    }
    counts
}

/// xorshift64*.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number from 0, below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}
