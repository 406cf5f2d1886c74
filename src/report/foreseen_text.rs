//! One user's way through an export, as text: cells, mapped values, problems, change, what would be sent.

use serde::Serialize;
use serde_json::Value as Json;

use crate::model::{AbsentUser, Change, Problem};

use super::change_line::put_change;
use super::escape::{escape, quote};
use super::page::{Page, View};
use super::problems::put_problems;
use super::table::put_table;

/// Characters of a cell that are shown.
const CELL_CHARS_MAX: usize = 200;

/// One user's way through an export that has not been sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foreseen {
    /// The id that was asked for.
    pub user_id: String,
    /// The export as the person named it.
    pub export: String,
    /// His rows.
    pub rows: Vec<ForeseenRow>,
    /// What is wrong with them, or worth a word.
    pub problems: Vec<Problem>,
    /// What his absence comes to, if he is managed and not mentioned.
    pub absent: Option<AbsentUser>,
    /// What would be done.
    pub change: Option<Change>,
    /// The object that would be sent, on the user as he is now.
    pub sent: Option<Json>,
}

/// A row of his.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForeseenRow {
    /// The physical line.
    pub line: u64,
    /// Column and cell, blank ones left out.
    pub cells: Vec<(String, String)>,
    /// Field by field.
    pub values: Vec<ForeseenValue>,
    /// Why the row as a whole is left out, if it is.
    pub left_out: Option<&'static str>,
}

/// A mapped value with the rule that made it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForeseenValue {
    /// The field.
    pub field: String,
    /// The value; `None`: to be cleared, or unusable.
    pub value: Option<String>,
    /// The columns that it was taken from.
    pub column: Option<String>,
    /// The rule of `[map]`.
    pub rule: String,
}

/// The whole text.
pub fn foreseen_text(foreseen: &Foreseen, view: &View) -> String {
    let mut page = Page::new(view);
    let (user_id, export) = (escape(&foreseen.user_id), escape(&foreseen.export));
    if foreseen.rows.is_empty() {
        page.paragraph(
            0,
            4,
            &format!("{user_id} is in no row of {export} that has a readable UserID."),
        );
    }
    for row in &foreseen.rows {
        page.heading(&format!("{user_id} in {export}, line {}", row.line));
        put_row(&mut page, row);
    }
    put_problems(&mut page, &foreseen.problems);
    if let Some(absent) = &foreseen.absent {
        page.gap();
        let standing = format!("{:?}", absent.standing).to_lowercase();
        page.paragraph(
            0,
            4,
            &format!(
                "Absent from the export: {standing}, {}.",
                escape(&absent.why)
            ),
        );
    }
    match &foreseen.change {
        None if foreseen.absent.is_none() => {
            page.gap();
            page.paragraph(0, 4, "Nothing would change.");
        }
        None => {}
        Some(change) => {
            page.heading("What would be done");
            put_change(&mut page, change);
            if let Some(hold) = change.held {
                page.paragraph(2, 4, &format!("held ({}): {}", hold.name(), hold.hint()));
            }
        }
    }
    if let Some(sent) = &foreseen.sent {
        page.heading("What would be sent, on the user as he is now");
        let text = serde_json::to_string_pretty(sent).unwrap_or_default();
        text.lines()
            .for_each(|line| page.paragraph(2, 6, &escape(line)));
    }
    page.finish()
}

fn put_row(page: &mut Page, row: &ForeseenRow) {
    let cells = row.cells.iter();
    let cells: Vec<Vec<String>> = cells
        .map(|(name, cell)| vec![escape(name).into_owned(), quote(cell, CELL_CHARS_MAX)])
        .collect();
    put_table(page, &["column", "cell"], &cells);
    if let Some(why) = row.left_out {
        page.paragraph(2, 4, why);
    }
    let values: Vec<Vec<String>> = row
        .values
        .iter()
        .map(|value| {
            let shown = value.value.as_deref();
            vec![
                escape(&value.field).into_owned(),
                shown.map_or_else(|| "(none)".to_owned(), |text| quote(text, CELL_CHARS_MAX)),
                escape(value.column.as_deref().unwrap_or("(constant)")).into_owned(),
                escape(&value.rule).into_owned(),
            ]
        })
        .collect();
    page.gap();
    put_table(page, &["field", "value", "from", "by the rule"], &values);
}
