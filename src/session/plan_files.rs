//! Where saved plans stand: the files under the state directory, and those that a person names.

use std::fs::{self, File};
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::failure::{Failure, FailureKind};
use crate::model::Plan;
use crate::plan_file::{Header, PlanFileError, SavedPlan, Tenant, read_plan, write_plan};
use crate::planning::Planned;
use crate::report::{PlanPage, plan_html, write_private_file};
use crate::store::TenantIdentity;

use super::{Connection, Session};

/// Ids have twelve characters; fewer may do, but not so few that they name another plan tomorrow.
const PREFIX_MIN: usize = 4;

/// A plan on the disk.
pub struct PlanFile {
    /// Where.
    pub path: PathBuf,
    /// The checksum, which names this saving.
    pub saving: String,
    /// Until when it may be applied.
    pub expires_at: Timestamp,
}

impl PlanFile {
    /// Where it is and until when it is good, for people.
    pub fn told(&self) -> String {
        format!(
            "Plan saved: {}, good until {:.0}",
            self.path.display(),
            self.expires_at
        )
    }
}

impl Session {
    /// Saves a plan under its id in the state directory, so that it can be applied by that.
    pub fn save_plan(
        &self,
        planned: &Planned,
        connection: Option<&Connection>,
    ) -> Result<PlanFile, Failure> {
        let path = file_of(&self.settings.state_dir, &planned.plan.id);
        self.save_plan_as(&path, planned, connection)
    }

    /// Saves a plan in that file: whole when it appears under its name, and readable by its owner only.
    pub fn save_plan_as(
        &self,
        path: &Path,
        planned: &Planned,
        connection: Option<&Connection>,
    ) -> Result<PlanFile, Failure> {
        let header = self.header(planned, connection, Timestamp::now());
        let mut saving = String::new();
        let written = write_private_file(path, |out| {
            saving = write_plan(&header, &planned.plan, &planned.basis, out)?;
            Ok(())
        });
        written.map_err(|error| {
            Failure::stopped(format!("cannot save the plan as {}", path.display()))
                .caused_by(error)
                .hint("nothing was sent; look at the folder and the space on its disk")
        })?;
        Ok(PlanFile {
            path: path.to_owned(),
            saving,
            expires_at: header.expires_at,
        })
    }

    /// Writes a plan as a page for a browser, readable by its owner only, and says where it is.
    pub fn write_page(
        &self,
        path: &Path,
        plan: &Plan,
        comparison: &str,
    ) -> Result<String, Failure> {
        let page = PlanPage {
            comparison,
            production: self.settings.tenant.production,
            made_at: &format!("{:.0}", Timestamp::now()),
        };
        let page = plan_html(plan, page);
        let written = write_private_file(path, |out| out.write_all(page.as_bytes()));
        written.map_err(|error| {
            Failure::stopped(format!("cannot write the page {}", path.display()))
                .caused_by(error)
                .hint("nothing was sent; look at the folder and the space on its disk")
        })?;
        Ok(format!("Page written: {}", path.display()))
    }

    /// Finds the plan that a person names by its path, its id, or the beginning of that, and reads it.
    ///
    /// # Errors
    /// A usage failure if there is no such plan, or more than one; exit 6 if it is not as it was saved.
    pub fn read_plan(&self, named: &str) -> Result<SavedPlan, Failure> {
        let path = find(&self.settings.state_dir, named)?;
        let file = File::open(&path).map_err(PlanFileError::Io);
        let read = file.and_then(|file| read_plan(&mut BufReader::new(file)));
        read.map_err(|error| unreadable(&path, error))
    }

    fn header(
        &self,
        planned: &Planned,
        connection: Option<&Connection>,
        made_at: Timestamp,
    ) -> Header {
        let Plan {
            id,
            summary,
            absence,
            guards,
            ..
        } = &planned.plan;
        let settings = &self.settings;
        Header {
            crewsync_plan: 1,
            plan: id.clone(),
            made_at,
            expires_at: made_at
                .checked_add(settings.plan.expires_after)
                .unwrap_or(Timestamp::MAX),
            tenant: connection.map(|connection| tenant(&connection.identity)),
            production: settings.tenant.production,
            source: settings.source.id.clone(),
            export: planned.export.to_string(),
            configuration: settings.rules_digest(),
            mapping: settings.mapping_digest(),
            bound_to: planned.bound_to.clone(),
            summary: *summary,
            absence: absence.clone(),
            guards: guards.clone(),
        }
    }
}

