//! How this sandbox behaves where nobody knows how the real server does. Data, part of a fault script.
//!
//! The defaults are the sandbox column of the API page's table of unknowns; the client must be right
//! under every combination.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};

use crate::sandbox::answer::Style;
use crate::sandbox::filter::Filter;
use crate::wire::Notation;

/// What a refused bulk call leaves behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bulk {
    /// Nothing.
    #[default]
    Atomic,
    /// Every row that was not refused.
    Partial,
    /// The rows before the first refused one.
    Stops,
}

/// What a bulk update means for properties that it does not mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Omitted {
    /// They fall back to what a new user has.
    #[default]
    Cleared,
    /// They stay; `Extensions` merge by key.
    Kept,
}

/// What a delete leaves of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deleted {
    /// Nothing.
    #[default]
    Hard,
    /// The object with `Deleted: true`; GET and query still give it.
    Soft,
}

/// Two rows of one bulk call with the same UserID.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// Carried out one after the other.
    #[default]
    InOrder,
    /// The second is refused with 400.
    Refused,
}

/// Whether ids that differ by case only are one user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserIds {
    /// They are two.
    #[default]
    Exact,
    /// They are one; the first spelling stays.
    AnyCase,
}

/// The body of a query's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// `[…]`
    #[default]
    Bare,
    /// `{"Users":[…]}`
    Envelope,
}

/// The body of an error: the two forms of the vendor's pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorFormat {
    /// `{"code","detail":{"message","params","dataPath"}}`
    #[default]
    A,
    /// `{"type","title","status","detail","invalidParams"}`
    B,
}

/// How many flaws one refusal tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Details {
    /// The first, as one object.
    #[default]
    First,
    /// Each, as an array.
    All,
}

/// How a place in the request body is written: a notation, or `none`: `dataPath` is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DataPath(pub Option<Notation>);

impl Default for DataPath {
    fn default() -> DataPath {
        DataPath(Some(Notation::Pointer))
    }
}

impl TryFrom<String> for DataPath {
    type Error = serde::de::value::Error;

    fn try_from(text: String) -> Result<DataPath, Self::Error> {
        match text.as_str() {
            "none" => Ok(DataPath(None)),
            name => Notation::deserialize(name.into_deserializer())
                .map(|notation| DataPath(Some(notation))),
        }
    }
}

impl From<DataPath> for String {
    fn from(data_path: DataPath) -> String {
        let written = data_path
            .0
            .and_then(|notation| serde_json::to_value(notation).ok());
        let name = written.as_ref().and_then(|value| value.as_str());
        name.unwrap_or("none").to_owned()
    }
}

/// All switches. What a script does not mention has its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Is bulk atomic?
    pub bulk: Bulk,
    /// Omitted properties in bulk: kept or cleared?
    pub omitted: Omitted,
    /// Is a deleted user gone?
    pub deleted: Deleted,
    /// Two rows of one user in one bulk call.
    pub duplicates: Duplicates,
    /// Does case tell users apart?
    pub user_ids: UserIds,
    /// GET of an absent user: 410 or 404.
    pub absent_get: u16,
    /// Delete of an absent user in bulk: 200 (with a warning) or 410.
    pub absent_delete: u16,
    /// Most users in a bulk call, else 413.
    pub chunk_users_max: Option<usize>,
    /// Most bytes in a bulk call's body, else 413.
    pub chunk_bytes_max: Option<usize>,
    /// Whether several users may hold one storage location (else 409).
    pub shared_locations: bool,
    /// The only service teams that exist (else 410); `null`: any.
    pub known_teams: Option<BTreeSet<String>>,
    /// Whether texts and phone numbers are stored in another form than sent.
    pub tidies: bool,
    /// Properties that GET of a user leaves out.
    pub get_omits: BTreeSet<String>,
    /// A query is not allowed at all and answers this, e.g. 403.
    pub query_status: Option<u16>,
    /// The answer's shape.
    pub query_shape: Shape,
    /// Most users on a page, whatever `limit` says.
    pub query_page_max: u64,
    /// The only properties that a query returns; `null`: all.
    pub query_fields: Option<BTreeSet<String>>,
    /// Properties that a query returns under another name, e.g. `{"StorageLocationID": "StorageLocation"}`.
    pub query_renames: BTreeMap<String, String>,
    /// The caller sees those users only, e.g. `"ServiceTeamID:EAST"`; the grammar of the query's `filter`.
    pub query_visible: Option<Filter>,
    /// The caller does not see these users.
    pub query_hidden: BTreeSet<String>,
    /// The form of error bodies.
    pub error_format: ErrorFormat,
    /// How places are written in errors.
    pub data_path: DataPath,
    /// How many flaws a refusal tells.
    pub details: Details,
    /// How long tokens of `/createjwt` last, in seconds.
    pub token_lifetime_s: i64,
}

impl Default for Switches {
    fn default() -> Switches {
        Switches {
            bulk: Bulk::default(),
            omitted: Omitted::default(),
            deleted: Deleted::default(),
            duplicates: Duplicates::default(),
            user_ids: UserIds::default(),
            absent_get: 410,
            absent_delete: 200,
            chunk_users_max: None,
            chunk_bytes_max: None,
            shared_locations: false,
            known_teams: None,
            tidies: false,
            get_omits: BTreeSet::new(),
            query_status: None,
            query_shape: Shape::default(),
            query_page_max: 1000,
            query_fields: None,
            query_renames: BTreeMap::new(),
            query_visible: None,
            query_hidden: BTreeSet::new(),
            error_format: ErrorFormat::default(),
            data_path: DataPath::default(),
            details: Details::default(),
            token_lifetime_s: 3600,
        }
    }
}

impl Switches {
    /// What is wrong with them, if anything.
    pub fn flaw(&self) -> Option<String> {
        let status = |name: &str, status: u16| {
            (!(200..600).contains(&status))
                .then(|| format!("switches.{name}: {status} is no HTTP status"))
        };
        if ![404, 410].contains(&self.absent_get) {
            return Some("switches.absent_get is 410 or 404".to_owned());
        }
        if ![200, 410].contains(&self.absent_delete) {
            return Some("switches.absent_delete is 200 or 410".to_owned());
        }
        if self.query_page_max == 0 {
            return Some("switches.query_page_max is at least 1".to_owned());
        }
        self.query_status
            .and_then(|code| status("query_status", code))
    }

    /// How errors are written.
    pub fn style(&self) -> Style {
        Style {
            format: self.error_format,
            data_path: self.data_path,
            details: self.details,
        }
    }

    /// Whether a query can give out the stored objects as they are.
    pub fn query_shows_all(&self) -> bool {
        self.query_fields.is_none()
            && self.query_renames.is_empty()
            && self.query_visible.is_none()
            && self.query_hidden.is_empty()
    }
}
