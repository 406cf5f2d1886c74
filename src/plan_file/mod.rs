//! A plan as a file: versioned JSON lines that people can page through, mail and compare, and that say for whom
//! they were made.
//!
//! The first line says what the plan is bound to and what it comes to; then comes a line for each change and each
//! problem; the last holds a checksum over all before. [`write_plan`] and [`read_plan`] go line by line, and what
//! was read is whole: a file that is cut, or of which a byte is another, is refused, and so is one whose content
//! is not what its id stands for. [`check_fit`] says whether it may be applied here and now. Where the files stand
//! is no matter of this module; it opens none.

mod fit;
mod format;
mod read;
mod write;

pub use fit::{Here, Unfit, check_fit};
pub use format::{Header, Tenant};
pub use read::{PlanFileError, SavedPlan, read_plan};
pub use write::write_plan;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::sample_plan;
