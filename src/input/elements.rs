//! A window of JSON text → the borders of its elements: array, `{"Users":[…]}`, or one object a line.
//!
//! Only the frame is judged here. An element ends where its brackets balance, whatever is inside; so a bad
//! element costs one row, and memory never holds more than one. Where borders are uncertain the file is broken.

use std::sync::Arc;

use super::beside::Beside;
use super::element::{Element, Fault, Shape, State, Step};
use super::encoding::line_breaks;
use super::scan::{Bad, Scan, scan_bare, scan_line, scan_nested, scan_string};

/// Splits elements off a text, one after the other, and counts physical lines.
#[derive(Debug)]
pub(super) struct Elements {
    shape: Shape,
    state: State,
    line: u64,
    /// The keys that lead to the elements; `None`: `Users`, case aside.
    path: Option<Arc<[String]>>,
    /// For each object on the way that is open, whether its key of the path was met.
    open: Vec<bool>,
    key: String,
    users_seen: bool,
    beside: Beside,
    brackets: Vec<u8>,
}

impl Elements {
    /// At line 1, before the first byte.
    pub(super) fn new(shape: Shape) -> Elements {
        let state = match shape {
            Shape::Lines | Shape::Single => State::Line,
            Shape::Array | Shape::Envelope => State::Top,
        };
        Elements {
            shape,
            state,
            line: 1,
            path: None,
            open: Vec::new(),
            key: String::new(),
            users_seen: false,
            beside: Beside::default(),
            brackets: Vec::new(),
        }
    }

    /// The same for an envelope whose elements stand at that path of keys, and their number at that other one.
    pub(super) fn at_path(
        shape: Shape,
        path: Option<Arc<[String]>>,
        total: Option<Arc<[String]>>,
    ) -> Elements {
        Elements {
            path,
            beside: Beside::new(total),
            ..Elements::new(shape)
        }
    }

    /// What was met beside the elements so far.
    pub(super) fn beside(&self) -> &Beside {
        &self.beside
    }

    /// The physical line of what comes next.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the array of users has begun.
    pub(super) fn users_seen(&self) -> bool {
        self.users_seen
    }

    /// Goes on from `at` and moves it behind what was taken; `last` says that the file ends with this text.
    pub(super) fn step(&mut self, text: &str, at: &mut usize, last: bool) -> Result<Step, Fault> {
        let bytes = text.as_bytes();
        loop {
            self.skip_space(bytes, at, last);
            let byte = match bytes.get(*at) {
                // A CR whose LF may stand behind the window.
                Some(b'\r') => return Ok(Step::Incomplete),
                Some(&byte) => byte,
                None if last => return self.end(),
                None => return Ok(Step::Incomplete),
            };
            let taken = match (self.state, byte) {
                (State::Top, b'[') if self.shape == Shape::Array => self.open_array(at),
                (State::Top, b'{') if self.shape == Shape::Envelope => self.open_object(at),
                (State::FirstKey | State::Key, b'"') => self.key(text, at, last)?,
                (State::FirstKey | State::BehindValue, b'}') => self.close_object(at),
                (State::Colon { users }, b':') => self.advance(at, State::Value { users }),
                (State::Value { users: true }, b'[') if self.is_at_last_key() => {
                    self.open_array(at)
                }
                (State::Value { users: true }, b'{') if !self.is_at_last_key() => {
                    self.open_object(at)
                }
                (State::Value { .. }, _) => self.other_value(text, at, last)?,
                (State::BehindValue, b',') => self.advance(at, State::Key),
                (State::BehindElement, b',') => self.advance(at, State::Element),
                (State::FirstElement | State::BehindElement, b']') => self.close_array(at),
                (State::FirstElement | State::Element, byte) if byte != b',' && byte != b']' => {
                    return self.element(bytes, at, last, State::BehindElement);
                }
                (State::BehindLine(ended), _) if self.line > ended => {
                    self.state = State::Line;
                    true
                }
                (State::Line, _) => return self.line_element(bytes, at, last),
                (State::Tail | State::BehindLine(_), _) => return Err(self.junk()),
                _ => return Err(self.unexpected(text, *at)),
            };
            if !taken {
                return Ok(Step::Incomplete);
            }
        }
    }

