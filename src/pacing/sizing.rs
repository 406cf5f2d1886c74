//! How much one bulk call holds: as much as is allowed, less where the tenant shows that it is too much.

/// The size of the next chunk. A 413 lowers the ceiling for good; slowness lowers the current size only, and
/// success raises it again slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkSizer {
    /// Never more users in a chunk.
    users_max: usize,
    /// Never more bytes in a body (but for one user alone, who cannot be cut).
    bytes_max: usize,
    /// How many users now.
    users: usize,
    /// Successes since the last shrinking or growing.
    passed: u32,
    /// The most users and the most bytes that ever got through.
    users_taken: usize,
    bytes_taken: usize,
}

/// After so many successes in a row the size grows.
const PASSED_TO_GROW: u32 = 2;

impl ChunkSizer {
    /// Begins with the largest size. Both at least 1.
    pub fn new(users_max: usize, bytes_max: usize) -> ChunkSizer {
        let users_max = users_max.max(1);
        ChunkSizer {
            users_max,
            bytes_max: bytes_max.max(1),
            users: users_max,
            passed: 0,
            users_taken: 0,
            bytes_taken: 0,
        }
    }

    /// How many users the next chunk may hold; at least 1.
    pub fn users(&self) -> usize {
        self.users
    }

    /// How many bytes the next body may have; one user alone may exceed it.
    pub fn bytes(&self) -> usize {
        self.bytes_max
    }

    /// A chunk of that size was refused as too large (413): halves it and never goes back. `false` if it held one
    /// user only, so that nothing can be halved.
    ///
    /// The tenant does not say whether users or bytes were too many. Unless as many users, or as many bytes, got
    /// through before, both are halved.
    pub fn too_large(&mut self, users: usize, bytes: usize) -> bool {
        if users <= 1 {
            return false;
        }
        let users_are_few = users <= self.users_taken;
        let bytes_are_few = bytes <= self.bytes_taken;
        if !users_are_few || bytes_are_few {
            self.users_max = self.users_max.min(users / 2);
        }
        if !bytes_are_few || users_are_few {
            self.bytes_max = self.bytes_max.min(bytes / 2).max(1);
        }
        self.users = self.users.min(self.users_max);
        self.passed = 0;
        true
    }

    /// A chunk of so many users met a 503, a 500 or a timeout: halves for now. One that was much smaller than
    /// others (a canary, a part) did not meet it for its size, and changes nothing.
    pub fn slowed(&mut self, users: usize) {
        if users * 2 <= self.users {
            return;
        }
        self.users = self.users.min(users / 2).max(1);
        self.passed = 0;
    }

    /// A chunk of that size got through: the size grows by a quarter after every two of them, up to the ceiling.
    pub fn passed(&mut self, users: usize, bytes: usize) {
        self.users_taken = self.users_taken.max(users);
        self.bytes_taken = self.bytes_taken.max(bytes);
        self.passed += 1;
        if self.passed < PASSED_TO_GROW {
            return;
        }
        self.passed = 0;
        let step = (self.users / 4).max(1);
        self.users = (self.users + step).min(self.users_max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(sizer: &ChunkSizer) -> (usize, usize) {
        (sizer.users(), sizer.bytes())
    }

    #[test]
    fn success_alone_changes_nothing() {
        let mut sizer = ChunkSizer::new(400, 1_000_000);
        for _ in 0..10 {
            sizer.passed(1, 1);
        }
        assert_eq!(size(&sizer), (400, 1_000_000));
        assert_eq!(size(&ChunkSizer::new(0, 0)), (1, 1));
    }

    #[test]
    fn too_large_is_remembered() {
        let mut sizer = ChunkSizer::new(400, 1_000_000);
        assert!(sizer.too_large(400, 90_000));
        assert_eq!(size(&sizer), (200, 45_000));
        for _ in 0..100 {
            sizer.passed(1, 1);
        }
        assert_eq!(size(&sizer), (200, 45_000));
        // An answer to an older, larger chunk raises nothing.
        assert!(sizer.too_large(400, 90_000));
        assert_eq!(size(&sizer), (200, 45_000));
    }

    #[test]
    fn what_got_through_before_was_not_too_much() {
        // Few heavy users passed: many light ones are too many, not too heavy.
        let mut sizer = ChunkSizer::new(400, 1_000_000);
        sizer.passed(5, 50_000);
        assert!(sizer.too_large(400, 40_000));
        assert_eq!(size(&sizer), (200, 1_000_000));
        // Many light users passed: few heavy ones are too heavy, not too many.
        let mut sizer = ChunkSizer::new(400, 1_000_000);
        sizer.passed(400, 40_000);
        assert!(sizer.too_large(200, 400_000));
        assert_eq!(size(&sizer), (400, 200_000));
        // A tenant that changes its mind.
        sizer.passed(400, 200_000);
        assert!(sizer.too_large(400, 100_000));
        assert_eq!(size(&sizer), (200, 50_000));
    }

    #[test]
    fn halving_ends_at_one_user() {
        let mut sizer = ChunkSizer::new(5, 1000);
        assert!(sizer.too_large(5, 1000));
        assert_eq!(size(&sizer), (2, 500));
        assert!(sizer.too_large(2, 400));
        assert_eq!(size(&sizer), (1, 200));
        assert!(!sizer.too_large(1, 200));
        assert_eq!(size(&sizer), (1, 200));
    }

    #[test]
    fn slowness_shrinks_for_now_and_success_grows_back_slowly() {
        let mut sizer = ChunkSizer::new(400, 1000);
        sizer.slowed(400);
        sizer.slowed(200);
        assert_eq!(size(&sizer), (100, 1000));
        let sizes: Vec<usize> = (0..14)
            .map(|_| {
                sizer.passed(1, 1);
                sizer.users()
            })
            .collect();
        assert_eq!(
            sizes,
            [
                100, 125, 125, 156, 156, 195, 195, 243, 243, 303, 303, 378, 378, 400
            ]
        );
        sizer.slowed(5);
        sizer.slowed(200);
        assert_eq!(sizer.users(), 400);
        for _ in 0..20 {
            sizer.slowed(sizer.users());
        }
        assert_eq!(sizer.users(), 1);
        sizer.passed(1, 1);
        sizer.slowed(1);
        sizer.passed(1, 1);
        assert_eq!(sizer.users(), 1);
        sizer.passed(1, 1);
        assert_eq!(sizer.users(), 2);
    }
}
