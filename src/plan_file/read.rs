//! Lines → a plan, or the reason why they are none.

use std::fmt;
use std::io::{self, BufRead, Read};

use serde::Deserialize;

use crate::model::{Basis, Plan};
use crate::planner::plan_id;

use super::format::{Header, LineIn, VERSION};

/// No line that we write comes near it: a cell of an export is far smaller.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// A plan as it was saved.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedPlan {
    /// What it is bound to.
    pub header: Header,
    /// The plan itself.
    pub plan: Plan,
    /// What applying it teaches if it ends well.
    pub basis: Basis,
    /// The checksum of its file, which names this saving of it.
    pub checksum: String,
}

/// Why a file cannot be taken for a saved plan.
#[derive(Debug)]
pub enum PlanFileError {
    /// The disk does not give it.
    Io(io::Error),
    /// It is something else.
    NotAPlan,
    /// A newer version of this program wrote it.
    Newer(u32),
    /// It is not as it was written.
    Altered(String),
}

impl fmt::Display for PlanFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanFileError::Io(_) => f.write_str("the plan cannot be read"),
            PlanFileError::NotAPlan => f.write_str("the file is no saved plan"),
            PlanFileError::Newer(version) => write!(
                f,
                "the plan has format {version}, and this version reads up to {VERSION}"
            ),
            PlanFileError::Altered(_) => f.write_str("the plan was altered after it was saved"),
        }
    }
}

/// Reads a plan to its last line.
///
/// # Errors
/// See [`PlanFileError`]; nothing of a plan that is not whole is given away.
pub fn read_plan(input: &mut dyn BufRead) -> Result<SavedPlan, PlanFileError> {
    let mut lines = Lines {
        input,
        hasher: blake3::Hasher::new(),
        number: 0,
        line: Vec::new(),
    };
    let header = header(&mut lines)?;
    let mut plan = Plan {
        id: header.plan.clone(),
        summary: header.summary,
        absence: header.absence.clone(),
        guards: header.guards.clone(),
        changes: Vec::new(),
        problems: Vec::new(),
        review: None,
    };
    let mut basis = None;
    let checksum = loop {
        let before = lines.hasher.finalize().to_hex();
        if !lines.next()? {
            return Err(altered("its last line, the checksum, is missing"));
        }
        match serde_json::from_slice(&lines.line) {
            Ok(LineIn::Change(change)) => plan.changes.push(change),
            Ok(LineIn::Problem(problem)) => plan.problems.push(problem),
            Ok(LineIn::Basis(line)) if basis.is_none() => basis = Some(line),
            Ok(LineIn::Checksum(checksum)) if checksum == before.as_str() => break checksum,
            Ok(LineIn::Checksum(_)) => return Err(altered("its checksum is another")),
            Ok(LineIn::Basis(_)) | Err(_) => return Err(lines.altered("is no line of a plan")),
        }
    };
    if lines.next()? {
        return Err(lines.altered("stands after the end"));
    }
    if plan_id(&plan, &header.bound_to) != header.plan {
        return Err(altered("its content is not what its id stands for"));
    }
    let Some(basis) = basis else {
        return Err(altered("it does not say whom its export lists"));
    };
    Ok(SavedPlan {
        header,
        plan,
        basis,
        checksum,
    })
}

/// The first line. What is no plan at all is told from one that was altered.
fn header(lines: &mut Lines<'_>) -> Result<Header, PlanFileError> {
    #[derive(Deserialize)]
    struct Version {
        crewsync_plan: u32,
    }
    lines.next()?;
    let Ok(Version { crewsync_plan }) = serde_json::from_slice(&lines.line) else {
        return Err(PlanFileError::NotAPlan);
    };
    if crewsync_plan > VERSION {
        return Err(PlanFileError::Newer(crewsync_plan));
    }
    serde_json::from_slice(&lines.line).map_err(|_| lines.altered("is no first line of a plan"))
}

fn altered(why: &str) -> PlanFileError {
    PlanFileError::Altered(why.to_owned())
}

/// Lines, summed up as they are read.
struct Lines<'i> {
    input: &'i mut dyn BufRead,
    hasher: blake3::Hasher,
    number: u64,
    line: Vec<u8>,
}

impl Lines<'_> {
    /// Reads the next line; false at the end.
    fn next(&mut self) -> Result<bool, PlanFileError> {
        self.line.clear();
        let mut input = (&mut *self.input).take(LINE_BYTES_MAX);
        input
            .read_until(b'\n', &mut self.line)
            .map_err(PlanFileError::Io)?;
        self.hasher.update(&self.line);
        self.number += 1;
        Ok(!self.line.is_empty())
    }

    fn altered(&self, why: &str) -> PlanFileError {
        PlanFileError::Altered(format!("line {} {why}", self.number))
    }
}
