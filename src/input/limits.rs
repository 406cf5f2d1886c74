//! A limit on everything that a file could make large. Beyond them a file is not an export but an accident.

/// Bytes read at a time: large enough that a system call costs nothing, small enough to stay in the cache.
pub(super) const BLOCK_BYTES: usize = 1 << 20;

/// Bytes of the beginning that format and delimiter are judged by.
pub(super) const HEAD_BYTES: usize = 256 << 10;

/// Bytes by which a packed file is recognised.
pub(super) const MAGIC_BYTES: usize = 16;

/// Records of the beginning that the delimiter is judged by.
pub(super) const HEAD_RECORDS_MAX: usize = 1_000;

/// Bytes of one CSV cell. A longer one is nearly always an unclosed quote.
pub(super) const FIELD_BYTES_MAX: usize = 1 << 20;

/// Bytes of one CSV record or one JSON element.
pub(super) const RECORD_BYTES_MAX: usize = 16 << 20;

/// Columns of a CSV header, or different top-level JSON keys.
pub(super) const COLUMNS_MAX: usize = 10_000;

/// Rows of one file: more people than live anywhere.
pub(super) const ROWS_MAX: u64 = 100_000_000;

/// Lines of one file: those of the rows that it may have, and many line breaks in their cells.
pub(super) const LINES_MAX: u64 = 4_000_000_000;

/// How deep one JSON element may nest.
pub(super) const DEPTH_MAX: usize = 64;

/// Bytes taken from a pipe.
pub(super) const SPOOL_BYTES_MAX: u64 = 16 << 30;

/// Characters of an offending value that a problem quotes.
pub(super) const QUOTED_CHARS_MAX: usize = 100;

/// Unpacked bytes for each packed byte. Exports of people pack ten to thirty times, a bomb a thousand times.
pub(super) const EXPANSION_MAX: u64 = 250;

/// Unpacked bytes that are no matter however small the packed file is.
pub(super) const UNPACKED_BYTES_FREE: u64 = 64 << 20;

/// Unpacked bytes of any file.
pub(super) const UNPACKED_BYTES_MAX: u64 = 64 << 30;

/// Memory that a zstd frame may ask for; `zstd --long` asks for 128 MiB.
pub(super) const ZSTD_WINDOW_BYTES_MAX: u64 = 128 << 20;
