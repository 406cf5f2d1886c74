//! A process that can be killed at a moment that somebody else chooses, by another thread.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::Done;

/// Asks for the death of the process that runs.
#[derive(Clone)]
pub struct Killer {
    asked: Sender<Sender<()>>,
}

/// Runs processes, one after the other.
pub struct Mortal {
    asked: Receiver<Sender<()>>,
}

/// A pair.
pub fn mortal() -> (Killer, Mortal) {
    let (sender, asked) = channel();
    (Killer { asked: sender }, Mortal { asked })
}

impl Killer {
    /// SIGKILL; returns when the process is dead and its locks are free.
    pub fn kill(&self) {
        let (done, dead) = channel();
        if self.asked.send(done).is_ok() {
            let _ = dead.recv();
        }
    }
}

impl Mortal {
    /// Runs a command until it ends, or until it is killed: then there is nothing to tell.
    pub fn run(&self, command: &mut Command) -> Option<Done> {
        let mut stdout = tempfile::tempfile().expect("a file for stdout");
        let mut stderr = tempfile::tempfile().expect("a file for stderr");
        command
            .stdout(stdout.try_clone().expect("another handle"))
            .stderr(stderr.try_clone().expect("another handle"));
        let mut child = command.spawn().expect("the program starts");
        let status: ExitStatus = loop {
            match self.asked.recv_timeout(Duration::from_millis(2)) {
                Ok(done) => {
                    let _ = child.kill();
                    let status = child.wait().expect("its end");
                    let _ = done.send(());
                    break status;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => panic!("the killer is gone"),
            }
            if let Some(status) = child.try_wait().expect("its state") {
                break status;
            }
        };
        if status.signal().is_some() {
            // Whoever did not expect it finds here what it was.
            eprintln!("{status}: {}", whole(&mut stderr));
            return None;
        }
        Some(Done {
            code: status.code().expect("a code or a signal"),
            stdout: whole(&mut stdout),
            stderr: whole(&mut stderr),
        })
    }
}

fn whole(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().expect("it was written");
    file.read_to_string(&mut text).expect("it is UTF-8");
    text
}
