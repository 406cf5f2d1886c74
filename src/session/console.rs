//! Where results and messages go: stdout carries results, stderr everything else.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use terminal_size::{Height, Width, terminal_size_of};

use crate::cli::{CommonFlags, When};
use crate::failure::{Exit, Failure};
use crate::guard::way_out;
use crate::model::{GuardReading, GuardVerdict, Problem, Progress, Run};
use crate::report::{ProgressDisplay, View, broken, run_text, write_run_files};

use super::{Executed, rows_left_by_run};

/// How to talk to whoever watches.
pub struct Console {
    json: bool,
    quiet: bool,
    verbose: bool,
    color_out: bool,
    color_err: bool,
    width: usize,
    /// Columns of the terminal that stderr is, if it is one.
    width_err: Option<usize>,
    progress: Arc<ProgressDisplay>,
}

/// Text for a file or a pipe is laid out for this many columns.
const WIDTH_WITHOUT_TERMINAL: usize = 100;

impl Console {
    /// As the options say and the terminal allows. `NO_COLOR` is heard.
    pub fn new(flags: &CommonFlags) -> Console {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = |is_terminal: bool| match flags.color {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && !no_color,
        };
        Console {
            json: flags.json,
            quiet: flags.quiet,
            verbose: flags.verbose,
            color_out: color(io::stdout().is_terminal()),
            color_err: color(io::stderr().is_terminal()),
            width: columns(terminal_size_of(io::stdout())).unwrap_or(WIDTH_WITHOUT_TERMINAL),
            width_err: stderr_width(),
            progress: Arc::new(progress(flags)),
        }
    }

    /// Whether exactly one JSON document is asked for.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// How text reports are to look.
    pub fn view(&self) -> View {
        View {
            width: self.width,
            color: self.color_out,
            verbose: self.verbose,
        }
    }

    /// The listener for long work: bars on a terminal, plain lines otherwise, nothing when quiet.
    pub fn progress(&self) -> Arc<dyn Progress> {
        self.progress.clone()
    }

    /// Prints a result as text, unless JSON is asked for.
    pub fn text(&self, text: &str) {
        self.progress.clear();
        if !self.json {
            write_result(text.as_bytes());
        }
    }

    /// Prints the one JSON document, if it is asked for.
    pub fn document(&self, document: &impl Serialize) {
        self.progress.clear();
        if self.json {
            let mut text = serde_json::to_vec(document).unwrap_or_default();
            text.push(b'\n');
            write_result(&text);
        }
    }

