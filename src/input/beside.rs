//! What stands in a JSON document beside its rows: how many they are, and whether there are more of them elsewhere.

use std::sync::Arc;

use serde::de::IgnoredAny;
use serde_json::Value as Json;

/// What was met beside the rows so far.
#[derive(Debug, Default)]
pub(super) struct Beside {
    /// The keys that lead to the number of rows, if the person says so.
    total_path: Option<Arc<[String]>>,
    /// The number of rows that stands there.
    pub total: Option<u64>,
    /// The key of an address of further rows.
    pub next_page: Option<String>,
}

/// Keys under which services give the address of the next page, case aside.
const NEXT_PAGE: [&str; 8] = [
    "next",
    "nextLink",
    "@odata.nextLink",
    "odata.nextLink",
    "__next",
    "next_page",
    "nextPage",
    "next_url",
];

impl Beside {
    /// Nothing was met yet.
    pub(super) fn new(total_path: Option<Arc<[String]>>) -> Beside {
        Beside {
            total_path,
            ..Beside::default()
        }
    }

    /// Takes the value of a key in the object behind those keys: it must be sound.
    pub(super) fn take(
        &mut self,
        within: &[String],
        key: &str,
        value: &str,
    ) -> Result<(), serde_json::Error> {
        let is_next = NEXT_PAGE.iter().any(|next| next.eq_ignore_ascii_case(key));
        if is_next && value.starts_with('"') && value != "\"\"" {
            self.next_page = Some(key.to_owned());
        }
        let depth = within.len();
        let rest = self.total_path.as_deref().and_then(|path| {
            let leads = path.len() > depth && path[..depth] == *within && path[depth] == key;
            leads.then(|| &path[depth + 1..])
        });
        match rest {
            None => serde_json::from_str::<IgnoredAny>(value).map(drop),
            Some(rest) => {
                let value: Json = serde_json::from_str(value)?;
                self.total = rest
                    .iter()
                    .try_fold(&value, |value, key| value.get(key))
                    .and_then(whole_number);
                Ok(())
            }
        }
    }
}

/// Some services write it as a text.
fn whole_number(value: &Json) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_and_the_next_page_are_found_where_they_stand() {
        let path = |keys: &[&str]| -> Vec<String> { keys.iter().map(|&key| key.into()).collect() };
        for (total, within, key, value, want) in [
            (&["total"][..], &[][..], "total", "7", Some(7)),
            (&["total"], &[], "total", "\"7\"", Some(7)),
            (&["total"], &[], "total", "7.5", None),
            (&["total"], &[], "total", "null", None),
            (&["total"], &["data"], "total", "7", None),
            (&["data", "total"], &["data"], "total", "7", Some(7)),
            (
                &["meta", "page", "total"],
                &[],
                "meta",
                "{\"page\":{\"total\":7}}",
                Some(7),
            ),
            (&["meta", "total"], &[], "meta", "[7]", None),
        ] {
            let mut beside = Beside::new(Some(path(total).into()));
            beside.take(&path(within), key, value).unwrap();
            assert_eq!(beside.total, want, "{total:?} {key} {value}");
        }
        for (key, value, is_next) in [
            ("@odata.nextLink", "\"https://x.example/?skip=100\"", true),
            ("NEXT", "\"x\"", true),
            ("next", "null", false),
            ("next", "\"\"", false),
            ("text", "\"x\"", false),
        ] {
            let mut beside = Beside::new(None);
            beside.take(&[], key, value).unwrap();
            assert_eq!(beside.next_page.is_some(), is_next, "{key} {value}");
        }
        assert!(Beside::new(None).take(&[], "a", "{\"b\":}").is_err());
    }
}
