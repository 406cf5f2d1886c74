//! The disk under the journal: what it refuses, loses or turns is noticed, nothing is sent on it, and nothing is
//! lost.

#[path = "disk/faults.rs"]
mod faults;
#[path = "disk/flips.rs"]
mod flips;
#[path = "disk/full.rs"]
mod full;
#[path = "disk/night.rs"]
mod night;
#[path = "disk/power.rs"]
mod power;
#[path = "disk/power_loss.rs"]
mod power_loss;
#[path = "disk/refused.rs"]
mod refused;
