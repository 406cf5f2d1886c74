//! Users → a file that can be read again, as an export or to compare with: CSV, JSON or one JSON object a line.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::Value as Json;
use tempfile::NamedTempFile;

use crate::model::{Property, User};

use super::files::write_file;

/// How users are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsersForm {
    /// A column for each field; what is nested deeper has no place in it.
    Csv,
    /// `{"Users": […]}`, every user whole.
    Json,
    /// Every user whole, one a line.
    Ndjson,
}

impl UsersForm {
    /// The form that a file's name asks for by its ending; `None` for any other.
    pub fn of(path: &Path) -> Option<UsersForm> {
        let ending = path.extension()?.to_str()?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(UsersForm::Csv),
            "json" => Some(UsersForm::Json),
            "ndjson" | "jsonl" => Some(UsersForm::Ndjson),
            _ => None,
        }
    }
}

/// The columns that users need, learnt by looking at all of them before the first is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserColumns {
    /// By their place: known properties, phones, extensions, whatever else there is.
    columns: BTreeMap<(u8, usize, String), ()>,
    /// What has no place in a table, such as `Phones.Note`.
    pub left_out: BTreeSet<String>,
}

/// They say nothing about a user who is to be read again.
const NO_COLUMN: [Property; 3] = [
    Property::Deleted,
    Property::Password,
    Property::ResetPassword,
];

impl UserColumns {
    /// Looks at one user.
    pub fn note(&mut self, user: &User) {
        for (name, value) in user.object() {
            let property = Property::ALL.iter().position(|known| known.name() == name);
            match (name.as_str(), value) {
                (_, Json::Null) => {}
                ("Phones", Json::Array(phones)) => self.note_phones(phones),
                ("Extensions", Json::Object(extensions)) => {
                    for (key, value) in extensions {
                        self.put(2, 0, format!("Extensions.{key}"), value);
                    }
                }
                _ => match property {
                    Some(place) if NO_COLUMN.contains(&Property::ALL[place]) => {}
                    Some(place) => self.put(0, place, name.clone(), value),
                    None => self.put(3, 0, name.clone(), value),
                },
            }
        }
    }

    fn note_phones(&mut self, phones: &[Json]) {
        let mut kinds = BTreeSet::new();
        for phone in phones {
            let kind = phone.get("PhoneType").and_then(Json::as_str);
            let (Some(kind), Some(phone)) = (kind, phone.as_object()) else {
                self.left_out.insert("Phones without a type".to_owned());
                continue;
            };
            if !kinds.insert(kind) {
                self.left_out
                    .insert("further Phones of one type".to_owned());
            }
            let beside = phone
                .keys()
                .filter(|name| *name != "PhoneType" && *name != "PhoneNum");
            let beside = beside.map(|name| format!("Phones.{name}"));
            self.left_out.extend(beside);
            if let Some(number) = phone.get("PhoneNum") {
                self.put(1, 0, format!("Phones.{kind}"), number);
            }
        }
    }

    fn put(&mut self, group: u8, place: usize, name: String, value: &Json) {
        match value {
            Json::Null => {}
            Json::Array(_) | Json::Object(_) => {
                self.left_out.insert(name);
            }
            _ => {
                self.columns.insert((group, place, name), ());
            }
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(|(_, _, name)| name.as_str())
    }
}

/// Writes users to a file under a temporary name, for its owner only, and renames it when all is on the disk.
/// `users` calls back for each of them.
///
/// # Errors
/// Those of the disk, and what `users` gives.
pub fn write_users_file(
    path: &Path,
    form: UsersForm,
    columns: &UserColumns,
    users: impl FnOnce(&mut dyn FnMut(&User) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    let dir = match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    };
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| io::Error::other("it has no name that is text"))?;
    write_file(dir, name, |out| match form {
        UsersForm::Csv => csv_users(out, columns, users),
        UsersForm::Json => json_users(out, users),
        UsersForm::Ndjson => users(&mut |user| {
            serde_json::to_writer(&mut *out, user.object())?;
            out.write_all(b"\n")
        }),
    })?;
    Ok(())
}

