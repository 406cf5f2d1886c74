//! One hashed reading of a source from its first byte to its last; at the end it is proven that the file is
//! still the one that was opened.

use std::io::{self, Read};

use super::error::InputError;
use super::source::{Source, unreadable};

/// One reading of a source.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    source: &'a mut Source,
    hasher: blake3::Hasher,
    bytes_read: u64,
    is_finished: bool,
    failure: Option<InputError>,
}

impl<'a> Pass<'a> {
    /// A reading of a source that stands at its first byte.
    pub(super) fn new(source: &'a mut Source) -> Pass<'a> {
        Pass {
            source,
            hasher: blake3::Hasher::new(),
            bytes_read: 0,
            is_finished: false,
            failure: None,
        }
    }

    /// The source that is read.
    pub(super) fn source(&self) -> &Source {
        self.source
    }

    /// Why the last read failed: decoders between us and the reader keep no such errors.
    pub(super) fn take_failure(&mut self) -> Option<InputError> {
        self.failure.take()
    }

    fn read_some(&mut self, block: &mut [u8]) -> Result<usize, InputError> {
        let count = loop {
            match self.source.descriptor().read(block) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(self.source.name(), error)),
            }
        };
        self.hasher.update(&block[..count]);
        self.bytes_read += count as u64;
        if self.bytes_read > self.source.bytes() {
            return Err(self.source.changed("it grows while it is read"));
        }
        if count == 0 && !block.is_empty() && !self.is_finished {
            self.is_finished = true;
            self.source.settle(*self.hasher.finalize().as_bytes())?;
        }
        Ok(count)
    }
}

/// At the end of the file the proofs are made: same digest as before, same size, time and inode.
impl Read for Pass<'_> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        self.read_some(block).map_err(|failure| {
            let told = io::Error::other(failure.to_string());
            self.failure = Some(failure);
            told
        })
    }
}
