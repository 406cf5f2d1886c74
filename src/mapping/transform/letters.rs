//! Letters in another form: composed, or without what stands above, below and across them.

use std::borrow::Cow;

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text in Unicode's composed form (NFC).
pub fn nfc(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_nfc(&text) {
        return text;
    }
    Cow::Owned(text.nfc().collect())
}

/// The text without diacritics: marks are left out, and letters that Unicode does not take apart are written in
/// ASCII as is usual. Letters of other scripts stay.
pub fn without_diacritics(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.is_ascii() {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    for letter in text.nfd().filter(|letter| !is_combining_mark(*letter)) {
        match WHOLE_LETTERS.iter().find(|(whole, _)| *whole == letter) {
            Some((_, written)) => plain.push_str(written),
            None => plain.push(letter),
        }
    }
    // Hangul and the like were only taken apart to look at them.
    Cow::Owned(plain.nfc().collect())
}

/// Letters that have no decomposition in Unicode.
const WHOLE_LETTERS: [(char, &str); 24] = [
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('æ', "ae"),
    ('Æ', "AE"),
    ('œ', "oe"),
    ('Œ', "OE"),
    ('ø', "o"),
    ('Ø', "O"),
    ('đ', "d"),
    ('Đ', "D"),
    ('ð', "d"),
    ('Ð', "D"),
    ('þ', "th"),
    ('Þ', "TH"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ı', "i"),
    ('ħ', "h"),
    ('Ħ', "H"),
    ('ŧ', "t"),
    ('Ŧ', "T"),
    ('ĸ', "k"),
    ('ŋ', "n"),
    ('Ŋ', "N"),
];
