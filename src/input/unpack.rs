//! Packed bytes → the bytes of the export. Gzip and zstd are found by content, never by name.
//!
//! All members or frames are read, a truncated or damaged one refuses the file, and what grows beyond all
//! measure is a bomb, not an export.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::error::InputError;
use super::limits::{EXPANSION_MAX, UNPACKED_BYTES_FREE, UNPACKED_BYTES_MAX};
use super::zstd::ZstdFrames;

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    None,
    /// Members of RFC 1952, one after the other.
    Gzip,
    /// Frames of RFC 8878, one after the other.
    Zstd,
}

impl Packing {
    /// How a file that begins with these bytes is packed.
    pub(super) fn of(head: &[u8]) -> Packing {
        match head {
            [0x1F, 0x8B, ..] => Packing::Gzip,
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Packing::Zstd,
            _ => Packing::None,
        }
    }

    /// What went wrong between packed and unpacked bytes.
    pub(super) fn refusal(self, file: &Arc<str>, error: io::Error) -> InputError {
        if let Some(bomb) = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Bomb>())
        {
            return InputError::new(file, "expands_too_far", bomb.to_string())
                .hint("unpack it by hand and look at what it holds; a file that is not packed has no such limit");
        }
        let (code, message) = match error.kind() {
            io::ErrorKind::UnexpectedEof => (
                "truncated_archive",
                format!("the {self} data ends in the middle"),
            ),
            _ => (
                "damaged_archive",
                format!("the {self} data is damaged, or something else follows it"),
            ),
        };
        InputError::new(file, code, message)
            .hint("copy the export again; was it copied while it was written?")
            .caused_by(error)
    }
}

impl fmt::Display for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Packing::None => "plain",
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        })
    }
}

/// The unpacked bytes of a reader.
pub(super) enum Unpacked<R: Read> {
    /// As they are.
    Plain(R),
    /// Gzip members.
    Gzip(Box<Counted<MultiGzDecoder<BufReader<R>>>>),
    /// Zstd frames.
    Zstd(Box<Counted<ZstdFrames<BufReader<R>>>>),
}

impl<R: Read> Unpacked<R> {
    /// Unpacks what the reader gives; the packed file has that many bytes.
    pub(super) fn new(packed: R, packing: Packing, packed_bytes: u64) -> Unpacked<R> {
        let buffered = |packed| BufReader::with_capacity(PACKED_BLOCK_BYTES, packed);
        match packing {
            Packing::None => Unpacked::Plain(packed),
            Packing::Gzip => {
                let members = MultiGzDecoder::new(buffered(packed));
                Unpacked::Gzip(Box::new(Counted::new(members, packed_bytes)))
            }
            Packing::Zstd => {
                let frames = ZstdFrames::new(buffered(packed));
                Unpacked::Zstd(Box::new(Counted::new(frames, packed_bytes)))
            }
        }
    }

    /// The reader of the packed bytes.
    pub(super) fn packed(&self) -> &R {
        match self {
            Unpacked::Plain(packed) => packed,
            Unpacked::Gzip(members) => members.inner.get_ref().get_ref(),
            Unpacked::Zstd(frames) => frames.inner.source().get_ref(),
        }
    }

    /// The same, to take its failure.
    pub(super) fn packed_mut(&mut self) -> &mut R {
        match self {
            Unpacked::Plain(packed) => packed,
            Unpacked::Gzip(members) => members.inner.get_mut().get_mut(),
            Unpacked::Zstd(frames) => frames.inner.source_mut().get_mut(),
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        match self {
            Unpacked::Plain(packed) => packed.read(block),
            Unpacked::Gzip(members) => members.read(block),
            Unpacked::Zstd(frames) => frames.read(block),
        }
    }
}

impl<R: Read> fmt::Debug for Unpacked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacked").finish_non_exhaustive()
    }
}

/// Packed bytes that are read at a time.
const PACKED_BLOCK_BYTES: usize = 128 << 10;

/// Counts unpacked bytes and stops a bomb.
pub(super) struct Counted<D> {
    inner: D,
    bytes: u64,
    bytes_max: u64,
}

impl<D: Read> Counted<D> {
    fn new(inner: D, packed_bytes: u64) -> Counted<D> {
        let grown = packed_bytes.saturating_mul(EXPANSION_MAX);
        Counted {
            inner,
            bytes: 0,
            bytes_max: grown.clamp(UNPACKED_BYTES_FREE, UNPACKED_BYTES_MAX),
        }
    }

    fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(block)?;
        self.bytes += count as u64;
        if self.bytes > self.bytes_max {
            return Err(io::Error::other(Bomb(self.bytes_max)));
        }
        Ok(count)
    }
}

/// More bytes came out than an export can hold.
#[derive(Debug, thiserror::Error)]
#[error("it unpacks to more than {0} bytes, which is too much for its size")]
struct Bomb(u64);

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
        let packing = Packing::of(packed);
        let mut bytes = Vec::new();
        let mut unpacked = Unpacked::new(packed, packing, packed.len() as u64);
        match unpacked.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(packing.refusal(&"f".into(), error).problem.code),
        }
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        flate2::read::GzEncoder::new(bytes, flate2::Compression::fast())
            .read_to_end(&mut packed)
            .unwrap();
        packed
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn every_member_is_read_and_nothing_else_may_follow() {
        for pack in [gzip, zstd] {
            let parts = [pack(b"id,b\n"), pack(b""), pack(b"1,2\n")].concat();
            assert_eq!(unpack(&parts).unwrap(), b"id,b\n1,2\n");
            let junk = [&parts[..], b"and something else"].concat();
            assert_eq!(unpack(&junk), Err("damaged_archive".to_owned()));
            for cut in 4..parts.len() {
                let whole_members = [
                    pack(b"id,b\n").len(),
                    [pack(b"id,b\n"), pack(b"")].concat().len(),
                ];
                if whole_members.contains(&cut) {
                    continue;
                }
                assert!(unpack(&parts[..cut]).is_err(), "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_flipped_byte_is_noticed() {
        for pack in [gzip, zstd] {
            let mut packed = pack("id,name\n1,Ann\n".repeat(50).as_bytes());
            let at = packed.len() - 2;
            packed[at] ^= 1;
            assert_eq!(unpack(&packed), Err("damaged_archive".to_owned()));
        }
    }

    #[test]
    fn a_bomb_is_stopped() {
        let bomb = zstd(&vec![b'a'; UNPACKED_BYTES_FREE as usize + (1 << 20)]);
        assert_eq!(unpack(&bomb).err().as_deref(), Some("expands_too_far"));
    }

    #[test]
    fn what_is_not_packed_passes_untouched() {
        assert_eq!(unpack(b"id\n").unwrap(), b"id\n");
    }
}
