//! Fenced blocks of a Markdown text, and the words of a command line.

/// A fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    pub language: String,
    pub lines: Vec<String>,
}

impl Block {
    /// Its command lines: what a backslash continues is one line, comments are left out.
    pub fn commands(&self) -> Vec<String> {
        let text = self.lines.join("\n").replace("\\\n", " ");
        let lines = text.lines().map(str::trim);
        let commands = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        commands.map(str::to_owned).collect()
    }
}

/// The fenced blocks, in order.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => {
                open = Some(Block {
                    language: language.trim().to_owned(),
                    lines: Vec::new(),
                });
            }
            (None, Some(block)) => block.lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    blocks
}

/// The words of a command line as a shell without variables sees them.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), closing) if open == closing => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    assert!(quote.is_none(), "a quote is not closed: {line}");
    words.extend(word);
    words
}

#[test]
fn blocks_and_words_are_found() {
    let text = "a\n```sh\n# why\none \\\n  two\n\nthree\n```\nb\n```\nfour\n```\n";
    let found = blocks(text);
    let languages: Vec<&str> = found.iter().map(|block| &*block.language).collect();
    assert_eq!(languages, ["sh", ""]);
    let commands: Vec<Vec<String>> = found[0].commands().iter().map(|line| words(line)).collect();
    assert_eq!(commands, [vec!["one", "two"], vec!["three"]]);
    let line = r#"curl -d '{"a": "b c"}' "x y"z ''"#;
    assert_eq!(words(line), ["curl", "-d", r#"{"a": "b c"}"#, "x yz", ""]);
}
