//! Whether a write-ahead log still holds all that was written to it.
//!
//! SQLite reads a log up to the first frame that is not as it was written, and takes what follows for the torn end
//! of a write that a power cut broke off. A byte that turned in the middle would so take away, without a word, the
//! record of a call that had left. Two things tell it from a torn end: the index of the log, which outlives a
//! killed process and counts the frames that were synced, and a whole transaction after the broken frame, which is
//! only ever written when all before it was synced. What is left is a byte that turns in the last transaction of a
//! log whose index a power cut took away.
//!
//! The formats are those of <https://www.sqlite.org/walformat.html>.

use std::fs;
use std::io;
use std::path::Path;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
const INDEX_HEADER: usize = 48;

/// Checks the log of a database, if it has one. `path` is that of the database.
///
/// # Errors
/// What is wrong with it, or why it cannot be read.
pub(super) fn check_log(path: &Path) -> io::Result<Result<(), String>> {
    let beside = |suffix| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        match fs::read(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read,
        }
    };
    // In this order: somebody may be writing, and a log only grows until it is begun anew.
    let index = beside("-shm")?;
    let log = beside("-wal")?;
    let is_the_same = beside("-shm")?.get(32..40) == index.get(32..40);
    Ok(whole(&log, if is_the_same { &index } else { &[] }))
}

fn whole(log: &[u8], index: &[u8]) -> Result<(), String> {
    // The header is synced before the first frame is written.
    if log.len() <= HEADER {
        return Ok(());
    }
    let Some(log) = Log::read(log) else {
        return Err("the header of its write-ahead log is not as it was written".to_owned());
    };
    let frames = log.frames();
    let broken = frames.clone().scan(log.sums, |sums, frame| {
        *sums = log.sums_after(*sums, frame);
        Some(frame.salts() == log.salts && frame.sums() == *sums)
    });
    let intact = broken.take_while(|is_intact| *is_intact).count();
    let synced = frames_synced(index, log.salts).unwrap_or(0);
    let rest: Vec<Frame<'_>> = frames.skip(intact).collect();
    let goes_on = rest.windows(2).any(|pair| {
        let [last, next] = [&pair[0], &pair[1]];
        last.is_commit()
            && [last, next].iter().all(|frame| frame.salts() == log.salts)
            && next.sums() == log.sums_after(last.sums(), *next)
    });
    match intact < synced || goes_on {
        true => Err(format!(
            "frame {} of its write-ahead log is not as it was written",
            intact + 1
        )),
        false => Ok(()),
    }
}

type Sums = [u32; 2];
type Salts = [u8; 8];

struct Log<'a> {
    page_size: usize,
    is_big_endian: bool,
    salts: Salts,
    sums: Sums,
    frames: &'a [u8],
}

impl<'a> Log<'a> {
    /// `None` if the header is not one.
    fn read(log: &'a [u8]) -> Option<Log<'a>> {
        let magic = word(log, 0, true);
        let mut read = Log {
            page_size: word(log, 8, true) as usize,
            is_big_endian: magic & 1 == 1,
            salts: log[16..24].try_into().ok()?,
            sums: [0; 2],
            frames: &log[HEADER..],
        };
        read.sums = add(read.sums, &log[..24], read.is_big_endian);
        let is_known = magic & !1 == 0x377f_0682 && word(log, 4, true) == 3_007_000;
        let is_sound = read.sums == [word(log, 24, true), word(log, 28, true)];
        (is_known && is_sound && read.page_size >= 512).then_some(read)
    }

    fn frames(&self) -> impl Iterator<Item = Frame<'a>> + Clone + use<'a> {
        self.frames
            .chunks_exact(FRAME_HEADER + self.page_size)
            .map(Frame)
    }

    /// The checksum goes on from frame to frame.
    fn sums_after(&self, before: Sums, frame: Frame<'_>) -> Sums {
        let sums = add(before, &frame.0[..8], self.is_big_endian);
        add(sums, &frame.0[FRAME_HEADER..], self.is_big_endian)
    }
}

#[derive(Clone, Copy)]
struct Frame<'a>(&'a [u8]);

