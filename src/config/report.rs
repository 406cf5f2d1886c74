//! `[report]`: where reports go.

use std::path::PathBuf;

use serde::Deserialize;

/// `[report]`: where reports go.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReportSection {
    pub dir: Option<String>,
}

/// Where reports go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportSettings {
    /// The folder of the reports.
    pub dir: PathBuf,
}
