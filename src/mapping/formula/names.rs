//! The columns that a formula names: as words (`given_name`), or exactly (`row["Given Name"]`).

/// The variable under which columns are named exactly.
pub const ROW: &str = "row";

/// How a formula names a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// A word: the column of that name; else the only one whose letters and digits are those of the word, case and
    /// everything between them aside.
    Word(String),
    /// The column of exactly that name.
    Exact(String),
}

impl Name {
    /// As people would write it.
    pub fn text(&self) -> &str {
        match self {
            Name::Word(text) | Name::Exact(text) => text,
        }
    }
}

/// The names in a formula. `variables` are those that the engine found.
///
/// # Errors
/// What is wrong: `row` must be followed by the name of a column, so that it is known beforehand which ones are needed.
pub fn of<'v>(
    code: &str,
    variables: impl IntoIterator<Item = &'v str>,
) -> Result<Vec<Name>, String> {
    let mut names = Vec::new();
    for variable in variables {
        match variable {
            ROW => names.extend(exact_names(code)?.into_iter().map(Name::Exact)),
            // The engine's own function, not a column.
            "range" => {}
            word => names.push(Name::Word(word.to_owned())),
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// What of a template is code: the rest may hold quotes that mean nothing.
pub fn code_of_template(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let end = if rest[at..].starts_with("{{") {
            "}}"
        } else {
            "%}"
        };
        let inner = &rest[at + 2..];
        let length = inner.find(end).unwrap_or(inner.len());
        code.push_str(&inner[..length]);
        code.push(' ');
        rest = &inner[length..];
    }
    code
}

fn exact_names(text: &str) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = row_at(rest) {
        rest = rest[at + ROW.len()..].trim_start();
        let (name, after) = exact_name(rest).ok_or_else(|| {
            "`row` must be followed by the name of a column: row[\"Given Name\"]".to_owned()
        })?;
        names.push(name);
        rest = after;
    }
    Ok(names)
}

/// Where the word `row` begins, outside of quoted text and of other words.
fn row_at(text: &str) -> Option<usize> {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut quoted_by = None;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match quoted_by {
            Some(quote) if letter == quote && before != '\\' => quoted_by = None,
            Some(_) => {}
            None if matches!(letter, '"' | '\'') => quoted_by = Some(letter),
            None if !is_word(before) && before != '.' && text[at..].starts_with(ROW) => {
                let after = text[at + ROW.len()..].chars().next();
                if !after.is_some_and(is_word) {
                    return Some(at);
                }
            }
            None => {}
        }
        before = letter;
    }
    None
}

/// The name behind `row`, and what follows it.
fn exact_name(rest: &str) -> Option<(String, &str)> {
    if let Some(word) = rest.strip_prefix('.') {
        let end = word
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(word.len());
        return (end > 0).then(|| (word[..end].to_owned(), &word[end..]));
    }
    let inner = rest.strip_prefix('[')?.trim_start();
    let quote = inner
        .chars()
        .next()
        .filter(|letter| matches!(letter, '"' | '\''))?;
    let (name, after) = inner[1..].split_once(quote)?;
    let after = after.trim_start().strip_prefix(']')?;
    (!name.contains('\\') && !name.is_empty()).then(|| (name.to_owned(), after))
}
