//! settings + command line → the things that the stages work with: a connection, a journal, a console.
//!
//! The commands are thin because the wiring is here: which tenant is talked to, who hears what happens, how a
//! plan is executed under the journal, how what an earlier process left is made good or finished, and how each stage's error becomes a failure with a hint.

mod access;
mod apply;
mod by_hand;
mod connection;
mod console;
mod doctor;
mod execute;
mod exits;
mod expiry;
mod explain;
mod explain_from;
mod failures;
mod heal;
mod init;
mod journal;
mod keeper;
mod links;
mod looking_back;
mod managed;
mod manual_edits;
mod plan_files;
mod production;
mod refresh;
mod resume;
mod rows;
mod seed;
mod seen_before;
mod signals;
mod state_care;
mod stored;
mod undo;
mod user_list;
mod users_file;

pub use apply::Application;

pub use by_hand::{
    ByHand, IdChange, Members, MembersOf, Put, Told, confirm, given_user, hand_out, logon,
    password, read_object,
};
pub use connection::Connection;
pub use console::{Console, stderr_width};
pub use doctor::examine;
pub use execute::{Executed, execute};
pub use exits::{exits_of_plan, exits_of_run, rows_left_by_plan, rows_left_by_run};
pub use explain::explain;
pub use failures::one_line;
pub use heal::heal;
pub use init::init;
pub use journal::{Journal, past_without_lock};
pub use looking_back::{history, retell, status};
pub use managed::{adopt, disown, pause, unpause};
pub use plan_files::PlanFile;
pub use refresh::refresh;
pub use resume::{Resumable, find_resumable, nothing_to_resume, resume_run};
pub use rows::print_rows;
pub use seed::sandbox_options;
pub use signals::Signals;
pub use state_care::{back_up, examine_store, forget, purge};
pub use users_file::write_users;

use access::{access_terms, protection};
use seen_before::seen_before;
use user_list::named_users;

use jiff::Timestamp;

use crate::cli::{self, AgainstFlags, Cli, InputArgs, PartFlags, TenantFlags};
use crate::config::{self, ConfirmAbsent, Settings};
use crate::failure::Failure;
use crate::input::{Export, ReadOptions};
use crate::mapping::Mapping;
use crate::planning::{Against, Past, Planned, Terms, make_plan};
use crate::report::escape;
use crate::store::TenantIdentity;

use stored::Stored;

/// The checked settings of one command, and what is made of them.
pub struct Session {
    /// The settings, complete.
    pub settings: Settings,
    /// Whether a plan will be kept or carried out: one that is only looked at needs no basis.
    pub keeps_plan: bool,
}

impl Session {
    /// Loads and checks the settings under the options of the command line and the environment.
    pub fn new(
        cli: &Cli,
        input: Option<&InputArgs>,
        tenant: Option<&TenantFlags>,
    ) -> Result<Session, Failure> {
        let overrides = cli.common.overrides(input, tenant);
        let settings = config::load(&overrides, &|name| std::env::var(name).ok())?;
        Ok(Session {
            settings,
            keeps_plan: true,
        })
    }

    /// Opens the export that the command line names.
    pub fn export(&self, input: &InputArgs) -> Result<Export, Failure> {
        let source = &self.settings.source;
        Ok(Export::arrived(
            &input.export,
            &source.arrival,
            &source.read,
        )?)
    }

