use super::*;

/// The code of the first rule that the text breaks in that field.
fn broken(field: &str, text: &str) -> &'static str {
    let field = Field::named(field).unwrap();
    RULES
        .iter()
        .find(|rule| rule.breaks(&field, text))
        .map_or("", |rule| rule.code)
}

#[test]
fn what_real_exports_hold_breaks_nothing() {
    for (field, text) in [
        ("UserID", "T-1001"),
        ("UserID", "007"),
        ("UserID", "../x"),
        ("UserID", "a/b?c#d %2e"),
        ("UserID", "José Núñez"),
        ("UserID", "1E5"),
        ("FirstName", "Zoë-Anaïs O'Neil"),
        ("FirstName", "می\u{200c}نا"),
        ("LastName", "Null"),
        ("Email", "anna.o'neil+hr@sub.company.example"),
        ("Email", "jörg@müller.example"),
        ("Phones.Mobile", "+49 (0)171 / 123-45"),
        ("Extensions.Note", "=cmd()"),
        ("Extensions.Formula", "# of cars: 1.5"),
    ] {
        assert_eq!(broken(field, text), "", "{field} {text}");
    }
}

#[test]
fn each_rule_catches_what_it_is_named_for() {
    let long = "x".repeat(256);
    for (field, text, code) in [
        ("FirstName", "An\nna", "control_character"),
        ("UserID", "T\u{0}1", "control_character"),
        ("SMS", "a\u{2028}b", "control_character"),
        ("SMS", "\u{1b}[31m", "control_character"),
        ("LastName", "M\u{fffd}ller", "lost_character"),
        ("UserID", "T\u{200b}1", "invisible_character"),
        ("UserID", "T\u{202e}1", "invisible_character"),
        ("UserID", "T\u{a0}1", "invisible_character"),
        ("Email", "a\u{200b}@b.example", "invisible_character"),
        ("UserID", " T1", "outer_white_space"),
        ("UserID", "..", "unaddressable_user_id"),
        ("LastName", "#N/A", "spreadsheet_error"),
        ("Extensions.Date", "########", "spreadsheet_error"),
        ("LastName", "#NV", "spreadsheet_error"),
        ("UserID", "#REF!", "spreadsheet_error"),
        ("UserID", "4.21E+11", "damaged_number"),
        ("Phones.Work", "4,92E+12", "damaged_number"),
        ("UserID", &long, "too_long"),
        ("UserID", "NULL", "blank_user_id"),
    ] {
        assert_eq!(broken(field, text), code, "{field} {text:?}");
    }
}

#[test]
fn a_rule_that_passes_plain_text_is_broken_by_none() {
    let plain: String = (' '..='~').collect();
    let key = Field::named("UserID").unwrap();
    assert!(is_plain(&plain));
    let passing = RULES.iter().filter(|rule| rule.passes_plain);
    assert!(passing.clone().count() > 0);
    for rule in passing {
        assert!(!rule.breaks(&key, &plain), "{}", rule.code);
    }
}

#[test]
fn length_is_counted_in_characters() {
    assert_eq!(broken("UserID", &"é".repeat(255)), "");
    assert_eq!(broken("UserID", &"é".repeat(256)), "too_long");
    assert_eq!(broken("FirstName", &"x".repeat(1_001)), "too_long");
    assert_eq!(broken("Extensions.x", &"x".repeat(10_001)), "too_long");
}

#[test]
fn only_plain_addresses_are_mail_addresses() {
    for text in [
        "anna",
        "anna@",
        "@b.example",
        "anna@localhost",
        "anna@b..example",
        "anna@-b.example",
        "anna@b.example.",
        "anna@b_c.example",
        "anna@192.168.0.1",
        "anna@[192.168.0.1]",
        "Anna <anna@b.example>",
        " <anna@b.example>",
        "mailto:anna@b.example",
        "a@b.example;c@d.example",
        "a@b.example, c@d.example",
        "\"a b\"@b.example",
        "a b@b.example",
        ".a@b.example",
    ] {
        assert_eq!(broken("Email", text), "invalid_email", "{text}");
    }
    let long = format!("{}@b.example", "x".repeat(65));
    assert_eq!(broken("Email", &long), "invalid_email");
}

#[test]
fn names_of_phones_and_extensions_are_sound() {
    for (name, sound) in [
        ("Mobile", true),
        ("Coût / centre", true),
        (" ", false),
        ("a\nb", false),
        ("M\u{fffd}", false),
    ] {
        assert_eq!(is_sound_name(name), sound, "{name:?}");
    }
}
