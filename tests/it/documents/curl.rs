//! A `curl -s` of a document, sent over our own socket: not everybody has it.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::DOCUMENTED_HOST;

/// What a `curl` line would send.
#[derive(Debug, PartialEq, Eq)]
pub struct Curl {
    pub method: String,
    /// With the query.
    pub path: String,
    headers: Vec<String>,
    body: String,
}

impl Curl {
    /// Reads the words after `curl -s`.
    pub fn read(words: &[&str]) -> Curl {
        let (mut method, mut body, mut path, mut headers) = (None, None, None, Vec::new());
        let mut rest = words.iter().copied();
        while let Some(word) = rest.next() {
            let mut value = || rest.next().expect(word).to_owned();
            match word {
                "-X" => method = Some(value()),
                "-H" => headers.push(value()),
                "-d" => body = Some(value()),
                url => path = url.strip_prefix(&format!("http://{DOCUMENTED_HOST}")),
            }
        }
        let path = path.unwrap_or_else(|| panic!("where to? {words:?}"));
        let default = if body.is_some() { "POST" } else { "GET" };
        Curl {
            method: method.unwrap_or_else(|| default.to_owned()),
            path: path.to_owned(),
            headers,
            body: body.unwrap_or_default(),
        }
    }

    /// Sends it to that host as it stands, no header more than curl's own. Gives the status and the body.
    pub fn send(&self, host: &str) -> (u16, String) {
        let headers: String = self
            .headers
            .iter()
            .map(|line| format!("{line}\r\n"))
            .collect();
        let request = format!(
            "{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{}",
            self.method,
            self.path,
            self.body.len(),
            self.body
        );
        let mut stream = TcpStream::connect(host).expect("the server listens");
        stream.write_all(request.as_bytes()).expect("it leaves");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("a UTF-8 answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
        (status.expect("a status"), body.to_owned())
    }
}

#[test]
fn a_method_that_is_named_holds_wherever_the_body_stands() {
    let url = "http://127.0.0.1:8700/a?b=c";
    for (words, method) in [
        (vec![url], "GET"),
        (vec![url, "-d", "x"], "POST"),
        (vec!["-X", "PUT", url, "-d", "x"], "PUT"),
        (vec!["-d", "x", "-H", "A: b", "-X", "PUT", url], "PUT"),
    ] {
        let curl = Curl::read(&words);
        assert_eq!(
            (&*curl.method, &*curl.path),
            (method, "/a?b=c"),
            "{words:?}"
        );
    }
}
