//! `sandbox`: a local ServiceMobility for people and tests, until it is stopped.

use std::io::Write;

use serde_json::json;
use tokio::net::TcpListener;

use crate::cli::{Cli, SandboxArgs};
use crate::failure::{Exit, Failure};
use crate::sandbox::Sandbox;
use crate::session::{Console, Signals, sandbox_options};

pub async fn run(_cli: &Cli, args: &SandboxArgs, console: &Console) -> Result<Exit, Failure> {
    let signals = Signals::listen()?;
    let sandbox = Sandbox::open(sandbox_options(args)?)?;
    if args.seed.is_some() && !sandbox.took_seed() {
        console.say("the database holds users already, so --seed changed nothing");
    }
    let cannot = |error| {
        Failure::stopped(format!("the sandbox cannot listen on {}", args.listen))
            .caused_by(error)
            .hint("is something else listening there? --listen 127.0.0.1:0 takes a free port")
    };
    let listener = TcpListener::bind(args.listen).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    // Flushed at once: whoever started us waits for this line.
    let mut stdout = std::io::stdout();
    let line = match console.is_json() {
        true => json!({ "listening": format!("http://{address}") }).to_string(),
        false => format!("listening on http://{address}"),
    };
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
    console.say("a sandbox for trying things: it keeps no secrets; stop it with Ctrl-C");
    sandbox.serve(listener, signals.interrupt.cancelled()).await;
    Ok(Exit::Done)
}