    fn advance(&mut self, at: &mut usize, state: State) -> bool {
        *at += 1;
        self.state = state;
        true
    }

    fn open_array(&mut self, at: &mut usize) -> bool {
        self.users_seen = true;
        self.advance(at, State::FirstElement)
    }

    fn open_object(&mut self, at: &mut usize) -> bool {
        self.open.push(false);
        self.advance(at, State::FirstKey)
    }

    fn close_object(&mut self, at: &mut usize) -> bool {
        self.open.pop();
        let is_outer = self.open.is_empty();
        self.advance(
            at,
            if is_outer {
                State::Tail
            } else {
                State::BehindValue
            },
        )
    }

    fn is_at_last_key(&self) -> bool {
        self.path.as_ref().map_or(1, |path| path.len()) == self.open.len()
    }

    /// Whether the key is that of the path in the object that is open; there may be only one.
    fn leads_to_users(&mut self, key: &str) -> Result<bool, Fault> {
        let leads = match &self.path {
            None => key.eq_ignore_ascii_case("Users"),
            Some(path) => path
                .get(self.open.len() - 1)
                .is_some_and(|name| name == key),
        };
        match self.open.last_mut() {
            Some(true) if leads => Err(self.fault(
                "json_frame",
                format!("a second \"{key}\" in the same object"),
            )),
            Some(met) => {
                *met |= leads;
                Ok(leads)
            }
            None => Ok(leads),
        }
    }

    fn close_array(&mut self, at: &mut usize) -> bool {
        let in_envelope = self.shape == Shape::Envelope;
        self.advance(
            at,
            if in_envelope {
                State::BehindValue
            } else {
                State::Tail
            },
        )
    }

    /// A key of the envelope.
    fn key(&mut self, text: &str, at: &mut usize, last: bool) -> Result<bool, Fault> {
        let scan = scan_string(text.as_bytes(), *at);
        let Some(element) = self.finish(text.as_bytes(), *at, last, scan)? else {
            return Ok(false);
        };
        let Ok(key) = serde_json::from_str::<String>(&text[element.start..element.end]) else {
            return Err(self.fault(
                "json_frame",
                "a key of the outer object is not a valid JSON string",
            ));
        };
        let users = self.leads_to_users(&key)?;
        self.key = key;
        *at = element.end;
        self.state = State::Colon { users };
        Ok(true)
    }

    /// A value beside the users: it must be sound, and is forgotten.
    fn other_value(&mut self, text: &str, at: &mut usize, last: bool) -> Result<bool, Fault> {
        let line = self.line;
        let scan = match text.as_bytes()[*at] {
            b'{' | b'[' => scan_nested(text.as_bytes(), *at, &mut self.brackets),
            _ => scan_bare(text.as_bytes(), *at),
        };
        let Some(element) = self.finish(text.as_bytes(), *at, last, scan)? else {
            return Ok(false);
        };
        let within = match &self.path {
            Some(path) => &path[..self.open.len().saturating_sub(1).min(path.len())],
            None => &[],
        };
        let value = &text[element.start..element.end];
        if let Err(error) = self.beside.take(within, &self.key, value) {
            let message = format!("a value beside the rows is not valid JSON: {error}");
            return Err(Fault {
                line,
                code: "json_frame",
                message,
            });
        }
        *at = element.end;
        self.state = State::BehindValue;
        Ok(true)
    }

    /// An element that stands on lines of its own; a scalar ends with its line.
    fn line_element(&mut self, bytes: &[u8], at: &mut usize, last: bool) -> Result<Step, Fault> {
        let behind = match self.shape {
            Shape::Single => State::Tail,
            _ => State::BehindLine(0),
        };
        let step = match bytes[*at] {
            b'{' | b'[' => self.element(bytes, at, last, behind)?,
            _ => {
                let scan = scan_line(bytes, *at, last);
                self.give(bytes, at, last, scan, behind)?
            }
        };
        if let State::BehindLine(_) = self.state {
            self.state = State::BehindLine(self.line);
        }
        Ok(step)
    }

