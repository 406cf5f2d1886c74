//! A file of users by property names, as a current state to compare with.

use std::sync::Arc;

use serde_json::{Map, Value as Json, json};

use crate::input::Export;
use crate::model::{Columns, Field, Kind, Problem, Property, RawRow, RawValue, User, boolean};

use super::PlanningError;

/// Gives every user of a snapshot to `take`. A snapshot is all or nothing: a row that cannot be read, or
/// that has no UserID, refuses the file, because a current state with holes would look like absent users.
///
/// Columns and keys are property names, case aside; `Phones.<type>` and `Extensions.<key>` are gathered.
pub fn read_snapshot(export: &mut Export, mut take: impl FnMut(User)) -> Result<(), PlanningError> {
    let file = export.name().clone();
    let mut refused = Vec::new();
    for batch in export.batches().map_err(PlanningError::Export)? {
        let batch = batch.map_err(PlanningError::Export)?;
        refused.extend(
            batch
                .refused
                .iter()
                .flat_map(|refusal| refusal.problems.clone()),
        );
        for row in batch.rows() {
            match user(&row, &file) {
                Ok(user) => take(user),
                Err(problem) => refused.push(*problem),
            }
        }
    }
    match refused.is_empty() {
        true => Ok(()),
        false => Err(PlanningError::Snapshot(refused)),
    }
}

fn user(row: &RawRow<'_>, file: &Arc<str>) -> Result<User, Box<Problem>> {
    let mut object = Map::new();
    let Columns { names } = row.columns();
    for (index, name) in names.iter().enumerate() {
        match row.cell(index) {
            RawValue::Missing => {}
            RawValue::Json(value) => {
                object.insert(canonical(name), value.clone());
            }
            RawValue::Text(text) => {
                put_text(&mut object, name, text).map_err(|problem| {
                    Box::new(
                        problem
                            .file(file)
                            .at(row.place())
                            .column(&**name)
                            .value(text),
                    )
                })?;
            }
        }
    }
    User::new(object).map_err(|_| {
        let problem = Problem::error(
            "missing_user_id",
            "a user of the current state has no UserID",
        )
        .file(file)
        .at(row.place())
        .hint("a file for --against has the columns or keys of the User object, UserID among them");
        Box::new(problem)
    })
}

fn canonical(name: &str) -> String {
    match Property::named(name) {
        Some(property) => property.name().to_owned(),
        None => name.to_owned(),
    }
}

fn put_text(object: &mut Map<String, Json>, name: &str, text: &str) -> Result<(), Box<Problem>> {
    if text.is_empty() {
        return Ok(());
    }
    match Field::named(name) {
        Some(Field::Phone(kind)) => {
            let phones = object.entry("Phones").or_insert_with(|| json!([]));
            if let Json::Array(phones) = phones {
                phones.push(json!({ "PhoneNum": text, "PhoneType": &*kind }));
            }
        }
        Some(Field::Extension(key)) => {
            let extensions = object.entry("Extensions").or_insert_with(|| json!({}));
            if let Json::Object(extensions) = extensions {
                extensions.insert(key.to_string(), json!(text));
            }
        }
        Some(Field::Property(property)) if property.kind() == Kind::Bool => {
            let value = boolean(text).ok_or_else(|| {
                let message = format!("{} is neither true nor false", property.name());
                Box::new(Problem::error("invalid_boolean", message))
            })?;
            object.insert(property.name().to_owned(), json!(value));
        }
        Some(Field::Property(property)) => {
            object.insert(property.name().to_owned(), json!(text));
        }
        None => {
            object.insert(name.to_owned(), json!(text));
        }
    }
    Ok(())
}
