//! `POST /seiapi/v3/bulk/Users`: rows in order, inside one transaction.
//!
//! What a refused call leaves behind, what omitted properties and absent users mean, and how much a call
//! may hold is switched; which rows are refused although they are right is the fault script's.

use std::collections::HashSet;

use serde_json::{Map, Value as Json, json};

use crate::model::UserKey;
use crate::sandbox::answer::{Finding, Reply, Spot};
use crate::sandbox::fault_actions::Strike;
use crate::sandbox::storage::Work;
use crate::sandbox::switches::{Bulk, Details, Duplicates, Switches, UserIds};
use crate::sandbox::users;
use crate::sandbox::writes::{self, Write};

/// Reads the rows of a body.
pub fn rows(body: &[u8]) -> Result<Vec<Json>, Finding> {
    let refused = |message: String| Finding::new(400, message).at(Spot::Body);
    let mut body: Json =
        serde_json::from_slice(body).map_err(|error| refused(format!("Invalid JSON: {error}")))?;
    match body.get_mut("Users").map(Json::take) {
        Some(Json::Array(rows)) => Ok(rows),
        Some(_) => {
            Err(refused("Users must be an array".to_owned()).at(Spot::Property("Users".to_owned())))
        }
        None => {
            Err(refused("Missing required property: Users".to_owned())
                .params(json!({"key": "Users"})))
        }
    }
}

/// Carries the call out and commits what the switches let stand. `caller`: the UserID of who asks, if known.
pub fn carry_out(
    work: Work<'_>,
    body: &[u8],
    rows: &[Json],
    switches: &Switches,
    strike: &Strike,
    caller: Option<&str>,
) -> Reply {
    let style = strike.style(switches);
    if let Some(finding) = too_large(body, rows, switches) {
        return Reply::refusal(finding, style);
    }
    let bulk = strike.bulk(switches);
    let chunk = Chunk {
        work: &work,
        rows,
        switches,
        strike,
        caller,
    };
    let (refusals, warnings) = chunk.all_rows(bulk, style.details);
    let stands = refusals.is_empty() || bulk != Bulk::Atomic;
    if stands && let Err(error) = work.commit() {
        return Reply::refusal(error.into(), style);
    }
    match refusals.is_empty() {
        true => Reply::done(&warnings, style),
        false => Reply::refused(&refusals, style),
    }
}

fn too_large(body: &[u8], rows: &[Json], switches: &Switches) -> Option<Finding> {
    let over = |limit: Option<usize>, size: usize| limit.filter(|limit| size > *limit);
    let users = over(switches.chunk_users_max, rows.len())
        .map(|max| format!("{} users, at most {max}", rows.len()));
    let bytes = over(switches.chunk_bytes_max, body.len())
        .map(|max| format!("{} bytes, at most {max}", body.len()));
    users.or(bytes).map(|message| Finding::new(413, message))
}

struct Chunk<'a> {
    work: &'a Work<'a>,
    rows: &'a [Json],
    switches: &'a Switches,
    strike: &'a Strike,
    caller: Option<&'a str>,
}

impl Chunk<'_> {
    /// The refusals and the warnings of the rows, in order.
    fn all_rows(&self, bulk: Bulk, details: Details) -> (Vec<Finding>, Vec<Finding>) {
        let mut seen = HashSet::new();
        let (mut refusals, mut warnings) = (Vec::new(), Vec::new());
        for (index, row) in self.rows.iter().enumerate() {
            match self.row(index, row, &mut seen) {
                Ok(more) => warnings.extend(more),
                // The script leaves a row out of a call that otherwise succeeds.
                Err(finding) if finding.is_warning() => warnings.push(finding),
                Err(finding) => refusals.push(finding),
            }
            let over = bulk == Bulk::Stops || (bulk == Bulk::Atomic && details == Details::First);
            if over && !refusals.is_empty() {
                break;
            }
        }
        (refusals, warnings)
    }

    fn row(
        &self,
        index: usize,
        row: &Json,
        seen: &mut HashSet<String>,
    ) -> Result<Vec<Finding>, Finding> {
        let spot = |property: &str| Spot::Row(index, property.to_owned());
        let Json::Object(sent) = row else {
            return Err(Finding::new(400, "Invalid type (expected object)").at(spot("")));
        };
        if let Some(flaw) = users::id_flaw(sent) {
            return Err(flaw.found(&spot));
        }
        if let Some(finding) = self.strike.refusal_of_row(sent, index, self.rows.len()) {
            return Err(finding);
        }
        let user_id = users::text(sent, "UserID").unwrap_or_default();
        if self.switches.duplicates == Duplicates::Refused && !self.is_first(user_id, seen) {
            return Err(Finding::new(400, "The UserID stands in this request twice")
                .at(spot("UserID"))
                .params(json!({"value": user_id})));
        }
        if users::is_true(sent, "Deleted") {
            return self.delete(index, user_id);
        }
        let present = writes::find(self.work, self.switches, user_id)?;
        let write = Write {
            sent,
            user_id,
            caller: self.caller,
            omitted: self.switches.omitted,
            deleted: false,
            spot: &spot,
        };
        writes::write(self.work, self.switches, &write, present)
    }

    fn is_first(&self, user_id: &str, seen: &mut HashSet<String>) -> bool {
        match self.switches.user_ids {
            UserIds::Exact => seen.insert(user_id.to_owned()),
            UserIds::AnyCase => seen.insert(UserKey::of(user_id).as_str().to_owned()),
        }
    }

    fn delete(&self, index: usize, user_id: &str) -> Result<Vec<Finding>, Finding> {
        let present = writes::find(self.work, self.switches, user_id)?;
        let is_there = |object: &Map<String, Json>| !users::is_true(object, "Deleted");
        match present.filter(|present| is_there(&present.object)) {
            Some(present) => writes::delete(self.work, self.switches, present).map(|()| Vec::new()),
            None => {
                let gone = Finding::new(self.switches.absent_delete, "The user does not exist")
                    .at(Spot::Row(index, "UserID".to_owned()))
                    .params(json!({"value": user_id}));
                // Below 300 it is a warning, else the row is refused.
                Err(gone)
            }
        }
    }
}
