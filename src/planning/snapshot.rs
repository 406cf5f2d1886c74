//! A file of users by property names, as a current state to compare with.

use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value as Json, json};

use crate::diff::Comparison;
use crate::input::Export;
use crate::model::{
    Columns, Field, Kept, Kind, Listed, Problem, Property, RawRow, RawValue, RowBatch, TextRow,
    User, ValueRef, boolean,
};
use crate::validate::Expected;

use super::PlanningError;

/// Gives every user of a snapshot to `take`. A snapshot is all or nothing: a row that cannot be read, or
/// that has no UserID, refuses the file, because a current state with holes would look like absent users.
///
/// Columns and keys are property names, case aside; `Phones.<type>` and `Extensions.<key>` are gathered.
pub fn read_snapshot(export: &mut Export, mut take: impl FnMut(User)) -> Result<(), PlanningError> {
    read_listed(export, |_| (), |shown, _, _| take(shown.into_user()))
}

/// Compares every user of a snapshot: most are only looked at.
pub(super) fn compare_snapshot(
    export: &mut Export,
    expected: &Expected,
    comparison: &mut Comparison<'_>,
) -> Result<(), PlanningError> {
    let look = |users: &[Shown<'_>]| expected.at_first_sight(users);
    read_listed(export, look, |shown, seen, at| {
        comparison.visit_seen(shown, seen[at]);
    })
}

/// Reads a snapshot: `look` sees the users of a batch, perhaps while another batch is taken; then `take` gets each with
/// what was seen and his place there.
fn read_listed<S: Send>(
    export: &mut Export,
    look: impl Fn(&[Shown<'_>]) -> S + Sync,
    mut take: impl FnMut(Shown<'_>, &S, usize),
) -> Result<(), PlanningError> {
    let file = export.name().clone();
    let mut refused = Vec::new();
    let header = OnceLock::new();
    export.read_prepared(
        |batch| {
            let (users, _) = shown_in(batch, &header, &file);
            look(&users)
        },
        |batch, seen| {
            let unread = batch.refused.iter();
            refused.extend(unread.flat_map(|refusal| refusal.problems.clone()));
            let (users, problems) = shown_in(&batch, &header, &file);
            refused.extend(problems);
            for (at, user) in users.into_iter().enumerate() {
                take(user, &seen, at);
            }
            Ok::<(), PlanningError>(())
        },
    )?;
    match refused.is_empty() {
        true => Ok(()),
        false => Err(PlanningError::Snapshot(refused)),
    }
}

/// The users of a batch, and what is wrong with the rows that are none.
fn shown_in<'a>(
    batch: &'a RowBatch,
    header: &'a OnceLock<Header>,
    file: &'a Arc<str>,
) -> (Vec<Shown<'a>>, Vec<Problem>) {
    let header = batch
        .is_text()
        .then(|| header.get_or_init(|| Header::of(&batch.columns)));
    let mut users = Vec::with_capacity(batch.len());
    let mut problems = Vec::new();
    for row in batch.rows() {
        match shown(&row, header, file) {
            Ok(user) => users.push(user),
            Err(problem) => problems.push(*problem),
        }
    }
    (users, problems)
}

/// Where the header of a snapshot has each field.
pub(super) struct Header {
    properties: [Option<usize>; Property::ALL.len()],
    others: Vec<(Field, usize)>,
    flags: Vec<usize>,
    /// Two columns are one field: only an object tells which counts.
    has_twins: bool,
}

impl Header {
    fn of(columns: &Columns) -> Header {
        let mut header = Header {
            properties: [None; Property::ALL.len()],
            others: Vec::new(),
            flags: Vec::new(),
            has_twins: false,
        };
        for (column, name) in columns.names.iter().enumerate() {
            let Some(field) = Field::named(name) else {
                continue;
            };
            header.has_twins |= header.column(&field).is_some();
            if field.kind() == Kind::Bool {
                header.flags.push(column);
            }
            match field {
                Field::Property(property) => header.properties[property as usize] = Some(column),
                other => header.others.push((other, column)),
            }
        }
        header
    }

    fn column(&self, field: &Field) -> Option<usize> {
        match field {
            Field::Property(property) => self.properties[*property as usize],
            other => {
                let mut others = self.others.iter();
                others.find_map(|(field, column)| (field == other).then_some(*column))
            }
        }
    }
}

/// A user of a snapshot: still a row as long as that suffices.
pub(super) enum Shown<'a> {
    Row {
        row: RawRow<'a>,
        texts: TextRow<'a>,
        user_id: &'a str,
        header: &'a Header,
        file: &'a Arc<str>,
    },
    User(Box<User>),
}

fn shown<'a>(
    row: &RawRow<'a>,
    header: Option<&'a Header>,
    file: &'a Arc<str>,
) -> Result<Shown<'a>, Box<Problem>> {
    let texts = row.texts();
    let text = |column: usize| {
        let cell = texts.as_ref().and_then(|texts| texts.cell(column));
        cell.unwrap_or_default()
    };
    let simple = header.filter(|header| !header.has_twins);
    let key = simple.and_then(|header| header.column(&Field::Property(Property::UserID)));
    let user_id = key.map(text).filter(|user_id| !user_id.is_empty());
    if let (Some(header), Some(user_id), Some(texts)) = (simple, user_id, texts) {
        let mut flags = header.flags.iter().map(|column| text(*column));
        if flags.all(|flag| flag.is_empty() || read_flag(flag).is_some()) {
            return Ok(Shown::Row {
                row: *row,
                texts,
                user_id,
                header,
                file,
            });
        }
    }
    user(row, file).map(|user| Shown::User(Box::new(user)))
}

/// A flag; nearly all are written so.
fn read_flag(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        word => boolean(word),
    }
}

impl Listed for Shown<'_> {
    fn user_id(&self) -> &str {
        match self {
            Shown::Row { user_id, .. } => user_id,
            Shown::User(user) => user.user_id(),
        }
    }

    fn value(&self, field: &Field) -> Option<ValueRef<'_>> {
        let (texts, header) = match self {
            Shown::Row { texts, header, .. } => (texts, header),
            Shown::User(user) => return user.value(field),
        };
        match texts.cell(header.column(field)?)? {
            "" => None,
            text if field.kind() == Kind::Bool => read_flag(text).map(ValueRef::Bool),
            text => Some(ValueRef::text(text)),
        }
    }

    fn each_property(&self, take: &mut dyn FnMut(&str)) {
        match self {
            // A file is no list of the tenant, of which it would matter what it leaves out.
            Shown::Row { .. } => {}
            Shown::User(user) => user.each_property(take),
        }
    }

    fn into_user(self) -> User {
        match self {
            Shown::User(user) => *user,
            Shown::Row { row, file, .. } => made_of(&row, file),
        }
    }

    fn keep(self) -> Kept {
        let (row, file) = match self {
            Shown::User(user) => return Kept::User(user),
            Shown::Row { row, file, .. } => (row, file.clone()),
        };
        match row.alone() {
            Some(alone) => Kept::Made(Box::new(move || made_of(&alone.row(0), &file))),
            None => Kept::User(Box::new(made_of(&row, &file))),
        }
    }
}

/// The user of a row that was looked at before.
fn made_of(row: &RawRow<'_>, file: &Arc<str>) -> User {
    user(row, file).expect("the row has an id, and its flags were read")
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
