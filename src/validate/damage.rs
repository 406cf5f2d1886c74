//! What spreadsheets and wrong conversions do to values, as rules of the same kind as the others: they come
//! after them, so that a value that is wrong anyway is told once.

use super::letters::Letters;
use super::rules::{Rule, any, is_identifier, is_user_id};
use crate::model::{Field, Property, Severity};

/// Rules for values that were something else before they were saved.
pub const DAMAGE: [Rule; 9] = [
    Rule {
        code: "mojibake",
        severity: Severity::Error,
        on: any,
        is_broken: |_, text| is_mojibake(text),
        needs: &[Letters::BEYOND],
        message: "UTF-8 was read as another encoding and saved so (such as Ã© for é)",
        hint: "open and save the file as UTF-8, or export again without a spreadsheet in between",
    },
    Rule {
        code: "number_with_fraction",
        severity: Severity::Error,
        on: |field| is_user_id(field) || matches!(field, Field::Phone(_)),
        is_broken: |_, text| is_whole_number_with_fraction(text),
        needs: &[Letters::DOT.and(Letters::DIGIT)],
        message: "the number has a fraction of zero, so it was taken for a quantity on its way",
        hint: "let the export write it as text; a script may have read the column as numbers",
    },
    Rule {
        code: "date_for_code",
        severity: Severity::Warning,
        on: is_code,
        is_broken: |_, text| is_spreadsheet_date(text),
        needs: &[
            Letters::SMALL.and(Letters::DASH),
            Letters::SMALL.and(Letters::DOT).and(Letters::SPACE),
            Letters::COLON.and(Letters::DASH),
        ],
        message: "this reads like a code that a spreadsheet turned into a date",
        hint: "format the column as text before the file is saved, or import it as text",
    },
    Rule {
        code: "phone_as_number",
        severity: Severity::Warning,
        on: |field| matches!(field, Field::Phone(_)),
        is_broken: |_, text| is_phone_as_number(text),
        needs: &[Letters::DIGIT],
        message: "an international number without its plus: it may have been saved as a quantity",
        hint: "format the column as text, and write +49… or 0049…",
    },
    Rule {
        code: "smart_quote",
        severity: Severity::Warning,
        on: is_identifier,
        is_broken: |_, text| {
            text.contains(['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{201e}'])
        },
        needs: &[Letters::BEYOND],
        message: "a typographic quote stands where a plain one is usual",
        hint: "a word processor changed it; type it anew in the HR system",
    },
    Rule {
        code: "unusual_space",
        severity: Severity::Warning,
        on: |field| !is_identifier(field),
        is_broken: |_, text| text.contains(is_unusual_space),
        needs: &[Letters::BEYOND],
        message: "a non-breaking, zero-width or other unusual space stands in the text",
        hint: "it came with text that was copied from a web page or document; type it anew in the HR system",
    },
    Rule {
        code: "question_mark_in_name",
        severity: Severity::Warning,
        on: is_name,
        is_broken: |_, text| has_question_mark_for_letter(text),
        needs: &[Letters::QUESTION],
        message: "a question mark stands between letters: a letter may have been lost in a conversion",
        hint: "export again as UTF-8",
    },
    Rule {
        code: "quoted_value",
        severity: Severity::Warning,
        on: any,
        is_broken: |_, text| is_quoted(text),
        needs: &[Letters::QUOTE],
        message: "the whole value stands in quotes, which may belong to the file and not to the value",
        hint: "if so, say what encloses cells: --quote, or [source] quote",
    },
    Rule {
        code: "escape_in_name",
        severity: Severity::Warning,
        on: is_name,
        is_broken: |_, text| text.contains('\\') || has_html_entity(text),
        needs: &[Letters::BACKSLASH, Letters::AMPERSAND],
        message: "a backslash or an HTML entity stands in the name, so it may have been written for another program",
        hint: "let the export write the name itself: O'Neil, not O\\'Neil or O&#39;Neil",
    },
];

fn is_name(field: &Field) -> bool {
    matches!(
        field,
        Field::Property(Property::FirstName | Property::LastName)
    )
}

/// Fields that hold short codes.
fn is_code(field: &Field) -> bool {
    is_identifier(field) && *field != Field::Property(Property::Email)
}

/// Whether the letters beyond ASCII, written back in Windows-1252, are UTF-8: no text is so by chance.
fn is_mojibake(text: &str) -> bool {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match windows_1252(letter) {
            Some(byte) => bytes.push(byte),
            None => return false,
        }
    }
    std::str::from_utf8(&bytes).is_ok() && bytes.iter().any(|byte| *byte >= 0x80)
}

/// The byte of a letter in Windows-1252 (WHATWG index; its five undefined bytes stand for control characters).
fn windows_1252(letter: char) -> Option<u8> {
    const FROM_80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match u32::from(letter) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => {
            let at = FROM_80.iter().position(|other| *other == letter)?;
            u8::try_from(0x80 + at).ok()
        }
    }
}

