//! Who never loses access through us, whatever an export says.

use super::{Field, Property, User, UserKey, Value};

/// The users that are protected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// Patterns of UserIDs, folded: `*` stands for any characters, `?` for one.
    patterns: Vec<String>,
    /// Users that are protected by name, with why.
    named: Vec<(UserKey, &'static str)>,
    /// Whether absence may take access from users who do not work with the mobile app.
    console_users: bool,
}

impl Protection {
    /// Protects the users that those patterns match, case aside. `console_users`: whether absence may take access
    /// from users who are no mobile workers (planners and admins); by default it may not.
    pub fn new(patterns: &[String], console_users: bool) -> Protection {
        let fold = |pattern: &String| UserKey::of(pattern).as_str().to_owned();
        Protection {
            patterns: patterns.iter().map(fold).collect(),
            named: Vec::new(),
            console_users,
        }
    }

    /// Protects one more user; `why` completes "he is protected: …".
    pub fn and(mut self, user_id: &str, why: &'static str) -> Protection {
        self.named.push((UserKey::of(user_id), why));
        self
    }

    /// Why the user must not lose access, if so.
    pub fn of(&self, key: &UserKey) -> Option<&'static str> {
        let named = self.named.iter().find(|(named, _)| named == key);
        if let Some((_, why)) = named {
            return Some(why);
        }
        let key: Vec<char> = key.as_str().chars().collect();
        let matches = |pattern: &String| {
            let pattern: Vec<char> = pattern.chars().collect();
            is_match(&pattern, &key)
        };
        self.patterns
            .iter()
            .any(matches)
            .then_some("listed under [protect]")
    }

    /// Why absence alone must not take access from the user, if so.
    pub fn of_absent(&self, user: &User) -> Option<&'static str> {
        let works_mobile = user.get(&Field::Property(Property::IsMobileWorker));
        let is_console = works_mobile != Some(Value::Bool(true));
        self.of(&user.key()).or_else(|| {
            (is_console && !self.console_users)
                .then_some("no mobile worker, and [scope] console_users is not true")
        })
    }
}

/// Whether the whole text matches; the star tries the shortest first and goes on from the last star.
fn is_match(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut star, mut place, mut resume) = (0, None, 0, 0);
    while place < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some(at);
                resume = place;
                at += 1;
            }
            Some(&letter) if letter == '?' || letter == text[place] => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some(before) => {
                    at = before + 1;
                    resume += 1;
                    place = resume;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_ids_with_case_aside() {
        let patterns = ["admin*", "SVC-?", "*boss*"].map(str::to_owned);
        let protection = Protection::new(&patterns, false).and("Robot", "our own account");
        for (user_id, protected) in [
            ("Administrator", true),
            ("ADMIN", true),
            ("an-admin", false),
            ("svc-1", true),
            ("svc-12", false),
            ("Big-Boss-2", true),
            ("robot", true),
            ("robots", false),
            ("", false),
        ] {
            let found = protection.of(&UserKey::of(user_id));
            assert_eq!(found.is_some(), protected, "{user_id}");
        }
    }

    #[test]
    fn absence_spares_console_users_unless_told_otherwise() {
        let user = |json: &str| User::new(serde_json::from_str(json).unwrap()).unwrap();
        let mobile = user(r#"{"UserID":"a","IsMobileWorker":true}"#);
        let console = user(r#"{"UserID":"b","IsMobileWorker":false}"#);
        let blank = user(r#"{"UserID":"c"}"#);
        for (allowed, user, protected) in [
            (false, &mobile, false),
            (false, &console, true),
            (false, &blank, true),
            (true, &console, false),
        ] {
            let protection = Protection::new(&[], allowed);
            assert_eq!(protection.of_absent(user).is_some(), protected);
        }
    }
}