    fn element(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        last: bool,
        behind: State,
    ) -> Result<Step, Fault> {
        let scan = match bytes[*at] {
            b'{' | b'[' => scan_nested(bytes, *at, &mut self.brackets),
            _ => scan_bare(bytes, *at),
        };
        self.give(bytes, at, last, scan, behind)
    }

    fn give(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        last: bool,
        scan: Scan,
        behind: State,
    ) -> Result<Step, Fault> {
        let Some(element) = self.finish(bytes, *at, last, scan)? else {
            return Ok(Step::Incomplete);
        };
        *at = element.end;
        self.state = behind;
        Ok(Step::Element(element))
    }

    /// What a scan from `start` found; `None` if it goes on behind the window. Counts its lines.
    fn finish(
        &mut self,
        bytes: &[u8],
        start: usize,
        last: bool,
        scan: Scan,
    ) -> Result<Option<Element>, Fault> {
        let line = self.line;
        match scan {
            Scan::Done {
                end,
                depth,
                keys,
                lines,
            } => {
                self.line += lines;
                Ok(Some(Element {
                    start,
                    end,
                    line,
                    depth,
                    keys,
                }))
            }
            Scan::Partial if last => Err(self.fault(
                "json_truncated",
                "the file ends inside the element that begins on this line",
            )),
            Scan::Partial => Ok(None),
            Scan::Bad(bad, at) => {
                self.line += line_breaks(&bytes[start..at]);
                Err(match bad {
                    Bad::LineBreakInString => {
                        self.fault("json_string", "a string is not closed on its line")
                    }
                    Bad::Bracket { found, due } => {
                        let (found, due) = (char::from(found), char::from(due));
                        let message = format!(
                            "\"{found}\" where \"{due}\" is due in the element that begins on line {line}"
                        );
                        self.fault("json_brackets", message)
                    }
                    Bad::Unexpected => self.unexpected_byte(bytes[at]),
                })
            }
        }
    }

    /// Skips white space and counts its lines. A CR at the end of the window waits for its LF.
    fn skip_space(&mut self, bytes: &[u8], at: &mut usize, last: bool) {
        loop {
            match bytes.get(*at) {
                Some(b' ' | b'\t') => {}
                Some(b'\n') => self.line += 1,
                Some(b'\r') => match bytes.get(*at + 1) {
                    Some(b'\n') => {}
                    None if !last => return,
                    _ => self.line += 1,
                },
                _ => return,
            }
            *at += 1;
        }
    }

    fn end(&self) -> Result<Step, Fault> {
        match self.state {
            State::Tail if self.path.is_some() && !self.users_seen => Err(self.fault(
                "json_path",
                "there is no array at the path that [source] path names",
            )),
            State::Tail | State::Line | State::BehindLine(_) => Ok(Step::End),
            _ => Err(self.fault(
                "json_truncated",
                "the file ends before its outer bracket is closed",
            )),
        }
    }

    fn junk(&self) -> Fault {
        let message = match self.state {
            State::Tail => "text after the end of the JSON document",
            _ => "text after the end of an object on the same line",
        };
        self.fault("json_junk", message)
    }

    fn unexpected(&self, text: &str, at: usize) -> Fault {
        self.unexpected_byte(text.as_bytes()[at])
    }

    fn unexpected_byte(&self, byte: u8) -> Fault {
        let due = self.state.due();
        let found = char::from(byte).escape_default();
        self.fault(
            "json_frame",
            format!("{due} is due where \"{found}\" stands"),
        )
    }

    fn fault(&self, code: &'static str, message: impl Into<String>) -> Fault {
        Fault {
            line: self.line,
            code,
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod tests;
