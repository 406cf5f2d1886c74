//! A stored user at first sight: his values borrowed from the text of his object, because of most users nothing else is
//! wanted than whether they are as they should be.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Field, Kept, Kind, KnownUser, Listed, Property, User, ValueRef};

/// A stored user who is looked at.
#[derive(Debug)]
pub enum Glance<'k> {
    /// By the text of his object.
    Text(Box<Parts<'k>>, &'k KnownUser),
    /// As a whole, because something in the text is not as usual.
    User(Box<User>),
}

/// What is looked at of an object.
#[derive(Debug, Default)]
pub struct Parts<'k> {
    properties: [Option<Scalar<'k>>; Property::ALL.len()],
    /// Numbers by type, in the order of the object.
    phones: Vec<(Cow<'k, str>, Scalar<'k>)>,
    extensions: Vec<(Cow<'k, str>, Scalar<'k>)>,
    is_unusual: bool,
}

/// A value that is neither a list nor an object.
#[derive(Clone, Debug, Default, PartialEq)]
enum Scalar<'k> {
    #[default]
    Null,
    Bool(bool),
    Text(Cow<'k, str>),
    /// Anything else.
    Unusual,
}

impl KnownUser {
    /// The user at first sight; `None` if the tenant lacks him or the text is no user.
    pub fn glance(&self) -> Option<Glance<'_>> {
        if self.gone_at.is_some() {
            return None;
        }
        let mut parts = Box::<Parts<'_>>::default();
        let mut text = serde_json::Deserializer::from_str(&self.object);
        let is_read = text.deserialize_map(ObjectOf(&mut parts)).is_ok() && text.end().is_ok();
        match is_read && !parts.is_unusual && parts.user_id().is_some() {
            true => Some(Glance::Text(parts, self)),
            false => self.user().map(|user| Glance::User(Box::new(user))),
        }
    }
}

impl Parts<'_> {
    fn user_id(&self) -> Option<&str> {
        match &self.properties[Property::UserID as usize] {
            Some(Scalar::Text(id)) if !id.is_empty() => Some(id),
            _ => None,
        }
    }

    fn scalar(&self, field: &Field) -> Option<&Scalar<'_>> {
        let named = |list: &'_ [(Cow<'_, str>, Scalar<'_>)], name: &str| {
            list.iter().position(|(other, _)| other == name)
        };
        match field {
            Field::Property(property) => self.properties[*property as usize].as_ref(),
            Field::Phone(kind) => Some(&self.phones[named(&self.phones, kind)?].1),
            Field::Extension(key) => Some(&self.extensions[named(&self.extensions, key)?].1),
        }
    }
}

/// As [`User::value`] reads it.
fn read<'v>(scalar: &'v Scalar<'_>, kind: Kind) -> Option<ValueRef<'v>> {
    match (scalar, kind) {
        (Scalar::Null | Scalar::Unusual, _) => None,
        (Scalar::Bool(flag), Kind::Bool) => Some(ValueRef::Bool(*flag)),
        (Scalar::Bool(flag), Kind::Text) => {
            Some(ValueRef::text(if *flag { "true" } else { "false" }))
        }
        (Scalar::Text(text), Kind::Bool) if text == "true" => Some(ValueRef::Bool(true)),
        (Scalar::Text(text), Kind::Bool) if text == "false" => Some(ValueRef::Bool(false)),
        (Scalar::Text(text), _) => (!text.is_empty()).then(|| ValueRef::text(text)),
    }
}

impl Listed for Glance<'_> {
    fn user_id(&self) -> &str {
        match self {
            Glance::Text(parts, known) => parts.user_id().unwrap_or(&known.user_id),
            Glance::User(user) => user.user_id(),
        }
    }

    fn value(&self, field: &Field) -> Option<ValueRef<'_>> {
        match self {
            Glance::Text(parts, _) => read(parts.scalar(field)?, field.kind()),
            Glance::User(user) => user.value(field),
        }
    }

    /// Nobody asks: what the lists have shown of the tenant is stored as a whole.
    fn each_property(&self, _take: &mut dyn FnMut(&str)) {}

    fn into_user(self) -> User {
        match self {
            Glance::Text(_, known) => known.user().expect("the text was read as a user"),
            Glance::User(user) => *user,
        }
    }

    fn keep(self) -> Kept {
        Kept::User(Box::new(self.into_user()))
    }
}

/// Reads an object into its parts.
struct ObjectOf<'p, 'k>(&'p mut Parts<'k>);

