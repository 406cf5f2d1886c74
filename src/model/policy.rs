//! When a field is written: what `[fields]` says of it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Field, User, UserRecord};

/// When a field is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldPolicy {
    /// Whenever the tenant has another value than the export.
    #[default]
    Always,
    /// When the user is created; then it is the tenant's.
    OnCreate,
    /// When the user is created, and where the tenant has none.
    IfEmpty,
    /// Never, not even when the user is created.
    Never,
}

/// When each field is written; what is not named here is always.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldPolicies(BTreeMap<Field, FieldPolicy>);

impl FieldPolicies {
    /// When that field is written.
    pub fn of(&self, field: &Field) -> FieldPolicy {
        self.0.get(field).copied().unwrap_or_default()
    }

    /// Whether every field is always written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each field of which something is said.
    pub fn iter(&self) -> impl Iterator<Item = (&Field, FieldPolicy)> {
        self.0.iter().map(|(field, policy)| (field, *policy))
    }

    /// Leaves in a record what is to be written to that user (`None`: there is none yet).
    pub fn apply(&self, record: &mut UserRecord, user: Option<&User>) {
        if self.is_empty() {
            return;
        }
        record
            .values
            .retain(|(field, _)| match (self.of(field), user) {
                (FieldPolicy::Always, _) => true,
                (FieldPolicy::Never, _) | (FieldPolicy::OnCreate, Some(_)) => false,
                (FieldPolicy::OnCreate | FieldPolicy::IfEmpty, None) => true,
                (FieldPolicy::IfEmpty, Some(user)) => user.get(field).is_none(),
            });
    }
}

impl FromIterator<(Field, FieldPolicy)> for FieldPolicies {
    fn from_iter<I: IntoIterator<Item = (Field, FieldPolicy)>>(policies: I) -> FieldPolicies {
        let said = policies.into_iter();
        FieldPolicies(
            said.filter(|(_, policy)| *policy != FieldPolicy::Always)
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Place, Value, Wanted};

    #[test]
    fn without_policies_everything_is_written() {
        let policies = FieldPolicies::default();
        assert_eq!(
            written(&policies, None),
            ["Email", "SMS", "FaceTime", "FirstName"]
        );
    }

    #[test]
    fn each_policy_decides_for_new_and_for_known_users() {
        use FieldPolicy::*;
        let said = [
            ("SMS", OnCreate),
            ("FaceTime", IfEmpty),
            ("FirstName", Never),
            ("Email", Always),
        ];
        let policies: FieldPolicies = said
            .map(|(name, policy)| (Field::named(name).unwrap(), policy))
            .into_iter()
            .collect();
        let user =
            |object: serde_json::Value| User::new(object.as_object().unwrap().clone()).unwrap();
        let blank = user(json!({"UserID": "a", "FaceTime": ""}));
        let filled = user(json!({"UserID": "a", "FaceTime": "f"}));
        assert_eq!(written(&policies, None), ["Email", "SMS", "FaceTime"]);
        assert_eq!(written(&policies, Some(&blank)), ["Email", "FaceTime"]);
        assert_eq!(written(&policies, Some(&filled)), ["Email"]);
    }

    fn written(policies: &FieldPolicies, user: Option<&User>) -> Vec<String> {
        let value = |name: &str| {
            let field = Field::named(name).unwrap();
            (field, Wanted::Set(Value::text("new").unwrap()))
        };
        let mut record = UserRecord {
            user_id: "a".into(),
            place: Place { line: 2, record: 1 },
            values: ["Email", "SMS", "FaceTime", "FirstName"].map(value).into(),
        };
        policies.apply(&mut record, user);
        record
            .values
            .iter()
            .map(|(field, _)| field.to_string())
            .collect()
    }
}
