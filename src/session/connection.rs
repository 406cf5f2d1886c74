//! The tenant that a command talks to: the configured one, or a sandbox started for this command.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::api::{CallJournal, Client, ClientOptions, Credentials, Reader, Writer};
use crate::cli::AgainstFlags;
use crate::config::Settings;
use crate::failure::Failure;
use crate::fetch::{Pace, Reads};
use crate::model::{Habits, Progress, Protection};
use crate::pacing::Endpoint;
use crate::sandbox::{self, SandboxOptions};
use crate::store::{Store, TenantIdentity};

use super::protection;

/// Ready to read a tenant; asked for a writer only by commands that write.
pub struct Connection {
    /// Who the tenant is, for store and plan.
    pub identity: TenantIdentity,
    /// Reads, paced and retried.
    pub reads: Arc<Reads>,
    /// Single exchanges; shares its token with the writer.
    pub reader: Arc<Reader>,
    /// When a request may leave.
    pub pace: Arc<Pace>,
    /// What a probe has found out about the tenant.
    pub habits: Habits,
    /// Who never loses access.
    pub protection: Arc<Protection>,
    /// A seed was named, but the sandbox held users already.
    pub seed_left_out: bool,
    options: ClientOptions,
    _sandbox: Option<RunningSandbox>,
}

/// Nobody keeps a record of reads, and the process before this one may have ended a moment ago: the first one
/// keeps its distance from the last of theirs.
const READS: [Endpoint; 2] = [Endpoint::UserGet, Endpoint::Query];

struct RunningSandbox {
    took_seed: bool,
    shutdown: CancellationToken,
}

impl Drop for RunningSandbox {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

impl Connection {
    /// Prepares to talk to the tenant that settings and flags name. Sends nothing yet.
    pub async fn open(
        settings: &Settings,
        flags: &AgainstFlags,
        progress: Arc<dyn Progress>,
    ) -> Result<Connection, Failure> {
        let mut seed_left_out = false;
        let (options, identity, running) = match flags.sandbox {
            true => {
                let (options, running) = start_sandbox(settings, flags).await?;
                seed_left_out = flags.sandbox_seed.is_some() && !running.took_seed;
                (options, sandbox_identity(), Some(running))
            }
            false => {
                let options = settings.client_options()?;
                let identity = identity(settings, &options);
                (options, identity, None)
            }
        };
        let reader = Arc::new(Reader::new(&options)?);
        let delivery = &settings.delivery;
        let pace = Arc::new(Pace::new(&delivery.limits, delivery.retry_after_max));
        for endpoint in READS {
            pace.seed(endpoint, Duration::ZERO);
        }
        let reads = Reads::new(reader.clone(), pace.clone(), delivery.retry, progress);
        let habits = Store::habits_in(&settings.state_dir, &identity);
        let habits = habits.map(|(habits, _)| habits).unwrap_or_default();
        let reads = match habits.absent_get {
            Some(404) => reads.knowing_404(),
            _ => reads,
        };
        let protection = Arc::new(protection(settings, &options.credentials));
        Ok(Connection {
            identity,
            reads: Arc::new(reads),
            reader,
            pace,
            habits,
            protection,
            seed_left_out,
            options,
            _sandbox: running,
        })
    }

    /// What can do all that the API can; its writes go on that record. Shares its token with the reader.
    pub fn client(&self, journal: Arc<dyn CallJournal>) -> Result<Client, Failure> {
        Ok(Client::beside(&self.options, &self.reader, journal)?)
    }

    /// Who asks.
    pub fn credentials(&self) -> &Credentials {
        &self.options.credentials
    }

    /// What may write. Only commands that apply ask for it.
    pub fn writer(&self) -> Result<Writer, Failure> {
        Ok(Writer::new(&self.options, &self.reader)?)
    }
}

fn identity(settings: &Settings, options: &ClientOptions) -> TenantIdentity {
    let customer = match &options.credentials {
        Credentials::Customer { id, .. } => {
            Some(secrecy::ExposeSecret::expose_secret(id).to_owned())
        }
        _ => None,
    };
    TenantIdentity {
        name: settings.tenant.name.clone().unwrap_or_default(),
        base_url: options.base_url.to_string(),
        customer,
    }
}

fn sandbox_identity() -> TenantIdentity {
    TenantIdentity {
        name: "sandbox".to_owned(),
        base_url: "sandbox".to_owned(),
        customer: None,
    }
}

/// Starts a sandbox on a free port of this machine, under the limits that the client keeps to, with its users
/// in the state directory.
async fn start_sandbox(
    settings: &Settings,
    flags: &AgainstFlags,
) -> Result<(ClientOptions, RunningSandbox), Failure> {
    let cannot = |what: &str, error: &dyn std::fmt::Display| {
        Failure::stopped(format!("cannot start the sandbox: {what}")).caused_by(error)
    };
    crate::store::StateDir::open(&settings.state_dir)?;
    let seed = match &flags.sandbox_seed {
        Some(path) => super::seed::seed_users(path)?,
        None => Vec::new(),
    };
    let options = SandboxOptions {
        db: Some(settings.state_dir.join("sandbox.db")),
        seed,
        limits: settings.delivery.limits,
        ..SandboxOptions::default()
    };
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .map_err(|error| cannot("no port to listen on", &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| cannot("no port to listen on", &error))?;
    let sandbox = sandbox::Sandbox::open(options).map_err(|error| cannot("its users", &error))?;
    let took_seed = sandbox.took_seed();
    let shutdown = CancellationToken::new();
    let stopped = shutdown.clone();
    tokio::spawn(sandbox.serve(listener, stopped.cancelled_owned()));
    let base_url = format!("http://{address}")
        .parse()
        .map_err(|error| cannot("its address", &error))?;
    let token = Credentials::Token(SecretString::from("sandbox"));
    let client = settings.tenant.client_options(base_url, token);
    let running = RunningSandbox {
        took_seed,
        shutdown,
    };
    Ok((client, running))
}
