//! Text laid out for a terminal of a given width: paragraphs, lists, headings, colours.

use anstyle::{AnsiColor, Style};
use unicode_normalization::char::is_combining_mark;

/// For whom text is laid out. The caller knows the terminal; nothing here looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Columns of the terminal; less than 40 is taken for 40.
    pub width: usize,
    /// Whether colours may be used. The text says the same without them.
    pub color: bool,
    /// Whether everything is listed, however long.
    pub verbose: bool,
}

impl View {
    /// Without colour, with long lists cut.
    pub fn plain(width: usize) -> View {
        View {
            width,
            color: false,
            verbose: false,
        }
    }

    /// How many of a list of so many are shown if `most` are the first ones: all if verbose, or if only one
    /// would be left out (it takes no more room than saying so).
    pub(super) fn shown(&self, all: usize, most: usize) -> usize {
        if self.verbose || all <= most + 1 {
            all
        } else {
            most
        }
    }

    /// Text in that tone.
    pub(super) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let style = tone.style();
        format!("{style}{text}{style:#}")
    }
}

/// What a colour means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Heading,
    Good,
    Changed,
    Bad,
    Attention,
}

impl Tone {
    fn style(self) -> Style {
        let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
        match self {
            Tone::Heading => Style::new().bold(),
            Tone::Good => color(AnsiColor::Green),
            Tone::Changed => color(AnsiColor::Yellow),
            Tone::Bad => color(AnsiColor::Red),
            Tone::Attention => color(AnsiColor::Magenta),
        }
    }
}

/// A text that grows line by line and never exceeds its width, unless a single word with colour does.
pub(super) struct Page {
    pub view: View,
    text: String,
}

impl Page {
    pub fn new(view: &View) -> Page {
        let width = view.width.max(40);
        Page {
            view: View { width, ..*view },
            text: String::new(),
        }
    }

    /// The text, ending with one line end unless it is empty.
    pub fn finish(self) -> String {
        let trimmed = self.text.trim_end_matches('\n');
        if trimmed.is_empty() {
            String::new()
        } else {
            format!("{trimmed}\n")
        }
    }

    /// An empty line, but neither at the top nor twice.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading after a gap.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        let painted = self.view.paint(Tone::Heading, text);
        self.paragraph(0, 0, &painted);
    }

    /// Text broken at blanks: its first line indented by `first`, the others by `rest`.
    pub fn paragraph(&mut self, first: usize, rest: usize, text: &str) {
        self.flow(first, rest, text.split(' '), " ");
    }

    /// Items one after the other with commas, broken only between them if they fit a line at all.
    pub fn list(&mut self, indent: usize, items: &[String]) {
        let last = items.len().saturating_sub(1);
        let room = self.view.width - indent - 1;
        let mut line: Vec<String> = Vec::new();
        let mut used = 0;
        for (index, item) in items.iter().enumerate() {
            let item = if index < last {
                format!("{item},")
            } else {
                item.clone()
            };
            let width = text_width(&item);
            if used > 0 && used + 1 + width > room {
                self.paragraph(indent, indent + 2, &line.join(" "));
                (line, used) = (Vec::new(), 0);
            }
            used += width + usize::from(used > 0);
            line.push(item);
        }
        if !line.is_empty() {
            self.paragraph(indent, indent + 2, &line.join(" "));
        }
    }

    /// Says how many of a list were left out, if any; `rest` ends the sentence.
    pub fn more(&mut self, indent: usize, hidden: usize, rest: &str) {
        if hidden > 0 {
            let hidden = super::words::count(hidden as u64);
            self.paragraph(indent, indent + 2, &format!("… and {hidden} more{rest}"));
        }
    }

    /// Whether the text fits one line at that indentation.
    pub fn fits(&self, indent: usize, text: &str) -> bool {
        indent + text_width(text) <= self.view.width
    }

    /// Lines that are laid out already.
    pub fn lines(&mut self, indent: usize, lines: &str) {
        for line in lines.lines() {
            self.text
                .push_str(format!("{:indent$}{line}", "").trim_end());
            self.text.push('\n');
        }
    }

    fn flow<'w>(
        &mut self,
        first: usize,
        rest: usize,
        words: impl Iterator<Item = &'w str>,
        between: &str,
    ) {
        let mut line = " ".repeat(first);
        let mut used = first;
        let mut fresh = true;
        for word in words {
            let mut word = word;
            if !fresh && used + between.len() + text_width(word) > self.view.width {
                self.push_line(&line);
                (line, used, fresh) = (" ".repeat(rest), rest, true);
            }
            if !fresh {
                line.push_str(between);
                used += between.len();
            }
            while used + text_width(word) > self.view.width && !word.contains('\x1b') {
                let (head, tail) = split_at_width(word, self.view.width - used);
                line.push_str(head);
                self.push_line(&line);
                (line, used, word) = (" ".repeat(rest), rest, tail);
            }
            line.push_str(word);
            used += text_width(word);
            fresh = false;
        }
        self.push_line(&line);
    }

    fn push_line(&mut self, line: &str) {
        self.text.push_str(&line.trim_end().replace(UNBROKEN, " "));
        self.text.push('\n');
    }
}

