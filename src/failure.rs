//! Why a command stopped, and the one table of exit codes.
//!
//! Turns what went wrong into a kind, a message, its causes and a hint, and prints the four in one place:
//! `error: …`, `caused by: …`, `hint: …` on standard error, or one JSON document on standard output.
//! A failure is for what stops us; bad rows are [`crate::model::Problem`]s and never come here.
//! It never holds a secret: whoever builds a failure gives texts that are fit to be read by anybody.

mod conversions;
mod print;

use std::fmt;

use serde_json::{Value as Json, json};

use crate::model::Problem;

/// What stopped a command: kind, message, causes, hint, and whether `resume` can finish the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Decides the exit code.
    pub kind: FailureKind,
    /// What happened, as one sentence without a full stop.
    pub message: String,
    /// Why, from the nearest cause to the farthest.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether the same work can be taken up again where it stopped.
    pub resumable: bool,
}

/// The kinds of failure, each with its exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The command line or the configuration is wrong; nothing was tried.
    Usage,
    /// An error stopped the work.
    Stopped,
    /// A saved plan does not fit: altered, expired, or made for something else.
    PlanUnfit,
    /// A guard refused it before anything was sent.
    Guarded,
    /// Another run holds the lock.
    Locked,
    /// Interrupted from the keyboard (SIGINT).
    Interrupted,
    /// Asked to end (SIGTERM).
    Terminated,
}

impl FailureKind {
    /// Whether a signal brought it about.
    pub fn is_signal(self) -> bool {
        matches!(self, FailureKind::Interrupted | FailureKind::Terminated)
    }

    /// The exit that this kind leads to.
    pub fn exit(self) -> Exit {
        match self {
            FailureKind::Usage => Exit::Usage,
            FailureKind::Stopped => Exit::Stopped,
            FailureKind::PlanUnfit => Exit::PlanUnfit,
            FailureKind::Guarded => Exit::Guarded,
            FailureKind::Locked => Exit::Locked,
            FailureKind::Interrupted => Exit::Interrupted,
            FailureKind::Terminated => Exit::Terminated,
        }
    }
}

/// How a command ends. [`Exit::TABLE`] is the only place that knows the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// All done.
    Done,
    /// Stopped by an error.
    Stopped,
    /// Wrong command line or configuration.
    Usage,
    /// Finished, but some rows want a person.
    RowsLeft,
    /// A guard held or refused something.
    Guarded,
    /// Another run holds the lock.
    Locked,
    /// The plan cannot be applied.
    PlanUnfit,
    /// There are changes (`plan --exit-code`).
    Changes,
    /// SIGINT.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

impl Exit {
    /// Every exit with its number and meaning, in the order of the numbers.
    pub const TABLE: [(Exit, u8, &'static str); 10] = [
        (Exit::Done, 0, "done"),
        (Exit::Stopped, 1, "stopped by an error"),
        (Exit::Usage, 2, "wrong usage or configuration"),
        (
            Exit::RowsLeft,
            3,
            "finished, but rows were refused, rejected, unconfirmed or held",
        ),
        (Exit::Guarded, 4, "a guard held or refused something"),
        (Exit::Locked, 5, "another run holds the lock"),
        (Exit::PlanUnfit, 6, "the plan cannot be applied"),
        (Exit::Changes, 10, "there are changes (plan --exit-code)"),
        (Exit::Interrupted, 130, "interrupted, can be resumed"),
        (Exit::Terminated, 143, "terminated, can be resumed"),
    ];

    /// Which of several exits is shown: the first in this order.
    const RANK: [Exit; 10] = [
        Exit::Interrupted,
        Exit::Terminated,
        Exit::Usage,
        Exit::Stopped,
        Exit::PlanUnfit,
        Exit::Locked,
        Exit::Guarded,
        Exit::RowsLeft,
        Exit::Changes,
        Exit::Done,
    ];

    /// The process's exit code.
    pub fn code(self) -> u8 {
        let row = Exit::TABLE.iter().find(|(exit, ..)| *exit == self);
        row.map_or(1, |(_, code, _)| *code)
    }

    /// The one exit that stands for all that apply; `Done` if none does.
    pub fn of_all(exits: impl IntoIterator<Item = Exit>) -> Exit {
        let rank = |exit: &Exit| Exit::RANK.iter().position(|ranked| ranked == exit);
        exits.into_iter().min_by_key(rank).unwrap_or(Exit::Done)
    }
}

impl Failure {
    /// The command line or the configuration is wrong (exit 2).
    pub fn usage(message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Usage, message)
    }

    /// An error stopped the work (exit 1).
    pub fn stopped(message: impl Into<String>) -> Failure {
        Failure::new(FailureKind::Stopped, message)
    }

