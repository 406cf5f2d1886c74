//! `[match]`: by what people are known.

use serde::Deserialize;

use crate::failure::Failure;
use crate::model::{Field, Property};

/// `[match]`: by what people are known.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MatchSection {
    pub by: Option<Vec<String>>,
}

/// By what people are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MatchSettings {
    /// The fields beside the UserID, which always comes first; `None` if nobody has said it.
    pub by: Option<Vec<Field>>,
}

pub(super) fn match_settings(section: MatchSection) -> Result<MatchSettings, Failure> {
    let Some(names) = section.by else {
        return Ok(MatchSettings::default());
    };
    let [first, others @ ..] = &names[..] else {
        return Err(not_first());
    };
    if !first.eq_ignore_ascii_case(Property::UserID.name()) {
        return Err(not_first());
    }
    let fields = others.iter().map(|name| match Field::named(name) {
        Some(Field::Property(Property::UserID)) | None => {
            let failure = Failure::usage(format!(
                "[match] by: {name:?} is no field that tells people apart"
            ));
            Err(failure
                .hint("name a property of the User object, Phones.<type> or Extensions.<key>"))
        }
        Some(field) => Ok(field),
    });
    let by = fields.collect::<Result<_, _>>()?;
    Ok(MatchSettings { by: Some(by) })
}

fn not_first() -> Failure {
    Failure::usage("[match] by begins with \"UserID\"")
        .hint("for example by = [\"UserID\", \"Extensions.EmployeeID\"]")
}
