//! Objects of the API as tables: one user, a list of users, a list of ids, what changes.

use serde_json::{Map, Value as Json};

use crate::model::{Field, Property, User, Value};

use super::escape::{escape, quote};
use super::page::{Page, View};
use super::table::put_table;
use super::words::count;

/// Longer values are cut.
const CHARS_MAX: usize = 60;

/// An object with a line for each property; collections are written out by path.
pub fn object_text(object: &Map<String, Json>, view: &View) -> String {
    let mut rows = Vec::new();
    for (name, value) in object {
        put_value(&mut rows, name, value);
    }
    table(view, &["property", "value"], &rows)
}

/// A list of users, a line each.
pub fn users_text(users: &[User], view: &View) -> String {
    let text = |user: &User, property| {
        let value = user.get(&Field::Property(property));
        value.as_ref().map(shown).unwrap_or_default()
    };
    let rows: Vec<Vec<String>> = users
        .iter()
        .map(|user| {
            let name = user.display_name();
            let name = if name == user.user_id() { "" } else { &name };
            vec![
                escape(user.user_id()).into_owned(),
                escape(name).into_owned(),
                text(user, Property::Email),
                text(user, Property::Activated),
                text(user, Property::IsMobileWorker),
                text(user, Property::ServiceTeamID),
            ]
        })
        .collect();
    let header = ["UserID", "name", "Email", "active", "mobile", "team"];
    format!(
        "{}{}\n",
        table(view, &header, &rows),
        counted(users.len(), "user")
    )
}

/// A list of ids, a line each, under what they are.
pub fn ids_text(what: &str, ids: &[String], view: &View) -> String {
    let rows: Vec<Vec<String>> = ids.iter().map(|id| vec![escape(id).into_owned()]).collect();
    match ids {
        [] => format!("no {what}s\n"),
        _ => format!(
            "{}{}\n",
            table(view, &[what], &rows),
            counted(ids.len(), what)
        ),
    }
}

/// What changes: property, before and after.
pub fn changes_text(changes: &[(String, Option<Json>, Option<Json>)], view: &View) -> String {
    let said = |value: &Option<Json>| match value {
        None | Some(Json::Null) => String::new(),
        Some(value) => json_shown(value),
    };
    let rows: Vec<Vec<String>> = changes
        .iter()
        .map(|(name, from, to)| vec![escape(name).into_owned(), said(from), said(to)])
        .collect();
    table(view, &["property", "from", "to"], &rows)
}

fn table(view: &View, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut page = Page::new(view);
    put_table(&mut page, header, rows);
    page.finish()
}

fn counted(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", count(number as u64))
}

fn put_value(rows: &mut Vec<Vec<String>>, path: &str, value: &Json) {
    match value {
        Json::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                put_value(rows, &format!("{path}.{name}"), value);
            }
        }
        Json::Array(list) if !list.is_empty() => {
            for (index, value) in list.iter().enumerate() {
                put_value(rows, &format!("{path}.{index}"), value);
            }
        }
        value => rows.push(vec![escape(path).into_owned(), json_shown(value)]),
    }
}

fn json_shown(value: &Json) -> String {
    match value {
        Json::String(text) => quote(text, CHARS_MAX),
        other => quote_free(&other.to_string()),
    }
}

fn quote_free(text: &str) -> String {
    let shown: String = text.chars().take(CHARS_MAX).collect();
    let cut = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{cut}", escape(&shown))
}

fn shown(value: &Value) -> String {
    escape(&value.to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_written_out_by_path_and_steers_no_terminal() {
        let object = serde_json::from_str(
            r#"{"UserID":"T-1","Activated":true,"Grade":7.50,"SMS":"a\u001b[31m","Phones":[{"PhoneNum":"1"}],"Extensions":{}}"#,
        )
        .unwrap();
        assert_eq!(
            object_text(&object, &View::plain(80)),
            "  property            value\n  ---------------------------------\n  \
             UserID              \"T-1\"\n  Activated           true\n  Grade               7.50\n  \
             SMS                 \"a\\u{1b}[31m\"\n  Phones.0.PhoneNum   \"1\"\n  Extensions          {}\n"
        );
    }

    #[test]
    fn ids_are_counted() {
        let view = View::plain(80);
        assert_eq!(ids_text("role", &[], &view), "no roles\n");
        let text = ids_text("role", &["A".to_owned()], &view);
        assert!(text.ends_with("1 role\n"), "{text}");
    }
}
