//! A first configuration for an export: its columns are profiled, guessed, written down, and tried.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use serde::Serialize;
use serde_json::Value as Json;

use crate::cli::{Against, Cli, InitArgs};
use crate::config::{self, FILE_NAME, Overrides};
use crate::failure::Failure;
use crate::guess::{ColumnProfile, Guessed, KnownUsers, Pinned, config_text, guess};
use crate::input::{Export, ReadOptions};
use crate::mapping::Mapping;
use crate::model::{Problem, RawValue, Silent, User};
use crate::planning::{PROBLEMS_OF_A_CAUSE, PlanningError, Understood, read_snapshot, understand};
use crate::report::write_private_file;
use crate::validate::RosterTerms;

use super::{Console, Session};

/// Rows that are looked at; more tell nothing new.
const ROWS_MAX: usize = 20_000;
/// How deep nested JSON is looked into.
const DEPTH_MAX: usize = 3;

/// What was written, and how the export fares under it.
#[derive(Debug, Serialize)]
pub struct Begun {
    /// The configuration.
    pub path: String,
    /// What was found out.
    #[serde(flatten)]
    pub guessed: Guessed,
    /// Rows of the export.
    pub rows: u64,
    /// Those that are refused under it.
    pub rejected: u64,
    /// What `validate` says of the export under it.
    pub problems: Vec<Problem>,
}

/// Writes a configuration for an export and tries it.
///
/// # Errors
/// There is one already, the export cannot be read, or the tenant cannot.
pub async fn init(cli: &Cli, args: &InitArgs, console: &Console) -> Result<Begun, Failure> {
    let path = args.out.clone().or_else(|| cli.common.config.clone());
    let path = path.unwrap_or_else(|| FILE_NAME.into());
    if path.exists() {
        return Err(Failure::usage(format!("{} exists already", path.display()))
            .hint("move it away, or give --out another name"));
    }
    let read = args.input.words().checked()?;
    let mut export = Export::open(&args.input.export, &read)?;
    let columns = profiles(&mut export)?;
    let known = known_users(cli, args, console).await?;
    let guessed = guess(&columns, &known);
    let text = config_text(
        &guessed,
        &args.input.export.display().to_string(),
        &pinned(args),
    );
    let written = write_private_file(&path, |out| out.write_all(text.as_bytes()));
    written.map_err(|error| {
        Failure::stopped(format!("cannot write {}", path.display())).caused_by(error)
    })?;
    let (rows, rejected, problems) = tried(&path, &mut export)?;
    Ok(Begun {
        path: path.display().to_string(),
        guessed,
        rows,
        rejected,
        problems,
    })
}

/// Every column with what stands in it.
fn profiles(export: &mut Export) -> Result<Vec<ColumnProfile>, Failure> {
    let mut profiles: Vec<ColumnProfile> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut see = |name: &str, value: &str| {
        let at = *places.entry(name.to_owned()).or_insert_with(|| {
            profiles.push(ColumnProfile::new(name));
            profiles.len() - 1
        });
        profiles[at].see(value);
    };
    let mut seen = 0;
    for batch in export.batches()? {
        let batch = batch?;
        for name in batch.columns.names.iter().filter(|_| batch.is_text()) {
            see(name, "");
        }
        for row in batch.rows() {
            for (column, name) in row.columns().names.iter().enumerate() {
                match row.cell(column) {
                    RawValue::Missing => {}
                    RawValue::Text(text) => see(name, text),
                    RawValue::Json(json) => see_json(name, json, DEPTH_MAX, &mut see),
                }
            }
            seen += 1;
        }
        if seen >= ROWS_MAX {
            break;
        }
    }
    Ok(profiles)
}

/// Nested objects are columns by dotted path.
fn see_json(name: &str, json: &Json, depth: usize, see: &mut impl FnMut(&str, &str)) {
    match json {
        Json::Null => see(name, ""),
        Json::String(text) => see(name, text),
        Json::Number(number) => see(name, number.as_str()),
        Json::Bool(flag) => see(name, if *flag { "true" } else { "false" }),
        Json::Object(object) if depth > 0 => {
            for (key, value) in object {
                see_json(&format!("{name}.{key}"), value, depth - 1, see);
            }
        }
        Json::Object(_) | Json::Array(_) => {}
    }
}

/// What the users of a tenant, or of a file, have.
async fn known_users(cli: &Cli, args: &InitArgs, console: &Console) -> Result<KnownUsers, Failure> {
    let mut known = KnownUsers::default();
    match args.against.as_ref() {
        None | Some(Against::Empty) => {}
        Some(Against::File(path)) => {
            let mut file = Export::open(path, &ReadOptions::default())?;
            read_snapshot(&mut file, |user| known.see(&user))?;
        }
        Some(Against::Live) => {
            let session = Session::new(cli, None, Some(&args.tenant))?;
            let connection = session.connect(&args.flags(), console).await?;
            let mut take = |user: User| known.see(&user);
            let listing = connection.reads.list(&mut take);
            listing.await.map_err(PlanningError::Fetch)?;
        }
        Some(Against::Store) => {
            return Err(
                Failure::usage("init looks at a tenant or at a file, not at the store")
                    .hint("give --against live, or a file that refresh --out has written"),
            );
        }
    }
    Ok(known)
}

/// What the options said about reading the export, so that the next command reads it in the same way.
fn pinned(args: &InitArgs) -> Pinned {
    let input = &args.input;
    let format = input.format.map(|format| format.name().to_owned());
    let keys = [
        ("format", format),
        ("sheet", input.sheet.clone()),
        ("encoding", input.encoding.clone()),
        ("delimiter", input.delimiter.clone()),
        ("quote", input.quote.clone()),
        ("escape", input.escape.clone()),
    ];
    let given = keys
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)));
    Pinned {
        keys: given.collect(),
    }
}

/// How the export fares under the configuration: rows, refused ones, problems.
fn tried(path: &Path, export: &mut Export) -> Result<(u64, u64, Vec<Problem>), Failure> {
    let options = Overrides {
        config: Some(path.to_owned()),
        ..Overrides::default()
    };
    let settings = config::load(&options, &|_| None)?;
    let mut mapping = Mapping::new(settings.map)
        .asking(settings.scope.questions)
        .effective(settings.effective, jiff::Timestamp::now());
    let roster = (RosterTerms::default(), PROBLEMS_OF_A_CAUSE);
    match understand(export, &mut mapping, roster, &Silent) {
        Ok(Understood {
            expected, problems, ..
        }) => {
            let counts = expected.counts();
            Ok((counts.rows, counts.rejected, problems))
        }
        Err(PlanningError::Unmappable(problems)) => Ok((0, 0, problems)),
        Err(error) => Err(error.into()),
    }
}
