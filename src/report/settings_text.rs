//! The settings that hold, as text.

use super::escape::escape;
use super::page::{Page, View};
use super::table::put_table;

/// Key, value and origin of each. Without origins, only what is set is listed.
pub fn settings_text<'s>(
    settings: impl Iterator<Item = (&'s str, Option<&'s str>, &'s str)>,
    with_origin: bool,
    view: &View,
) -> String {
    let mut page = Page::new(view);
    let text = |text: &str| escape(text).into_owned();
    let rows = settings.filter(|(_, value, _)| with_origin || value.is_some());
    let rows: Vec<Vec<String>> = rows
        .map(|(key, value, origin)| {
            let mut row = vec![text(key), text(value.unwrap_or("-"))];
            if with_origin {
                row.push(text(origin));
            }
            row
        })
        .collect();
    let heads: &[&str] = if with_origin {
        &["key", "value", "from"]
    } else {
        &["key", "value"]
    };
    put_table(&mut page, heads, &rows);
    page.finish()
}