    /// Prints a line for people on stderr, unless quiet.
    pub fn say(&self, text: &str) {
        self.progress.clear();
        if !self.quiet {
            // Nobody may be listening any more; that must not end the work.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// Prints a warning on stderr, also when quiet.
    pub fn warn(&self, text: &str) {
        self.progress.clear();
        let style = match self.color_err {
            true => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
            false => Style::new(),
        };
        self.message(&format!("{style}warning:{style:#} {text}"));
    }

    /// One message on stderr. On a terminal it is broken at blanks; in a log it stays one line.
    fn message(&self, text: &str) {
        let text = match self.width_err {
            Some(width) => broken(text, width, 2),
            None => text.to_owned(),
        };
        let _ = writeln!(io::stderr(), "{text}");
    }

    /// Prints a failure on stderr, and says how the program ends.
    pub fn fail(&self, failure: &Failure) -> Exit {
        self.progress.clear();
        let _ = failure.print(&mut io::stderr(), self.color_err, self.width_err);
        failure.exit()
    }

    /// A failure before there was any result: also as the one JSON document.
    pub fn fail_without_result(&self, failure: &Failure, problems: &[Problem]) -> Exit {
        self.document(&failure.to_json(problems));
        self.fail(failure)
    }

    /// Says on stderr which guards held or refused something.
    pub fn warn_of_guards(&self, guards: &[GuardReading]) {
        for reading in guards {
            let GuardReading {
                guard,
                limit,
                figure,
                verdict,
            } = reading;
            let word = match verdict {
                GuardVerdict::Ok => continue,
                GuardVerdict::Held => "held what it counts",
                GuardVerdict::Refused => "refused everything, nothing was sent",
            };
            self.warn(&format!(
                "guard {guard} {word}: {figure}; the limit is {limit}"
            ));
            self.hint(way_out(guard));
        }
    }

    /// Says on stderr how a person can let through what the guards kept back.
    fn hint_at_approval(&self, plan: &str) {
        self.hint(&format!(
            "look at the plan; if it is right, `crewsync apply {plan} --approved-by NAME` sends what the guards kept \
             back, once"
        ));
    }

    /// Says on stderr what can be done about the warning before it.
    fn hint(&self, text: &str) {
        self.message(&format!("hint: {text}"));
    }

    /// Says on stderr how many rows want a person, and of what kind.
    pub fn warn_of_rows(&self, rows: &[(&str, u64)]) {
        let told: Vec<String> = rows
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        if !told.is_empty() {
            self.warn(&format!("some rows want a person: {}", told.join(", ")));
        }
    }

    /// Tells what became of a run: files, document or text, and what wants a person. Gives the exit.
    pub fn tell_run(&self, executed: &Executed, report_dir: &Path) -> Exit {
        for run in &executed.superseded {
            self.warn(&format!(
                "the run {run} had not been finished; this one has taken its place"
            ));
        }
        let files = write_run_files(report_dir, &executed.run);
        self.document(&executed.run);
        self.text(&format!("\n{}", run_text(&executed.run, &self.view())));
        self.say_where(files);
        if let Some(failure) = &executed.untidy {
            self.warn_of_store(failure);
        }
        if let Some(failure) = &executed.failure {
            self.fail(failure);
        }
        if !executed.run.is_approved() {
            self.warn_of_guards(&executed.run.guards);
        }
        if executed.can_be_approved {
            self.hint_at_approval(&executed.run.plan);
        }
        self.warn_of_rows(&rows_left_by_run(&executed.run));
        executed.exit()
    }

    /// The run is recorded whole; the next one may not have that luck.
    fn warn_of_store(&self, failure: &Failure) {
        let causes = failure.causes.iter().map(|cause| format!(": {cause}"));
        self.warn(&format!(
            "{}{}; this run is recorded whole, but look after that disk before the next one",
            failure.message,
            causes.collect::<String>()
        ));
    }

    /// Writes the files of a report into a directory and says where they are.
    pub fn write_report(&self, dir: &Path, run: &Run) -> Result<(), Failure> {
        let files = write_run_files(dir, run).map_err(|error| {
            Failure::stopped(format!("cannot write the report into {}", dir.display()))
                .caused_by(error.to_string())
                .hint("name a directory that can be written")
        })?;
        self.say_where(Ok(files));
        Ok(())
    }

    /// Says where the report files are.
    fn say_where(&self, files: io::Result<(PathBuf, PathBuf)>) {
        match files {
            Ok((json, csv)) => {
                self.say(&format!(
                    "Report: {}\n        {}",
                    json.display(),
                    csv.display()
                ));
            }
            Err(error) => self.warn(&format!("the report files could not be written: {error}")),
        }
    }
}

fn progress(flags: &CommonFlags) -> ProgressDisplay {
    let bars = match flags.progress {
        When::Always => true,
        When::Never => return ProgressDisplay::Nothing,
        When::Auto => io::stderr().is_terminal(),
    };
    match (flags.quiet, bars) {
        (true, _) => ProgressDisplay::Nothing,
        (false, true) => ProgressDisplay::bars(stderr_width().unwrap_or(WIDTH_WITHOUT_TERMINAL)),
        (false, false) => ProgressDisplay::lines(),
    }
}

/// Writes to stdout. A reader that has gone (a closed pipe) is no error of ours.
fn write_result(bytes: &[u8]) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(bytes).and_then(|()| stdout.flush());
}

/// Columns of the terminal that stderr is, if it is one.
pub fn stderr_width() -> Option<usize> {
    columns(terminal_size_of(io::stderr()))
}

fn columns(size: Option<(Width, Height)>) -> Option<usize> {
    let (width, _) = size?;
    Some(usize::from(width.0).max(40))
}
