//! A phone number as people write it → E.164: `+`, the country's code, the number without its trunk prefix.
//!
//! Written by hand: the tidy-up needs one table, the libraries for it weigh megabytes of rules that tell mobiles
//! from landlines. So only what E.164 itself says is checked: digits, and how many. What is not certain is a fault.

use serde::{Serialize, Serializer};

use super::super::cell::Fault;
use super::phone_codes::{CODES, Numbering};

/// The country in which a number is, that names none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(&'static Numbering);

impl Country {
    /// The country of that ISO 3166 code (two letters, case aside), such as `DE`.
    pub fn named(code: &str) -> Option<Country> {
        CODES
            .iter()
            .find(|numbering| numbering.country.eq_ignore_ascii_case(code.trim()))
            .map(Country)
    }
}

impl Serialize for Country {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.country)
    }
}

const NO_PHONE: Fault = Fault::new(
    "invalid_phone",
    "this cannot be a phone number",
    "write it with its country, such as +49 171 1234567, or without the phone step to send it as it is",
);
const NO_COUNTRY: Fault = Fault::new(
    "invalid_phone",
    "the number names no country, and none is known for it",
    "write it with its country, such as +49 171 1234567",
);
const EXTENSION: Fault = Fault::new(
    "invalid_phone",
    "a number with an extension has no international form",
    "leave the extension out, or map the field without the phone step to send it as it is",
);

/// Digits of an international number without its `+` (ITU-T E.164: 15 at most; shorter than 7 is a short code).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The number in international form.
pub fn e164(text: &str, country: Option<Country>) -> Result<String, Fault> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let lower = text.to_lowercase();
    if ["ext", "x", "dw", "#", ";", ","]
        .iter()
        .any(|mark| lower.contains(mark))
    {
        return Err(EXTENSION);
    }
    let is_international = text.starts_with('+') || text.starts_with("(+");
    let digits = digits(text)?;
    let digits = match (is_international, country) {
        (true, _) => without_trunk(&digits, text),
        (false, Some(country)) => country.complete(&digits)?,
        (false, None) => match digits.strip_prefix("00") {
            Some(rest) => rest.to_owned(),
            None => return Err(NO_COUNTRY),
        },
    };
    match DIGITS.contains(&digits.len()) && !digits.starts_with('0') {
        true => Ok(format!("+{digits}")),
        false => Err(NO_PHONE),
    }
}

/// The digits alone; anything else but what people put between them is a fault.
fn digits(text: &str) -> Result<String, Fault> {
    let mut digits = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' if digits.is_empty() && text[..at].trim_matches(['(', ' ']).is_empty() => {}
            ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\t' => {}
            '-' | '\u{2010}'..='\u{2014}' | '.' | '/' | '(' | ')' | '[' | ']' | '·' => {}
            _ => return Err(NO_PHONE),
        }
    }
    Ok(digits)
}

/// `+49 (0)171 …`: the zero in brackets is for callers within the country.
fn without_trunk(digits: &str, text: &str) -> String {
    let Some(at) = text.find("(0)") else {
        return digits.to_owned();
    };
    let before = text[..at].chars().filter(char::is_ascii_digit).count();
    format!("{}{}", &digits[..before], &digits[before + 1..])
}

impl Country {
    /// The digits of a number without `+`, with the country's code in front.
    fn complete(self, digits: &str) -> Result<String, Fault> {
        let numbering = self.0;
        for prefix in [numbering.abroad, "00"] {
            if let Some(rest) = digits
                .strip_prefix(prefix)
                .filter(|rest| DIGITS.contains(&rest.len()))
            {
                return Ok(rest.to_owned());
            }
        }
        let national = match numbering.trunk {
            "" => digits,
            trunk => digits.strip_prefix(trunk).unwrap_or(digits),
        };
        // A zero that is no trunk prefix begins no number, but in Italy and its like, where it is a part of it.
        if national.is_empty() || national.starts_with('0') && !numbering.keeps_zero {
            return Err(NO_PHONE);
        }
        Ok(format!("{}{national}", numbering.code))
    }
}
