//! The program's own calls to the system: shown, made to fail, or made its last.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::wrapped;

/// Whether calls of a process can be traced here. If not, says so where everybody sees it, and what is not shown
/// because of that.
pub fn can_trace(what: &str) -> bool {
    let probe = Command::new("strace")
        .args(["-f", "-o", "/dev/null", "-e", "inject=getpid:error=EIO"])
        .args(["sh", "-c", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let can = probe.is_ok_and(|status| status.success());
    if !can {
        say(&format!(
            "NOT SHOWN, because strace cannot be used here: {what}"
        ));
    }
    can
}

/// Past the test harness, which keeps what a passing test prints.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The same command under `strace` with these options, which writes what it sees into `log`.
pub fn traced(command: &Command, log: &Path, options: &[&str]) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-y", "-o"]).arg(log).args(options);
    wrapped(strace, command)
}

/// One call to the system.
#[derive(Clone, Debug, PartialEq)]
pub struct Syscall {
    pub thread: u32,
    pub name: String,
    /// As `strace` shows them.
    pub arguments: String,
    /// What stands after the `=`; empty if it never returned.
    pub result: String,
    /// The line of the log on which it begins.
    pub begun: usize,
    /// The line on which it ends; `usize::MAX` if it never returned.
    pub ended: usize,
}

impl Syscall {
    /// The file of its first argument, as `-y` shows it.
    pub fn file(&self) -> Option<&str> {
        let (_, rest) = self.arguments.split_once('<')?;
        rest.split_once('>').map(|(path, _)| path)
    }

    /// Whether it succeeded.
    pub fn is_done(&self) -> bool {
        !self.result.is_empty() && !self.result.starts_with(['-', '?'])
    }
}

/// The calls of a log, in the order in which they began.
pub fn syscalls(log: &str) -> Vec<Syscall> {
    let mut calls: Vec<Syscall> = Vec::new();
    for (number, line) in log.lines().enumerate() {
        let Some((thread, text)) = line.split_once(' ') else {
            continue;
        };
        let (thread, text) = (thread.parse().expect("a thread"), text.trim_start());
        if let Some((_, rest)) = text.split_once(" resumed>") {
            let pending = calls
                .iter_mut()
                .rfind(|call| call.thread == thread && call.ended == usize::MAX);
            if let Some(pending) = pending {
                end(pending, rest, number);
            }
            continue;
        }
        let Some((name, rest)) = text.split_once('(') else {
            continue; // a signal, or the end of the thread
        };
        let mut call = Syscall {
            thread,
            name: name.to_owned(),
            arguments: String::new(),
            result: String::new(),
            begun: number,
            ended: usize::MAX,
        };
        match rest.strip_suffix(" <unfinished ...>") {
            Some(begun) => call.arguments.push_str(begun),
            None => end(&mut call, rest, number),
        }
        calls.push(call);
    }
    calls
}

fn end(call: &mut Syscall, rest: &str, number: usize) {
    let Some((arguments, result)) = rest.rsplit_once(" = ") else {
        return;
    };
    let arguments = arguments.trim_end();
    call.arguments
        .push_str(arguments.strip_suffix(')').unwrap_or(arguments));
    call.result = result.to_owned();
    call.ended = number;
}

#[test]
fn calls_that_a_trace_had_to_interrupt_are_put_together() {
    let log = "7 write(3</s/lock>, \"a = b)\"..., 6) = 6\n\
               8 fsync(9</s/state.db-wal> <unfinished ...>\n\
               7 --- SIGTERM {si_signo=SIGTERM} ---\n\
               7 fsync(3</s/lock>) = -1 EIO (Input/output error) (INJECTED)\n\
               8 <... fsync resumed>)              = 0\n\
               8 exit_group(0)                     = ?\n";
    let calls = syscalls(log);
    let shown: Vec<_> = calls
        .iter()
        .map(|call| {
            (
                &*call.name,
                call.file().unwrap_or(""),
                call.is_done(),
                call.begun,
                call.ended,
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("write", "/s/lock", true, 0, 0),
            ("fsync", "/s/state.db-wal", true, 1, 4),
            ("fsync", "/s/lock", false, 3, 3),
            ("exit_group", "", false, 5, 5),
        ]
    );
}
