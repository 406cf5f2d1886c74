//! changes + figures of the export, the tenant and earlier runs → allowed, held or refused, with the figure that
//! tripped.
//!
//! Guards speak before the first write, over the whole plan. Count guards hold what they count and let the rest go;
//! source guards refuse everything, because an export that looks wrong in one place is not to be believed in another.
//! They count what a change means for a person's access, never the verb that causes it. Every guard says its limit
//! and its figure also when it has nothing against the plan.

mod arrival;
mod counts;
mod limits;
mod source;

pub use arrival::{ArrivalFigures, judge_arrival};
pub use counts::{Crowd, hold_counted};
pub use limits::{Cap, GuardLimits};
pub use source::{SourceFigures, judge_rows, judge_source};

use crate::model::{GuardReading, GuardVerdict};

/// The reading of a guard that is switched off.
fn off(guard: &str) -> GuardReading {
    reading(guard, "off", "-", GuardVerdict::Ok)
}

fn reading(
    guard: &str,
    limit: impl Into<String>,
    figure: impl Into<String>,
    verdict: GuardVerdict,
) -> GuardReading {
    GuardReading {
        guard: guard.to_owned(),
        limit: limit.into(),
        figure: figure.into(),
        verdict,
    }
}

/// What a person does about a guard that held or refused something, beside approving the plan.
pub fn way_out(guard: &str) -> &'static str {
    match guard {
        "min_rows" | "max_rejected" => "mend the export, or the mapping that refuses its rows",
        "max_row_drop" => {
            "is this the whole export, and the right one? If so many have left, approve the plan"
        }
        "max_field_change" => {
            "are columns swapped, or the mapping wrong? If the change is meant, approve the plan"
        }
        "lost_columns" => {
            "bring the column back, or take it out of [map]; if it is gone for good, approve the plan"
        }
        "mapping_change" => {
            "does the new mapping or scope leave out whom it should? If so, approve the plan"
        }
        "max_users_drop" => {
            "may the account still see all users? If they are gone for good, approve the plan"
        }
        "max_managed_gone" => {
            "is this the right tenant? If the users are gone for good, disown them or approve the plan"
        }
        "max_age" => "has the export of today arrived? If the old one is meant, approve the plan",
        "control_total" => "was the export cut off? Take a whole one, or mend its total",
        "old_file" => "take the newest export; if the old one is meant, approve the plan",
        "baseline" => {
            "the managed users of this source are lost or were disowned; nobody is deprovisioned by absence in this run"
        }
        _ => "look at the plan; if it is right, approve it, or change the limit under [guards]",
    }
}