impl Frame<'_> {
    fn is_commit(&self) -> bool {
        word(self.0, 4, true) != 0
    }

    fn salts(&self) -> &[u8] {
        &self.0[8..16]
    }

    fn sums(&self) -> Sums {
        [word(self.0, 16, true), word(self.0, 20, true)]
    }
}

/// How many frames the index knows to be synced; `None` if it is not whole, or of another log.
fn frames_synced(index: &[u8], salts: Salts) -> Option<usize> {
    let (first, second) = (
        index.get(..INDEX_HEADER)?,
        index.get(INDEX_HEADER..2 * INDEX_HEADER)?,
    );
    let is_big_endian = cfg!(target_endian = "big");
    let number = |at| word(first, at, is_big_endian);
    let is_whole =
        first == second && add([0; 2], &first[..40], is_big_endian) == [number(40), number(44)];
    (is_whole && first[12] == 1 && first[32..40] == salts).then_some(number(16) as usize)
}

fn word(bytes: &[u8], at: usize, is_big_endian: bool) -> u32 {
    let bytes = bytes[at..at + 4].try_into().expect("four bytes");
    match is_big_endian {
        true => u32::from_be_bytes(bytes),
        false => u32::from_le_bytes(bytes),
    }
}

fn add(mut sums: Sums, bytes: &[u8], is_big_endian: bool) -> Sums {
    for pair in bytes.chunks_exact(8) {
        sums[0] = sums[0]
            .wrapping_add(word(pair, 0, is_big_endian))
            .wrapping_add(sums[1]);
        sums[1] = sums[1]
            .wrapping_add(word(pair, 4, is_big_endian))
            .wrapping_add(sums[0]);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    fn a_log_as_sqlite_writes_it_is_whole_and_a_torn_end_is_no_fault() {
        let (log, index) = log_of_three();
        assert_eq!(whole(&[], &[]), Ok(()));
        assert_eq!(whole(&log, &index), Ok(()));
        assert_eq!(whole(&log, &[]), Ok(()));
        let mut torn = log.clone();
        let at = torn.len() - 100;
        torn[at] ^= 1;
        assert_eq!(whole(&torn, &[]), Ok(()), "a power cut left no index");
        assert_eq!(whole(&log[..log.len() - 600], &[]), Ok(()));
    }

    #[test]
    fn a_byte_that_turned_is_noticed_wherever_it_is() {
        let (log, index) = log_of_three();
        for at in (0..log.len()).step_by(7) {
            let mut turned = log.clone();
            turned[at] ^= 0x10;
            let is_noticed = whole(&turned, &index).is_err();
            assert!(is_noticed, "byte {at} of {}", log.len());
            // Without the index all but the last transaction.
            if at < log.len() - 2 * (4096 + FRAME_HEADER) {
                assert!(whole(&turned, &[]).is_err(), "byte {at} of {}", log.len());
            }
        }
    }

    #[test]
    fn an_index_that_is_damaged_or_of_another_log_says_nothing() {
        let (mut log, mut index) = log_of_three();
        let at = log.len() - 100;
        log[at] ^= 1;
        assert!(whole(&log, &index).is_err());
        for at in [16, 33, 44, INDEX_HEADER + 16] {
            index[at] ^= 1;
            assert_eq!(whole(&log, &index), Ok(()), "byte {at}");
            index[at] ^= 1;
        }
    }

    /// Three transactions of two pages or fewer, and the index, as a killed process leaves them.
    fn log_of_three() -> (Vec<u8>, Vec<u8>) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("a.db");
        let connection = Connection::open(&path).unwrap();
        connection
            .pragma_update(None, "journal_mode", "wal")
            .unwrap();
        for sql in [
            "CREATE TABLE t (a TEXT)",
            "INSERT INTO t VALUES ('x')",
            "INSERT INTO t VALUES ('y')",
        ] {
            connection.execute_batch(sql).unwrap();
        }
        let read = |suffix| fs::read(temp.path().join(format!("a.db{suffix}"))).unwrap();
        (read("-wal"), read("-shm"))
    }
}
