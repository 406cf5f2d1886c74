//! What HR systems write for states of employment, and what each means for access.

/// How loosely a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Only what every boolean field takes by itself.
    Flag,
    /// Also words and codes for states.
    Word,
}

/// States of people who work, or come back.
const ACTIVE: [&str; 26] = [
    "active",
    "a",
    "aktiv",
    "actif",
    "activo",
    "employed",
    "onleave",
    "leave",
    "leaveofabsence",
    "loa",
    "l",
    "paidleave",
    "p",
    "unpaidleave",
    "u",
    "parentalleave",
    "sickleave",
    "onboarding",
    "prestart",
    "probation",
    "hired",
    "rehired",
    "current",
    "temporaryleave",
    "beurlaubt",
    "elternzeit",
];

/// States of people who have left, or must not work.
const INACTIVE: [&str; 24] = [
    "terminated",
    "t",
    "term",
    "inactive",
    "i",
    "inaktiv",
    "inactif",
    "left",
    "leaver",
    "retired",
    "r",
    "suspended",
    "s",
    "resigned",
    "deceased",
    "d",
    "dormant",
    "discarded",
    "former",
    "ausgetreten",
    "gekuendigt",
    "gekündigt",
    "separated",
    "withdrawn",
];

/// Whether somebody in that state has access; `None` for a state that nobody knows.
pub(super) fn meaning(value: &str, spelling: Spelling) -> Option<bool> {
    if let Some(flag) = crate::model::boolean(value) {
        return Some(flag);
    }
    if spelling == Spelling::Flag {
        return None;
    }
    let letters = value.chars().filter(|letter| letter.is_alphanumeric());
    let word: String = letters.flat_map(char::to_lowercase).collect();
    match (
        ACTIVE.contains(&word.as_str()),
        INACTIVE.contains(&word.as_str()),
    ) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}
