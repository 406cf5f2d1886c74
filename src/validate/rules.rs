//! The rules for one value, as a table: name, field, what breaks it, what to tell the person.
//!
//! The tenant stops at the first mistake of a whole chunk, so whatever can be known beforehand is
//! refused here. Only what is certainly wrong is an error; what the vendor does not say is let through.

use email_address::{EmailAddress, Options};

use super::letters::Letters;
use crate::model::{Field, Property, Severity};

/// A rule for the text of a field.
pub struct Rule {
    /// Stable name, the `code` of its problems.
    pub code: &'static str,
    /// An error drops the field or refuses the row; a warning only tells.
    pub severity: Severity,
    /// Which fields it speaks of.
    pub on: fn(&Field) -> bool,
    /// Whether the text breaks it.
    pub is_broken: fn(&Field, &str) -> bool,
    /// Only a text with all the kinds of characters of one of these can break it, which spares most cells the question.
    pub needs: &'static [Letters],
    /// What is wrong, after the field's name.
    pub message: &'static str,
    /// What to do about it.
    pub hint: &'static str,
}

impl Rule {
    /// Whether it speaks of that field and the text breaks it.
    pub fn breaks(&self, field: &Field, text: &str) -> bool {
        (self.on)(field) && (self.is_broken)(field, text)
    }
}

/// Every rule, in the order in which they are asked; the first error of a value is the one told.
pub const RULES: [Rule; 10] = [
    Rule {
        code: "control_character",
        severity: Severity::Error,
        on: any,
        is_broken: |_, text| text.chars().any(is_control),
        needs: &[Letters::BEYOND],
        message: "a control character or line break stands in the text",
        hint: "remove it in the HR system; line breaks often come from a spreadsheet cell",
    },
    Rule {
        code: "lost_character",
        severity: Severity::Error,
        on: any,
        is_broken: |_, text| text.contains(char::REPLACEMENT_CHARACTER),
        needs: &[Letters::BEYOND],
        message: "a character was lost when the text was converted",
        hint: "export again as UTF-8",
    },
    Rule {
        code: "invisible_character",
        severity: Severity::Error,
        on: is_identifier,
        is_broken: |_, text| text.chars().any(is_invisible),
        needs: &[Letters::BEYOND],
        message: "an invisible character stands in the text, so it would not be what it looks like",
        hint: "type it anew in the HR system; such characters come from copying out of web pages and documents",
    },
    Rule {
        code: "outer_white_space",
        severity: Severity::Error,
        on: is_user_id,
        is_broken: |_, text| text.trim().len() != text.len(),
        needs: &[Letters::SPACE, Letters::BEYOND],
        message: "white space stands before or after it",
        hint: "let the mapping trim it: transform = [\"trim\"]",
    },
    Rule {
        code: "unaddressable_user_id",
        severity: Severity::Error,
        on: is_user_id,
        is_broken: |_, text| matches!(text, "." | ".."),
        needs: &[Letters::DOT],
        message: "no URL can name this id, so nobody could read the user or write to him",
        hint: "give the person another id in the HR system",
    },
    Rule {
        code: "spreadsheet_error",
        severity: Severity::Error,
        on: any,
        is_broken: |_, text| is_spreadsheet_error(text),
        needs: &[Letters::HASH],
        message: "this is the error of a spreadsheet formula",
        hint: "mend the formula and export again",
    },
    Rule {
        code: "damaged_number",
        severity: Severity::Error,
        on: any,
        is_broken: |_, text| is_damaged_number(text),
        needs: &[Letters::PLUS.and(Letters::CAPITAL_E)],
        message: "a spreadsheet rounded this number, its digits are lost",
        hint: "format the column as text before the file is saved",
    },
    Rule {
        code: "too_long",
        severity: Severity::Error,
        on: any,
        is_broken: |field, text| is_longer(text, chars_max(field)),
        needs: &[Letters::ANY],
        message: "the text is too long",
        hint: "shorten it: 255 characters for ids, 254 for Email, 1,000 for others, 10,000 for extensions",
    },
    Rule {
        code: "invalid_email",
        severity: Severity::Error,
        on: is_email,
        is_broken: |_, text| !is_mail_address(text),
        needs: &[Letters::ANY],
        message: "this is no mail address",
        hint: "one address such as anna@company.example, without a display name",
    },
    Rule {
        code: "blank_user_id",
        severity: Severity::Warning,
        on: is_user_id,
        is_broken: |_, text| {
            LOOKS_BLANK
                .iter()
                .any(|word| word.eq_ignore_ascii_case(text))
        },
        needs: &[Letters::ANY],
        message: "this reads like a missing value, and is taken as an id",
        hint: "if it is none, fill it in the HR system",
    },
];

/// What scripts write into a key column where there is no key.
const LOOKS_BLANK: [&str; 8] = [
    "null",
    "(null)",
    "none",
    "nil",
    "n/a",
    "nan",
    "undefined",
    "-",
];

/// Whether the type of a phone or the key of an extension can be one.
pub fn is_sound_name(name: &str) -> bool {
    if !name.is_empty() && name.len() <= 255 && name.bytes().all(|byte| byte.is_ascii_graphic()) {
        return true;
    }
    let sound = |letter: char| !is_control(letter) && letter != char::REPLACEMENT_CHARACTER;
    !name.trim().is_empty() && !is_longer(name, 255) && name.chars().all(sound)
}

