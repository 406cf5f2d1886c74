//! The order in which changes are sent.

use crate::model::{Action, Change, Effect};

/// Changes that may be sent in any order among themselves, after all those of the phase before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// Indexes into the plan's changes.
    pub changes: Vec<usize>,
}

/// The phases of a plan, empty ones left out: what takes access reversibly first (it frees what others may
/// claim), then updates and creates, `Deleted: true` last. Held changes are in no phase.
///
/// Within the second phase updates go before creates, so that the canary, which needs an update, leads.
pub fn phases(changes: &[Change]) -> Vec<Phase> {
    let rank = |change: &Change| match (change.action, change.effect) {
        (Action::Delete, _) => (2, 0),
        (_, Effect::LosesAccess) => (0, 0),
        (Action::Create, _) => (1, 1),
        _ => (1, 0),
    };
    let mut sendable: Vec<usize> = (0..changes.len())
        .filter(|&index| changes[index].held.is_none())
        .collect();
    sendable.sort_by_key(|&index| rank(&changes[index]));
    let mut phases: Vec<Phase> = Vec::new();
    let mut last = None;
    for index in sendable {
        let (phase, _) = rank(&changes[index]);
        if last != Some(phase) {
            phases.push(Phase {
                changes: Vec::new(),
            });
            last = Some(phase);
        }
        if let Some(phase) = phases.last_mut() {
            phase.changes.push(index);
        }
    }
    phases
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Hold;

    #[test]
    fn what_frees_goes_first_and_deletes_go_last() {
        let changes = [
            change(Action::Create, Effect::GainsAccess, None),
            change(Action::Delete, Effect::LosesAccess, None),
            change(Action::Update, Effect::None, None),
            change(Action::Deactivate, Effect::LosesAccess, None),
            change(Action::Update, Effect::None, Some(Hold::Drift)),
        ];
        let order: Vec<Vec<usize>> = phases(&changes).into_iter().map(|p| p.changes).collect();
        assert_eq!(order, vec![vec![3], vec![2, 0], vec![1]]);
        assert_eq!(phases(&[]), vec![]);
    }

    fn change(action: Action, effect: Effect, held: Option<Hold>) -> Change {
        Change {
            action,
            effect,
            user_id: "x".into(),
            place: None,
            fields: vec![],
            held,
            seen: None,
            mail: None,
        }
    }
}
