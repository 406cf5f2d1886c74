//! Raw HTTP over a socket, so that a mistake of our client cannot hide one of our server.

use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends one request and gives status and body. `host` is `127.0.0.1:PORT`.
pub fn http(host: &str, method: &str, path: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(host).expect("the server listens");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nx-access-token: test\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream
        .write_all(request.as_bytes())
        .expect("the request leaves");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the answer comes");
    let answer = String::from_utf8(answer).expect("the answer is UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), body.to_owned())
}
