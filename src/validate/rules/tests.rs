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

proptest::proptest! {
    #[test]
    fn no_rule_is_broken_that_was_not_asked(text in SUSPICIOUS, name in 0..FIELDS.len()) {
        let field = Field::named(FIELDS[name]).unwrap();
        let letters = Letters::of(&text);
        for rule in RULES.iter().chain(&super::super::damage::DAMAGE) {
            let is_broken = rule.breaks(&field, &text);
            assert!(!is_broken || letters.may_break(rule), "{}: {text:?}", rule.code);
            assert!(!is_broken || !is_surely_sound(&field, &text, letters), "{}: {text:?}", rule.code);
        }
    }

    #[test]
    fn a_usual_address_is_an_address(text in "[aZ9._+-]{1,8}@[aZ9.-]{1,6}\\.[aZ9-]{1,3}|[a-z]{60,66}@[a-z]{60,66}\\.[a-z]{0,64}") {
        assert!(!is_usual_address(&text) || is_address(&text), "{text:?}");
    }
}

/// What breaks some rule, put together at random.
const SUSPICIOUS: &str = "(1|12|2026|Mar|Mrz|E|\\+|-|\\. |\\.|\\.0|00:00:00| |#|N/A|REF!|'|\"|\\?|\\\\|&|amp;|a|\u{e3}|\u{a9}|\u{a0}|\u{2019}|\u{fffd}|\t|null|@b\\.example|x{250}){1,6}";
const FIELDS: [&str; 8] = [
    "UserID",
    "Email",
    "FirstName",
    "ServiceTeamID",
    "Status",
    "SMS",
    "Phones.Work",
    "Extensions.x",
];

#[test]
fn usual_cells_are_asked_nothing() {
    for (field, text) in [
        ("FirstName", "Chloe"),
        ("LastName", "Miller, 7"),
        ("ServiceTeamID", "TEAM-001"),
        ("SMS", "+15550000007"),
        ("Extensions.Site", "Site 7"),
    ] {
        let field = Field::named(field).unwrap();
        assert!(is_surely_sound(&field, text, Letters::of(text)), "{text}");
    }
    for address in ["anna.roe@company.example", "a-b_c+d@x-y.z.example"] {
        assert!(is_usual_address(address), "{address}");
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
