//! Reading against raw answers.

mod listing;
mod pace;
mod users;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::api::raw_server::RawServer;
use crate::api::{ClientOptions, Credentials, Reader};
use crate::fetch::{Pace, Reads};
use crate::model::{Event, Progress};
use crate::pacing::{Limits, RetryPolicy};

/// The vendor's answer for an absent user.
const GONE: &str = r#"{"code":410,"detail":{"message":"no such user","params":{},"dataPath":""}}"#;

/// Keeps what it is told.
#[derive(Default)]
struct Heard(Mutex<Vec<Event>>);

impl Progress for Heard {
    fn event(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

impl Heard {
    fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

/// Without limits and with hardly a pause between trials.
fn reads(options: &ClientOptions) -> (Reads, Arc<Heard>) {
    let reader = Arc::new(Reader::new(options).unwrap());
    let pace = Arc::new(Pace::new(&Limits::OFF, Duration::from_secs(2)));
    let policy = RetryPolicy {
        backoff_ms_base: 1,
        ..RetryPolicy::default()
    };
    let heard = Arc::new(Heard::default());
    (Reads::new(reader, pace, policy, heard.clone()), heard)
}

fn reads_of(server: &RawServer) -> Reads {
    reads(&server.options()).0
}

fn login() -> Credentials {
    Credentials::Login {
        username: "hr".to_owned(),
        password: "planted-password".into(),
    }
}
