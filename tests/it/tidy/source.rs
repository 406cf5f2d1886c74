//! A source file reduced to what the rules look at: its code without comments and literals, line by line,
//! and the paths that it names.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file.
pub struct Source {
    /// Its path in the package, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The text with comments, strings and characters blanked; line breaks stay.
    pub code: String,
    /// `code` without what stands under `#[cfg(test)]`; empty for a file of tests.
    pub shipped: String,
}

impl Source {
    /// Takes a text as the file at that path.
    pub fn new(path: &str, text: &str) -> Source {
        let code = without_comments_and_literals(text);
        let is_test =
            path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/");
        let shipped = match is_test {
            true => String::new(),
            false => without_tests(&code),
        };
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
            code,
            shipped,
        }
    }

    /// Every Rust file below these folders of the package.
    pub fn all(folders: &[&str]) -> Vec<Source> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in folders {
            collect(&root.join(folder), &mut files);
        }
        files.sort();
        let source = |file: &PathBuf| {
            let path = file.strip_prefix(root).expect("below the package");
            let text = fs::read_to_string(file).expect("a source file is readable UTF-8");
            Source::new(&path.to_string_lossy().replace('\\', "/"), &text)
        };
        files.iter().map(source).collect()
    }

    /// The module that the file is, from the crate's root: `src/a/mod.rs` and `src/a.rs` are `[a]`.
    pub fn module(&self) -> Vec<&str> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<&str> = path.split('/').collect();
        if matches!(module.last(), Some(&"mod" | &"lib" | &"main")) {
            module.pop();
        }
        module
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the package is readable") {
        let path = entry.expect("an entry is readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Every path that the code names, `use` trees written out: `use a::{b, c::d}` gives `a::b` and `a::c::d`.
pub fn paths(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (line, statement) in use_statements(code) {
        let mut expanded = Vec::new();
        expand("", &statement, &mut expanded);
        found.extend(expanded.into_iter().map(|path| (line, path)));
    }
    for (index, line) in code.lines().enumerate() {
        let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '!');
        let words = line
            .split(|c: char| !is_path(c))
            .filter(|word| word.contains("::") || word.ends_with('!'));
        found.extend(words.map(|word| (index + 1, word.trim_start_matches(':').to_owned())));
    }
    found
}

fn use_statements(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = find_word(&code[from..], "use").map(|at| at + from) {
        if !code[at + 3..].starts_with(char::is_whitespace) {
            from = at + 3; // `impl Trait + use<'a>`
            continue;
        }
        let end = code[at..].find(';').map_or(code.len(), |end| at + end);
        let tree: String = code[at + 3..end]
            .replace(" as ", " #")
            .split_whitespace()
            .collect();
        let line = code[..at].matches('\n').count() + 1;
        found.push((line, tree));
        from = end;
    }
    found
}

fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        let path = tree.split('#').next().unwrap_or_default();
        found.push(format!("{prefix}{path}").trim_start_matches(':').to_owned());
        return;
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inner = tree[open + 1..]
        .strip_suffix('}')
        .unwrap_or(&tree[open + 1..]);
    let mut depth = 0;
    let mut start = 0;
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if start < at {
                    expand(&prefix, &inner[start..at], found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// Where that word first stands by itself.
pub fn find_word(code: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).map(|(at, _)| at).find(|at| {
        !code[..*at].chars().next_back().is_some_and(is_part)
            && !code[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

/// The end of the block (or of the item without one) that begins at or after `from`.
pub fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0;
    let mut nested = 0;
    for (at, c) in code[from..].char_indices() {
        match c {
            '{' => depth += 1,
            '(' | '[' => nested += 1,
            ')' | ']' => nested -= 1,
            '}' if depth <= 1 => return from + at,
            '}' => depth -= 1,
            ';' if depth == 0 && nested == 0 => return from + at,
            _ => {}
        }
    }
    code.len()
}

fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut shipped = code.to_owned();
    while let Some(at) = shipped.find(MARK) {
        let end = item_end(&shipped, at + MARK.len());
        let end = (end + 1).min(shipped.len());
        blank(&mut shipped, at, end);
    }
    shipped
}

fn blank(text: &mut String, from: usize, to: usize) {
    let blanked: String = text[from..to]
        .chars()
        .map(|c| if c == '\n' { '\n' } else { ' ' })
        .collect();
    text.replace_range(from..to, &blanked);
}

fn without_comments_and_literals(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let before = code.chars().next_back().unwrap_or(' ');
        let skip = literal_len(rest, before);
        if skip == 0 {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        code.extend(
            rest[..skip]
                .chars()
                .map(|c| if c == '\n' { '\n' } else { ' ' }),
        );
        rest = &rest[skip..];
    }
    code
}

/// Bytes of the comment or literal that `rest` begins with; 0 if it begins with code.
fn literal_len(rest: &str, before: char) -> usize {
    let until = |end: &str, from: usize| {
        rest[from..]
            .find(end)
            .map_or(rest.len(), |at| from + at + end.len())
    };
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return until("*/", 2);
    }
    if rest.starts_with('"') {
        return string_len(rest);
    }
    let in_word = before.is_alphanumeric() || before == '_';
    if !in_word && (rest.starts_with("r\"") || rest.starts_with("r#") || rest.starts_with("br")) {
        let raw = rest.trim_start_matches('b').strip_prefix('r').unwrap_or("");
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let open = rest.len() - raw.len() + hashes + 1;
            return until(&format!("\"{}", "#".repeat(hashes)), open);
        }
    }
    if rest.starts_with('\'') {
        char_len(rest)
    } else {
        0
    }
}

fn string_len(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// A character literal, not a lifetime.
fn char_len(rest: &str) -> usize {
    let mut chars = rest.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let from = at + escaped.len_utf8();
            rest[from..].find('\'').map_or(0, |end| from + end + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_without_literals_stays_as_it_is() {
        let text = "fn a<'x>(b: &'x str) -> u8 { b[0] }\n";
        assert_eq!(without_comments_and_literals(text), text);
    }

    #[test]
    fn comments_and_literals_are_blanked_and_lines_stay() {
        for literal in [
            "// { x",
            "/* { \n x */",
            "\"{ \\\" x\"",
            "r#\"{ \" x\"#",
            "b\"{ x\"",
            "br\"{ x\"",
            "'{'",
            "'\\''",
            "'\\u{7b}'",
        ] {
            let code = without_comments_and_literals(&format!("a {literal}\nb"));
            assert!(!code.contains(['{', 'x', '\'', '"']), "{literal}: {code}");
            assert!(
                code.starts_with("a ") && code.ends_with("\nb"),
                "{literal}: {code}"
            );
        }
    }

    #[test]
    fn use_trees_are_written_out() {
        let code = "use std::{env, io::{self, Read as R}};\nlet a = crate::api::X;";
        let named: Vec<String> = paths(code).into_iter().map(|(_, path)| path).collect();
        for path in [
            "std::env",
            "std::io::self",
            "std::io::Read",
            "crate::api::X",
        ] {
            assert!(
                named.iter().any(|named| named == path),
                "{path} in {named:?}"
            );
        }
    }

    #[test]
    fn what_stands_under_cfg_test_is_not_shipped() {
        let source = Source::new(
            "src/a.rs",
            "fn a() {}\n#[cfg(test)]\nmod tests { fn b() {} }\nfn c() {}\n",
        );
        assert!(source.shipped.contains("fn a") && source.shipped.contains("fn c"));
        assert!(!source.shipped.contains("fn b"));
        assert_eq!(source.shipped.lines().count(), source.code.lines().count());
    }
}
