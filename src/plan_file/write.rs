//! A plan → lines.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::{Basis, Plan};

use super::format::{Header, LineOut};

/// Writes the plan line by line and gives the checksum, which names this saving of it.
///
/// # Errors
/// Those of `out`.
pub fn write_plan(
    header: &Header,
    plan: &Plan,
    basis: &Basis,
    out: &mut dyn Write,
) -> io::Result<String> {
    let mut out = Summed {
        out,
        hasher: blake3::Hasher::new(),
    };
    out.line(header)?;
    for change in &plan.changes {
        out.line(&LineOut::Change(change))?;
    }
    for problem in &plan.problems {
        out.line(&LineOut::Problem(problem))?;
    }
    out.line(&LineOut::Basis(basis))?;
    let checksum = out.hasher.finalize().to_hex().to_string();
    out.line(&LineOut::Checksum(&checksum))?;
    Ok(checksum)
}

/// Takes bytes and sums them up.
struct Summed<'o> {
    out: &'o mut dyn Write,
    hasher: blake3::Hasher,
}

impl Summed<'_> {
    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.hasher.update(&line);
        self.out.write_all(&line)
    }
}
