//! What concerns passwords: where they come from, and that mails are asked about.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{sandbox, writes, yes};
use crate::support::strace::say;
use crate::support::{Sandbox, World, http};

/// Whether the user can sign in with that password.
fn signs_in(sandbox: &Sandbox, user: &str, password: &str) -> bool {
    let body = json!({"username": user, "password": password}).to_string();
    http(sandbox.host(), "POST", "/createjwt", &body).0 == 200
}

#[test]
fn mails_go_out_only_after_a_yes() {
    let world = World::new();
    let sandbox = sandbox(&world);
    for (command, kind) in [
        ("send-reset-email", "reset_link"),
        ("reset-password", "password"),
    ] {
        let before = writes(&sandbox);
        world.run_on(&sandbox, &["user", command, "T-1"]).exits(2);
        assert_eq!(writes(&sandbox), before);
        yes(&world, &sandbox, &["user", command, "T-1"]).exits(0);
        let mails = sandbox.get("/sandbox/mails");
        let last = mails.as_array().and_then(|mails| mails.last().cloned());
        let last = last.expect("a mail");
        assert_eq!(
            (&last["user_id"], &last["kind"]),
            (&json!("T-1"), &json!(kind))
        );
    }
}

#[test]
fn a_password_comes_from_a_file_as_it_stands() {
    let world = World::new();
    let sandbox = sandbox(&world);
    let file = world.file("password.txt", " with blanks \nand another line\n");
    let change = ["user", "change-password", "T-1", "--password-file", &file];
    world.run_on(&sandbox, &change).exits(2);
    assert!(signs_in(&sandbox, "T-1", "ann's own"));
    yes(&world, &sandbox, &change).exits(0);
    assert!(signs_in(&sandbox, "T-1", " with blanks "));
    assert!(!signs_in(&sandbox, "T-1", "ann's own"));
}

#[test]
fn without_a_file_and_a_terminal_there_is_no_password() {
    let world = World::new();
    let sandbox = sandbox(&world);
    // No terminal at all, wherever the test itself runs.
    let mut command = Command::new("setsid");
    command.arg("--wait");
    let inner = world.command_on(sandbox.url(), &["user", "change-password", "T-1", "--yes"]);
    let mut command = crate::support::wrapped(command, &inner);
    let done = crate::support::Done::of(command.output().expect("setsid runs")).exits(2);
    assert!(done.stderr.contains("--password-file"), "{}", done.stderr);
    assert_eq!(writes(&sandbox), [""; 0]);
}

#[test]
fn a_typed_password_is_not_shown() {
    if Command::new("script").arg("--version").output().is_err() {
        say("NOT SHOWN, because there is no `script` here: that a typed password is not shown");
        return;
    }
    let world = World::new();
    let sandbox = sandbox(&world);
    for (first, second, is_done) in [
        ("typed-4711", "typed-4711", true),
        ("one-4712", "other-4712", false),
    ] {
        let arguments = ["user", "change-password", "T-1", "--yes"];
        let mut terminal = Terminal::open(&world, &world.command_on(sandbox.url(), &arguments));
        terminal.types_when_asked("Password of T-1:", first);
        terminal.types_when_asked("The same again:", second);
        let (ended_well, screen) = terminal.close();
        assert_eq!(ended_well, is_done, "{screen}");
        assert!(
            !screen.contains(first) && !screen.contains(second),
            "{screen}"
        );
        assert!(signs_in(&sandbox, "T-1", "typed-4711"), "{screen}");
    }
}

/// A command on a terminal of its own, made by `script`.
struct Terminal<'w> {
    world: &'w World,
    child: Child,
    screen: String,
}

impl<'w> Terminal<'w> {
    fn open(world: &'w World, command: &Command) -> Terminal<'w> {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted = words.map(|word| format!("'{}'", word.to_str().expect("UTF-8")));
        let line = quoted.collect::<Vec<_>>().join(" ");
        let _ = std::fs::remove_file(world.path("tty"));
        let child = Command::new("script")
            .args(["--quiet", "--return", "--flush", "--command"])
            .args([&format!("tty > tty; exec {line}"), "/dev/null"])
            .env_clear()
            .env("CREWSYNC_TOKEN", "test")
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .current_dir(world.path(""))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script runs");
        Terminal {
            world,
            child,
            screen: String::new(),
        }
    }

    /// Types a line once that is asked for and the terminal no longer shows what is typed.
    fn types_when_asked(&mut self, prompt: &str, line: &str) {
        let stdout = self.child.stdout.as_mut().expect("its screen");
        let mut byte = [0];
        while !self.screen.contains(prompt) {
            let read = stdout.read(&mut byte).expect("its screen");
            assert_eq!(read, 1, "it ended: {}", self.screen);
            self.screen.push(char::from(byte[0]));
        }
        let tty = std::fs::read_to_string(self.world.path("tty")).expect("its name");
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let state = Command::new("stty").args(["-a", "-F", tty.trim()]).output();
            let state = String::from_utf8(state.expect("stty runs").stdout).expect("UTF-8");
            if state.contains(" -echo ") {
                break;
            }
            assert!(Instant::now() < deadline, "what is typed is shown: {state}");
        }
        let stdin = self.child.stdin.as_mut().expect("its keyboard");
        stdin
            .write_all(format!("{line}\n").as_bytes())
            .expect("it takes keys");
    }

    /// Whether it ended well, and all that was on the screen.
    fn close(mut self) -> (bool, String) {
        let mut rest = Vec::new();
        let mut stdout = self.child.stdout.take().expect("its screen");
        stdout.read_to_end(&mut rest).expect("its screen");
        let ended = self.child.wait().expect("it ends");
        self.screen += &String::from_utf8_lossy(&rest);
        (ended.success(), self.screen)
    }
}
