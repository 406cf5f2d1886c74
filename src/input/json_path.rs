//! `$.data.workers` → the keys that lead to the array of rows.

use std::sync::Arc;

/// The keys of a path such as `$.data.workers` or `$['data']['all workers'][*]`: the part of JSONPath
/// (RFC 9535) that names exactly one place. `None` if it is no such path, or names the whole document.
pub fn json_path(text: &str) -> Option<Arc<[String]>> {
    let mut rest = text.trim().strip_prefix('$')?;
    rest = rest.strip_suffix("[*]").unwrap_or(rest);
    let mut keys = Vec::new();
    while !rest.is_empty() {
        let (key, behind) = match rest.strip_prefix('.') {
            Some(dotted) => {
                let end = dotted.find(['.', '[']).unwrap_or(dotted.len());
                dotted.split_at(end)
            }
            None => quoted_key(rest)?,
        };
        if key.is_empty() || key.contains(['*', '?', '\'', '"', ']']) {
            return None;
        }
        keys.push(key.to_owned());
        rest = behind;
    }
    (!keys.is_empty()).then(|| keys.into())
}

fn quoted_key(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('[')?;
    let quote = inside
        .chars()
        .next()
        .filter(|letter| matches!(letter, '\'' | '"'))?;
    let (key, behind) = inside[1..].split_once(quote)?;
    Some((key, behind.strip_prefix(']')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_one_place() {
        let keys = |text| json_path(text).map(|keys| keys.join("/"));
        for (text, want) in [
            ("$.data.workers", "data/workers"),
            ("$.data", "data"),
            ("$['data']['all workers']", "data/all workers"),
            ("$.a[\"b.c\"].d[*]", "a/b.c/d"),
        ] {
            assert_eq!(keys(text).as_deref(), Some(want), "{text}");
        }
        for text in [
            "",
            "$",
            "data.workers",
            "$..workers",
            "$.a[0]",
            "$.*",
            "$['a'",
            "$.",
            "$[*]",
        ] {
            assert_eq!(keys(text), None, "{text}");
        }
    }
}
