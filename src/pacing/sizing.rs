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
    /// The tenant does not say whether users or bytes were too many, so both are halved.
    pub fn too_large(&mut self, users: usize, bytes: usize) -> bool {
        if users <= 1 {
            return false;
        }
        self.users_max = self.users_max.min(users / 2);
        self.bytes_max = self.bytes_max.min(bytes / 2).max(1);
        self.users = self.users.min(self.users_max);
        self.passed = 0;
        true
    }

    /// A chunk of so many users met a 503, a 500 or a timeout: halves for now.
    pub fn slowed(&mut self, users: usize) {
        self.users = self.users.min(users / 2).max(1);
        self.passed = 0;
    }

    /// A chunk got through: grows by a quarter after every two of them, up to the ceiling.
    pub fn passed(&mut self) {
        self.passed += 1;
        if self.passed < PASSED_TO_GROW {
            return;
        }
        self.passed = 0;
        let step = (self.users / 4).max(1);
        self.users = (self.users + step).min(self.users_max);
    }
}
