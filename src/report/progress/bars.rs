//! Progress as a bar with rate and time left; one at a time, gone when its phase ends.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::model::{Event, Progress};
use crate::report::escape::escape;
use crate::report::page::broken;
use crate::report::words::{count, duration};

use super::{Phase, Tally, time_left};

/// How often a bar is drawn again while nothing happens, so that the person sees it is alive.
const TICK: Duration = Duration::from_millis(200);

/// Draws bars.
pub struct Bars {
    state: Mutex<State>,
    target: Target,
    /// Columns of the terminal.
    width: usize,
}

/// Where each bar is drawn.
type Target = Box<dyn Fn() -> ProgressDrawTarget + Send + Sync>;

struct State {
    bar: Option<ProgressBar>,
    tally: Option<Tally>,
    /// Whether the bar says why nothing is sent; it does until the next call leaves.
    waits: bool,
}

impl Bars {
    /// Bars on stderr, a terminal of so many columns; they draw nothing if it is none.
    pub fn new(width: usize) -> Bars {
        Bars::on(Box::new(ProgressDrawTarget::stderr), width)
    }

    fn on(target: Target, width: usize) -> Bars {
        Bars {
            state: Mutex::new(State {
                bar: None,
                tally: None,
                waits: false,
            }),
            target,
            width,
        }
    }

    /// Takes the bar away and ends the phase.
    pub fn clear(&self) {
        self.state().clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.clear();
    }
}

impl Progress for Bars {
    fn event(&self, event: Event) {
        let mut state = self.state();
        if let Some(tally) = Tally::after(state.tally, &event) {
            return state.count(tally, &self.target, self.width);
        }
        match event {
            Event::Waiting { for_time, why } => {
                let time = duration(for_time.as_secs_f64());
                state.wait(&format!("waiting {time}: {}", escape(&why)), &self.target);
            }
            Event::Retrying { attempt, why } => {
                let text = format!("trying again (attempt {attempt}): {}", escape(&why));
                state.line(&broken(&text, self.width, 2), &self.target);
            }
            Event::Note { text } => {
                state.line(&broken(&escape(&text), self.width, 2), &self.target);
            }
            _ => {}
        }
    }
}

impl State {
    fn count(&mut self, tally: Tally, target: &Target, width: usize) {
        if self.tally.is_none_or(|before| before.phase != tally.phase) {
            self.clear();
        }
        let calls_before = self.tally.map(|before| before.calls_made);
        self.waits &= calls_before == Some(tally.calls_made);
        self.tally = Some(tally);
        let bar = self
            .bar
            .get_or_insert_with(|| new_bar(tally, target(), width));
        if let Some(total) = tally.total {
            bar.set_length(total);
        }
        if tally.phase == Phase::Sending && !self.waits {
            bar.set_message(format!(
                "call {} of {}",
                tally.calls_made,
                tally.calls.max(tally.calls_made)
            ));
        }
        bar.set_position(tally.done);
    }

    fn wait(&mut self, text: &str, target: &Target) {
        match &self.bar {
            Some(bar) => {
                self.waits = true;
                bar.set_message(text.to_owned());
            }
            None => self.line(text, target),
        }
    }

    /// A line that stays, above the bar.
    fn line(&self, text: &str, target: &Target) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => ProgressBar::with_draw_target(None, target()).println(text),
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.tally = None;
    }
}

/// Columns that a bar's words may take: `reading users [] 20,000/20,000 users, 15/s, ETA 22 min 14 s` and a message.
const WORDS: usize = 78;

/// A bar that keeps to one line: on a narrow terminal it is short, and what is too long is cut.
fn new_bar(tally: Tally, target: ProgressDrawTarget, width: usize) -> ProgressBar {
    let (prefix, noun) = match tally.phase {
        Phase::Rows => ("reading the export", "rows"),
        Phase::Listing => ("listing the tenant", "users"),
        Phase::Reads => ("reading users", "users"),
        Phase::Sending => ("sending", "changes"),
        Phase::Checking => ("reading again", "users"),
    };
    let columns = width.saturating_sub(WORDS).clamp(8, 24);
    let template = match tally.total {
        Some(_) if width < WORDS => "{prefix} {figures}  {wide_msg}".to_owned(),
        Some(_) => format!("{{prefix}} [{{bar:{columns}}}] {{figures}}{{pace}}  {{wide_msg}}"),
        None => "{spinner} {prefix}: {figures}{pace}".to_owned(),
    };
    let style = ProgressStyle::with_template(&template)
        .expect("the template is fixed but for a number, and the tests draw it")
        .with_key(
            "figures",
            move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = match state.len() {
                    Some(all) => write!(out, "{}/{} {noun}", count(state.pos()), count(all)),
                    None => write!(out, "{} {noun}", count(state.pos())),
                };
            },
        )
        .with_key(
            "pace",
            |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                let _ = out.write_str(&pace(state.pos(), state.len(), state.elapsed()));
            },
        )
        .progress_chars("=> ");
    let bar = ProgressBar::with_draw_target(tally.total, target)
        .with_style(style)
        .with_prefix(prefix);
    bar.enable_steady_tick(TICK);
    bar
}