/// A message for a terminal of that width: its first line is broken at blanks, what follows a break is indented. Its
/// other lines are laid out already.
pub fn broken(message: &str, width: usize, indent: usize) -> String {
    let (first, rest) = match message.split_once('\n') {
        Some((first, rest)) => (first, Some(rest)),
        None => (message, None),
    };
    let mut page = Page::new(&View::plain(width));
    page.paragraph(0, indent, first);
    let first = page.finish();
    match rest {
        Some(rest) => format!("{first}{rest}"),
        None => first.trim_end_matches('\n').to_owned(),
    }
}

/// A blank at which no line is broken, until it is written; foreign text has none, because it is escaped.
const UNBROKEN: char = '\u{a0}';

/// Text that stays on one line, e.g. a number and its unit.
pub(super) fn unbroken(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// How many columns a text takes; colours take none.
pub(super) fn text_width(text: &str) -> usize {
    let mut width = 0;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            // Foreign text is escaped before it comes here, so this is one of our own colours.
            characters.by_ref().find(|character| *character == 'm');
            continue;
        }
        width += char_width(character);
    }
    width
}

/// Marks take no column, East Asian wide characters and emoji two. Close enough for breaking lines.
fn char_width(character: char) -> usize {
    match u32::from(character) {
        0x20..0x300 => 1,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1f9ff
        | 0x20000..=0x3fffd => 2,
        _ if is_combining_mark(character) => 0,
        _ => 1,
    }
}

/// Splits after the last character that fits, but after one at least.
fn split_at_width(text: &str, room: usize) -> (&str, &str) {
    let mut width = 0;
    for (index, character) in text.char_indices() {
        width += char_width(character);
        if width > room && index > 0 {
            return text.split_at(index);
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_page_is_an_empty_text() {
        let mut page = Page::new(&View::plain(80));
        page.gap();
        assert_eq!(page.finish(), "");
    }

    #[test]
    fn long_text_is_broken_at_blanks_and_long_words_where_the_line_ends() {
        let mut page = Page::new(&View::plain(40));
        page.paragraph(2, 4, &format!("{} {}", "ab ".repeat(14), "x".repeat(70)));
        page.list(
            2,
            &[
                "one: \"a, b\"".to_owned(),
                "two: true".to_owned(),
                "three: \"c\"".to_owned(),
                "four".to_owned(),
            ],
        );
        insta::assert_snapshot!(page.finish(), @r#"
        ab ab ab ab ab ab ab ab ab ab ab ab ab
          ab
          xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
          xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
        one: "a, b", two: true, three: "c",
        four
        "#);
    }

    #[test]
    fn of_a_message_only_the_first_line_is_broken() {
        let picture = "12 | a line of a file, as long as it is\n   |   ^^^^";
        let message = format!("hint: {}\n{picture}", "word ".repeat(9));
        assert_eq!(
            broken(&message, 40, 2),
            format!("hint: word word word word word word word\n  word word\n{picture}")
        );
        assert_eq!(broken("short", 40, 2), "short");
    }

    #[test]
    fn colours_take_no_room_and_vanish_when_unwanted() {
        let view = View {
            color: true,
            ..View::plain(80)
        };
        let painted = view.paint(Tone::Bad, "bad");
        assert!(painted.len() > 3);
        assert_eq!(text_width(&painted), 3);
        assert_eq!(View::plain(80).paint(Tone::Bad, "bad"), "bad");
        assert_eq!(text_width("Łódź e\u{301} 李"), 9);
    }

    #[test]
    fn a_list_is_not_cut_to_hide_a_single_item() {
        let view = View::plain(80);
        assert_eq!(
            [view.shown(3, 10), view.shown(11, 10), view.shown(12, 10)],
            [3, 11, 10]
        );
        assert_eq!(
            View {
                verbose: true,
                ..view
            }
            .shown(500, 10),
            500
        );
    }
}
