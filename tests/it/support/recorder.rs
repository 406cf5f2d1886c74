//! A wire between the program and a sandbox that keeps every byte the program sends.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use serde_json::Value as Json;

use super::Sandbox;

/// What the program sent on one connection.
type Sent = Arc<Mutex<Vec<u8>>>;

/// Passes bytes both ways until it is dropped.
pub struct Recorder {
    address: String,
    connections: Arc<Mutex<Vec<Sent>>>,
    over: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Recorder {
    /// Stands before that sandbox, on a port of its own.
    pub fn before(sandbox: &Sandbox) -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let connections: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let over = Arc::new(AtomicBool::new(false));
        let (host, kept, ended) = (sandbox.host().to_owned(), connections.clone(), over.clone());
        let accepting = thread::spawn(move || {
            for client in listener.incoming() {
                if ended.load(Ordering::Acquire) {
                    break;
                }
                let sent = Sent::default();
                kept.lock().expect("kept").push(sent.clone());
                let passed = client.and_then(|client| pass(client, &host, sent));
                passed.expect("the sandbox is reached");
            }
        });
        Recorder {
            address,
            connections,
            over,
            accepting: Some(accepting),
        }
    }

    /// For `--base-url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The users of every bulk call, one list for each call.
    pub fn bulk_calls(&self) -> Vec<Vec<Json>> {
        let requests = self.requests();
        let bulk = requests
            .iter()
            .filter(|(head, _)| head.starts_with("POST ") && head.contains("/bulk/Users"));
        bulk.map(|(_, body)| {
            let body: Json = serde_json::from_slice(body).expect("a bulk body is JSON");
            body["Users"].as_array().expect("a list of users").clone()
        })
        .collect()
    }

    /// Every byte that the program sent, one connection after the other.
    pub fn bytes(&self) -> Vec<u8> {
        let connections = self.connections.lock().expect("kept");
        let bytes = connections
            .iter()
            .map(|sent| sent.lock().expect("kept").clone());
        bytes.flatten().collect()
    }

    /// Head and body of every request.
    fn requests(&self) -> Vec<(String, Vec<u8>)> {
        let mut requests = Vec::new();
        for sent in self.connections.lock().expect("kept").iter() {
            let bytes = sent.lock().expect("kept");
            let mut rest = &bytes[..];
            while let Some(end) = find(rest, b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&rest[..end]).into_owned();
                let body_end = (end + 4 + content_length(&head)).min(rest.len());
                requests.push((head, rest[end + 4..body_end].to_vec()));
                rest = &rest[body_end..];
            }
        }
        requests
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        let _ = TcpStream::connect(&self.address);
        let _ = self.accepting.take().map(JoinHandle::join);
    }
}

fn pass(client: TcpStream, host: &str, sent: Sent) -> io::Result<()> {
    let server = TcpStream::connect(host)?;
    let (from_client, to_client) = (client.try_clone()?, client);
    let (from_server, to_server) = (server.try_clone()?, server);
    thread::spawn(move || {
        copy(from_client, to_server, |bytes| {
            sent.lock().expect("kept").extend_from_slice(bytes);
        })
    });
    thread::spawn(move || copy(from_server, to_client, |_| {}));
    Ok(())
}

/// Passes on until one side ends.
fn copy(mut from: TcpStream, mut to: TcpStream, mut keep: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        // Kept first, so that nothing has arrived that is not kept.
        keep(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().expect("a length"))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
