//! What kinds of characters a text is made of, found in one pass: most rules can only be broken by a text that has
//! certain ones, so most cells are asked nothing at all.

use super::rules::Rule;

/// Kinds of characters, a bit each. Letters and digits of no concern have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters(u16);

impl Letters {
    /// Every text has these.
    pub const ANY: Letters = Letters(0);
    /// Anything but printable ASCII.
    pub const BEYOND: Letters = Letters(1);
    /// A space.
    pub const SPACE: Letters = Letters(1 << 1);
    /// A full stop.
    pub const DOT: Letters = Letters(1 << 2);
    /// A number sign.
    pub const HASH: Letters = Letters(1 << 3);
    /// A capital E.
    pub const CAPITAL_E: Letters = Letters(1 << 4);
    /// A plus sign.
    pub const PLUS: Letters = Letters(1 << 5);
    /// A hyphen.
    pub const DASH: Letters = Letters(1 << 6);
    /// A plain quote, single or double.
    pub const QUOTE: Letters = Letters(1 << 7);
    /// A question mark.
    pub const QUESTION: Letters = Letters(1 << 8);
    /// A backslash.
    pub const BACKSLASH: Letters = Letters(1 << 9);
    /// An ampersand.
    pub const AMPERSAND: Letters = Letters(1 << 10);
    /// A small letter.
    pub const SMALL: Letters = Letters(1 << 11);
    /// A colon.
    pub const COLON: Letters = Letters(1 << 12);
    /// A digit.
    pub const DIGIT: Letters = Letters(1 << 13);

    /// Both kinds.
    pub const fn and(self, other: Letters) -> Letters {
        Letters(self.0 | other.0)
    }

    /// Whether there are all of these kinds.
    pub const fn has(self, all: Letters) -> bool {
        self.0 & all.0 == all.0
    }

    /// The kinds of characters in a text.
    pub fn of(text: &str) -> Letters {
        let kinds = text.bytes().map(|byte| KINDS[usize::from(byte)]);
        Letters(kinds.fold(0, |all, kind| all | kind))
    }

    /// Whether a text of them may break that rule.
    pub fn may_break(self, rule: &Rule) -> bool {
        rule.needs.iter().any(|needed| self.has(*needed))
    }
}

/// The kind of each byte.
const KINDS: [u16; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let kind = match byte as u8 {
            b' ' => Letters::SPACE,
            b'.' => Letters::DOT,
            b'#' => Letters::HASH,
            b'E' => Letters::CAPITAL_E,
            b'+' => Letters::PLUS,
            b'-' => Letters::DASH,
            b'"' | b'\'' => Letters::QUOTE,
            b'?' => Letters::QUESTION,
            b'\\' => Letters::BACKSLASH,
            b'&' => Letters::AMPERSAND,
            b'a'..=b'z' => Letters::SMALL,
            b':' => Letters::COLON,
            b'0'..=b'9' => Letters::DIGIT,
            b'!'..=b'~' => Letters::ANY,
            _ => Letters::BEYOND,
        };
        kinds[byte] = kind.0;
        byte += 1;
    }
    kinds
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_kinds_of_all_its_characters() {
        assert_eq!(Letters::of(""), Letters::ANY);
        assert_eq!(Letters::of("ABC/%"), Letters::ANY);
        let mixed = Letters::of("a.b-1");
        assert!(mixed.has(Letters::SMALL.and(Letters::DOT)) && mixed.has(Letters::DIGIT));
        assert!(!mixed.has(Letters::SMALL.and(Letters::COLON)));
        for beyond in ["é", "\t", "\u{7f}", "\u{2028}"] {
            assert_eq!(Letters::of(beyond), Letters::BEYOND);
        }
    }
}
