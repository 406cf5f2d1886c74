//! Whether the export is, byte by byte, the one of the last run: an HR system that stopped exporting shows so.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::planning::{LastRun, Planned};

use super::plan_files::file_of;

/// The header of a plan is its first line, and short.
const HEADER_BYTES_MAX: u64 = 1 << 20;

/// When the last run of the source began, if its export had the same bytes as that of this plan. The saved plan of
/// that run tells it; one that is gone, or cannot be read, tells nothing.
pub(super) fn seen_before(
    state_dir: &Path,
    last: Option<&LastRun>,
    planned: &Planned,
) -> Option<Timestamp> {
    let last = last?;
    let file = File::open(file_of(state_dir, &last.plan)).ok()?;
    let mut header = String::new();
    let mut lines = BufReader::new(file.take(HEADER_BYTES_MAX));
    lines.read_line(&mut header).ok()?;
    let header: Json = serde_json::from_str(&header).ok()?;
    let [.., digest] = &planned.bound_to;
    let before = header["bound_to"].as_array()?.last()?.as_str()?;
    (!digest.is_empty() && before == digest).then_some(last.started_at)
}