impl<'k> Visitor<'k> for ObjectOf<'_, 'k> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'k>>(self, mut map: A) -> Result<(), A::Error> {
        let parts = self.0;
        while let Some(name) = map.next_key_seed(Word)? {
            if let Some(property) = Property::spelled(&name) {
                let value = map.next_value_seed(Value)?;
                parts.is_unusual |= value == Scalar::Unusual;
                parts.properties[property as usize] = Some(value);
            } else if name == "Phones" {
                parts.phones.clear();
                parts.is_unusual |= !map.next_value_seed(Phones(&mut parts.phones))?;
            } else if name == "Extensions" {
                parts.extensions.clear();
                parts.is_unusual |= !map.next_value_seed(Extensions(&mut parts.extensions))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let lists = parts.phones.iter().chain(&parts.extensions);
        let mut scalars = lists.map(|(_, scalar)| scalar);
        parts.is_unusual |= scalars.any(|scalar| *scalar == Scalar::Unusual);
        Ok(())
    }
}

/// A text, borrowed where it stands as it is.
struct Word;

impl<'k> DeserializeSeed<'k> for Word {
    type Value = Cow<'k, str>;

    fn deserialize<D: Deserializer<'k>>(self, from: D) -> Result<Cow<'k, str>, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'k> Visitor<'k> for Word {
    type Value = Cow<'k, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'k str) -> Result<Cow<'k, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'k, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Any value, of which only a scalar is kept.
struct Value;

impl<'k> DeserializeSeed<'k> for Value {
    type Value = Scalar<'k>;

    fn deserialize<D: Deserializer<'k>>(self, from: D) -> Result<Scalar<'k>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'k> Visitor<'k> for Value {
    type Value = Scalar<'k>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Scalar<'k>, E> {
        Ok(Scalar::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Scalar<'k>, E> {
        Ok(Scalar::Bool(flag))
    }

    fn visit_borrowed_str<E>(self, text: &'k str) -> Result<Scalar<'k>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'k>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    // A number comes so, too: it keeps its digits.
    fn visit_map<A: MapAccess<'k>>(self, mut map: A) -> Result<Scalar<'k>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unusual)
    }

    fn visit_seq<A: SeqAccess<'k>>(self, mut list: A) -> Result<Scalar<'k>, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Unusual)
    }
}

type Named<'k> = Vec<(Cow<'k, str>, Scalar<'k>)>;

/// The entries of `Extensions`; no: it is something else.
struct Extensions<'p, 'k>(&'p mut Named<'k>);

impl<'k> DeserializeSeed<'k> for Extensions<'_, 'k> {
    type Value = bool;

    fn deserialize<D: Deserializer<'k>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'k> Visitor<'k> for Extensions<'_, 'k> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_map<A: MapAccess<'k>>(self, mut map: A) -> Result<bool, A::Error> {
        while let Some(name) = map.next_key_seed(Word)? {
            let value = map.next_value_seed(Value)?;
            // Of a key that stands twice the last value counts.
            self.0.retain(|(other, _)| *other != name);
            self.0.push((name, value));
        }
        Ok(true)
    }
}

/// The entries of `Phones`.
struct Phones<'p, 'k>(&'p mut Named<'k>);

impl<'k> DeserializeSeed<'k> for Phones<'_, 'k> {
    type Value = bool;

    fn deserialize<D: Deserializer<'k>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'k> Visitor<'k> for Phones<'_, 'k> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or null")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'k>>(self, mut list: A) -> Result<bool, A::Error> {
        let mut are_usual = true;
        while let Some(is_usual) = list.next_element_seed(Phone(self.0))? {
            are_usual &= is_usual;
        }
        Ok(are_usual)
    }
}

/// One entry of `Phones`.
struct Phone<'p, 'k>(&'p mut Named<'k>);

impl<'k> DeserializeSeed<'k> for Phone<'_, 'k> {
    type Value = bool;

    fn deserialize<D: Deserializer<'k>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'k> Visitor<'k> for Phone<'_, 'k> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a phone")
    }

    fn visit_map<A: MapAccess<'k>>(self, mut map: A) -> Result<bool, A::Error> {
        let (mut kind, mut number) = (Scalar::Null, Scalar::Null);
        while let Some(name) = map.next_key_seed(Word)? {
            let value = map.next_value_seed(Value)?;
            match &*name {
                "PhoneType" => kind = value,
                "PhoneNum" => number = value,
                _ => {}
            }
        }
        let Scalar::Text(kind) = kind else {
            return Ok(kind == Scalar::Null);
        };
        self.0.push((kind, number));
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
