//! What arrived, for tests and for people: the latest calls of the vendor's API in order of arrival.
//!
//! It holds paths without their query strings (they may hold a customer code), ids, and no bodies.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

/// More are forgotten, the oldest first; their numbers are not used again.
const ENTRIES_MAX: usize = 100_000;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Number of the call, from 1.
    pub seq: u64,
    /// When its head had arrived, in whole milliseconds since the sandbox was started.
    pub at_ms: u64,
    /// The method.
    pub method: String,
    /// The path as it was sent.
    pub path: String,
    /// The status it was answered with; `None` as long as it was not, and if it never was.
    pub status: Option<u16>,
    /// The UserIDs that it is about, in order.
    pub users: Vec<String>,
}

/// The calls.
#[derive(Debug, Default)]
pub struct RequestLog {
    entries: VecDeque<Entry>,
    seq: u64,
    clearings: u64,
}

/// A call's place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    seq: u64,
    clearings: u64,
}

impl RequestLog {
    /// Notes an arrival.
    pub fn arrived(&mut self, at: Duration, method: &str, path: &str) -> Ticket {
        self.seq += 1;
        if self.entries.len() == ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            seq: self.seq,
            at_ms: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
            method: method.to_owned(),
            path: path.to_owned(),
            status: None,
            users: Vec::new(),
        });
        Ticket {
            seq: self.seq,
            clearings: self.clearings,
        }
    }

    /// Notes whom the call is about.
    pub fn about(&mut self, ticket: Ticket, users: Vec<String>) {
        if let Some(entry) = self.entry(ticket) {
            entry.users = users;
        }
    }

    /// Notes how it was answered.
    pub fn answered(&mut self, ticket: Ticket, status: u16) {
        if let Some(entry) = self.entry(ticket) {
            entry.status = Some(status);
        }
    }

    /// The calls, oldest first.
    pub fn entries(&self) -> &VecDeque<Entry> {
        &self.entries
    }

    /// Forgets them; numbers begin at 1 again.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.seq = 0;
        self.clearings += 1;
    }

    /// `None` if it was forgotten meanwhile.
    fn entry(&mut self, ticket: Ticket) -> Option<&mut Entry> {
        let first = self.entries.front()?.seq;
        let index = usize::try_from(ticket.seq.checked_sub(first)?).ok()?;
        let entry = self.entries.get_mut(index);
        entry.filter(|_| ticket.clearings == self.clearings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_in_the_log_before_it_is_answered() {
        let mut log = RequestLog::default();
        let call = log.arrived(Duration::from_micros(1_999), "GET", "/a");
        assert_eq!((log.entries()[0].seq, log.entries()[0].at_ms), (1, 1));
        assert_eq!(log.entries()[0].status, None);
        log.about(call, vec!["u".to_owned()]);
        log.answered(call, 200);
        assert_eq!(
            (log.entries()[0].users.len(), log.entries()[0].status),
            (1, Some(200))
        );
    }

    #[test]
    fn late_news_of_forgotten_calls_is_ignored() {
        let mut log = RequestLog::default();
        let first = log.arrived(Duration::ZERO, "GET", "/");
        for _ in 0..ENTRIES_MAX {
            log.arrived(Duration::ZERO, "GET", "/");
        }
        assert_eq!(
            (log.entries().len(), log.entries()[0].seq),
            (ENTRIES_MAX, 2)
        );
        log.answered(first, 500);
        log.clear();
        log.arrived(Duration::ZERO, "GET", "/");
        log.answered(first, 500);
        assert_eq!((log.entries()[0].seq, log.entries()[0].status), (1, None));
    }
}