/// `, 13/s, ETA 45 s`: the mean of the phase, because chunks come in bursts, at which a short memory would jump
/// about. Empty in the first second, where it would mean nothing.
fn pace(done: u64, total: Option<u64>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if done == 0 || seconds < 1.0 {
        return String::new();
    }
    let rate = match done as f64 / seconds {
        fast if fast >= 10.0 => count(fast.round() as u64),
        slow => format!("{slow:.1}"),
    };
    match time_left(done, total, elapsed) {
        Some(left) => format!(", {rate}/s, ETA {}", duration(left.as_secs_f64())),
        None => format!(", {rate}/s"),
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use indicatif::TermLike;

    use super::*;

    #[test]
    fn a_bar_shows_counts_rate_time_left_and_why_it_waits() {
        let (bars, screen) = bars_of(120);
        let draw = || bars.state().bar.as_ref().unwrap().force_draw();
        bars.event(Event::RowsRead { rows: 12_000 });
        draw();
        bars.event(Event::DeliveryStarted {
            changes: 1000,
            calls: 3,
        });
        bars.event(Event::ChunkSent { users: 400 });
        bars.event(Event::Settled { changes: 400 });
        let bar = bars.state().bar.clone().unwrap();
        bar.set_elapsed(Duration::from_secs(30));
        draw();
        bars.event(Event::Note {
            text: "a note\x1b[2J".to_owned(),
        });
        let why = "one bulk call in 30 s".to_owned();
        bars.event(Event::Waiting {
            for_time: Duration::from_secs(29),
            why,
        });
        bars.event(Event::Settled { changes: 10 });
        draw();
        bars.event(Event::ChunkSent { users: 400 });
        draw();
        bars.clear();
        let text = screen.text();
        for part in [
            "reading the export: 12,000 rows",
            "sending [",
            "400/1,000 changes, 13/s, ETA ",
            "call 1 of 3",
            "a note\\u{1b}[2J",
            "waiting 29 s: one bulk call in 30 s",
            "call 2 of 3",
        ] {
            assert!(text.contains(part), "{part} is missing in {text:?}");
        }
        let settled = text.split("410/1,000 changes").nth(1).unwrap();
        assert!(
            settled.contains("waiting 29 s"),
            "until the next call: {settled:?}"
        );
    }

    #[test]
    fn the_pace_is_short_and_silent_while_it_means_nothing() {
        let ten = Duration::from_secs(10);
        assert_eq!(pace(0, Some(9), ten), "");
        assert_eq!(pace(5, Some(9), Duration::from_millis(900)), "");
        assert_eq!(pace(15, Some(30), ten), ", 1.5/s, ETA 10 s");
        assert_eq!(pace(123_456, None, ten), ", 12,346/s");
    }

    #[test]
    fn a_bar_keeps_to_one_line() {
        for width in [40, 80, 200] {
            let (bars, screen) = bars_of(width);
            bars.event(Event::DeliveryStarted {
                changes: 100_000,
                calls: 250,
            });
            bars.event(Event::Settled { changes: 40_000 });
            let bar = bars.state().bar.clone().unwrap();
            bar.set_elapsed(Duration::from_secs(4321));
            let why = "the rate limit, and a few more words".to_owned();
            bars.event(Event::Waiting {
                for_time: Duration::from_secs(29),
                why,
            });
            bar.force_draw();
            bars.clear();
            let text = screen.text();
            let widest = text
                .lines()
                .map(crate::report::page::text_width)
                .max()
                .unwrap();
            assert!(widest <= width, "{widest} columns on {width}: {text}");
            assert!(text.contains("40,000/100,000 changes"), "{text}");
            assert_eq!(text.contains("sending [="), width >= 80, "{text}");
            assert_eq!(text.contains("few more words"), width == 200, "{text}");
        }
    }

    #[test]
    fn what_is_read_again_after_the_sending_has_a_bar_of_its_own() {
        let (bars, screen) = bars_of(80);
        bars.event(Event::Settled { changes: 2 });
        bars.event(Event::UserRead);
        bars.event(Event::ChecksPlanned { users: 2 });
        bars.event(Event::UserRead);
        bars.event(Event::Checked { users: 1 });
        let bar = bars.state().bar.clone().unwrap();
        bar.force_draw();
        bars.clear();
        let text = screen.text();
        assert!(text.contains("reading again ["), "{text}");
        assert!(text.contains("1/2 users"), "{text}");
    }

    fn bars_of(width: usize) -> (Bars, Screen) {
        let screen = Screen {
            text: Arc::default(),
            width: width as u16,
        };
        let shown = screen.clone();
        let target = move || ProgressDrawTarget::term_like_with_hz(Box::new(shown.clone()), 255);
        (Bars::on(Box::new(target), width), screen)
    }

    /// A terminal that keeps all that is written to it.
    #[derive(Clone, Debug)]
    struct Screen {
        text: Arc<Mutex<String>>,
        width: u16,
    }

    impl Screen {
        fn text(&self) -> String {
            self.text.lock().unwrap().clone()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            self.width
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)?;
            self.write_str("\n")
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.text.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.write_str("\n")
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }
}
