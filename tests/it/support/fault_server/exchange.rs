//! One connection: requests in, bytes out.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value as Json, json};

use super::{Act, Arrival, BulkCall, Shared, Then, id_of};

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// As a well-behaved server does.
    Plain,
    /// Says that it closes.
    Closing,
    /// HTTP/1.0 without a length: the body ends with the connection.
    Http10,
    /// In chunks of seven bytes, with an extension and a trailer.
    Chunked,
    /// The right answer, and after its end bytes that belong to nothing.
    FollowedByJunk,
}

impl Dialect {
    /// A whole JSON answer, head included.
    pub fn write(self, status: u16, body: &str) -> Vec<u8> {
        let json = "Content-Type: application/json\r\n";
        let length = format!("Content-Length: {}\r\n", body.len());
        let (version, headers) = match self {
            Dialect::Plain | Dialect::FollowedByJunk => ("1.1", length),
            Dialect::Closing => ("1.1", format!("{length}Connection: close\r\n")),
            Dialect::Http10 => ("1.0", String::new()),
            Dialect::Chunked => ("1.1", "Transfer-Encoding: chunked\r\n".to_owned()),
        };
        let head = format!("HTTP/{version} {status} Said\r\n{json}{headers}\r\n");
        let mut bytes = head.into_bytes();
        match self {
            Dialect::Chunked => in_chunks(body, &mut bytes),
            _ => bytes.extend(body.bytes()),
        }
        if self == Dialect::FollowedByJunk {
            bytes.extend(b"HTTP/1.1 500 Junk\r\n\r\n\x00\xff<html>");
        }
        bytes
    }

    fn stays_open(self) -> bool {
        matches!(self, Dialect::Plain | Dialect::Chunked)
    }
}

fn in_chunks(body: &str, bytes: &mut Vec<u8>) {
    for chunk in body.as_bytes().chunks(7) {
        bytes.extend(format!("{:x};why=none\r\n", chunk.len()).bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\nX-Trailer: 1\r\n\r\n");
}

struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
}

/// Serves one connection to its end. After a bulk call it is closed, as the program asks.
pub(super) fn serve(mut stream: TcpStream, shared: &Shared) {
    while let Some(request) = read(&mut stream) {
        let is_bulk = request.method == "POST" && request.path.ends_with("/bulk/Users");
        if is_bulk {
            return bulk(stream, &request, shared);
        }
        let arrival = note(&request, Vec::new(), shared);
        (shared.on_read)(&arrival);
        let answer = match (request.method.as_str(), request.path.as_str()) {
            ("GET", path) if path.contains("/query/Users") => page(path, shared),
            ("GET", path) if path.contains("/trans/User/") => one_user(path, shared),
            _ => (404, error(404)),
        };
        if !request.body.is_empty() {
            take_last_byte(&mut stream);
        }
        let bytes = shared.dialect.write(answer.0, &answer.1.to_string());
        if stream.write_all(&bytes).is_err() || !shared.dialect.stays_open() {
            return;
        }
    }
}

fn bulk(mut stream: TcpStream, request: &Request, shared: &Shared) {
    let mut body: Json = serde_json::from_slice(&request.body).expect("a bulk call is JSON");
    let users = match body["Users"].take() {
        Json::Array(users) => users,
        _ => panic!("a bulk call without Users"),
    };
    note(request, users.iter().map(id_of).collect(), shared);
    let number = {
        let mut tenant = shared.tenant();
        tenant.bulk_calls += 1;
        tenant.bulk_calls
    };
    let call = BulkCall { number, users };
    let Act {
        commits,
        alter,
        stores,
        then,
        afterwards,
    } = (shared.on_bulk)(&call);
    if commits {
        shared.tenant().commit(&call, alter, stores.as_deref());
    }
    let answer = match then {
        // With the last byte still unread, closing resets the connection.
        Then::Reset => return,
        Then::Call(what) => return what(),
        Then::Close => Vec::new(),
        Then::Hang => {
            take_last_byte(&mut stream);
            let _ = stream.read_to_end(&mut Vec::new());
            return;
        }
        Then::Write(bytes) => bytes,
        Then::Confirm => shared.dialect.write(200, r#"{"code":200}"#),
    };
    take_last_byte(&mut stream);
    let _ = stream.write_all(&answer);
    if let Some(afterwards) = afterwards {
        afterwards();
    }
}

fn take_last_byte(stream: &mut TcpStream) {
    let _ = stream.read_exact(&mut [0]);
}

fn note(request: &Request, users: Vec<String>, shared: &Shared) -> Arrival {
    let arrival = Arrival {
        at: shared.started.elapsed(),
        method: request.method.clone(),
        path: request.path.clone(),
        users,
    };
    shared.tenant().arrivals.push(arrival.clone());
    arrival
}

/// `start` and `limit` of the query, over the users in the order of their ids.
fn page(path: &str, shared: &Shared) -> (u16, Json) {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let number = |name: &str| -> Option<usize> {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name);
        values.next()?.1.parse().ok()
    };
    let (start, limit) = (number("start").unwrap_or(0), number("limit").unwrap_or(100));
    let tenant = shared.tenant();
    let users: Vec<Json> = tenant
        .users
        .values()
        .skip(start)
        .take(limit)
        .cloned()
        .collect();
    (200, Json::Array(users))
}

fn one_user(path: &str, shared: &Shared) -> (u16, Json) {
    let user_id = path.rsplit('/').next().unwrap_or_default();
    match shared.tenant().users.get(user_id) {
        Some(user) => (200, user.clone()),
        None => (410, error(410)),
    }
}

fn error(code: u16) -> Json {
    json!({"code": code, "detail": {"message": "no", "params": {}, "dataPath": ""}})
}

/// Reads a head and the body that its Content-Length announces, but leaves the last byte of the body on the
/// socket. `None` at the end of the connection.
fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head is ASCII");
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, length)| {
            length.trim().parse().expect("Content-Length is a number")
        });
    let mut body = vec![0; length];
    if let Some((last, rest)) = body.split_last_mut() {
        stream.read_exact(rest).ok()?;
        let mut peeked = [0];
        if stream.peek(&mut peeked).ok()? == 0 {
            return None;
        }
        *last = peeked[0];
    }
    Some(Request { method, path, body })
}