type Out<'o> = BufWriter<&'o mut NamedTempFile>;

fn json_users(
    out: &mut Out<'_>,
    users: impl FnOnce(&mut dyn FnMut(&User) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(b"{\"Users\":[")?;
    let mut between: &[u8] = b"\n";
    users(&mut |user| {
        out.write_all(between)?;
        between = b",\n";
        Ok(serde_json::to_writer(&mut *out, user.object())?)
    })?;
    out.write_all(b"\n]}\n")
}

fn csv_users(
    out: &mut Out<'_>,
    columns: &UserColumns,
    users: impl FnOnce(&mut dyn FnMut(&User) -> io::Result<()>) -> io::Result<()>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let names: Vec<&str> = columns.names().collect();
    writer.write_record(&names)?;
    users(&mut |user| Ok(writer.write_record(names.iter().map(|name| cell(user, name)))?))?;
    writer.flush()
}

/// The value of a column as it can be read again: a text as it is, a flag as `true` or `false`.
fn cell(user: &User, column: &str) -> String {
    let object = user.object();
    let value = match column.split_once('.') {
        Some(("Phones", kind)) => {
            object
                .get("Phones")
                .and_then(Json::as_array)
                .and_then(|phones| {
                    let is_of_kind =
                        |phone: &&Json| phone.get("PhoneType").and_then(Json::as_str) == Some(kind);
                    phones.iter().find(is_of_kind)?.get("PhoneNum")
                })
        }
        Some(("Extensions", key)) => object.get("Extensions").and_then(|all| all.get(key)),
        _ => object.get(column),
    };
    match value {
        None | Some(Json::Null | Json::Array(_) | Json::Object(_)) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(flag_or_number) => flag_or_number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nobody_is_a_file_too() {
        assert_eq!(written(UsersForm::Json, &[]).0, "{\"Users\":[\n]}\n");
        assert_eq!(written(UsersForm::Ndjson, &[]).0, "");
    }

    #[test]
    fn a_table_has_a_column_for_each_field_and_says_what_has_none() {
        let users = [
            json!({"UserID": "a", "Deleted": false, "ResetPassword": false, "Activated": true, "Grade": 7,
                "Phones": [{"PhoneType": "M", "PhoneNum": "1", "Note": "n"}, {"PhoneType": "M", "PhoneNum": "2"}]}),
            json!({"UserID": "b,\"\n", "Extensions": {"k.l": "v", "deep": {"x": 1}}, "Odd": [1], "SMS": null}),
        ];
        let (text, left_out) = written(UsersForm::Csv, &users);
        let want = "Activated,UserID,Phones.M,Extensions.k.l,Grade\n\
            true,a,1,,7\n,\"b,\"\"\n\",,v,\n";
        assert_eq!(text, want);
        let want = [
            "Extensions.deep",
            "Odd",
            "Phones.Note",
            "further Phones of one type",
        ];
        assert!(left_out.iter().eq(&want), "{left_out:?}");
    }

    #[test]
    fn json_holds_every_user_whole() {
        let users = [
            json!({"UserID": "a", "Odd": {"x": [1.50]}}),
            json!({"UserID": "b"}),
        ];
        let (text, _) = written(UsersForm::Json, &users);
        assert_eq!(
            text,
            format!("{{\"Users\":[\n{},\n{}\n]}}\n", users[0], users[1])
        );
        let (text, _) = written(UsersForm::Ndjson, &users);
        assert_eq!(text, format!("{}\n{}\n", users[0], users[1]));
    }

    fn written(form: UsersForm, objects: &[Json]) -> (String, BTreeSet<String>) {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("users");
        let users = objects
            .iter()
            .map(|object| object.as_object().unwrap().clone());
        let users: Vec<User> = users.map(|object| User::new(object).unwrap()).collect();
        let mut columns = UserColumns::default();
        users.iter().for_each(|user| columns.note(user));
        write_users_file(&path, form, &columns, |put| users.iter().try_for_each(put)).unwrap();
        (std::fs::read_to_string(&path).unwrap(), columns.left_out)
    }
}
