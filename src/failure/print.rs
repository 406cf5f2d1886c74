//! A failure as people read it: `error: …`, `caused by: …`, `hint: …`, a line for each.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Failure;
use crate::report::{broken, escape};

impl Failure {
    /// Prints it for people. Control characters are escaped; further lines of a text are indented,
    /// so that no text can pass itself off as a message of ours. On a terminal of `width` columns lines are broken
    /// at blanks; without one each stays whole, for whoever searches a log.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn print(&self, out: &mut dyn Write, color: bool, width: Option<usize>) -> io::Result<()> {
        let label = |label: &str, color_of: AnsiColor| match color {
            true => {
                let style = Style::new().bold().fg_color(Some(color_of.into()));
                format!("{style}{label}:{style:#}")
            }
            false => format!("{label}:"),
        };
        let mut lines = vec![(label("error", AnsiColor::Red), &self.message)];
        let causes = self.causes.iter();
        lines.extend(causes.map(|cause| (label("caused by", AnsiColor::Yellow), cause)));
        let hint = self.hint.iter();
        lines.extend(hint.map(|hint| (label("hint", AnsiColor::Cyan), hint)));
        for (label, text) in lines {
            let line = format!("{label} {}", fit_to_print(text));
            match width {
                Some(width) => writeln!(out, "{}", broken(&line, width, 2))?,
                None => writeln!(out, "{line}")?,
            }
        }
        Ok(())
    }
}

fn fit_to_print(text: &str) -> String {
    let mut fit = String::new();
    for (index, part) in text.lines().enumerate() {
        match (index, part) {
            (0, _) => {}
            (_, "") => fit.push('\n'),
            _ => fit.push_str("\n  "),
        }
        for character in part.chars() {
            match character {
                '\t' => fit.push_str("  "),
                '\\' => fit.push('\\'), // a text may have been escaped before
                other => fit.push_str(&escape(other.encode_utf8(&mut [0; 4]))),
            }
        }
    }
    fit
}