/// A tenant as a plan names it.
pub(super) fn tenant(identity: &TenantIdentity) -> Tenant {
    Tenant {
        name: identity.name.clone(),
        base_url: identity.base_url.clone(),
        customer: identity.customer.clone(),
    }
}

pub(super) fn file_of(state_dir: &Path, id: &str) -> PathBuf {
    state_dir.join("plans").join(format!("{id}.jsonl"))
}

fn find(state_dir: &Path, named: &str) -> Result<PathBuf, Failure> {
    let path = Path::new(named);
    if path.exists() {
        return Ok(path.to_owned());
    }
    let is_id = named.len() >= PREFIX_MIN && named.chars().all(|c| c.is_ascii_hexdigit());
    let ids = match is_id {
        true => ids_beginning(state_dir, named)?,
        false => Vec::new(),
    };
    match &ids[..] {
        [id] => Ok(file_of(state_dir, id)),
        [] => Err(Failure::usage(format!("there is no plan {named}")).hint(format!(
            "name a file, or the id of a plan under {} (at least {PREFIX_MIN} characters of it)",
            state_dir.join("plans").display()
        ))),
        several => Err(Failure::usage(format!(
            "more than one plan begins with {named}: {}",
            several.join(", ")
        ))
        .hint("write more of the id")),
    }
}

/// The ids of saved plans that begin so, sorted.
pub(super) fn ids_beginning(state_dir: &Path, prefix: &str) -> Result<Vec<String>, Failure> {
    let folder = state_dir.join("plans");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(
                Failure::stopped(format!("cannot read {}", folder.display())).caused_by(error),
            );
        }
    };
    let prefix = prefix.to_ascii_lowercase();
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let ids = names.filter_map(|name| Some(name.strip_suffix(".jsonl")?.to_owned()));
    let mut ids: Vec<String> = ids.filter(|id| id.starts_with(&prefix)).collect();
    ids.sort();
    Ok(ids)
}

fn unreadable(path: &Path, error: PlanFileError) -> Failure {
    let kind = match &error {
        PlanFileError::Io(_) => FailureKind::Stopped,
        _ => FailureKind::PlanUnfit,
    };
    let failure = Failure::new(kind, format!("{}: {error}", path.display()));
    match error {
        PlanFileError::Io(cause) => failure.caused_by(cause),
        PlanFileError::NotAPlan => {
            failure.hint("plan --out FILE saves one, and every sync saves its own")
        }
        PlanFileError::Newer(_) => failure.hint("use the version of crewsync that saved it"),
        PlanFileError::Altered(why) => failure.caused_by(why).hint(
            "take the file as it was saved, or plan again; to leave users out, use --exclude",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_found_by_path_by_id_and_by_the_beginning_of_it() {
        let state = tempfile::tempdir().unwrap();
        let plans = state.path().join("plans");
        fs::create_dir(&plans).unwrap();
        for name in ["abcd1234ef56.jsonl", "abcd99999999.jsonl", "other.txt"] {
            fs::write(plans.join(name), "").unwrap();
        }
        let found = |named: &str| match find(state.path(), named) {
            Ok(path) => path.file_name().unwrap().to_string_lossy().into_owned(),
            Err(failure) => format!("{} {}", failure.exit().code(), failure.message),
        };
        let path = plans.join("other.txt").display().to_string();
        for (named, wanted) in [
            (path.as_str(), "other.txt"),
            ("abcd1234ef56", "abcd1234ef56.jsonl"),
            ("ABCD1", "abcd1234ef56.jsonl"),
            (
                "abcd",
                "2 more than one plan begins with abcd: abcd1234ef56, abcd99999999",
            ),
            ("abc", "2 there is no plan abc"),
            ("dddd", "2 there is no plan dddd"),
            ("no.jsonl", "2 there is no plan no.jsonl"),
        ] {
            assert_eq!(found(named), wanted, "{named}");
        }
    }
}
