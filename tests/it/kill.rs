//! The real program, killed at any instant: `resume` alone brings the tenant to where an undisturbed run ends, and
//! nobody is sent twice.
//!
//! A server of our own counts what arrives and kills the program at the k-th arrival: before it carries the call
//! out, after that, or after the answer. Instants are counted in arrivals, never in time.

#[path = "kill/by_system.rs"]
mod by_system;
#[path = "kill/case.rs"]
mod case;
#[path = "kill/mails.rs"]
mod mails;
#[path = "kill/report.rs"]
mod report;
#[path = "kill/told_to_wait.rs"]
mod told_to_wait;
#[path = "kill/trap.rs"]
mod trap;

use crate::support::strace::say;
use crate::support::sweep::{Chance, sweep};

use case::{Case, Undisturbed};
use trap::{Moment, Spot};

/// Cases under way at once: they mostly wait for the limiter.
const AT_ONCE: usize = 6;
/// The promise of the suite.
const KILLS_MIN: usize = 200;

#[test]
fn a_run_survives_two_hundred_kills() {
    let undisturbed = Undisturbed::learn();
    let mut chains = undisturbed.every_spot();
    let swept = chains.len();
    chains.extend((1..=80).map(|seed| random_chain(seed, undisturbed.arrivals())));
    let kills = play(&chains, |chain| Case::new().survive(chain, &undisturbed));
    say(&format!(
        "{kills} kills: each of {swept} spots of a run, and {} random chains",
        chains.len() - swept
    ));
    assert!(kills >= KILLS_MIN, "only {kills} kills");
}

#[test]
fn sync_heals_by_itself() {
    let undisturbed = Undisturbed::learn();
    let mut chains = undisturbed.every_spot();
    chains.retain(|chain| undisturbed.is_bulk(chain[0].arrival));
    let kills = play(&chains, |chain| {
        Case::new().heal(chain[0], &undisturbed);
        1
    });
    assert_eq!(kills, chains.len());
}

#[test]
fn reads_keep_their_distance_over_a_restart() {
    Case::new().restart_while_reading();
}

/// Plays all, several at a time, and sums what they give.
fn play<S: Sync>(chains: &[Vec<S>], one: impl Fn(&[S]) -> usize + Sync) -> usize {
    sweep(AT_ONCE, chains, |chain| one(chain)).into_iter().sum()
}

/// Three kills: one somewhere in the run, two early in what takes it up.
fn random_chain(seed: u64, arrivals: usize) -> Vec<Spot> {
    let mut chance = Chance::new(seed);
    let first = chance.below(arrivals) + 1;
    [first, chance.below(10) + 1, chance.below(6) + 1]
        .map(|arrival| Spot {
            arrival,
            moment: Moment::ALL[chance.below(Moment::ALL.len())],
        })
        .into()
}
