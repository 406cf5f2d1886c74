//! A number and the format of its cell → the text that a spreadsheet shows, as far as it bears on data.
//!
//! Leading zeros, fixed decimals and literal characters are shown (`00000`, `000-00-0000`, `"T-"0`); separators of
//! thousands are not, for they depend on the reader's language. A format that is not understood (fractions,
//! conditions, exponents) gives no text, so that the number itself is taken.

/// The text of a number under that format; `None` if the format is not understood.
pub(super) fn shown(value: f64, code: &str) -> Option<String> {
    let (section, is_signed) = section_for(value, code)?;
    let mut picture = Picture::of(section)?;
    if picture.slots == 0 {
        return None;
    }
    picture.scale(value.abs()).map(|text| match is_signed {
        true if value < 0.0 => format!("-{text}"),
        _ => text,
    })
}

/// The number itself, with the fifteen digits that a spreadsheet keeps. One that has more was rounded, and is written
/// as spreadsheets save it, so that it is not taken for an id.
pub(super) fn plain(value: f64) -> String {
    if value.abs() >= 1e15 {
        let text = format!("{value:.14E}");
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
        return format!("{mantissa}E+{exponent:0>2}");
    }
    if value == value.trunc() {
        // Adding nothing makes the negative zero an ordinary one.
        return format!("{:.0}", value + 0.0);
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    rounded.to_string()
}

/// The part of a format that is for such a value, and whether the sign is still to be shown.
fn section_for(value: f64, code: &str) -> Option<(&str, bool)> {
    let sections = sections(code);
    let of = |index: usize| sections.get(index).copied();
    match value {
        value if value < 0.0 => match of(1) {
            Some(negative) => Some((negative, false)),
            None => of(0).map(|section| (section, true)),
        },
        0.0 => of(2).or(of(0)).map(|section| (section, false)),
        _ => of(0).map(|section| (section, false)),
    }
}

/// The sections of a format; semicolons in quotes or behind a backslash are text.
fn sections(code: &str) -> Vec<&str> {
    let (mut sections, mut start, mut quoted, mut hidden) = (Vec::new(), 0, false, false);
    for (at, letter) in code.char_indices() {
        match letter {
            _ if hidden => hidden = false,
            '\\' if !quoted => hidden = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                sections.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    sections.push(&code[start..]);
    sections
}

/// What stands in a section, in order.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    /// Text as it is.
    Text(char),
    /// A digit; with what is shown where there is none.
    Digit(Option<char>),
}

#[derive(Debug, Default)]
struct Picture {
    whole: Vec<Piece>,
    fraction: Vec<Piece>,
    has_point: bool,
    slots: usize,
    percent: u32,
    thousands: u32,
}

impl Picture {
    fn of(section: &str) -> Option<Picture> {
        let mut picture = Picture::default();
        let mut commas = 0;
        let mut letters = section.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '0' | '#' | '?' => {
                    commas = 0;
                    picture.slots += 1;
                    picture.push(Piece::Digit(match letter {
                        '0' => Some('0'),
                        '?' => Some(' '),
                        _ => None,
                    }));
                }
                '.' if !picture.has_point => {
                    picture.has_point = true;
                    picture.thousands = commas;
                }
                ',' => commas += 1,
                '%' => {
                    picture.percent += 1;
                    picture.push(Piece::Text('%'));
                }
                '"' => {
                    for letter in letters.by_ref().take_while(|letter| *letter != '"') {
                        picture.push(Piece::Text(letter));
                    }
                }
                '\\' => picture.push(Piece::Text(letters.next()?)),
                '_' => {
                    letters.next()?;
                }
                '[' => picture.bracket(&mut letters)?,
                '$' | '-' | '+' | '(' | ')' | ':' | ' ' | '\'' | '€' | '£' | '¥' => {
                    picture.push(Piece::Text(letter));
                }
                // Exponents, fractions, fills, text sections, General among other words, dates.
                _ => return None,
            }
        }
        if !picture.has_point {
            picture.thousands = commas;
        }
        Some(picture)
    }

    /// A colour says nothing, a currency shows its sign, a condition is not understood.
    fn bracket(&mut self, letters: &mut std::str::Chars<'_>) -> Option<()> {
        let inner: String = letters
            .by_ref()
            .take_while(|letter| *letter != ']')
            .collect();
        match inner.strip_prefix('$') {
            Some(currency) => {
                let sign = currency.split('-').next().unwrap_or_default();
                sign.chars()
                    .for_each(|letter| self.push(Piece::Text(letter)));
            }
            None if inner.starts_with(['<', '>', '=']) => return None,
            None => {}
        }
        Some(())
    }

    fn push(&mut self, piece: Piece) {
        match self.has_point {
            true => self.fraction.push(piece),
            false => self.whole.push(piece),
        }
    }

    fn scale(&mut self, value: f64) -> Option<String> {
        let is_digit = |piece: &&Piece| matches!(piece, Piece::Digit(_));
        let decimals = self.fraction.iter().filter(is_digit).count();
        let scaled = value * 100f64.powi(self.percent.try_into().ok()?)
            / 1000f64.powi(self.thousands.try_into().ok()?);
        if scaled >= 1e15 {
            return None;
        }
        let text = format!("{scaled:.decimals$}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut shown = self.whole(whole.trim_start_matches('0'));
        let fraction = self.fraction(fraction);
        if self.has_point && (!fraction.is_empty() || decimals == 0) {
            shown.push('.');
        }
        shown.push_str(&fraction);
        Some(shown)
    }

    /// From the right each place takes a digit; the first place takes all that are left.
    fn whole(&self, digits: &str) -> String {
        let mut digits: Vec<char> = digits.chars().collect();
        let mut places = self
            .whole
            .iter()
            .filter(|piece| matches!(piece, Piece::Digit(_)))
            .count();
        let mut shown = Vec::new();
        for piece in self.whole.iter().rev() {
            match piece {
                Piece::Text(letter) => shown.push(*letter),
                Piece::Digit(none) => {
                    places -= 1;
                    match digits.pop() {
                        Some(digit) => shown.push(digit),
                        None => shown.extend(none),
                    }
                    if places == 0 {
                        shown.extend(digits.drain(..).rev());
                    }
                }
            }
        }
        shown.into_iter().rev().collect()
    }

    /// Zeros at the end go where the format says `#`.
    fn fraction(&self, digits: &str) -> String {
        let mut digits = digits.chars();
        let mut shown = String::new();
        let mut kept = 0;
        for piece in &self.fraction {
            match piece {
                Piece::Text(letter) => {
                    shown.push(*letter);
                    kept = shown.len();
                }
                Piece::Digit(none) => {
                    let digit = digits.next().unwrap_or('0');
                    shown.push(digit);
                    if digit != '0' || none.is_some() {
                        kept = shown.len();
                    }
                }
            }
        }
        shown.truncate(kept);
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_shown_as_its_format_says() {
        for (value, code, want) in [
            (7056.0, "000000", "007056"),
            (7056.0, "0", "7056"),
            (0.0, "0000", "0000"),
            (0.0, "#", ""),
            (123456789.0, "000\\-00\\-0000", "123-45-6789"),
            (123456789.0, "000-00-0000", "123-45-6789"),
            (42.0, "\"T-\"0000", "T-0042"),
            (1234.5, "#,##0.00", "1234.50"),
            (1234567.0, "#,##0", "1234567"),
            (12.0, "0.##", "12"),
            (12.25, "0.0#", "12.25"),
            (-5.0, "0.0", "-5.0"),
            (-5.0, "0;(0)", "(5)"),
            (0.0, "0;-0;\"none\"0", "none0"),
            (0.125, "0.0%", "12.5%"),
            (1500.0, "0,", "2"),
            (5.0, "[Red]0", "5"),
            (5.0, "[$€-407] 0.00", "€ 5.00"),
            (491711234567.0, "+00 000 0000000", "+49 171 1234567"),
        ] {
            assert_eq!(shown(value, code).as_deref(), Some(want), "{value} {code}");
        }
        for code in [
            "General", "0.00E+00", "# ?/?", "[>100]0", "@", "yyyy", "\"x\"", "",
        ] {
            assert_eq!(shown(5.0, code), None, "{code}");
        }
    }

    #[test]
    fn a_number_without_a_format_is_itself_and_a_long_one_is_not_taken_for_an_id() {
        for (value, want) in [
            (0.0, "0"),
            (-0.0, "0"),
            (7056.0, "7056"),
            (-7.0, "-7"),
            (1000.0, "1000"),
            (0.1 + 0.2, "0.3"),
            (-1.5, "-1.5"),
            (999_999_999_999_999.0, "999999999999999"),
            (1e15, "1E+15"),
            (12_345_678_901_234_567.0, "1.23456789012346E+16"),
            (-1.5e20, "-1.5E+20"),
        ] {
            assert_eq!(plain(value), want, "{value}");
        }
    }
}
