//! The elements of a JSON file and the frame around them, as values.

/// How the elements stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `[…]`
    Array,
    /// One object with an array at a path of keys, `Users` (case aside) unless told; other keys may stand beside.
    Envelope,
    /// One object, which is the only row.
    Single,
    /// Objects, each from a new line on.
    Lines,
}

/// One element in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// Index of its first byte.
    pub start: usize,
    /// Index behind its last byte.
    pub end: usize,
    /// The physical line on which it begins.
    pub line: u64,
    /// How deep its brackets nest.
    pub depth: usize,
    /// Colons outside strings: the number of keys, if it is valid.
    pub keys: usize,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An element.
    Element(Element),
    /// Something that goes on behind the window.
    Incomplete,
    /// The sound end of the file.
    End,
}

/// Why the frame is broken, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The physical line, from 1.
    pub line: u64,
    /// A stable word for it.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Top,
    FirstKey,
    Key,
    Colon {
        users: bool,
    },
    Value {
        users: bool,
    },
    BehindValue,
    FirstElement,
    Element,
    BehindElement,
    Line,
    /// Behind an element that ended on that line.
    BehindLine(u64),
    Tail,
}

impl State {
    /// What is due there, in words.
    pub(super) fn due(&self) -> &'static str {
        match self {
            State::Top => "a \"[\" or \"{\"",
            State::FirstKey | State::Key => "a key in double quotes",
            State::Colon { .. } => "a colon",
            State::BehindValue => "a comma or \"}\"",
            State::BehindElement => "a comma or \"]\"",
            State::FirstElement | State::Element => "an element",
            _ => "a value",
        }
    }
}
