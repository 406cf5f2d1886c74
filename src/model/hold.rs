//! Why a change waits for a person, and what he should do about it.

use serde::{Deserialize, Serialize};

/// Why a change is not sent although it was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hold {
    /// A later change of `StorageLocationID` needs ChangeStorageLocation with explicit options.
    StorageLocation,
    /// Two users of the tenant differ from this UserID by case or Unicode form only.
    Twins,
    /// The user changed in the tenant since the plan was made.
    Drift,
    /// Three rows were proven bad for the same code, property and value; this one has it too.
    SameCause,
    /// The rows of its chunk were refused one by one, and none of them was taken.
    ChunkRefused,
    /// A property once seen on this user is missing from a fresh GET; a replace would lose it.
    LostProperty,
    /// The same change was reported applied on earlier nights, and here it is again.
    NotConverging,
    /// The id would be that of a known user with zeros in front, whom the export does not mention.
    LostZeros,
    /// The user never loses access through us.
    Protected,
    /// Another source answers for the user too, and nothing says which one comes first.
    TwoSources,
    /// A new user shares mail or employee number with one whom the export does not mention.
    Rename,
    /// He is managed and the tenant has him no more, or as deleted, and it was not we who removed him.
    Vanished,
    /// He is switched off, and it was not we who switched him off, or somebody has touched his access since.
    SuspendedByHand,
    /// The tenant has just refused this very change in a call of its own.
    Quarantined,
    /// A new user does not state what every new user must.
    Incomplete,
    /// More mails would go out than are allowed.
    MaxMails,
    /// More users would lose access than the guard allows.
    MaxDeprovisions,
    /// More users would lose the value of a field than the guard allows.
    MaxClears,
    /// More users would be created than the guard allows.
    MaxCreates,
    /// More users would be updated than the guard allows.
    MaxUpdates,
}

impl Hold {
    /// Whether a guard that counts over the whole plan holds it, so that the plan's approval releases it.
    pub fn is_guard(self) -> bool {
        matches!(
            self,
            Hold::MaxDeprovisions
                | Hold::MaxClears
                | Hold::MaxCreates
                | Hold::MaxUpdates
                | Hold::MaxMails
        )
    }

    /// Whether it may come up only while a plan is carried out.
    pub fn is_of_a_run(self) -> bool {
        matches!(
            self,
            Hold::Drift
                | Hold::SameCause
                | Hold::ChunkRefused
                | Hold::LostProperty
                | Hold::Protected
        )
    }

    /// The word used in JSON and reports.
    pub fn name(self) -> &'static str {
        match self {
            Hold::StorageLocation => "storage_location",
            Hold::Twins => "twins",
            Hold::Drift => "drift",
            Hold::SameCause => "same_cause",
            Hold::ChunkRefused => "chunk_refused",
            Hold::LostProperty => "lost_property",
            Hold::NotConverging => "not_converging",
            Hold::LostZeros => "lost_zeros",
            Hold::Protected => "protected",
            Hold::TwoSources => "two_sources",
            Hold::Quarantined => "quarantined",
            Hold::Incomplete => "incomplete",
            Hold::MaxMails => "max_mails",
            Hold::Rename => "rename",
            Hold::Vanished => "vanished",
            Hold::SuspendedByHand => "suspended_by_hand",
            Hold::MaxDeprovisions => "max_deprovisions",
            Hold::MaxClears => "max_clears",
            Hold::MaxCreates => "max_creates",
            Hold::MaxUpdates => "max_updates",
        }
    }

    /// What the person who reads the report should know and do.
    pub fn hint(self) -> &'static str {
        match self {
            Hold::StorageLocation => {
                "moving a technician's stock needs a decision: change the storage location in ServiceMobility"
            }
            Hold::Twins => {
                "two users of the tenant answer to this row: their ids differ only by case or Unicode form, or [match] by finds both; keep one of them"
            }
            Hold::Drift => "somebody changed the user in the meantime; plan again",
            Hold::ChunkRefused => {
                "the rows sent with it were refused one by one; mend what the tenant says of them, then run again"
            }
            Hold::SameCause => "mend the value that the rejected rows share, then run again",
            Hold::LostProperty => {
                "the tenant no longer returns a property that this user had; check the user, then run again"
            }
            Hold::NotConverging => {
                "the tenant takes this change and does not keep it, or somebody undoes it; look at the user in ServiceMobility"
            }
            Hold::LostZeros => {
                "a spreadsheet took the leading zeros: format the column of ids as text and export again"
            }
            Hold::Protected => {
                "the export takes access from a protected user; if that is right, do it in ServiceMobility or mend [protect]"
            }
            Hold::TwoSources => {
                "another source lists this user too: say under [source] precedence which one comes first, or disown him there"
            }
            Hold::Quarantined => {
                "mend what the tenant says of it; to send it as it is, give --retry-quarantined"
            }
            Hold::Incomplete => {
                "state in the export what [create] asks of every new user, or give it a value under [create.defaults]"
            }
            Hold::MaxMails => {
                "look at who would be mailed; approve the plan if it is right, or change [create] max_mails"
            }
            Hold::Rename => {
                "if it is one person under a new id, rename him in ServiceMobility or let [match] by name the field that tells; if these are two people, say [match] by = [\"UserID\"]"
            }
            Hold::Vanished => {
                "somebody removed the user from the tenant; if he is to come back, disown him, and the next run treats him as new"
            }
            Hold::SuspendedByHand => {
                "it was not crewsync that switched the user off; if he is to come back, switch him on in ServiceMobility"
            }
            Hold::MaxDeprovisions => {
                "look at who would lose access; approve the plan if it is right, or change [guards] max_deprovisions"
            }
            Hold::MaxClears => {
                "look at the column; approve the plan if its blanks are right, or change [guards] max_clears"
            }
            Hold::MaxCreates => {
                "look at who would be created; approve the plan if it is right, or change [guards] max_creates"
            }
            Hold::MaxUpdates => {
                "look at what would change; approve the plan if it is right, or change [guards] max_updates"
            }
        }
    }
}
