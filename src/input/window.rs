//! Blocks of bytes → a window of valid text that slides over the file. A record that is not complete in the
//! window stays in it while the next block is read behind it; nothing is copied but such a rest.

use super::encoding::valid_text;
use super::error::InputError;
use super::stream::Stream;

/// The part of a file that is in memory.
#[derive(Debug)]
pub(super) struct Window<'a> {
    stream: Stream<'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    block_bytes: usize,
    last: bool,
}

impl<'a> Window<'a> {
    /// The first block of a pass, without the byte order mark of that length.
    pub(super) fn open(
        stream: Stream<'a>,
        block_bytes: usize,
        mark_bytes: usize,
    ) -> Result<Window<'a>, InputError> {
        let mut window = Window {
            stream,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            block_bytes: block_bytes.max(mark_bytes),
            last: false,
        };
        window.more()?;
        window.consume(mark_bytes.min(window.end));
        Ok(window)
    }

    /// The text that is not yet consumed, and whether the file ends with it.
    pub(super) fn text(&self) -> Result<(&str, bool), InputError> {
        match valid_text(&self.buffer[self.start..self.end], self.last) {
            Ok(text) => Ok((text, self.last)),
            Err(bad) => {
                let begin = self.stream.given() - self.len() as u64;
                let around = &self.buffer[self.start..self.end];
                Err(self.stream.bad_byte(bad, begin + bad.at as u64, around))
            }
        }
    }

    /// Bytes not yet consumed.
    pub(super) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Lets go of that many bytes at the front.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.start += bytes;
    }

    /// Reads the next block behind what is left.
    pub(super) fn more(&mut self) -> Result<(), InputError> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let full = self.end + self.block_bytes;
        if self.buffer.len() < full {
            self.buffer.resize(full, 0);
        }
        let count = self.stream.fill(&mut self.buffer[self.end..full])?;
        self.end += count;
        self.last = count < self.block_bytes;
        Ok(())
    }
}
