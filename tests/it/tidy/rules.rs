//! Sizes, names and words that hold for all code, tests included.

use super::source::{Source, find_word, item_end, paths};

const FILE_LINES_MAX: usize = 400;
const THIN_FILE_LINES_MAX: usize = 60;
const FUNCTION_LINES_MAX: usize = 70;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 8] = [
    "utils", "util", "helpers", "helper", "misc", "common", "manager", "managers",
];

/// No file is too long; the commands and main.rs are thin.
pub fn file_sizes(source: &Source) -> Vec<String> {
    let is_thin = source.path == "src/main.rs" || source.path.starts_with("src/commands/");
    let lines_max = if is_thin {
        THIN_FILE_LINES_MAX
    } else {
        FILE_LINES_MAX
    };
    let lines = source.text.lines().count();
    match lines > lines_max {
        true => vec![format!(
            "{}:1: {lines} lines, {lines_max} are the most",
            source.path
        )],
        false => Vec::new(),
    }
}

/// No function is too long, from `fn` to its closing brace.
pub fn function_sizes(source: &Source) -> Vec<String> {
    let code = &source.code;
    let mut findings = Vec::new();
    let mut from = 0;
    while let Some(at) = find_word(&code[from..], "fn").map(|at| at + from) {
        from = at + 2;
        let name: String = code[from..]
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if name.is_empty() {
            continue; // the type of a function
        }
        let lines = code[at..item_end(code, at)].matches('\n').count() + 1;
        if lines > FUNCTION_LINES_MAX {
            let line = code[..at].matches('\n').count() + 1;
            findings.push(format!(
                "{}:{line}: fn {name} has {lines} lines, {FUNCTION_LINES_MAX} are the most",
                source.path
            ));
        }
    }
    findings
}

/// Files, folders, modules and types are named for what they are.
pub fn names(source: &Source) -> Vec<String> {
    let says_nothing = |name: &str| EMPTY_NAMES.contains(&name.to_ascii_lowercase().as_str());
    let parts = source
        .path
        .trim_end_matches(".rs")
        .split('/')
        .map(|part| (1, part.to_owned()));
    let mut names: Vec<(usize, String)> = parts.collect();
    for (index, line) in source.code.lines().enumerate() {
        let mut words = line.split_whitespace();
        let Some(keyword) =
            words.find(|word| ["mod", "struct", "enum", "trait", "type"].contains(word))
        else {
            continue;
        };
        let name = words.next().unwrap_or_default();
        let name: String = name
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let last_word = name.rfind(char::is_uppercase).map_or("", |at| &name[at..]);
        match keyword {
            "mod" => names.push((index + 1, name)),
            _ if says_nothing(last_word) => names.push((index + 1, name)),
            _ => {}
        }
    }
    names
        .into_iter()
        .filter(|(_, name)| says_nothing(name) || name.starts_with(char::is_uppercase))
        .map(|(line, name)| format!("{}:{line}: the name {name} says nothing", source.path))
        .collect()
}

/// Nothing is left undone, skipped, or waited for by sleeping.
pub fn unfinished(source: &Source) -> Vec<String> {
    const MACROS: [&str; 3] = ["todo!", "unimplemented!", "dbg!"];
    let finding = |line: usize, what: &str| format!("{}:{line}: {what} must not stay", source.path);
    let mut findings = Vec::new();
    for (line, path) in paths(&source.code) {
        if MACROS.contains(&path.as_str()) || path.ends_with("thread::sleep") {
            findings.push(finding(line, &path));
        }
    }
    for (index, line) in source.code.lines().enumerate() {
        let attribute: String = line.split_whitespace().collect();
        if attribute.contains("#[ignore")
            || attribute.contains(",ignore") && attribute.contains("cfg_attr")
        {
            findings.push(finding(index + 1, "#[ignore]"));
        }
    }
    findings
}

/// The map in lib.rs names every module.
pub fn map(source: &Source) -> Vec<String> {
    if source.path != "src/lib.rs" {
        return Vec::new();
    }
    let map: String = source
        .text
        .lines()
        .filter(|line| line.starts_with("//!"))
        .collect();
    let modules = source.code.lines().enumerate().filter_map(|(index, line)| {
        let name = line.trim().strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some((index + 1, name))
    });
    modules
        .filter(|(_, name)| !map.contains(&format!("`{name}`")))
        .map(|(line, name)| {
            format!(
                "{}:{line}: {name} is not on the map at the top",
                source.path
            )
        })
        .collect()
}
