//! The world of a test: a folder of its own, a sandbox in a process of its own, and the real program.

pub mod crowd;
pub mod fault_server;
pub mod gate;
mod http;
pub mod mortal;
mod recorder;
mod sandbox;
pub mod strace;
pub mod sweep;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value as Json;

pub use http::http;
pub use recorder::Recorder;
pub use sandbox::Sandbox;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_crewsync");

/// A folder of its own, gone with the test. Nothing of the caller's environment reaches the program.
pub struct World {
    folder: tempfile::TempDir,
}

impl World {
    pub fn new() -> World {
        World {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file and gives its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).expect("a file in the test's folder");
        path.display().to_string()
    }

    /// A sandbox without limits.
    pub fn sandbox(&self) -> Sandbox {
        Sandbox::start(&["--limits", "off"])
    }

    /// The program with these arguments, in the test's folder, with a clean environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Done {
        Done::of(self.command(arguments).output().expect("the program runs"))
    }

    /// Runs a command that talks to that sandbox, without limits, as JSON.
    pub fn json(&self, sandbox: &Sandbox, arguments: &[&str]) -> Done {
        self.run_on(sandbox, &[arguments, &["--json"]].concat())
    }

    /// Runs a command that talks to that sandbox, without limits.
    pub fn run_on(&self, sandbox: &Sandbox, arguments: &[&str]) -> Done {
        self.run_at(sandbox.url(), arguments)
    }

    /// Runs a command that talks to that address, without limits.
    pub fn run_at(&self, url: &str, arguments: &[&str]) -> Done {
        let mut command = self.command_on(url, arguments);
        Done::of(command.output().expect("the program runs"))
    }

    /// A command that talks to that address, without limits.
    pub fn command_on(&self, url: &str, arguments: &[&str]) -> Command {
        let tenant = ["--base-url", url, "--limits", "off"];
        let mut command = self.command(&[arguments, &tenant].concat());
        command.env("CREWSYNC_TOKEN", "test");
        command
    }
}

/// The same command as the last arguments of another program, with its folder and environment.
pub fn wrapped(mut wrapper: Command, command: &Command) -> Command {
    let set = command.get_envs();
    let set = set.filter_map(|(name, value)| value.map(|value| (name, value)));
    wrapper
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(set)
        .stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        wrapper.current_dir(folder);
    }
    wrapper
}

/// A sample that the project ships.
pub fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    folder.join(name).display().to_string()
}

/// How the program ended.
pub struct Done {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Done {
    pub fn of(output: Output) -> Done {
        Done {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Fails the test, with all that was said, unless the program ended so. Whatever is tested: an end that
    /// is neither 0 nor 10 is explained on stderr.
    #[track_caller]
    pub fn exits(self, code: i32) -> Done {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        let plain = anstream::adapter::strip_str(&self.stderr).to_string();
        let is_explained = |line: &str| line.starts_with("error:") || line.starts_with("warning:");
        assert!(
            matches!(code, 0 | 10) || plain.lines().any(is_explained),
            "exit {code} without a word:\n{}",
            self.stderr
        );
        self
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub fn document(&self) -> Json {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| {
            panic!(
                "{error}\nstdout:\n{}\nstderr:\n{}",
                self.stdout, self.stderr
            )
        })
    }

    /// A figure of the summary.
    #[track_caller]
    pub fn figure(&self, name: &str) -> u64 {
        self.document()["summary"][name]
            .as_u64()
            .unwrap_or_else(|| panic!("no figure {name} in {}", self.stdout))
    }
}
