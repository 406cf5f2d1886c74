//! `[scope]` and `[duplicates]`: of which rows the tool speaks, and which of several rows of one person stands.

use serde::Deserialize;

use crate::failure::Failure;
use crate::mapping::{Form, Formula, PREFER_MAX, RowQuestions};

/// `[scope]`: whom the tool speaks of.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ScopeSection {
    pub include: Option<String>,
    pub console_users: bool,
}

/// `[duplicates]`: which of several rows of one person stands.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DuplicatesSection {
    pub prefer: Vec<String>,
}

/// Whom the tool speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSettings {
    /// What is asked of each row.
    pub questions: RowQuestions,
    /// Whether absence may take access from users who are no mobile workers: planners and admins.
    pub console_users: bool,
}

pub(super) fn scope_settings(
    scope: ScopeSection,
    duplicates: DuplicatesSection,
) -> Result<ScopeSettings, Failure> {
    if duplicates.prefer.len() > PREFER_MAX {
        return Err(Failure::usage(format!(
            "[duplicates] prefer holds more than {PREFER_MAX} rules"
        )));
    }
    let formula = |place: &str, text: &str| {
        Formula::new(Form::Expression, text).map_err(|why| {
            Failure::usage(format!("{place}: {text:?} cannot be used"))
                .caused_by(why)
                .hint("write an expression over columns, such as country in [\"US\", \"CA\"]")
        })
    };
    let include = scope.include.as_deref();
    let prefer = duplicates.prefer.iter();
    Ok(ScopeSettings {
        questions: RowQuestions {
            include: include
                .map(|text| formula("[scope] include", text))
                .transpose()?,
            prefer: prefer
                .map(|text| formula("[duplicates] prefer", text))
                .collect::<Result<_, _>>()?,
        },
        console_users: scope.console_users,
    })
}
