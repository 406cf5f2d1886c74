//! "Did you mean": the nearest known name to one that is not known.
//!
//! Only ever a suggestion for a person. Nothing is mapped by resemblance.

use crate::model::Property;

/// The candidate that the name most probably stands for: equal with case and punctuation aside, else
/// the nearest within a third of its letters mistyped; `None` if none is near or the name is absurdly long.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = letters(name)?;
    let tolerance = wanted.len().div_ceil(3).min(3);
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = letters(candidate)?;
            let distance = distance(&wanted, &other);
            (distance <= tolerance && distance < other.len()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The field that a column of an HR export probably is, as `[map]` spells it: a property that is
/// written almost like it, a mistyped `Phones.` or `Extensions.`, or a word that HR systems use.
pub fn field_for(column: &str) -> Option<String> {
    if let Some((prefix, rest)) = column.split_once('.') {
        return match closest(prefix, ["Phones", "Extensions"]) {
            Some(meant) if !rest.trim().is_empty() => Some(format!("{meant}.{}", rest.trim())),
            _ => None,
        };
    }
    let plain: String = letters(column)?.into_iter().collect();
    let used = HR_WORDS.iter().find(|(word, _)| *word == plain);
    if let Some((_, field)) = used {
        return Some((*field).to_owned());
    }
    let properties = Property::ALL
        .into_iter()
        .filter(|property| !property.is_guarded());
    closest(column, properties.map(Property::name)).map(str::to_owned)
}

/// Whether the column's name says that it identifies a person.
pub(super) fn may_be_user_id(column: &str) -> bool {
    field_for(column).as_deref() == Some(Property::UserID.name())
}

/// Longer names are no mistyped ones, and the distance costs the product of both lengths.
const LETTERS_MAX: usize = 64;

/// Words of HR systems' exports, letters and digits only, in lower case, with what they mostly mean.
const HR_WORDS: [(&str, &str); 40] = [
    ("employeeid", "UserID"),
    ("employeenumber", "UserID"),
    ("employeeno", "UserID"),
    ("empid", "UserID"),
    ("personnelnumber", "UserID"),
    ("personid", "UserID"),
    ("workerid", "UserID"),
    ("personalnummer", "UserID"),
    ("mitarbeiternummer", "UserID"),
    ("matricule", "UserID"),
    ("username", "UserID"),
    ("id", "UserID"),
    ("mail", "Email"),
    ("emailaddress", "Email"),
    ("workemail", "Email"),
    ("givenname", "FirstName"),
    ("given", "FirstName"),
    ("forename", "FirstName"),
    ("vorname", "FirstName"),
    ("prenom", "FirstName"),
    ("surname", "LastName"),
    ("familyname", "LastName"),
    ("nachname", "LastName"),
    ("nom", "LastName"),
    ("active", "Activated"),
    ("enabled", "Activated"),
    ("isactive", "Activated"),
    ("employmentstatus", "Activated"),
    ("aktiv", "Activated"),
    ("mobile", "Phones.Mobile"),
    ("mobilephone", "Phones.Mobile"),
    ("cellphone", "Phones.Mobile"),
    ("workphone", "Phones.Work"),
    ("homephone", "Phones.Home"),
    ("language", "LanguageCode"),
    ("locale", "LanguageCode"),
    ("team", "ServiceTeamID"),
    ("login", "AuthenticationID"),
    ("sso", "AuthenticationID"),
    ("warehouse", "StorageLocationID"),
];

/// Letters and digits in lower case; `None` if there are none or too many.
fn letters(name: &str) -> Option<Vec<char>> {
    if name.len() > 4 * LETTERS_MAX {
        return None;
    }
    let letters: Vec<char> = name
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    (!letters.is_empty() && letters.len() <= LETTERS_MAX).then_some(letters)
}

/// How many letters must be inserted, left out, replaced or swapped with their neighbour
/// (optimal string alignment), three rows at a time.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, letter) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in right.iter().enumerate() {
            let replaced = above[j] + usize::from(letter != other);
            let mut best = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && *letter == right[j - 1] && left[i - 1] == *other;
            if swapped {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_suggests_the_field_it_probably_is() {
        for (column, want) in [
            ("Emial", Some("Email")),
            ("e-mail", Some("Email")),
            ("first_name", Some("FirstName")),
            ("Last Name", Some("LastName")),
            ("user-id", Some("UserID")),
            ("Employee ID", Some("UserID")),
            ("mail", Some("Email")),
            ("Phone.Mobile", Some("Phones.Mobile")),
            ("Extension.cost centre", Some("Extensions.cost centre")),
            ("Phones.", None),
            ("Address.City", None),
            ("Paswword", None),
            ("Salary", None),
            ("Cost centre", None),
            ("", None),
            ("___", None),
        ] {
            assert_eq!(field_for(column).as_deref(), want, "{column}");
        }
    }

    #[test]
    fn the_nearest_of_several_wins_and_absurd_names_cost_nothing() {
        assert_eq!(closest("limit_", ["lists", "limits"]), Some("limits"));
        assert_eq!(closest("xyz", ["limits", "lists"]), None);
        assert_eq!(closest(&"x".repeat(1 << 20), ["limits"]), None);
    }

    #[test]
    fn swapped_neighbours_are_one_mistake() {
        let count = |left: &str, right: &str| {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            distance(&chars(left), &chars(right))
        };
        assert_eq!(count("", ""), 0);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("emial", "email"), 1);
        assert_eq!(count("kitten", "sitting"), 3);
    }
}
