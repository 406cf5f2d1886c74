//! Who is managed by which source, and what the good runs of a source have seen.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Texts, UserKey};

/// A user for whom a source answers: a completed run of it has listed him, or a person has said so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// His UserID.
    pub user_id: Box<str>,
    /// Since when the source answers for him.
    pub since: Timestamp,
    /// Set while the good runs of the source no longer list him.
    pub absence: Option<AbsentSince>,
}

/// The absence of a managed user, as good runs have seen it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbsentSince {
    /// The good run that first missed him.
    pub since: Timestamp,
    /// The last good run before that.
    pub last_seen: Timestamp,
}

/// All managed users of a tenant, as one source sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedUsers {
    /// Those of this source.
    pub own: BTreeMap<UserKey, Managed>,
    /// Those that other sources list today, with the names of these.
    pub others: HashMap<UserKey, Vec<String>>,
}

impl ManagedUsers {
    /// Whether any source answers for the user.
    pub fn knows(&self, key: &UserKey) -> bool {
        self.own.contains_key(key) || self.others.contains_key(key)
    }

    /// The users of this source whom its last good run listed.
    pub fn listed(&self) -> impl Iterator<Item = (&UserKey, &Managed)> {
        self.own
            .iter()
            .filter(|(_, managed)| managed.absence.is_none())
    }
}

/// What an export and its tenant looked like, for comparison with the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFigures {
    /// Data records, refused ones included.
    pub rows: u64,
    /// Refused rows.
    pub rejected: u64,
    /// Field → rows that state a value for it.
    pub stated: BTreeMap<String, u64>,
    /// A digest of the mapping and the scope under which it was read.
    pub mapping: String,
    /// Users of the tenant (deleted ones aside); `None` if they were not listed.
    pub visible: Option<u64>,
}

/// A run of a full source that came to its end, with nothing but rows left over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodRun {
    /// When it ended.
    pub at: Timestamp,
    /// Digest of the export's bytes.
    pub input: String,
    /// Whether absence could be taken from it: it was evaluated, or a baseline.
    pub judged: bool,
    /// Users managed by the source when it ended.
    pub managed: u64,
    /// What was seen.
    pub figures: ExportFigures,
}

/// What a run teaches once it has come to a good end: whom it makes managed, and who was absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// Whether the export stood for its whole source: a full one, and no part of it left out on request.
    pub full: bool,
    /// Whether absence could be taken from it.
    pub judged: bool,
    /// Digest of the export's bytes.
    pub input: String,
    /// What was seen.
    pub figures: ExportFigures,
    /// The users whom the export lists and the source answers for.
    pub users: Texts,
    /// Managed users whom it does not mention.
    pub absent: Vec<Box<str>>,
    /// Users whom we switched off, and whom somebody else has switched on since.
    #[serde(default)]
    pub touched: Vec<Box<str>>,
}
