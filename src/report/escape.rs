//! Foreign text → text that cannot steer a terminal, hide or reorder anything.

use std::borrow::Cow;

/// The text with everything invisible or steering written out: control characters (ANSI sequences begin with
/// one), line ends, bidirectional marks, zero-width characters, unusual blanks. `\n`, `\r`, `\t`, else `\u{…}`.
/// A backslash is doubled only where it could be taken for the start of such an escape.
pub fn escape(text: &str) -> Cow<'_, str> {
    if text
        .bytes()
        .all(|byte| (b' '..0x7f).contains(&byte) && byte != b'\\')
    {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            '\\' => match characters.peek() {
                Some('n' | 'r' | 't' | 'u' | '"' | '\\') | None => escaped.push_str("\\\\"),
                _ => escaped.push('\\'),
            },
            hidden if is_hidden(hidden) => {
                escaped.push_str(&format!("\\u{{{:x}}}", u32::from(hidden)));
            }
            plain => escaped.push(plain),
        }
    }
    Cow::Owned(escaped)
}

/// The text escaped, in quotation marks, so that blanks at its ends show. More than `chars_max` characters are
/// cut, and the number of all of them follows.
pub fn quote(text: &str, chars_max: usize) -> String {
    quote_from(text, 0, chars_max)
}

/// Like [`quote`], but what is shown begins at that character, with a mark before it.
pub(super) fn quote_from(text: &str, start: usize, chars_max: usize) -> String {
    let total = text.chars().count();
    let shown: String = text.chars().skip(start).take(chars_max).collect();
    let escaped = escape(&shown).replace('"', "\\\"");
    let before = if start > 0 { "…" } else { "" };
    if start + chars_max >= total {
        return format!("\"{before}{escaped}\"");
    }
    format!(
        "\"{before}{escaped}…\" ({} characters)",
        super::words::count(total as u64)
    )
}

fn is_hidden(character: char) -> bool {
    let white = character.is_whitespace() && character != ' ';
    character.is_control()
        || white
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["", "Zoë Łódź 李", "a b", "CORP\\ada", "it's"] {
            assert_eq!(escape(text), text);
        }
    }

    #[test]
    fn what_hides_or_steers_is_written_out() {
        for (text, want) in [
            ("a\x1b[31mred\x07", "a\\u{1b}[31mred\\u{7}"),
            ("two\r\nlines\t", "two\\r\\nlines\\t"),
            ("user\u{202e}gpj.exe", "user\\u{202e}gpj.exe"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("no-break\u{a0}blank", "no-break\\u{a0}blank"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\\new", "\\\\new"),
            ("\\", "\\\\"),
        ] {
            assert_eq!(escape(text), want);
        }
    }

    #[test]
    fn a_quoted_text_shows_its_ends_and_what_was_cut() {
        assert_eq!(quote(" a \"b\" ", 20), r#"" a \"b\" ""#);
        assert_eq!(quote("Łódź", 4), "\"Łódź\"");
        assert_eq!(quote("abcdef", 4), "\"abcd…\" (6 characters)");
        assert_eq!(quote_from("abcdef", 3, 10), "\"…def\"");
    }
}