/// A text with none of these breaks no rule, unless it is an id, an address, a phone number, or long.
const TELLING: [Letters; 10] = [
    Letters::BEYOND,
    Letters::HASH,
    Letters::PLUS.and(Letters::CAPITAL_E),
    Letters::SMALL.and(Letters::DASH),
    Letters::SMALL.and(Letters::DOT).and(Letters::SPACE),
    Letters::COLON.and(Letters::DASH),
    Letters::QUOTE,
    Letters::QUESTION,
    Letters::BACKSLASH,
    Letters::AMPERSAND,
];

/// Whether no rule has to be asked about the text of that field.
pub(super) fn is_surely_sound(field: &Field, text: &str, letters: Letters) -> bool {
    let is_special = matches!(
        field,
        Field::Property(Property::UserID | Property::Email) | Field::Phone(_)
    );
    !is_special && text.len() < 255 && !TELLING.iter().any(|telling| letters.has(*telling))
}

pub(super) fn any(_: &Field) -> bool {
    true
}

pub(super) fn is_user_id(field: &Field) -> bool {
    *field == Field::Property(Property::UserID)
}

fn is_email(field: &Field) -> bool {
    *field == Field::Property(Property::Email)
}

/// Fields that are compared rather than read: a look-alike would be another one.
pub(super) fn is_identifier(field: &Field) -> bool {
    matches!(
        field,
        Field::Property(
            Property::UserID
                | Property::AuthenticationID
                | Property::DGroupID
                | Property::Email
                | Property::LanguageCode
                | Property::ServiceTeamID
                | Property::Status
                | Property::StorageLocationID
        )
    )
}

/// The vendor names no limits; these are far above any real value.
fn chars_max(field: &Field) -> usize {
    match field {
        Field::Extension(_) => 10_000,
        Field::Property(Property::Email) => 254,
        field if is_identifier(field) => 255,
        _ => 1_000,
    }
}

fn is_longer(text: &str, chars_max: usize) -> bool {
    text.len() > chars_max && text.chars().count() > chars_max
}

/// Control characters, and the two separators that break lines without being one.
fn is_control(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// Characters that show nothing, change direction, or look like a space without being one
/// (Unicode: Default_Ignorable_Code_Point, bidi controls, white space beyond U+0020, noncharacters).
fn is_invisible(letter: char) -> bool {
    match letter {
        ' '..='~' => false,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' => true,
        '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' => true,
        '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        letter => letter.is_whitespace() || (letter as u32) & 0xfffe == 0xfffe,
    }
}

fn is_spreadsheet_error(text: &str) -> bool {
    // In English as all files are saved, and as text was copied from a German, French or Spanish one.
    const ERRORS: [&str; 23] = [
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#N/A",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BUSY!",
        "#CONNECT!",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#GETTING_DATA",
        "#BEZUG!",
        "#WERT!",
        "#ZAHL!",
        "#NV",
        "#VALEUR!",
        "#NOM?",
        "#¡REF!",
        "#¡VALOR!",
    ];
    // A column that was too narrow for its number.
    let is_narrow = text.len() > 2 && text.bytes().all(|byte| byte == b'#');
    text.starts_with('#') && (is_narrow || ERRORS.contains(&text.trim_end()))
}

/// `4.92E+11`: how a spreadsheet shows (and saves) a long number. Exactly its form, nothing like it.
fn is_damaged_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+") else {
        return false;
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let one_digit = whole.len() == 1 && is_digits(whole) && is_digits(fraction);
    one_digit && matches!(exponent.len(), 2 | 3) && is_digits(exponent)
}

/// An address that a mail server on the Internet would take: no display name, no quotes, no comments,
/// no address literal, a domain of at least two labels whose last is no number.
fn is_mail_address(text: &str) -> bool {
    is_usual_address(text) || is_address(text)
}

/// The form that nearly all addresses have, told without a parser: whatever is of it is an address.
fn is_usual_address(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric();
    // Letters and digits, with single marks between them.
    let is_of = |part: &str, marks: &[u8]| {
        let mut before = b'.';
        let is_sound = part.bytes().all(|byte| {
            let is_mark = marks.contains(&byte) && is_letter(before);
            before = byte;
            is_letter(byte) || is_mark
        });
        is_sound && is_letter(before) && part.len() <= 63
    };
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    text.len() <= 254
        && is_of(local, b".-_+")
        && domain.len() > top.len()
        && domain.split('.').all(|label| is_of(label, b"-"))
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_address(text: &str) -> bool {
    if text.contains(|letter: char| letter.is_whitespace() || "<>()[]\",;:\\".contains(letter)) {
        return false;
    }
    let options = Options::default()
        .with_required_tld()
        .without_display_text()
        .without_domain_literal();
    if EmailAddress::parse_with_options(text, options).is_err() {
        return false;
    }
    let domain = text.rsplit('@').next().unwrap_or_default();
    let is_label = |letter: char| letter.is_alphanumeric() || letter == '-' || !letter.is_ascii();
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.split('.').all(|label| label.chars().all(is_label))
        && !top.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
