//! What is sent for one user, and whether he already is as that would make him.
//!
//! The bulk call replaces whole objects, and nobody knows whether an omitted property is kept or cleared. So the
//! fresh object goes back whole, with the wanted fields set in it: both readings then agree.

use serde_json::{Map, Value as Json};

use crate::model::{Action, Change, Field, FieldChange, Kind, Property, User, Value};

/// Bytes of `{"Users":[]}` around the users of a bulk body; between two users stands one comma more.
pub const ENVELOPE_LEN: usize = OPENING.len() + CLOSING.len();

const OPENING: &[u8] = br#"{"Users":["#;
const CLOSING: &[u8] = b"]}";

/// The object that makes the change: `base` (the user as a GET just returned him; `None` if the tenant lacks him)
/// with the change's fields set.
///
/// `Password` never travels back, `ResetPassword` is false, `Deleted` is true for [`Action::Delete`] alone, and
/// whatever else the base holds stays as it came. The id is the base's spelling. A phone that is cleared leaves
/// the list; a cleared text or extension is sent as `""`, which also a tenant that keeps what is omitted
/// understands; a cleared boolean is sent as what blank means (`Activated` true, the others false).
pub fn payload(base: Option<&User>, change: &Change) -> Map<String, Json> {
    let mut object = match base {
        Some(user) => user.object().clone(),
        None => Map::from_iter([(name(Property::UserID), Json::from(&*change.user_id))]),
    };
    object.shift_remove(Property::Password.name());
    object.insert(name(Property::ResetPassword), false.into());
    for field in &change.fields {
        set(&mut object, field);
    }
    let deleted = change.action == Action::Delete;
    object.insert(name(Property::Deleted), deleted.into());
    object
}

/// Whether the tenant already has the user as the change would make him: deleted where he is to be deleted, else
/// not deleted and every field of the change at its `to`.
pub fn is_as_wanted(user: &User, change: &Change) -> bool {
    if change.action == Action::Delete {
        return user.is_deleted();
    }
    !user.is_deleted()
        && change
            .fields
            .iter()
            .all(|field| is_field_as_wanted(user, field))
}

/// Whether the tenant already has one field as the change would make it. Blank, absent and null are equal, and a
/// blank flag is what the tenant takes it for.
pub fn is_field_as_wanted(user: &User, change: &FieldChange) -> bool {
    let blank = match &change.field {
        Field::Property(property) if property.kind() == Kind::Bool => {
            Some(Value::Bool(blank_means(*property)))
        }
        _ => None,
    };
    user.get(&change.field).or_else(|| blank.clone()) == change.to.clone().or(blank)
}

/// Whether reading the user can tell that the change was made.
pub fn is_readable_back(change: &Change) -> bool {
    change
        .fields
        .iter()
        .all(|change| is_field_readable(&change.field))
}

/// Whether a field can be read at all. `Password` is never returned, and of `ResetPassword` nothing but a mail
/// remains.
pub fn is_field_readable(field: &Field) -> bool {
    let unreadable = [Property::Password, Property::ResetPassword].map(Field::Property);
    !unreadable.contains(field)
}

/// The body of a bulk call, compact.
pub fn encode_bulk(users: &[Map<String, Json>]) -> Vec<u8> {
    let mut body = OPENING.to_vec();
    for (index, user) in users.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        write(user, &mut body);
    }
    body.extend_from_slice(CLOSING);
    body
}

/// How many bytes the user takes in the body of a bulk call.
pub fn encoded_len(user: &Map<String, Json>) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    write(user, &mut counter);
    counter.0
}

fn write(user: &Map<String, Json>, out: &mut impl std::io::Write) {
    serde_json::to_writer(out, user).expect("text keys, and memory takes every byte");
}

fn name(property: Property) -> String {
    property.name().to_owned()
}

fn set(object: &mut Map<String, Json>, change: &FieldChange) {
    let value = change.to.as_ref();
    match &change.field {
        Field::Property(property) => {
            object.insert(name(*property), property_json(*property, value));
        }
        Field::Phone(kind) => set_phone(object, kind, value),
        Field::Extension(key) => {
            collection(object, "Extensions", Json::is_object, Map::new().into())
                .as_object_mut()
                .expect("just made sure")
                .insert(key.to_string(), text(value));
        }
    }
}

fn property_json(property: Property, value: Option<&Value>) -> Json {
    match (property.kind(), value) {
        (Kind::Bool, None) => blank_means(property).into(),
        (Kind::Bool, Some(Value::Bool(value))) => (*value).into(),
        _ => text(value),
    }
}

fn text(value: Option<&Value>) -> Json {
    value.map(Value::to_string).unwrap_or_default().into()
}

/// What the tenant takes a blank boolean for: users are created active, and with no other flag set.
fn blank_means(property: Property) -> bool {
    property == Property::Activated
}

/// Sets the first phone of that type and leaves what else stands in its entry; clearing removes every entry of
/// the type, because the next one would otherwise step forward.
fn set_phone(object: &mut Map<String, Json>, kind: &str, value: Option<&Value>) {
    if value.is_none() && !object.get("Phones").is_some_and(Json::is_array) {
        return;
    }
    let phones = collection(object, "Phones", Json::is_array, Vec::<Json>::new().into())
        .as_array_mut()
        .expect("just made sure");
    let is_of_kind = |phone: &Json| phone.get("PhoneType").and_then(Json::as_str) == Some(kind);
    if value.is_none() {
        phones.retain(|phone| !is_of_kind(phone));
        return;
    }
    let entry = phones.iter_mut().find(|phone| is_of_kind(phone));
    match entry.and_then(Json::as_object_mut) {
        Some(entry) => {
            entry.insert("PhoneNum".to_owned(), text(value));
        }
        None => phones.push(Json::Object(Map::from_iter([
            ("PhoneNum".to_owned(), text(value)),
            ("PhoneType".to_owned(), kind.into()),
        ]))),
    }
}

/// The collection of that name, made anew where the base has none (absent, null or of another type).
fn collection<'o>(
    object: &'o mut Map<String, Json>,
    name: &str,
    is_right: impl Fn(&Json) -> bool,
    empty: Json,
) -> &'o mut Json {
    let collection = object.entry(name).or_insert(Json::Null);
    if !is_right(collection) {
        *collection = empty;
    }
    collection
}

#[cfg(test)]
mod tests;
