//! The query's small language: `filter=field:value,…` and `q=term::in:field,field`, judged on one object.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::model::Field;

/// Names in the vendor's filters that differ from the User object's.
const OTHER_NAMES: [(&str, &str); 2] = [
    ("StorageLocation", "StorageLocationID"),
    ("UserStatus", "Status"),
];

/// `field:value,field:value`: all must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Filter {
    terms: Vec<(String, String)>,
}

impl Filter {
    /// Whether the object passes. Values are compared exactly; a boolean reads `true` or `false`.
    pub fn admits(&self, object: &Map<String, Json>) -> bool {
        self.terms
            .iter()
            .all(|(name, wanted)| text_of(object, name) == *wanted)
    }
}

impl TryFrom<String> for Filter {
    type Error = String;

    fn try_from(text: String) -> Result<Filter, String> {
        text.split(',')
            .filter(|term| !term.is_empty())
            .map(|term| match term.split_once(':') {
                Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
                _ => Err(format!("\"{term}\" is not field:value")),
            })
            .collect::<Result<_, _>>()
            .map(|terms| Filter { terms })
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> String {
        let terms: Vec<_> = filter
            .terms
            .iter()
            .map(|(name, value)| format!("{name}:{value}"))
            .collect();
        terms.join(",")
    }
}

/// `term::in:field,field`, or `term` alone: in any text. Case aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    term: String,
    fields: Vec<String>,
}

impl Search {
    /// Reads the value of `q`.
    pub fn parse(text: &str) -> Search {
        let (term, fields) = text.split_once("::in:").unwrap_or((text, ""));
        Search {
            term: term.to_lowercase(),
            fields: fields
                .split(',')
                .filter(|field| !field.is_empty())
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Whether one of the fields contains the term.
    pub fn finds(&self, object: &Map<String, Json>) -> bool {
        let holds = |text: &str| text.to_lowercase().contains(&self.term);
        if self.fields.is_empty() {
            return object.values().filter_map(Json::as_str).any(holds);
        }
        self.fields
            .iter()
            .any(|field| holds(&text_of(object, field)))
    }
}

/// A field as text: a property (its other names too), `Phones.<type>`, `Extensions.<key>`, or any unknown
/// property. Blank is "".
pub fn text_of(object: &Map<String, Json>, name: &str) -> String {
    let name = OTHER_NAMES
        .iter()
        .find(|(other, _)| *other == name)
        .map_or(name, |(_, name)| name);
    let value = match Field::named(name) {
        Some(Field::Property(property)) => object.get(property.name()),
        Some(Field::Extension(key)) => object.get("Extensions").and_then(|all| all.get(&*key)),
        Some(Field::Phone(kind)) => phone(object, &kind),
        None => object.get(name),
    };
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn phone<'a>(object: &'a Map<String, Json>, kind: &str) -> Option<&'a Json> {
    let phones = object.get("Phones")?.as_array()?;
    let of_kind = |phone: &&Json| phone.get("PhoneType").and_then(Json::as_str) == Some(kind);
    phones.iter().find(of_kind)?.get("PhoneNum")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_terms_of_a_filter_must_hold() {
        let object = object();
        for (filter, admits) in [
            ("", true),
            ("Activated:true", true),
            ("Activated:true,LastName:Ek", true),
            ("Activated:true,LastName:ek", false),
            ("StorageLocation:VAN-1", true),
            ("Phones.Mobile:1", true),
            ("Extensions.Team:a:b", true),
            ("WorkCenter:", true),
            ("Email:", true),
            ("Email:x", false),
        ] {
            let filter_read = Filter::try_from(filter.to_owned()).unwrap();
            assert_eq!(filter_read.admits(&object), admits, "{filter}");
            assert_eq!(String::from(filter_read), filter);
        }
        assert!(Filter::try_from("Activated".to_owned()).is_err());
    }

    #[test]
    fn a_search_looks_into_the_fields_named_or_into_all() {
        for (q, finds) in [
            ("ek", true),
            ("ek::in:FirstName", false),
            ("EK::in:FirstName,LastName", true),
            ("nobody", false),
        ] {
            assert_eq!(Search::parse(q).finds(&object()), finds, "{q}");
        }
    }

    fn object() -> Map<String, Json> {
        serde_json::from_str(
            r#"{"UserID":"a","Activated":true,"LastName":"Ek","StorageLocationID":"VAN-1","Email":"",
                "Phones":[{"PhoneNum":"1","PhoneType":"Mobile"}],"Extensions":{"Team":"a:b"}}"#,
        )
        .unwrap()
    }
}
