//! The words of HR systems that say true or false.

/// The boolean that a word of an HR export says, case and outer white space aside; `None` if it is not
/// certain. `T` and `F` are not: they may be terminated and former, or true and false.
pub fn boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    let folded;
    let word = if text.is_ascii() {
        text
    } else {
        folded = text.to_lowercase();
        &folded
    };
    let is = |words: &[&str]| words.iter().any(|other| other.eq_ignore_ascii_case(word));
    match () {
        () if is(&TRUE_WORDS) => Some(true),
        () if is(&FALSE_WORDS) => Some(false),
        () => None,
    }
}

/// English, German, French, Spanish, Italian, Portuguese and Dutch, as their systems and spreadsheets write it.
const TRUE_WORDS: [&str; 28] = [
    "true",
    "1",
    "yes",
    "y",
    "active",
    "on",
    "enabled",
    "activated",
    "ja",
    "j",
    "wahr",
    "aktiv",
    "aktiviert",
    "oui",
    "vrai",
    "actif",
    "active",
    "activé",
    "si",
    "sí",
    "sì",
    "verdadero",
    "activo",
    "vero",
    "attivo",
    "sim",
    "verdadeiro",
    "waar",
];
const FALSE_WORDS: [&str; 26] = [
    "false",
    "0",
    "no",
    "n",
    "inactive",
    "off",
    "disabled",
    "deactivated",
    "nein",
    "falsch",
    "inaktiv",
    "deaktiviert",
    "non",
    "faux",
    "inactif",
    "inactive",
    "désactivé",
    "falso",
    "inactivo",
    "inattivo",
    "não",
    "nao",
    "inativo",
    "nee",
    "onwaar",
    "not active",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_read_in_the_words_of_hr_systems() {
        for word in [
            "true", "YES", "y", "1", "Active", " on ", "Ja", "OUI", "Sí", "SÍ", "wahr",
        ] {
            assert_eq!(boolean(word), Some(true), "{word}");
        }
        for word in [
            "False", "no", "N", "0", "inactive", "Off", "NEIN", "non", "Não",
        ] {
            assert_eq!(boolean(word), Some(false), "{word}");
        }
        for word in [
            "",
            "T",
            "F",
            "A",
            "terminated",
            "leave",
            "2",
            "01",
            "-1",
            "x",
            "yes/no",
        ] {
            assert_eq!(boolean(word), None, "{word}");
        }
        assert!(TRUE_WORDS.iter().all(|word| !FALSE_WORDS.contains(word)));
    }
}