    /// The same without standing in the way of a signal: a pipe may be silent for long.
    async fn export_when_it_comes(&self, input: &InputArgs) -> Result<Export, Failure> {
        let (path, source) = (input.export.clone(), self.settings.source.clone());
        let opening = tokio::task::spawn_blocking(move || {
            Export::arrived(&path, &source.arrival, &source.read)
        });
        match opening.await {
            Ok(opened) => Ok(opened?),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }

    /// Prepares to talk to the tenant.
    pub async fn connect(
        &self,
        flags: &AgainstFlags,
        console: &Console,
    ) -> Result<Connection, Failure> {
        let connection = Connection::open(&self.settings, flags, console.progress()).await?;
        if !flags.sandbox {
            for remark in self.remarks_on_credentials(&connection) {
                console.warn(&remark);
            }
        }
        if connection.seed_left_out {
            let state = self.settings.state_dir.display();
            console.say(&format!(
                "the sandbox under {state} holds users already, so --sandbox-seed changed nothing; \
                 --state DIR begins another one"
            ));
        }
        Ok(connection)
    }

    /// The same, but only if the current state comes from the tenant: a plan against a file needs neither
    /// tenant nor credentials.
    pub async fn connect_if_needed(
        &self,
        flags: &AgainstFlags,
        console: &Console,
    ) -> Result<Option<Connection>, Failure> {
        match flags.against {
            cli::Against::Live | cli::Against::Store => {
                Ok(Some(self.connect(flags, console).await?))
            }
            cli::Against::Empty | cli::Against::File(_) => Ok(None),
        }
    }

    /// What earlier runs have taught about the tenant, for a command that takes no lock.
    pub fn past(&self, connection: Option<&Connection>) -> Result<Past, Failure> {
        match connection {
            Some(connection) => past_without_lock(&self.settings, &connection.identity),
            None => Ok(Past::default()),
        }
    }

    /// Makes a plan. Reads only.
    pub async fn plan(
        &self,
        input: &InputArgs,
        part: &PartFlags,
        flags: &AgainstFlags,
        connection: Option<&Connection>,
        past: &Past,
        console: &Console,
    ) -> Result<Planned, Failure> {
        let terms = self.terms_for(part, connection)?;
        let mut export = self.export_when_it_comes(input).await?;
        if input.export.is_dir() {
            console.say(&format!("{} is the newest export there", export.name()));
        }
        let mut is_old = None;
        let against = match (&flags.against, connection) {
            (cli::Against::Live, Some(connection)) => Against::Live(connection.reads.clone()),
            (cli::Against::Store, Some(connection)) => {
                let stored = Stored::open(&self.settings, connection)?;
                console.say(&stored.age());
                is_old = stored.is_old();
                stored.against(connection)
            }
            (cli::Against::File(path), _) => {
                Against::Snapshot(Box::new(Export::open(path, &ReadOptions::default())?))
            }
            _ => Against::Empty,
        };
        let mapping = self.mapping();
        let progress = console.progress();
        let mut planned = make_plan(&mut export, mapping, against, past, &terms, &progress).await?;
        planned.plan.problems.extend(is_old);
        let edits = self.manual_edits(connection, &planned)?;
        planned.plan.problems.extend(edits);
        if let Some(connection) = connection {
            let estimated_s = planned.plan.summary.estimated_seconds;
            self.warn_of_expiry(connection, estimated_s, console);
        }
        let state_dir = &self.settings.state_dir;
        if let Some(at) = seen_before(state_dir, past.last_run.as_ref(), &planned) {
            console.say(&format!(
                "{} has the same bytes as the export of the last run, of {at:.0}",
                planned.export
            ));
        }
        Ok(planned)
    }

    /// What is compared with what, for the head of a plan.
    pub fn comparison(
        &self,
        input: &InputArgs,
        flags: &AgainstFlags,
        connection: Option<&Connection>,
    ) -> String {
        let tenant = connection.map(|connection| match self.settings.tenant.production {
            _ if flags.sandbox => "the sandbox".to_owned(),
            true => format!("{}, production", connection.identity),
            false => connection.identity.to_string(),
        });
        let with = match (&flags.against, tenant) {
            (cli::Against::Live, Some(tenant)) => format!("the users of {tenant}"),
            (cli::Against::Store, Some(tenant)) => format!("the stored users of {tenant}"),
            (cli::Against::File(path), None) => path.display().to_string(),
            (cli::Against::File(path), Some(tenant)) => {
                format!("{} in place of the users of {tenant}", path.display())
            }
            (_, Some(tenant)) => format!("nobody in place of the users of {tenant}"),
            (_, None) => "a tenant without users".to_owned(),
        };
        let export = match input.export.as_os_str() == "-" {
            true => "standard input".to_owned(),
            false => input.export.display().to_string(),
        };
        format!("Comparing {} with {}\n\n", escape(&export), escape(&with))
    }

    /// What the settings make of rows.
    pub fn mapping(&self) -> Mapping {
        let questions = self.settings.scope.questions.clone();
        Mapping::new(self.settings.map.clone())
            .asking(questions)
            .effective(self.settings.effective.clone(), Timestamp::now())
    }

    /// The terms of a plan for that part of the export.
    fn terms_for(
        &self,
        part: &PartFlags,
        connection: Option<&Connection>,
    ) -> Result<Terms, Failure> {
        let mut terms = self.terms(connection);
        terms.access.only = part.only.as_deref().map(named_users).transpose()?;
        terms.access.limit = part.limit;
        terms.access.retries_quarantined = part.retry_quarantined;
        Ok(terms)
    }

    fn terms(&self, connection: Option<&Connection>) -> Terms {
        let settings = &self.settings;
        let habits = connection.map(|connection| connection.habits.clone());
        let habits = habits.unwrap_or_default();
        let tenant = connection.map(|connection| {
            let TenantIdentity {
                name: _, // people may call it what they like
                base_url,
                customer,
            } = &connection.identity;
            format!("{base_url} {}", customer.as_deref().unwrap_or_default())
        });
        Terms {
            tenant,
            configuration: settings.digest(),
            limits: settings.delivery.limits,
            chunk_users_max: habits.users_max(settings.delivery.chunk_users_max),
            chunk_bytes_max: habits.bytes_max(settings.delivery.chunk_bytes_max),
            confirm_absent: settings.create.confirm_absent == ConfirmAbsent::Get,
            max_age: settings.source.max_age,
            is_kept: self.keeps_plan,
            now: Timestamp::now(),
            fields: settings.fields.clone(),
            create: settings.create.rules.clone(),
            access: access_terms(settings, connection),
        }
    }
}