    /// A failure of that kind; an interrupted run can be resumed, others only if told so.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: message.into(),
            causes: Vec::new(),
            hint: None,
            resumable: matches!(kind, FailureKind::Interrupted | FailureKind::Terminated),
        }
    }

    /// Adds the next cause.
    pub fn caused_by(mut self, cause: impl fmt::Display) -> Failure {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds an error as the next cause, and what caused that in turn.
    pub fn caused_by_all(mut self, error: &dyn std::error::Error) -> Failure {
        let mut next = Some(error);
        while let Some(cause) = next {
            self.causes.push(cause.to_string());
            next = cause.source();
        }
        self
    }

    /// Says what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// Says whether the work can be taken up again.
    pub fn resumable(mut self, resumable: bool) -> Failure {
        self.resumable = resumable;
        self
    }

    /// How the command ends.
    pub fn exit(&self) -> Exit {
        self.kind.exit()
    }

    /// `{"message", "causes", "hint"}`, as it stands under `error`.
    pub fn error_json(&self) -> Json {
        json!({ "message": self.message, "causes": self.causes, "hint": self.hint })
    }

    /// The whole document that `--json` prints for a command that has no other result to show, with the
    /// problems that were met on the way.
    pub fn to_json(&self, problems: &[Problem]) -> Json {
        json!({ "error": self.error_json(), "resumable": self.resumable, "problems": problems })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Clap's own message, so that a wrong command line looks like every other failure and `--json` holds
/// for it as well. Not for `--help` and `--version`, which are no failures.
impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Failure {
        let text = error.render().to_string();
        let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
        let text = text
            .replace("invalid digit found in string", "it is no whole number")
            .replace(
                "number would be zero for non-zero type",
                "it must be 1 or more",
            );
        let Some((message, rest)) = text.split_once("\n\n") else {
            return Failure::usage(text);
        };
        let lines = rest.lines().map(str::trim).filter(|line| !line.is_empty());
        let hint: Vec<&str> = lines
            .map(|line| line.strip_prefix("tip: ").unwrap_or(line))
            .collect();
        Failure::usage(message).hint(hint.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_tell_is_done() {
        assert_eq!(Exit::of_all([]), Exit::Done);
        assert_eq!(Exit::Done.code(), 0);
    }

    #[test]
    fn the_first_exit_that_applies_is_shown() {
        use Exit::*;
        for (exits, shown, code) in [
            (vec![Done, Changes], Changes, 10),
            (vec![Changes, RowsLeft], RowsLeft, 3),
            (vec![RowsLeft, Guarded], Guarded, 4),
            (vec![Guarded, Locked], Locked, 5),
            (vec![Locked, PlanUnfit], PlanUnfit, 6),
            (vec![PlanUnfit, Stopped], Stopped, 1),
            (vec![Stopped, Usage], Usage, 2),
            (vec![RowsLeft, Terminated], Terminated, 143),
            (vec![Guarded, Interrupted], Interrupted, 130),
        ] {
            assert_eq!(Exit::of_all(exits.clone()), shown, "{exits:?}");
            assert_eq!(shown.code(), code);
        }
    }

    #[test]
    fn every_exit_stands_in_the_table_and_the_ranking_once() {
        for (exit, code, _) in Exit::TABLE {
            assert_eq!(Exit::TABLE.iter().filter(|row| row.1 == code).count(), 1);
            assert_eq!(
                Exit::RANK.iter().filter(|ranked| **ranked == exit).count(),
                1
            );
        }
    }

    #[test]
    fn message_causes_and_hint_stand_on_lines_of_their_own() {
        let failure = Failure::stopped("cannot reach the tenant")
            .caused_by("connection refused\nerror: forged")
            .hint("check \u{1b}[31m--base-url");
        assert_eq!(
            printed(&failure),
            "error: cannot reach the tenant\n\
             caused by: connection refused\n  error: forged\n\
             hint: check \\u{1b}[31m--base-url\n"
        );
    }

    #[test]
    fn json_says_the_same() {
        let failure = Failure::new(FailureKind::Interrupted, "interrupted").caused_by("SIGINT");
        assert_eq!(
            failure.to_json(&[]).to_string(),
            r#"{"error":{"message":"interrupted","causes":["SIGINT"],"hint":null},"resumable":true,"problems":[]}"#
        );
    }

    #[test]
    fn an_error_brings_its_own_causes() {
        let inner = std::io::Error::other("disk full");
        let outer = std::io::Error::other(Failure::stopped("cannot write").to_string());
        assert_eq!(
            Failure::stopped("x").caused_by_all(&inner).causes,
            ["disk full"]
        );
        assert_eq!(
            Failure::usage("x").caused_by(outer).causes,
            ["cannot write"]
        );
    }

    fn printed(failure: &Failure) -> String {
        let mut out = Vec::new();
        failure.print(&mut out, false, None).unwrap();
        String::from_utf8(out).unwrap()
    }
}
