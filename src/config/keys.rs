//! Every key of the configuration as data: what `config show` lists, what editors check by, and what the manual says.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;
use serde_json::{Value as Json, json};

/// One key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its section, such as `tenant.auth`.
    pub section: String,
    /// Its name.
    pub name: String,
    /// What may stand there, as `keys.toml` says it.
    pub kind: String,
    /// What holds if it is left out, as it would be written; `None`: nothing.
    pub default: Option<String>,
    /// What it says.
    pub about: String,
}

#[derive(Deserialize)]
struct Table {
    keys: Vec<[String; 5]>,
    free: Vec<[String; 2]>,
}

fn table() -> Table {
    toml::from_str(include_str!("keys.toml")).expect("a table of our own, read by every test")
}

/// All keys, section by section.
pub fn keys() -> Vec<Key> {
    let keys = table().keys.into_iter();
    keys.map(|[section, name, kind, default, about]| Key {
        section,
        name,
        kind,
        default: (!default.is_empty()).then_some(default),
        about,
    })
    .collect()
}

/// The JSON Schema (2020-12) of `crewsync.toml`, for editors.
pub fn schema() -> Json {
    let mut sections: BTreeMap<String, Json> = BTreeMap::new();
    for key in keys() {
        let of_key = of_kind(&key);
        let (outer, inner) = match key.section.split_once('.') {
            Some((outer, inner)) => (outer.to_owned(), Some(inner.to_owned())),
            None => (key.section.clone(), None),
        };
        let section = sections.entry(outer).or_insert_with(closed);
        let properties = &mut section["properties"];
        match inner {
            None => properties[&key.name] = of_key,
            Some(inner) => {
                if properties.get(&inner).is_none() {
                    properties[&inner] = closed();
                }
                properties[&inner]["properties"][&key.name] = of_key;
            }
        }
    }
    let mut properties: serde_json::Map<String, Json> = sections.into_iter().collect();
    for [section, about] in table().free {
        let about = about.replace("[mapping.md](mapping.md)", "docs/mapping.md");
        properties.insert(section, json!({"type": "object", "description": about}));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "crewsync.toml",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn closed() -> Json {
    json!({"type": "object", "additionalProperties": false, "properties": {}})
}

fn of_kind(key: &Key) -> Json {
    let mut schema = match key.kind.as_str() {
        "text" => json!({"type": "string"}),
        "flag" => json!({"type": "boolean"}),
        "number" => json!({"type": "integer", "minimum": 0}),
        "texts" => {
            json!({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]})
        }
        "limit" => {
            json!({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^(off|[0-9]+ *%)$"}]})
        }
        "switch" => json!({"enum": ["on", "off"]}),
        "table" => json!({"type": ["string", "object"]}),
        words => json!({"enum": words.split('|').collect::<Vec<_>>()}),
    };
    schema["description"] = key.about.clone().into();
    schema
}

/// The manual: a table for each section.
pub fn manual() -> String {
    let mut out = String::from(
        "# The configuration: every key of `crewsync.toml`\n\n\
        An option wins over the environment (`CREWSYNC_…`), that over the chosen profile, that over the rest of the file, and that over the\n\
        defaults. A key that is not here is an error. Paths stand relative to the file. `crewsync config show --origin` tells what holds and where\n\
        it comes from; `crewsync config schema` prints a JSON Schema for editors. [samples/crewsync.toml](../samples/crewsync.toml) is an example.\n\n\
        Made by `crewsync config manual`.\n",
    );
    let mut section = String::new();
    for key in keys() {
        if key.section != section {
            section.clone_from(&key.section);
            let _ = write!(
                out,
                "\n## `[{section}]`\n\n| key | takes | if left out | says |\n|---|---|---|---|\n"
            );
        }
        let default = key.default.as_deref().map(|default| format!("`{default}`"));
        let cell = |text: &str| text.replace('|', "\\|");
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} |",
            key.name,
            cell(&words_of(&key.kind)),
            cell(&default.unwrap_or_default()),
            cell(&key.about)
        );
    }
    out.push_str("\n## Sections of names\n\n| section | says |\n|---|---|\n");
    for [section, about] in table().free {
        let _ = writeln!(out, "| `[{section}]` | {about} |");
    }
    out
}

fn words_of(kind: &str) -> String {
    match kind {
        "text" => "text".to_owned(),
        "flag" => "`true` or `false`".to_owned(),
        "number" => "a whole number".to_owned(),
        "texts" => "a list of texts".to_owned(),
        "limit" => "a number, a share such as `\"3%\"`, or `\"off\"`".to_owned(),
        "switch" => "`\"on\"` or `\"off\"`".to_owned(),
        "table" => "see there".to_owned(),
        words => {
            let words: Vec<String> = words
                .split('|')
                .map(|word| format!("`\"{word}\"`"))
                .collect();
            words.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::file::Sections;

    /// The keys of a section as the reader of the file names them.
    fn accepted(section: &str) -> BTreeSet<String> {
        let text = format!("[{section}]\nno_such_key = 1\n");
        let error = toml::from_str::<Sections>(&text).unwrap_err();
        let names = error.message().split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn the_table_holds_what_the_file_may_say_and_nothing_else() {
        let mut sections: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for key in keys() {
            sections.entry(key.section).or_default().insert(key.name);
        }
        for (section, named) in &sections {
            let mut accepted = accepted(section);
            // Sections within sections have rows of their own.
            accepted.retain(|key| !sections.contains_key(&format!("{section}.{key}")));
            assert_eq!(*named, accepted, "[{section}]");
        }
        let error = toml::from_str::<Sections>("no_such_section = 1").unwrap_err();
        let known: BTreeSet<String> = error
            .message()
            .split('`')
            .skip(3)
            .step_by(2)
            .map(str::to_owned)
            .collect();
        let free = table().free.into_iter().map(|[section, _]| section);
        let outer = sections
            .into_keys()
            .filter(|section| !section.contains('.'));
        assert_eq!(outer.chain(free).collect::<BTreeSet<String>>(), known);
    }

    #[test]
    fn each_default_may_be_written() {
        for key in keys() {
            if let Some(default) = &key.default {
                let text = format!("[{}]\n{} = {default}\n", key.section, key.name);
                toml::from_str::<Sections>(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
            }
        }
    }

    #[test]
    fn the_schema_is_the_one_that_is_made_from_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/crewsync.schema.json");
        let written = std::fs::read_to_string(path).unwrap();
        let made = format!("{:#}\n", schema());
        assert_eq!(
            written, made,
            "cargo run -- config schema > docs/crewsync.schema.json"
        );
    }

    #[test]
    fn the_manual_is_the_one_that_is_made_from_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
        let written = std::fs::read_to_string(path).unwrap();
        assert_eq!(
            written,
            manual(),
            "cargo run -- config manual > docs/configuration.md"
        );
    }
}
