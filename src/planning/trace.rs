//! One user's rows, followed from the cells to what they want, for a person who asks why.

use serde::Serialize;

use crate::input::Export;
use crate::mapping::{Effective, Mapping};
use crate::model::{DraftValue, Field, Property, RawRow, RawValue, UserKey};

use super::PlanningError;

/// A row of the user, and what the mapping makes of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TracedRow {
    /// The physical line.
    pub line: u64,
    /// Each column with its cell, as read; blank ones are left out.
    pub cells: Vec<(String, String)>,
    /// What the mapping makes of them.
    pub values: Vec<TracedValue>,
    /// Why the row as a whole is left out, if it is.
    pub left_out: Option<&'static str>,
}

/// A field, and where its value comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TracedValue {
    /// The field.
    pub field: String,
    /// Its value; `None`: it is to be cleared, or the cell cannot be this field.
    pub value: Option<String>,
    /// The columns that it was taken from; `None` for a constant.
    pub column: Option<String>,
}

/// Every row of that user, in the order of the file.
///
/// # Errors
/// As the export is read for a plan.
pub fn trace_rows(
    export: &mut Export,
    mapping: &mut Mapping,
    key: &UserKey,
) -> Result<Vec<TracedRow>, PlanningError> {
    let file = export.name().clone();
    let mut traced = Vec::new();
    for batch in export.batches().map_err(PlanningError::Export)? {
        let batch = batch.map_err(PlanningError::Export)?;
        mapping
            .bind(&batch, &file)
            .map_err(PlanningError::Unmappable)?;
        traced.extend(batch.rows().filter_map(|row| trace(&row, mapping, key)));
    }
    Ok(traced)
}

fn trace(row: &RawRow<'_>, mapping: &Mapping, key: &UserKey) -> Option<TracedRow> {
    let (draft, _) = mapping.apply(row);
    let user_id = Field::Property(Property::UserID);
    let is_his = draft.values.iter().any(|(field, value, _)| {
        **field == user_id && text(value).is_some_and(|id| UserKey::of(id.trim()) == *key)
    });
    if !is_his {
        return None;
    }
    let left_out = match (mapping.includes(row), mapping.holds(row)) {
        (Ok(false), _) => Some("out of scope: [scope] include is not true for it"),
        (_, Ok(Effective::NotYet)) => Some("not yet effective: its first day has not come"),
        (Err(_), _) | (_, Err(_)) => Some("refused: see the problems"),
        _ => None,
    };
    let names = row.columns().names.iter().enumerate();
    let cells =
        names.filter_map(|(column, name)| Some((name.to_string(), shown(row.cell(column))?)));
    let values = draft
        .values
        .iter()
        .map(|(field, value, column)| TracedValue {
            field: field.to_string(),
            value: text(value),
            column: column.map(str::to_owned),
        });
    Some(TracedRow {
        line: row.place().line,
        cells: cells.collect(),
        values: values.collect(),
        left_out,
    })
}

fn text(value: &DraftValue<'_>) -> Option<String> {
    match value {
        DraftValue::Text(text) => Some(text.to_string()),
        DraftValue::Bool(flag) => Some(flag.to_string()),
        DraftValue::Clear | DraftValue::Bad | DraftValue::Refused => None,
    }
}

fn shown(cell: RawValue<'_>) -> Option<String> {
    match cell {
        RawValue::Missing => None,
        RawValue::Text(text) => (!text.is_empty()).then(|| text.to_owned()),
        RawValue::Json(json) => match json.as_str() {
            Some(text) => Some(text.to_owned()),
            None => (!json.is_null()).then(|| json.to_string()),
        },
    }
}