/// `4711.0`: a whole number that went through a column of quantities.
fn is_whole_number_with_fraction(text: &str) -> bool {
    text.strip_suffix(".0")
        .is_some_and(|whole| !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `1-Mar`, `Mar-01`, `01-Mar-26`, `01. Mrz`, and a date with midnight behind it, exactly as spreadsheets write them.
fn is_spreadsheet_date(text: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    if text.len() < 5 || text.len() > 19 {
        return false;
    }
    let is_number = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_month = |part: &str| MONTHS.contains(&part);
    // A German spreadsheet makes it of 1-3.
    const GERMAN: [&str; 12] = [
        "Jan", "Feb", "Mrz", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez",
    ];
    let german = text.split_once(". ");
    if german
        .is_some_and(|(day, month)| day.len() == 2 && is_number(day, 2) && GERMAN.contains(&month))
    {
        return true;
    }
    let parts: Vec<&str> = text.split('-').collect();
    match parts[..] {
        [day, month] if is_month(month) => is_number(day, 2),
        [month, year] if is_month(month) => year.len() == 2 && is_number(year, 2),
        [day, month, year] if is_month(month) => is_number(day, 2) && is_number(year, 4),
        [year, month, rest] => {
            let midnight = rest.strip_suffix(" 00:00:00");
            is_number(year, 4)
                && is_number(month, 2)
                && midnight.is_some_and(|day| is_number(day, 2))
        }
        _ => false,
    }
}

/// Eleven to fifteen digits and nothing else, not beginning with zero: a country code without its plus.
fn is_phone_as_number(text: &str) -> bool {
    (11..=15).contains(&text.len())
        && !text.starts_with('0')
        && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_unusual_space(letter: char) -> bool {
    matches!(
        letter,
        '\u{a0}' | '\u{ad}' | '\u{2000}'
            ..='\u{200b}' | '\u{202f}' | '\u{205f}' | '\u{2060}' | '\u{3000}' | '\u{feff}'
    )
}

fn is_quoted(text: &str) -> bool {
    let mut letters = text.chars();
    match (letters.next(), letters.next_back()) {
        (Some(first), Some(last)) => first == last && matches!(first, '"' | '\''),
        _ => false,
    }
}

/// `&amp;`, `&#39;`, `&#xFC;`: how web pages write letters.
fn has_html_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|behind| {
        let name = behind.split(';').next().unwrap_or_default();
        let digits = name.trim_start_matches('#').trim_start_matches(['x', 'X']);
        let is_number = name.starts_with('#')
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_word = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        name.len() < behind.len() && (is_number || is_word)
    })
}

fn has_question_mark_for_letter(text: &str) -> bool {
    let mut parts = text.split('?').peekable();
    while let Some(before) = parts.next() {
        let is_letter_before = before.chars().next_back().is_some_and(char::is_alphabetic);
        let behind = parts.peek().and_then(|behind| behind.chars().next());
        if is_letter_before && behind.is_some_and(char::is_alphabetic) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(field: &str, text: &str) -> Vec<&'static str> {
        let field = Field::named(field).unwrap();
        let broken = DAMAGE.iter().filter(|rule| rule.breaks(&field, text));
        broken.map(|rule| rule.code).collect()
    }

    #[test]
    fn what_people_are_called_and_write_breaks_nothing() {
        for (field, text) in [
            ("LastName", "Lefèvre"),
            ("LastName", "São João"),
            ("LastName", "O’Neil"),
            ("LastName", "Ñandú Ærø"),
            ("LastName", "Łódź"),
            ("FirstName", "می\u{200c}نا"),
            ("LastName", "Why?"),
            ("UserID", "4711"),
            ("UserID", "1.0.0"),
            ("ServiceTeamID", "MAR-01"),
            ("ServiceTeamID", "2026-03-01"),
            ("Phones.Mobile", "+1 514 555 1008"),
            ("Phones.Mobile", "5145551008"),
            ("Extensions.Version", "2.0"),
            ("Extensions.Note", "caf\u{e9} 10 €"),
            ("LastName", "'t Hart"),
            ("LastName", "R&D; Ann"),
            ("AuthenticationID", "CORP\\roe"),
        ] {
            assert_eq!(codes(field, text), [""; 0], "{field} {text}");
        }
    }

    #[test]
    fn each_damage_is_found_at_every_place_of_the_text() {
        for (field, damaged, code) in [
            ("LastName", "Ã©", "mojibake"),
            ("LastName", "MÃ¼ller", "mojibake"),
            ("Extensions.Note", "â€™", "mojibake"),
            ("UserID", "JosÃ©", "mojibake"),
            ("LastName", "Å\u{81}ukasz", "mojibake"),
            ("UserID", "4711.0", "number_with_fraction"),
            ("Phones.Mobile", "491711234567.0", "number_with_fraction"),
            ("ServiceTeamID", "1-Mar", "date_for_code"),
            ("ServiceTeamID", "Mar-01", "date_for_code"),
            ("ServiceTeamID", "01. Mrz", "date_for_code"),
            ("UserID", "01-Sep-2026", "date_for_code"),
            ("StorageLocationID", "2026-03-01 00:00:00", "date_for_code"),
            ("Phones.Work", "491711234567", "phone_as_number"),
            ("AuthenticationID", "o’neil", "smart_quote"),
            ("LastName", "Roe\u{a0}", "unusual_space"),
            ("FirstName", "\u{200b}Ann", "unusual_space"),
            ("LastName", "M?ller", "question_mark_in_name"),
            ("UserID", "'T-4'", "quoted_value"),
            ("Extensions.Note", "\"a, b\"", "quoted_value"),
            ("LastName", "O\\'Neil", "escape_in_name"),
            ("LastName", "O&#39;Neil", "escape_in_name"),
            ("FirstName", "J&ouml;rg", "escape_in_name"),
            ("FirstName", "J&#xF6;rg", "escape_in_name"),
        ] {
            assert_eq!(codes(field, damaged), [code], "{field} {damaged}");
        }
        for text in ["Ã©lan", "caÃ©fe", "cafÃ©"] {
            assert_eq!(codes("LastName", text), ["mojibake"], "{text}");
        }
    }
}
