//! Zstd frames, one after the other, as one reader: the library decodes a single frame and leaves checksum,
//! size and what follows to its caller.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::limits::ZSTD_WINDOW_BYTES_MAX;

/// The content of all frames.
pub(super) struct ZstdFrames<R: BufRead> {
    source: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
    frame_bytes: u64,
}

impl<R: BufRead> ZstdFrames<R> {
    /// At the beginning of the first frame.
    pub(super) fn new(source: R) -> ZstdFrames<R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW_BYTES_MAX);
        ZstdFrames {
            source,
            decoder,
            is_in_frame: false,
            frame_bytes: 0,
        }
    }

    /// The reader of the packed bytes.
    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// The same, mutable.
    pub(super) fn source_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// Opens the next frame, past those that hold no content; whether there is one.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.source) {
                Ok(()) => {
                    (self.is_in_frame, self.frame_bytes) = (true, 0);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = (&mut self.source).take(length.into());
                    if io::copy(&mut skipped, &mut io::sink())? < u64::from(length) {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(told(error)),
            }
        }
        Ok(false)
    }

    /// A frame that was read must be what its writer wrote.
    fn close_frame(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        let written = self.decoder.get_checksum_from_data();
        let is_sound = written.is_none() || written == self.decoder.get_calculated_checksum();
        // 0 stands for unknown as well.
        let announced = self.decoder.content_size();
        if is_sound && (announced == 0 || announced == self.frame_bytes) {
            return Ok(());
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "checksum or size of a frame is wrong",
        ))
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        if block.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.is_in_frame && !self.next_frame()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(told)?;
            }
            let count = self.decoder.read(block)?;
            self.frame_bytes += count as u64;
            if count > 0 {
                return Ok(count);
            }
            self.close_frame()?;
        }
    }
}

/// The system's word where there is one beneath: a file that ends too early is told from a damaged one.
fn told(error: FrameDecoderError) -> io::Error {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = cause {
        if let Some(system) = inner.downcast_ref::<io::Error>() {
            return io::Error::new(system.kind(), error);
        }
        cause = inner.source();
    }
    io::Error::new(io::ErrorKind::InvalidData, error)
}
